import type { DownloadId } from '../../../shared/download'
import type { IntegrityStore, Leftover } from '../ports'
import { blockRange, leftoverRanges, mergeRanges, recentBlocks, type Range } from './blocks'
import type { FileDigester } from './digester'

/** A partial file, with what is committed of it. */
export interface Committed {
  readonly id: DownloadId
  readonly generation: string
  readonly path: string
  /** Bytes; `Infinity` while it is not known. */
  readonly total: number
  readonly segments: readonly { readonly start: number; readonly written: number }[]
}

/** Blocks that are read again before each place where writing stopped; more come while the download goes on. */
const recent = 2

/**
 * Reads again what an interrupted run wrote last, before anything is built on it (fault 46): blocks at the places where
 * writing stopped, and what made no whole block.
 * @returns where the file is not what was committed
 * @throws errors of open and read as they are; the signal's reason
 */
export async function recheck(
  part: Committed,
  { store, digester }: { readonly store: IntegrityStore; readonly digester: FileDigester },
  signal: AbortSignal,
): Promise<Range[]> {
  const { id, generation, path, total, segments } = part
  const sums = store.blocks(id, generation)
  const wanted: Leftover[] = recentBlocks(segments, total, recent).flatMap((block) => {
    const crc32 = sums.get(block)
    return crc32 === undefined ? [] : [{ ...blockRange(block, total), crc32 }]
  })
  const committed = mergeRanges(segments.map(({ start, written }) => ({ start, end: written })))
  for (const leftover of store.leftovers(id, generation)) {
    if (committed.some((range) => range.start <= leftover.start && leftover.end <= range.end)) wanted.push(leftover)
  }
  if (wanted.length === 0) return []
  const file = digester.open(path, bytesOf(wanted), ['crc32'])
  try {
    const bad: Range[] = []
    for (const { start, end, crc32 } of wanted) {
      const [found] = await file.read(start, end, { signal })
      if (Number(found?.crc32) !== crc32) bad.push({ start, end })
    }
    return mergeRanges(bad)
  } finally {
    file.close()
  }
}

/** Notes sums of what is committed and makes no whole block, at the end of a run. */
export async function keepLeftovers(
  part: Committed,
  { store, digester }: { readonly store: IntegrityStore; readonly digester: FileDigester },
): Promise<void> {
  const ranges = leftoverRanges(part.segments, part.total)
  const file = digester.open(part.path, bytesOf(ranges), ['crc32'])
  try {
    const found: Leftover[] = []
    for (const { start, end } of ranges) {
      const [sum] = await file.read(start, end, { signal: new AbortController().signal })
      found.push({ start, end, crc32: Number(sum?.crc32) })
    }
    store.keepLeftovers(part.id, part.generation, found)
  } finally {
    file.close()
  }
}

function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { start, end }) => sum + (end - start), 0)
}
