import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VitalSigns } from '../../src/main/engine/fetch/vitals'

const second = 1000

function signs() {
  const clock = { now: 500_000 }
  return { clock, vitals: new VitalSigns(() => clock.now) }
}

describe('the vital signs of a run', () => {
  it('are those of the last minute', () => {
    const { clock, vitals } = signs()
    vitals.limited(20 * second)
    vitals.held(5 * second)
    vitals.answered(300)
    vitals.closed(40 * second)
    vitals.failed('TIMEOUT')
    const sums = { limitWait: 20 * second, diskWait: 5 * second, latency: 300, requests: 1, openTime: 40 * second }
    expect(vitals.look([])).toMatchObject({ ...sums, failures: [{ error: 'TIMEOUT', times: 1 }] })
    // Half of what took twenty seconds was in the last minute.
    clock.now += 50 * second
    expect(vitals.look([]).limitWait).toBe(10 * second)
    clock.now += 12 * second
    const none = { limitWait: 0, diskWait: 0, latency: 0, requests: 0, openTime: 0, failures: [] }
    expect(vitals.look([])).toMatchObject({ ...none, age: 62 * second })
  })

  it('count of open connections what was in the last minute', () => {
    const { vitals } = signs()
    expect(vitals.look([10 * second, 3600 * second]).openTime).toBe(70 * second)
  })

  it('lose and invent nothing, however the times fall', () => {
    const wait = fc.record({ after: fc.integer({ min: 0, max: 3000 }), ms: fc.integer({ min: 0, max: 5000 }) })
    fc.assert(
      fc.property(fc.array(wait, { maxLength: 12 }), (waits) => {
        const { clock, vitals } = signs()
        for (const { after, ms } of waits) {
          clock.now += after
          vitals.held(ms)
        }
        expect(vitals.look([]).diskWait).toBe(waits.reduce((sum, { ms }) => sum + ms, 0))
      }),
    )
  })

  it('keep no more than a minute of a long run', () => {
    const { clock, vitals } = signs()
    for (let at = 0; at < 10_000; at++) {
      clock.now += 700
      vitals.limited(200)
    }
    const { limitWait } = vitals.look([])
    expect(limitWait).toBeGreaterThan((58 * second * 200) / 700)
    expect(limitWait).toBeLessThan((62 * second * 200) / 700)
  })
})
