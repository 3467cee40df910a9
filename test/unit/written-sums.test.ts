import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from 'node:zlib'
import { blockSize } from '../../src/main/engine/integrity/blocks'
import { WrittenSums } from '../../src/main/engine/integrity/written-sums'

const total = 2 * blockSize + 1000
const content = Buffer.alloc(total, 0)
for (let at = 0; at < total; at += 4) content.writeUInt32LE((Math.imul(at, 2654435761) ^ at) >>> 0, at)
const expected = [0, 1, 2].map((index) => crc32(content.subarray(index * blockSize, (index + 1) * blockSize)))

/** The content cut at these places. */
const pieces = (cuts: readonly number[]) => {
  const places = [...new Set([0, ...cuts, total])].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => ({ start: places[index]!, end }))
}
const write = (sums: WrittenSums, { start, end }: { start: number; end: number }) => {
  const middle = Math.floor((start + end) / 2)
  sums.add([content.subarray(start, middle), content.subarray(middle, end)], start)
}

describe('sums of what was written', () => {
  it('are the same in whatever order and pieces the bytes come', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: total - 1 }), { maxLength: 12 })
    fc.assert(
      fc.property(cuts, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (places, random) => {
        const sums = new WrittenSums()
        const order = pieces(places).map((piece) => ({ piece, key: random.next().value as number }))
        for (const { piece } of order.sort((a, b) => a.key - b.key)) write(sums, piece)
        expect(sums.blocks().sort()).toEqual([0, 1, 2])
        expect([0, 1, 2].map((index) => sums.take(index, total))).toEqual(expected)
        expect(sums.blocks()).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('are not known while a byte is missing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: total - 1 }), (hole) => {
        const sums = new WrittenSums()
        write(sums, { start: 0, end: hole })
        write(sums, { start: hole + 1, end: total })
        for (const index of [0, 1, 2]) {
          expect(sums.take(index, total)).toBe(index === Math.floor(hole / blockSize) ? null : expected[index])
        }
      }),
      { numRuns: 40 },
    )
  })

  it('are not known of a block where bytes were written twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: total - 2 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.boolean(),
        (start, length, first) => {
          const again = { start, end: Math.min(total, start + length) }
          const sums = new WrittenSums()
          if (first) write(sums, again)
          write(sums, { start: 0, end: total })
          if (!first) write(sums, again)
          const touched = (index: number) => again.start < (index + 1) * blockSize && again.end > index * blockSize
          for (const index of [0, 1, 2]) expect(sums.take(index, total)).toBe(touched(index) ? null : expected[index])
        },
      ),
      { numRuns: 40 },
    )
  })
})
