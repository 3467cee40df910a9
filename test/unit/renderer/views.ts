import type { DownloadState, DownloadView } from '../../../src/shared/download'

export const transferring: DownloadState = { kind: 'active', phase: { kind: 'transferring' } }

/** A download for tests; what does not matter has a plain value. */
export function view(id: number, change: Partial<DownloadView> = {}): DownloadView {
  return {
    id,
    url: `https://example.org/${id}`,
    name: `${id}.bin`,
    folder: '/downloads',
    state: { kind: 'queued' },
    total: null,
    received: 0,
    bytesPerSecond: 0,
    connections: 0,
    position: id,
    priority: 'normal',
    queue: 1,
    hold: null,
    startAt: null,
    stopAt: null,
    onlyNow: false,
    limit: null,
    addedAt: id * 1000,
    finishedAt: null,
    expiresAt: null,
    ranges: null,
    notice: null,
    sources: [],
    ...change,
  }
}
