import type { DownloadId } from '../../../shared/download'
import { withoutRanges } from '../fetch/segments'
import type { Range } from '../integrity/blocks'
import type { Entries } from './entries'

/**
 * Bytes on the disk are not what was written: they are claimed no more, and fetched when it goes on. Nothing is done to
 * one that runs, which looks after its bytes itself.
 * @param now ms since the epoch
 */
export function takeBack(entries: Entries, id: DownloadId, ranges: readonly Range[], now: number): void {
  const entry = entries.get(id)
  if (entry?.record.part.kind !== 'open' || entry.running) return
  const { part } = entry.record
  const segments = withoutRanges(part.segments, ranges)
  entries.save(entry, { part: { ...part, segments }, notice: { code: 'PART_DAMAGED', at: now } })
}
