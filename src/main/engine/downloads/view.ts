import type { DownloadView, SourceView } from '../../../shared/download'
import type { Hold } from '../../../shared/holds'
import type { Inspection } from '../../../shared/inspection'
import type { CheckProgress } from '../../../shared/verification'
import { writtenBytes } from '../fetch/segments'
import type { DownloadRecord } from '../ports'
import { linkExpiry } from '../signed-link'
import type { Entry } from './entries'

/**
 * What the list shows of a download.
 * @param entry what lives of it; none for completed ones
 * @param hold what it waits for while it is queued
 * @param check of its file, while one runs
 * @param now ms of the monotonic clock
 */
export function viewOf(
  record: DownloadRecord,
  entry: Entry | undefined,
  hold: Hold | null,
  check: CheckProgress | null,
  now: number,
): DownloadView {
  const { part } = record
  const committed = part.kind === 'open' ? writtenBytes(part.segments) : part.kind === 'finalizing' ? part.bytes : 0
  const running = record.state.kind === 'active'
  return {
    ...(check ? { check } : {}),
    ...(entry?.atOnce ? { atOnce: true } : {}),
    ...(record.group ? { group: record.group } : {}),
    ...(record.category === null ? {} : { category: record.category }),
    id: record.id,
    url: record.url,
    name: record.name,
    folder: record.folder,
    state: record.state,
    total: record.finalBytes ?? record.remote?.total ?? null,
    received: record.finalBytes ?? entry?.segments?.written ?? committed,
    bytesPerSecond: running ? (entry?.meter?.rate(now) ?? 0) : 0,
    connections: running && entry ? entry.connections : 0,
    position: record.position,
    priority: record.priority,
    queue: record.queue,
    hold,
    startAt: record.startAt,
    stopAt: record.stopAt,
    onlyNow: record.onlyNow,
    limit: record.limit,
    addedAt: record.addedAt,
    finishedAt: record.finishedAt,
    ranges: record.remote?.ranges ?? null,
    expiresAt: linkExpiry(record.url),
    notice: record.notice,
    sources: entry?.sources?.views() ?? sourcesOf(record),
  }
}

/** What the details show of its servers. */
export function sourceLooks(record: DownloadRecord, entry: Entry | undefined): Inspection['sources'] {
  return entry?.sources?.looks() ?? sourcesOf(record).map((view) => ({ ...view, ...nothingYet }))
}

const nothingYet = { received: 0, bytesPerSecond: 0, connections: 0, resting: null }

function sourcesOf({ url, mirrors }: DownloadRecord): SourceView[] {
  if (mirrors.length === 0) return []
  return [url, ...mirrors.map((mirror) => mirror.url)].map((address) => ({
    url: address,
    host: new URL(address).host,
    state: { kind: 'unused' },
  }))
}
