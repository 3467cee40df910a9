import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpeedMeter, timeLeft, TokenBucket } from '../../src/main/engine/rate'

describe('SpeedMeter', () => {
  it('shows nothing before the first byte', () => {
    expect(new SpeedMeter().rate(123_456)).toBe(0)
  })

  it('shows a steady speed soon and for as long as it lasts', () => {
    const steady = fc.record({
      start: fc.double({ min: 0, max: 1e9, noNaN: true }),
      bytes: fc.integer({ min: 1, max: 1e7 }),
      every: fc.integer({ min: 5, max: 200 }),
    })
    fc.assert(
      fc.property(steady, ({ start, bytes, every }) => {
        const meter = new SpeedMeter()
        const speed = (bytes / every) * 1000
        for (let now = start; now < start + 12_000; now += every) {
          meter.add(bytes, now)
          if (now - start < 2000) continue
          const ratio = meter.rate(now) / speed
          if (ratio < 0.85 || ratio > 1.2) expect.fail(`${ratio} of the true speed after ${now - start} ms`)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('shows no absurd speed after the first chunk', () => {
    const meter = new SpeedMeter()
    meter.add(1_000_000, 1000)
    expect(meter.rate(1000)).toBe(2_000_000)
    expect(meter.rate(1001)).toBe(2_000_000)
  })

  it('falls steadily to 0 within five seconds of silence, and starts afresh', () => {
    const meter = new SpeedMeter()
    for (let now = 0; now <= 10_000; now += 100) meter.add(100_000, now)
    let before = meter.rate(10_000)
    expect(before).toBeCloseTo(1_000_000, -5)
    for (let now = 10_250; now < 15_250; now += 250) {
      const rate = meter.rate(now)
      expect(rate).toBeLessThanOrEqual(before)
      before = rate
    }
    expect(meter.rate(15_250)).toBe(0)
    for (let now = 60_000; now <= 61_000; now += 100) meter.add(100_000, now)
    expect(meter.rate(61_000)).toBeGreaterThan(900_000)
    // a machine that slept for years is no reason to count through every quarter of a second
    expect(meter.rate(1e13)).toBe(0)
  })

  it('is never negative, NaN or infinite, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1e7), fc.nat(1e6)), { maxLength: 50 }), (steps) => {
        const meter = new SpeedMeter()
        for (const [bytes, now] of steps) {
          meter.add(bytes, now)
          expect(Number.isFinite(meter.rate(now))).toBe(true)
          expect(meter.rate(now)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

describe('TokenBucket', () => {
  const chunks = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 60 })
  const rates = fc.integer({ min: 1000, max: 10_000_000 })

  it('never lets more than the limit pass, and never makes anybody wait longer than that takes', () => {
    fc.assert(
      fc.property(rates, chunks, (rate, sizes) => {
        const bucket = new TokenBucket(rate, 100)
        let now = 5000
        let sent = 0
        for (const size of sizes) {
          sent += size
          now += bucket.take(size, now)
          const seconds = (now - 5000) / 1000
          expect(sent).toBeLessThanOrEqual(rate * seconds + rate / 10 + 1)
          expect(seconds).toBeLessThanOrEqual(sent / rate + 1e-6)
        }
      }),
    )
  })

  it('lets idle time make up for no more than a tenth of a second', () => {
    const bucket = new TokenBucket(1000, 100)
    bucket.take(100, 0)
    expect(bucket.take(100, 3_600_000)).toBe(0)
    expect(bucket.take(100, 3_600_000)).toBeCloseTo(100)
  })

  it('holds for all who share it together', () => {
    const bucket = new TokenBucket(1000, 100)
    const waits = [1, 2, 3, 4].map(() => bucket.take(1000, 0))
    expect(waits.map(Math.round)).toEqual([900, 1900, 2900, 3900])
  })

  it('changes at once', () => {
    const bucket = new TokenBucket(1000, 100)
    expect(bucket.take(1100, 0)).toBeCloseTo(1000)
    bucket.setRate(10_000, 0)
    expect(bucket.take(0, 0)).toBeCloseTo(1000) // a debt of the same time
    bucket.setRate(Infinity, 0)
    expect(bucket.take(1e12, 0)).toBe(0)
    bucket.setRate(1000, 10)
    expect(bucket.take(1000, 10)).toBeCloseTo(1000)
  })

  it('refuses a limit that moves nothing', () => {
    for (const rate of [0, -1, NaN]) expect(() => new TokenBucket(rate, 100)).toThrow(RangeError)
  })
})

describe('timeLeft', () => {
  it('is in seconds, or null when nobody can know', () => {
    expect(timeLeft(1000, 400, 100)).toBe(6)
    expect(timeLeft(null, 400, 100)).toBeNull()
    expect(timeLeft(1000, 400, 0)).toBeNull()
    expect(timeLeft(1000, 1000, 0)).toBe(0)
  })
})
