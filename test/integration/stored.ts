import path from 'node:path'
import type { DownloadStore } from '../../src/main/engine/ports'
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
