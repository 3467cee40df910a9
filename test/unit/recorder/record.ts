import type { DownloadRecord } from '../../../src/main/engine/ports'

/** A stored download for tests; what does not matter has a plain value. */
export function record(change: Partial<DownloadRecord> = {}): DownloadRecord {
  return {
    id: 1,
    url: 'https://example.org/x',
    mirrors: [],
    folder: '/d',
    requestedName: null,
    name: 'x',
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
    addedAt: 1000,
    finishedAt: null,
    finalBytes: null,
    ...change,
  }
}
