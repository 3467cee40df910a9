import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { History } from '../../../src/main/engine/recorder/history'

const sum = (bytes: readonly number[]) => bytes.reduce((total, each) => total + each, 0)

describe('the speed over the whole life', () => {
  it('loses no byte and stays small, however long it runs', () => {
    const arrivals = fc.array(fc.tuple(fc.integer({ min: 0, max: 600_000 }), fc.integer({ min: 0, max: 1e9 })))
    fc.assert(
      fc.property(arrivals, (steps) => {
        const history = new History()
        let now = 0
        for (const [passed, bytes] of steps) history.add(bytes, (now += passed))
        const { bytes } = history.look(now)
        expect(bytes.length).toBeLessThanOrEqual(240)
        expect(sum(bytes)).toBe(steps.reduce((total, [, each]) => total + each, 0))
      }),
    )
  })

  it('has one value a second at first, and none is left out when nothing comes', () => {
    const history = new History()
    history.add(10, 500)
    history.add(20, 3700)
    expect(history.look(4600)).toEqual({ step: 1000, bytes: [10, 0, 0, 20, 0] })
  })

  it('does not count the time between two runs', () => {
    const history = new History()
    history.begin(0)
    history.add(5, 100)
    history.end(900)
    history.begin(1_000_000)
    history.add(7, 1_000_050)
    history.add(9, 1_000_200)
    expect(history.look(1_000_300).bytes).toEqual([12, 9])
  })

  it('goes on from what was kept', () => {
    const first = new History()
    for (let second = 0; second < 500; second++) first.add(1, second * 1000)
    const kept = first.look(499_000)
    expect(kept.step).toBe(4000)
    const second = new History(kept)
    second.add(1, 77)
    const { step, bytes } = second.look(78)
    expect(step).toBe(4000)
    expect(sum(bytes)).toBe(501)
  })
})
