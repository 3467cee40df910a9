import type { DownloadRecord, NewDownload } from '../src/main/engine/ports'

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

/** A stored download; what does not matter has a plain value. */
export function record(change: Partial<DownloadRecord> = {}): DownloadRecord {
  return { ...plain, id: 1, ...change }
}
