import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clampToSize,
  coalesce,
  Segments,
  writtenBytes,
  type Claim,
  type Segment,
} from '../../src/main/engine/fetch/segments'

type Interval = readonly [start: number, end: number]

/** What happens to one download, in any order; `who` picks one of the live claims. */
type Step =
  | { readonly kind: 'claim' }
  | { readonly kind: 'take' | 'advance'; readonly who: number; readonly share: number }
  | { readonly kind: 'release'; readonly who: number }
  /** The program ends and starts again over what it stored. */
  | { readonly kind: 'restart' }

const who = fc.nat(1000)
const share = fc.double({ min: 0, max: 1.2, noNaN: true })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'claim' as const }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('take' as const), who, share }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('advance' as const), who, share }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), who }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
)
/** Sizes below, around and far above the alignment of cuts. */
const sizes = fc.oneof(
  fc.record({ total: fc.integer({ min: 1, max: 300 }), minimum: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ total: fc.integer({ min: 60_000, max: 4_000_000 }), minimum: fc.integer({ min: 1, max: 200_000 }) }),
  fc.record({ total: fc.integer({ min: 2 ** 40, max: 2 ** 53 - 1 }), minimum: fc.integer({ min: 1, max: 2 ** 30 }) }),
)

interface Live {
  readonly claim: Claim
  readonly start: number
  taken: number
  written: number
}

/** Runs `Segments` and a plain model of it side by side, and compares them after every step. */
class Model {
  #segments: Segments
  #live: Live[] = []
  #peak = 1
  /** Every run of bytes that was ever written, sorted, disjoint. */
  readonly #written: Interval[] = []
  readonly #total: number
  readonly #minimum: number

  constructor(total: number, minimum: number) {
    this.#total = total
    this.#minimum = minimum
    this.#segments = new Segments(total, minimum)
  }

  run(next: Step): void {
    if (next.kind === 'claim') this.claim()
    else if (next.kind === 'restart') this.restart()
    else {
      const live = this.#live[next.who % Math.max(1, this.#live.length)]
      if (!live) return
      if (next.kind === 'take') this.#take(live, Math.ceil(next.share * (live.claim.end - live.claim.position)))
      else if (next.kind === 'advance') this.#advance(live, Math.ceil(next.share * (live.taken - live.written)))
      else this.#release(live)
    }
    this.check()
  }

  claim(): boolean {
    const before = this.#live.map(({ claim }) => claim.end)
    const claimable = this.#segments.claimable
    const claim = this.#segments.claim()
    expect(claim !== null).toBe(claimable)
    if (!claim) return false
    expect(claim.end).toBeGreaterThan(claim.position)
    const cut = this.#live.find(({ claim: other }, index) => other.end !== before[index])
    if (cut) {
      // Both sides of a cut are worth a connection, and nothing that the other one has taken changes hands.
      expect(claim.position).toBe(cut.claim.end)
      expect(claim.end - claim.position).toBeGreaterThanOrEqual(this.#minimum)
      expect(cut.claim.end - cut.claim.position).toBeGreaterThanOrEqual(this.#minimum)
    }
    this.#live.push({ claim, start: claim.position, taken: claim.position, written: claim.position })
    this.#peak = Math.max(this.#peak, this.#live.length)
    return true
  }

  restart(): void {
    this.#segments = new Segments(this.#total, this.#minimum, this.#segments.snapshot())
    this.#live = []
  }

  /** Every connection gets what it asked for, until nothing is left. */
  finish(): void {
    while (this.claim()) if (this.#live.length > 4) this.#end()
    while (this.#live.length > 0) {
      this.#end()
      while (this.claim());
    }
    this.check()
    expect(this.#segments.complete).toBe(true)
    expect(this.#segments.claimable).toBe(false)
    expect(this.#written).toEqual([[0, this.#total]])
    expect(this.#segments.snapshot()).toEqual([{ start: 0, end: this.#total, written: this.#total }])
  }

  check(): void {
    this.#checkClaims()
    this.#checkSnapshot()
  }

  /** No byte belongs to two connections, and none that is written is claimed again. */
  #checkClaims(): void {
    const owned: Interval[] = this.#live.map(({ claim, written }): Interval => [written, claim.end])
    expect(overlap([...owned, ...this.#written])).toBeNull()
    for (const { claim, taken } of this.#live) expect(claim.position).toBe(taken)
  }

  /** The snapshot covers the file exactly, merged, and says of no byte that it is written unless it is. */
  #checkSnapshot(): void {
    const snapshot = this.#segments.snapshot()
    let at = 0
    for (const [index, segment] of snapshot.entries()) {
      expect(segment.start).toBe(at)
      expect(segment.written).toBeGreaterThanOrEqual(segment.start)
      expect(segment.written).toBeLessThanOrEqual(segment.end)
      if (index < snapshot.length - 1) expect(segment.written).toBeLessThan(segment.end)
      at = segment.end
    }
    expect(at).toBe(this.#total)
    expect(joined(snapshot.map((s): Interval => [s.start, s.written]))).toEqual(this.#written)
    expect(this.#segments.written).toBe(writtenBytes(snapshot))
    // One unfinished piece for each connection that ever was at a time, and the finished end of the file.
    expect(snapshot.length).toBeLessThanOrEqual(this.#peak + 1)
  }

  #end(): void {
    const live = this.#live[0]
    if (!live) return
    this.#take(live, live.claim.end - live.claim.position)
    this.#advance(live, live.taken - live.written)
    this.#release(live)
  }

  #take(live: Live, bytes: number): void {
    const room = live.claim.end - live.claim.position
    expect(live.claim.take(bytes)).toBe(Math.min(bytes, room))
    live.taken += Math.min(bytes, room)
  }

  #advance(live: Live, bytes: number): void {
    if (live.written + bytes > live.taken) {
      expect(() => live.claim.advance(bytes)).toThrow(RangeError)
      return
    }
    live.claim.advance(bytes)
    if (bytes > 0) this.#write([live.written, live.written + bytes])
    live.written += bytes
  }

  #write(run: Interval): void {
    expect(overlap([run, ...this.#written])).toBeNull()
    this.#written.splice(0, Infinity, ...joined([...this.#written, run]))
  }

  #release(live: Live): void {
    live.claim.release()
    live.claim.release()
    expect(() => live.claim.take(1)).toThrow()
    expect(() => live.claim.advance(0)).toThrow()
    this.#live = this.#live.filter((other) => other !== live)
  }
}

/** The first two intervals that share a byte. */
function overlap(intervals: readonly Interval[]): readonly [Interval, Interval] | null {
  const sorted = intervals.filter(([start, end]) => end > start).sort((a, b) => a[0] - b[0])
  for (const [index, right] of sorted.entries()) {
    const left = sorted[index - 1]
    if (left && right[0] < left[1]) return [left, right]
  }
  return null
}

/** Neighbours merged, empty ones left out. */
function joined(intervals: readonly Interval[]): Interval[] {
  const merged: [number, number][] = []
  for (const [start, end] of [...intervals].sort((a, b) => a[0] - b[0])) {
    const left = merged.at(-1)
    if (left?.[1] === start) left[1] = end
    else if (end > start) merged.push([start, end])
  }
  return merged
}

describe('any order of claim, take, write, release, split and restart', () => {
  it('keeps every byte with exactly one owner, and covers the file exactly once', () => {
    fc.assert(
      fc.property(sizes, fc.array(step, { maxLength: 60 }), ({ total, minimum }, steps) => {
        const model = new Model(total, minimum)
        for (const next of steps) model.run(next)
        model.finish()
      }),
      { numRuns: 150 },
    )
  })

  it('many connections that die again and again leave few segments', () => {
    const model = new Model(50_000_000, 1)
    for (let round = 0; round < 25; round++) {
      for (let n = 0; n < 8; n++) model.run({ kind: 'claim' })
      for (let n = 0; n < 8; n++) {
        model.run({ kind: 'take', who: round * 7 + n, share: 0.01 })
        model.run({ kind: 'advance', who: round * 7 + n, share: 1 })
      }
      for (let n = 0; n < 8; n++) model.run({ kind: 'release', who: round + n })
    }
    model.finish()
  })
})

describe('a claim', () => {
  const half = 500_000

  it('takes the open segment with the lowest offset before it cuts another', () => {
    const segments = new Segments(1000, 1, [
      { start: 0, end: 400, written: 100 },
      { start: 400, end: 1000, written: 450 },
    ])
    expect(segments.claim()).toMatchObject({ position: 100, end: 400 })
    expect(segments.claim()).toMatchObject({ position: 450, end: 1000 })
  })

  it('cuts the largest rest, beyond what its connection has taken', () => {
    const segments = new Segments(2 * half, 1, [
      { start: 0, end: half, written: 0 },
      { start: half, end: 2 * half, written: half },
    ])
    const first = segments.claim()
    const second = segments.claim()
    second?.take(400_000)
    const third = segments.claim()
    expect(third?.end).toBe(half)
    expect(first?.end).toBe(third?.position)
    first?.take(half)
    third?.take(half)
    expect(segments.claim()?.position).toBeGreaterThan(half + 400_000)
  })

  it('cuts at a multiple of 64 KiB when both sides stay large enough', () => {
    const segments = new Segments(10_000_000, 1_000_000)
    const first = segments.claim()
    expect((segments.claim()?.position ?? 1) % 65_536).toBe(0)
    expect(first?.end).toBe(5_046_272)
  })

  it('is refused when the rest is less than two pieces', () => {
    const segments = new Segments(1999, 1000)
    expect(segments.claim()).not.toBeNull()
    expect(segments.claimable).toBe(false)
    expect(segments.claim()).toBeNull()
  })

  it('accepts no byte beyond its end', () => {
    const claim = new Segments(10, 1).claim()
    expect(claim?.take(25)).toBe(10)
    expect(claim?.take(1)).toBe(0)
  })

  it('that has ended cannot end the next one', () => {
    const segments = new Segments(100, 50)
    const first = segments.claim()
    first?.release()
    const second = segments.claim()
    first?.release()
    expect(second?.take(100)).toBe(100)
    expect(segments.claim()).toBeNull()
  })

  it('gives back what was taken but not written', () => {
    const segments = new Segments(100, 1)
    const claim = segments.claim()
    claim?.take(80)
    claim?.advance(30)
    claim?.release()
    expect(segments.claim()).toMatchObject({ position: 30, end: 100 })
  })
})

describe('a file of unknown length', () => {
  it('has one connection, never a second', () => {
    const segments = new Segments(null, 1)
    const claim = segments.claim()
    expect(claim).toMatchObject({ position: 0, end: Infinity })
    claim?.take(1e9)
    expect(segments.claimable).toBe(false)
    expect(segments.claim()).toBeNull()
    expect(segments.complete).toBe(false)
  })

  it('ends where the server ended it, once everything is written', () => {
    const segments = new Segments(null, 1)
    const claim = segments.claim()
    claim?.take(700)
    claim?.advance(500)
    expect(() => segments.finishAt(700)).toThrow(RangeError)
    claim?.advance(200)
    expect(() => segments.finishAt(699)).toThrow(RangeError)
    segments.finishAt(700)
    expect(segments.complete).toBe(true)
    expect(segments.snapshot()).toEqual([{ start: 0, end: 700, written: 700 }])
    expect(() => segments.finishAt(700)).toThrow(RangeError)
  })

  it('may be empty', () => {
    const segments = new Segments(null, 1)
    segments.claim()
    segments.finishAt(0)
    expect(segments.complete).toBe(true)
  })

  it('cannot be ended when its length is known', () => {
    expect(() => new Segments(5, 1).finishAt(0)).toThrow(RangeError)
  })

  it('is restored with what was written', () => {
    const saved = [{ start: 0, end: Infinity, written: 300 }]
    const segments = new Segments(null, 1, saved)
    expect(segments.snapshot()).toEqual(saved)
    expect(segments.claim()).toMatchObject({ position: 300, end: Infinity })
  })
})

it('an empty file is complete at once', () => {
  const segments = new Segments(0, 1)
  expect(segments.complete).toBe(true)
  expect(segments.claimable).toBe(false)
  expect(segments.claim()).toBeNull()
})

describe('saved segments', () => {
  const of = (...triples: [number, number, number][]): Segment[] =>
    triples.map(([start, end, written]) => ({ start, end, written }))

  it.each([
    ['a gap at the start', of([1, 10, 1])],
    ['a gap in the middle', of([0, 4, 0], [5, 10, 5])],
    ['an overlap', of([0, 6, 0], [5, 10, 5])],
    ['a gap at the end', of([0, 9, 0])],
    ['an end beyond the file', of([0, 11, 0])],
    ['more written than there is', of([0, 10, 11])],
    ['less written than nothing', of([0, 5, 0], [5, 10, 4])],
    ['an end before its start', of([0, 10, 0], [10, 9, 10])],
    ['an endless segment', of([0, Infinity, 0])],
    ['not a number', of([0, NaN, 0])],
    ['a written that is not a number', of([0, 10, NaN])],
    ['nothing', []],
  ])('with %s are refused', (_, saved) => {
    expect(() => new Segments(10, 1, saved)).toThrow(RangeError)
  })

  it('of a known length are refused for a file of unknown length', () => {
    expect(() => new Segments(null, 1, of([0, 10, 0]))).toThrow(RangeError)
  })

  it('keep what was written', () => {
    const saved = of([0, 4, 3], [4, 10, 9])
    expect(new Segments(10, 1, saved).snapshot()).toEqual(saved)
  })

  it('are merged where the left one is complete', () => {
    expect(new Segments(10, 1, of([0, 4, 4], [4, 7, 7], [7, 10, 8])).snapshot()).toEqual(of([0, 10, 8]))
    expect(coalesce(of([0, 4, 4], [4, 4, 4], [4, 10, 4]))).toEqual(of([0, 10, 4]))
  })

  it('45: are clamped to the size that the file really has', () => {
    expect(clampToSize(of([0, 4, 3], [4, 8, 8], [8, 10, 9]), 6)).toEqual(of([0, 4, 3], [4, 8, 6], [8, 10, 8]))
    expect(clampToSize(of([0, 10, 10]), 0)).toEqual(of([0, 10, 0]))
  })

  it('45: clamped, they claim nothing beyond the size and lose nothing below it', () => {
    const cuts = fc.array(fc.nat(1000), { maxLength: 6 })
    fc.assert(
      fc.property(cuts, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), fc.nat(1100), (edges, shares, size) => {
        const sorted = [0, ...edges.toSorted((a, b) => a - b), 1000]
        const saved = sorted.slice(1).map((end, index): Segment => {
          const start = sorted[index] ?? 0
          return { start, end, written: start + Math.floor((shares[index] ?? 0.5) * (end - start)) }
        })
        const clamped = clampToSize(saved, size)
        const runs = (list: readonly Segment[]) => joined(list.map((s): Interval => [s.start, s.written]))
        expect(runs(clamped)).toEqual(
          joined(runs(saved).map(([a, b]): Interval => [a, Math.min(b, Math.max(a, size))])),
        )
        expect(new Segments(1000, 1, clamped).written).toBe(writtenBytes(clamped))
      }),
    )
  })
})

describe('a file of 200 GB', () => {
  it('has no more pieces to keep than connections, however often they are cut and break off', () => {
    const total = 200e9
    const connections = 16
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(2 ** 20)), (random) => {
        const next = (): number => random.next().value as number
        const segments = new Segments(total, 1024 * 1024)
        const open: Claim[] = []
        let most = 0
        while (!segments.complete) {
          while (open.length < connections) {
            const claim = segments.claim()
            if (!claim) break
            open.push(claim)
          }
          const at = next() % open.length
          const claim = open[at]!
          claim.advance(claim.take(1024 * next()))
          // One in four breaks off.
          if (claim.position === claim.end || next() % 4 === 0) {
            claim.release()
            open.splice(at, 1)
          }
          most = Math.max(most, segments.snapshot().length, segments.pieces().length / 2)
        }
        expect(most).toBeLessThanOrEqual(connections + 1)
      }),
      { numRuns: 20 },
    )
  })
})
