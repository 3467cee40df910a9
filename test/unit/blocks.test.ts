import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  blockCount,
  blockRange,
  blockSize,
  completeBlocks,
  leftoverRanges,
  mergeRanges,
  recentBlocks,
} from '../../src/main/engine/integrity/blocks'
import { withoutRanges, type Segment } from '../../src/main/engine/fetch/segments'

/** Segments of a file, as a store may have them. */
const segmented = fc
  .record({
    total: fc.integer({ min: 1, max: 12 * blockSize }),
    cuts: fc.array(fc.nat(12 * blockSize), { maxLength: 6 }),
    fills: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
  })
  .map(({ total, cuts, fills }) => {
    const bounds = [...new Set([0, ...cuts.filter((cut) => cut < total), total])].sort((a, b) => a - b)
    const segments = bounds.slice(1).map((end, index): Segment => {
      const start = bounds[index] ?? 0
      return { start, end, written: start + Math.round((end - start) * (fills[index] ?? 0)) }
    })
    return { total, segments }
  })

const bytesOf = (ranges: readonly { start: number; end: number }[]) =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0)
const written = (segments: readonly Segment[]) => segments.map((s) => ({ start: s.start, end: s.written }))

describe('blocks', () => {
  it('a block is complete when and only when all its bytes are written', () => {
    fc.assert(
      fc.property(segmented, ({ total, segments }) => {
        const complete = new Set(completeBlocks(segments, total))
        const merged = mergeRanges(written(segments))
        for (let block = 0; block < blockCount(total); block++) {
          const { start, end } = blockRange(block, total)
          expect(complete.has(block)).toBe(merged.some((range) => range.start <= start && end <= range.end))
        }
      }),
    )
  })

  it('complete blocks and leftovers are together exactly what is written; a leftover lies in one block', () => {
    fc.assert(
      fc.property(segmented, ({ total, segments }) => {
        const leftovers = leftoverRanges(segments, total)
        const blocks = completeBlocks(segments, total).map((block) => blockRange(block, total))
        expect(mergeRanges([...leftovers, ...blocks])).toEqual(mergeRanges(written(segments)))
        expect(bytesOf(leftovers) + bytesOf(blocks)).toBe(bytesOf(mergeRanges(written(segments))))
        for (const { start, end } of leftovers) {
          expect(Math.floor(start / blockSize)).toBe(Math.floor((end - 1) / blockSize))
        }
      }),
    )
  })

  it('recent blocks are complete ones right before where writing stopped', () => {
    const at = 5 * blockSize
    const segments = [
      { start: 0, end: 8 * blockSize, written: at + 1 },
      { start: 8 * blockSize, end: 12 * blockSize, written: 8 * blockSize },
    ]
    expect(recentBlocks(segments, 12 * blockSize, 2)).toEqual([3, 4])
  })

  it('taking ranges back takes exactly those, and the segments still cover the file', () => {
    const ranges = fc.array(fc.tuple(fc.nat(12 * blockSize), fc.nat(12 * blockSize)), { maxLength: 4 })
    fc.assert(
      fc.property(segmented, ranges, ({ total, segments }, pairs) => {
        const taken = pairs.map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }))
        const kept = withoutRanges(segments, taken)
        let at = 0
        for (const segment of kept) {
          expect(segment.start).toBe(at)
          expect(segment.written).toBeGreaterThanOrEqual(segment.start)
          expect(segment.written).toBeLessThanOrEqual(segment.end)
          at = segment.end
        }
        expect(at).toBe(total)
        const gone = mergeRanges(taken)
        const before = mergeRanges(written(segments))
        const overlap = before.flatMap((a) =>
          gone.map((b) => ({ start: Math.max(a.start, b.start), end: Math.min(a.end, b.end) })),
        )
        const left = mergeRanges(written(kept))
        expect(mergeRanges([...left, ...overlap])).toEqual(before)
        expect(bytesOf(left)).toBe(bytesOf(before) - bytesOf(mergeRanges(overlap)))
      }),
    )
  })
})
