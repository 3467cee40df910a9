import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellsOf, damagedCells, shares } from '../../../../src/renderer/downloads/details/cells'
import type { Piece } from '../../../../src/shared/inspection'

const nothing = { committed: [], pieces: [], connections: [] }

describe('the map of a file', () => {
  it('shows each byte once, in its place', () => {
    const pieces: Piece[] = [
      { start: 0, end: 50, written: 30, taken: 40 },
      { start: 50, end: 100, written: 60, taken: 60 },
    ]
    const cells = cellsOf({ ...nothing, pieces, committed: [{ start: 0, written: 20 }] }, 100, 10)
    const states = cells.map(({ safe, written, inFlight }) => [safe, written, inFlight].indexOf(1))
    expect(states).toEqual([0, 0, 1, 2, -1, 1, -1, -1, -1, -1])
  })

  it('adds up to the file, whatever the pieces are', () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { maxLength: 20 })
    fc.assert(
      fc.property(cuts, fc.array(fc.nat(), { minLength: 42 }), fc.integer({ min: 1, max: 300 }), (at, more, count) => {
        const bounds = [0, ...at.toSorted((a, b) => a - b), 10_000]
        const pieces = bounds.slice(1).map((end, index) => {
          const start = bounds[index]!
          const taken = start + (more[index]! % (end - start + 1))
          return { start, end, taken, written: start + (more[index + 21]! % (taken - start + 1)) }
        })
        const cells = cellsOf({ ...nothing, pieces }, 10_000, count)
        const sum = (pick: (cell: (typeof cells)[number]) => number) =>
          cells.reduce((total, cell) => total + (pick(cell) * 10_000) / count, 0)
        for (const { safe, written, inFlight } of cells) {
          expect(Math.min(safe, written, inFlight)).toBeGreaterThanOrEqual(-1e-9)
          expect(safe + written + inFlight).toBeLessThanOrEqual(1 + 1e-9)
        }
        expect(sum((cell) => cell.written)).toBeCloseTo(
          pieces.reduce((n, p) => n + p.written - p.start, 0),
          3,
        )
        expect(sum((cell) => cell.inFlight)).toBeCloseTo(
          pieces.reduce((n, p) => n + p.taken - p.written, 0),
          3,
        )
        const whole = shares({ ...nothing, pieces }, 10_000)
        expect(whole.written * 10_000).toBeCloseTo(
          sum((cell) => cell.written),
          3,
        )
      }),
    )
  })

  it('marks where connections are, also at the very end', () => {
    const at = (position: number) => ({ position }) as unknown as Parameters<typeof cellsOf>[0]['connections'][number]
    const heads = cellsOf({ ...nothing, connections: [at(0), at(55), at(100)] }, 100, 10).map(({ head }) => head)
    expect(heads.flatMap((head, index) => (head ? [index] : []))).toEqual([0, 5, 9])
  })
})

describe('the map of a damaged file', () => {
  it('marks the cells that have a byte of a damaged block, and no others', () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 1, max: 400 }))
    fc.assert(
      fc.property(fc.array(range, { maxLength: 4 }), fc.integer({ min: 1, max: 300 }), (pairs, count) => {
        const ranges = pairs.map(([start, length]) => ({ start, end: Math.min(1000, start + length) }))
        const marked = damagedCells(ranges, 1000, count)
        const size = 1000 / count
        for (let cell = 0; cell < count; cell++) {
          const touched = ranges.some(({ start, end }) => start < (cell + 1) * size && end > cell * size)
          expect([cell, marked.has(cell)]).toEqual([cell, touched])
        }
      }),
    )
  })
})
