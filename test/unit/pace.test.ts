import { describe, expect, it } from 'vitest'
import { hedgeCandidate, hedgeLimit, judgeStep, nextStep, tooSlow, type Pulse } from '../../src/main/engine/fetch/pace'

const pulse = (change: Partial<Pulse> = {}): Pulse => ({ age: 60_000, rate: 1_000_000, rest: 100_000_000, ...change })

describe('a connection is too slow', () => {
  it('below 0.3 of the mean of the others', () => {
    expect(tooSlow([pulse(), pulse({ rate: 299_000 }), pulse()])).toEqual([1])
    expect(tooSlow([pulse(), pulse({ rate: 301_000 }), pulse()])).toEqual([])
  })
  it('only after five seconds', () => {
    expect(tooSlow([pulse(), pulse({ rate: 0, age: 4999 })])).toEqual([])
    expect(tooSlow([pulse(), pulse({ rate: 0, age: 5000 })])).toEqual([1])
  })
  it('not when it is done within a second', () => {
    expect(tooSlow([pulse(), pulse({ rate: 10_000, rest: 10_000 })])).toEqual([])
  })
  it('25: alone, when it crawls for half a minute', () => {
    expect(tooSlow([pulse({ rate: 1, age: 29_999 })])).toEqual([])
    expect(tooSlow([pulse({ rate: 1, age: 30_000 })])).toEqual([0])
    expect(tooSlow([pulse({ rate: 2000 })])).toEqual([])
  })
  it('never because all are slow', () => {
    expect(tooSlow([pulse({ rate: 3000 }), pulse({ rate: 3000 })])).toEqual([])
  })
})

describe('a hedge', () => {
  it('goes to the connection that will be last', () => {
    const slow = pulse({ rate: 1000, rest: 100_000 })
    const slower = pulse({ rate: 1000, rest: 200_000 })
    expect(hedgeCandidate([slow, slower])).toBe(1)
    expect(hedgeCandidate([slower, slow])).toBe(0)
  })
  it('takes a stalled one before any other', () => {
    expect(hedgeCandidate([pulse({ rate: 1, rest: 4_000_000 }), pulse({ rate: 0, rest: 10 })])).toBe(1)
  })
  it('holds no more than its limit in memory', () => {
    expect(hedgeCandidate([pulse({ rate: 1, rest: hedgeLimit + 1 })])).toBeNull()
    expect(hedgeCandidate([pulse({ rate: 1, rest: hedgeLimit })])).toBe(0)
  })
  it('is not worth a request for what arrives in a moment, or has only begun', () => {
    expect(hedgeCandidate([pulse({ rate: 1_000_000, rest: 1_000_000 })])).toBeNull()
    expect(hedgeCandidate([pulse({ rate: 0, rest: 1000, age: 1000 })])).toBeNull()
    expect(hedgeCandidate([pulse({ rest: 0, rate: 0 })])).toBeNull()
  })
})

describe('the slow start', () => {
  it('doubles as long as that pays', () => {
    expect(nextStep(1, 16, 0, 1000)).toBe(2)
    expect(nextStep(2, 16, 1000, 2000)).toBe(4)
    expect(nextStep(8, 16, 1000, 1200)).toBe(16)
    expect(nextStep(8, 16, 1000, 1199)).toBe(8)
  })
  it('stays below the limit', () => {
    expect(nextStep(4, 6, 100, 200)).toBe(6)
    expect(nextStep(6, 6, 100, 200)).toBe(6)
  })
})

describe('a step of the slow start', () => {
  /** What a server sends that gives so many bytes a second, for so many looks of 250 ms. */
  const look = (looks: number, arrived: (k: number) => number) => ({
    arrived: Array.from({ length: looks }, (_, k) => arrived(k)),
    elapsed: 250 * looks,
  })
  const even = (rate: number) => () => rate / 4
  /** All of a second's bytes at once. */
  const burst = (rate: number) => (k: number) => (k % 4 === 0 ? rate : 0)

  it('is over after half a second when it pays', () => {
    expect(judgeStep({ open: 1, before: 0, ...look(1, even(1000)) }, 16)).toBeNull()
    expect(judgeStep({ open: 1, before: 0, ...look(2, even(1000)) }, 16)).toEqual({ next: 2, rate: 1000 })
  })
  it('is looked at longer before it counts as not worth it', () => {
    expect(judgeStep({ open: 2, before: 1000, ...look(2, even(1000)) }, 16)).toBeNull()
    expect(judgeStep({ open: 2, before: 1000, ...look(8, even(1000)) }, 16)).toEqual({ next: 2, rate: 1000 })
  })
  it('is over at the limit', () => {
    expect(judgeStep({ open: 4, before: 1000, ...look(2, even(1000)) }, 4)).toEqual({ next: 4, rate: 1000 })
  })
  it.each([0, 1, 2, 3])('of a server that sends once a second goes on, wherever it begins (%i)', (phase) => {
    let open = 1
    let before = 0
    for (let round = 0; round < 10 && open < 16; round++) {
      const arrived = (k: number) => burst(1000 * open)(k + phase + round)
      const over = [2, 3, 4, 5, 6, 7, 8].map((looks) => judgeStep({ open, before, ...look(looks, arrived) }, 16))
      const judged = over.find((each) => each !== null)
      if (!judged) throw new Error('never judged')
      expect(judged.next).toBeGreaterThan(open)
      before = judged.rate
      open = judged.next
    }
    expect(open).toBe(16)
  })
})
