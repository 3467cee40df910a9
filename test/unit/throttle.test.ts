import { describe, expect, it } from 'vitest'
import { Throttle } from '../../src/main/engine/throttle'
import { FakeClock, settled } from './fake-clock'

const kibibyte = 1024
const never = new AbortController().signal

/** Readers who take 64 KiB whenever they may; tells when how many bytes had passed. */
function readers(throttle: Throttle, clock: FakeClock, count: number) {
  const passed: { at: number; bytes: number }[] = []
  const control = new AbortController()
  for (let n = 0; n < count; n++) {
    void (async () => {
      while (!control.signal.aborted) {
        passed.push({ at: clock.monotonic(), bytes: 64 * kibibyte })
        await (throttle.passed(64 * kibibyte, control.signal) ?? clock.sleep(1, control.signal).catch(() => undefined))
      }
    })()
  }
  const between = (from: number, to: number) =>
    passed.filter(({ at }) => at >= from && at < to).reduce((sum, { bytes }) => sum + bytes, 0)
  return { between, stop: () => control.abort(new Error('enough')) }
}

async function run(clock: FakeClock, ms: number) {
  for (const end = clock.monotonic() + ms; clock.monotonic() < end;) {
    await settled()
    await clock.pass(Math.max(1, Math.min(clock.next ?? 1, end - clock.monotonic())))
  }
}

describe('a limit of speed', () => {
  it.each([1, 2, 8])('holds over any five seconds, within 5 %%, for %i connections together', async (count) => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    const limit = 4 * 1024 * kibibyte
    throttle.set(limit)
    const { between, stop } = readers(throttle, clock, count)
    await run(clock, 20_000)
    stop()
    for (let from = 1000; from + 5000 <= 20_000; from += 250) {
      const rate = between(from, from + 5000) / 5
      expect(rate).toBeGreaterThan(0.95 * limit)
      expect(rate).toBeLessThan(1.05 * limit)
    }
  })

  it('changes at once, also for those who are held back', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set(kibibyte)
    let over = false
    void throttle.passed(640 * kibibyte, never)?.then(() => (over = true))
    await clock.pass(1000)
    expect(over).toBe(false) // it would take ten minutes
    throttle.set(1024 * kibibyte)
    await clock.pass(700)
    expect(over).toBe(true)
  })

  it('is gone at once', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set(kibibyte)
    const held = throttle.passed(640 * kibibyte, never)
    throttle.set(null)
    await held
    expect(throttle.passed(1e9, never)).toBeUndefined()
  })

  it('holds nobody who does not want to read any more', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set(kibibyte)
    const control = new AbortController()
    const held = throttle.passed(640 * kibibyte, control.signal)
    control.abort(new Error('paused'))
    await held
    expect(clock.next).toBeNull()
  })
})
