import path from 'node:path'
import type { DownloadStore, NewDownload } from '../../src/main/engine/ports'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'
import type { Rig } from './rig'

/** Looks into the store of a rig, whether its engine runs or not. */
export function stored<T>(rig: Rig, look: (store: DownloadStore) => T): T {
  const database = openDatabase(path.join(rig.root, 'longshore.db'))
  try {
    return look(createDownloadStore(database))
  } finally {
    database.close()
  }
}

/** A download that nothing is known of yet. */
export const plain: NewDownload = {
  url: 'https://example.com/a.iso',
  mirrors: [],
  folder: '/home/me',
  requestedName: null,
  name: 'a.iso',
  onConflict: 'rename',
  position: 1,
  priority: 'normal',
  queue: 1,
  startAt: null,
  stopAt: null,
  onlyNow: false,
  connections: null,
  partSize: null,
  threshold: null,
  limit: null,
  checksum: null,
  secret: { kind: 'none' },
  account: null,
  group: null,
  category: null,
  state: { kind: 'queued' },
  remote: null,
  part: { kind: 'none' },
  notice: null,
  addedAt: 1,
  finishedAt: null,
  finalBytes: null,
}
