import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { Throttle, type Scope } from '../../src/main/engine/throttle'
import { FakeClock, settled } from './fake-clock'

const kibibyte = 1024
const mebibyte = 1024 * kibibyte
const never = new AbortController().signal

interface Connection {
  readonly download: number
  readonly scopes: readonly Scope[]
  /** Bytes per second that its server sends; Infinity for as many as are read. */
  readonly supply?: number
  /** Bytes of its body. */
  readonly size?: number
  /** Bytes that one read brings at most: what TLS and heads bring, nobody chooses. */
  readonly read?: number
  /** ms for which nothing comes from its server: from, and how long. */
  readonly standstill?: readonly [from: number, ms: number]
}

const running: AbortController[] = []
afterEach(() => {
  for (const control of running.splice(0)) control.abort(new Error('the test is over'))
})

interface Passed {
  readonly at: number
  readonly bytes: number
  readonly download: number
}

/** Connections that read whenever they may; tells when how many bytes had passed. */
function connections(throttle: Throttle, clock: FakeClock, list: readonly Connection[]) {
  const passed: Passed[] = []
  const finished = new Map<number, number>()
  const control = new AbortController()
  running.push(control)
  const { signal } = control
  for (const { download, scopes, supply = Infinity, size = Infinity, read = 64 * kibibyte, standstill } of list) {
    const gate = throttle.gate(download, () => scopes)
    void (async () => {
      let got = 0
      for (let last = clock.monotonic(); got < size && !signal.aborted;) {
        const now = clock.monotonic()
        const [from, ms] = standstill ?? [0, 0]
        const there = supply === Infinity ? read : Math.floor((supply * (now - last)) / 1000)
        const chunk = now >= from && now < from + ms ? 0 : Math.min(read, there, size - got)
        if (chunk > 0) last = now
        for (let rest = chunk; rest > 0;) {
          const bytes = await gate.pass(rest, signal)
          if (bytes === 0) return
          rest -= bytes
          got += bytes
          passed.push({ at: clock.monotonic(), bytes, download })
        }
        if (clock.monotonic() === now) await clock.sleep(2, signal).catch(() => undefined)
      }
      finished.set(download, clock.monotonic())
      gate.close()
    })()
  }
  return {
    passed,
    finished,
    between: (from: number, to: number, download?: number) =>
      passed
        .filter((each) => each.at >= from && each.at < to && (download === undefined || each.download === download))
        .reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** The most bytes of any five seconds. */
function mostInFiveSeconds(passed: readonly Passed[]): number {
  let most = 0
  let sum = 0
  let first = 0
  for (const { at, bytes } of passed) {
    sum += bytes
    while (passed[first]!.at <= at - 5000) sum -= passed[first++]!.bytes
    most = Math.max(most, sum)
  }
  return most
}

async function run(clock: FakeClock, ms: number) {
  for (const end = clock.monotonic() + ms; clock.monotonic() < end;) {
    await settled()
    await clock.pass(Math.max(0.5, Math.min(clock.next ?? 1, end - clock.monotonic())))
  }
}

describe('a limit of speed', () => {
  it.each([
    [1, 4 * mebibyte],
    [2, 64 * kibibyte],
    [8, 4 * mebibyte],
    [16, 256 * kibibyte],
    [64, 2 * mebibyte],
  ])(
    'holds over any five seconds within a twentieth, for %i connections together at %i bytes/s',
    async (count, limit) => {
      const clock = new FakeClock()
      const throttle = new Throttle(clock)
      throttle.set('all', limit)
      const { between } = connections(
        throttle,
        clock,
        Array.from({ length: count }, (_, n) => ({ download: n % 3, scopes: ['all'] })),
      )
      await run(clock, 12_000)
      for (let from = 0; from + 5000 <= 12_000; from += 250) {
        const rate = between(from, from + 5000) / 5
        expect(rate).toBeGreaterThan(0.95 * limit)
        expect(rate).toBeLessThan(1.05 * limit)
      }
    },
  )

  const connection = fc.record(
    {
      download: fc.integer({ min: 1, max: 4 }),
      supply: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1000, max: 2_000_000 })),
      size: fc.integer({ min: 1, max: 5_000_000 }),
      read: fc.integer({ min: 1000, max: 128 * kibibyte }),
      standstill: fc.tuple(fc.nat(8000), fc.nat(4000)),
    },
    { requiredKeys: ['download'] },
  )
  const rate = fc.integer({ min: 10_000, max: 2_000_000 })
  const scopesOf = (download: number): Scope[] => [
    'all',
    `download ${download}`,
    ...(download < 3 ? ['queue 1' as const] : []),
    ...(download > 1 ? ['rule slow' as const] : []),
  ]

  it('is exceeded by no five seconds, whatever the connections do, however limits meet, and when one is changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(connection, { minLength: 1, maxLength: 16 }),
        fc.record({ all: rate, queue: rate, rule: rate, own: rate }),
        fc.record({ at: fc.nat(4000), all: rate, own: rate }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }),
        async (list, limits, change, standstills) => {
          const clock = new FakeClock()
          const throttle = new Throttle(clock)
          const set = (all: number, own: number) => {
            throttle.set('all', all)
            throttle.set('download 1', own)
          }
          set(limits.all, limits.own)
          throttle.set('queue 1', limits.queue)
          throttle.set('rule slow', limits.rule)
          const { passed } = connections(
            throttle,
            clock,
            list.map((each) => ({ ...each, scopes: scopesOf(each.download) })),
          )
          await run(clock, change.at)
          await settled() // what was let pass at the old limit has passed
          set(change.all, change.own)
          const changed = passed.length
          await run(clock, 5000)
          // The thread may be late: what it missed must not come all at once.
          for (const ms of standstills) {
            await clock.pass(ms)
            await run(clock, 50)
          }
          const within = (limit: number, ids: readonly number[], since = 0) => {
            const most = mostInFiveSeconds(passed.slice(since).filter(({ download }) => ids.includes(download)))
            expect(most / limit / 5).toBeLessThanOrEqual(1.025)
          }
          within(change.all, [1, 2, 3, 4], changed)
          within(change.own, [1], changed)
          within(limits.queue, [1, 2])
          within(limits.rule, [2, 3, 4])
          within(Math.max(limits.all, change.all), [1, 2, 3, 4])
        },
      ),
      { numRuns: 20 },
    )
  })

  it('gives each download the same, not each connection', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', mebibyte)
    const many = Array.from({ length: 12 }, () => ({ download: 1, scopes: ['all' as const] }))
    const { between } = connections(throttle, clock, [...many, { download: 2, scopes: ['all'] }])
    await run(clock, 8000)
    for (const id of [1, 2]) {
      expect(between(2000, 8000, id) / 6).toBeGreaterThan(0.47 * mebibyte)
      expect(between(2000, 8000, id) / 6).toBeLessThan(0.53 * mebibyte)
    }
  })

  it('gives others what one cannot use', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', 900 * kibibyte)
    throttle.set('download 1', 100 * kibibyte)
    throttle.set('rule slow', 200 * kibibyte)
    const { between } = connections(throttle, clock, [
      { download: 1, scopes: ['all', 'download 1'] },
      { download: 2, scopes: ['all', 'rule slow'] },
      { download: 3, scopes: ['all', 'rule slow'] },
      { download: 3, scopes: ['all', 'rule slow'] },
      { download: 4, scopes: ['all'] },
      { download: 5, scopes: ['all'], supply: 100 * kibibyte },
    ])
    await run(clock, 10_000)
    const rates = [1, 2, 3, 4, 5].map((id) => between(4000, 10_000, id) / 6 / kibibyte)
    const fair = [100, 100, 100, 500, 100]
    for (const [index, rate] of rates.entries()) {
      expect(rate, `download ${index + 1}`).toBeGreaterThan(0.9 * fair[index]!)
      expect(rate, `download ${index + 1}`).toBeLessThan(1.1 * fair[index]!)
    }
  })

  it('does not let a large file starve a small one that comes later', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', mebibyte)
    const large = Array.from({ length: 16 }, () => ({ download: 1, scopes: ['all' as const] }))
    connections(throttle, clock, large)
    await run(clock, 4000)
    const { finished } = connections(throttle, clock, [{ download: 2, scopes: ['all'], size: 256 * kibibyte }])
    await run(clock, 1000)
    // Half of the line would take half a second; who comes new has got nothing lately and may have more.
    expect(finished.get(2)).toBeLessThan(4600)
  })

  /** What is to be passed in one go, as soon as it may; tells how much did. */
  function pass(throttle: Throttle, bytes: number, signal = never) {
    const gate = throttle.gate(1, () => ['all'])
    const done = { bytes: 0, ended: false }
    void (async () => {
      while (done.bytes < bytes) {
        const more = await gate.pass(bytes - done.bytes, signal)
        if (more === 0) break
        done.bytes += more
      }
      done.ended = true
    })()
    return done
  }

  it('changes at once, also for those who are held back', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', kibibyte)
    const done = pass(throttle, 640 * kibibyte)
    await run(clock, 1000)
    expect(done.bytes).toBeLessThan(1.2 * kibibyte) // it would take ten minutes
    throttle.set('all', mebibyte)
    await run(clock, 700)
    expect(done).toMatchObject({ bytes: 640 * kibibyte, ended: true })
  })

  it('that becomes a slow one does not stop everything until it has made up for a fast one', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', 64 * mebibyte)
    const done = pass(throttle, 1024 * mebibyte)
    await settled() // the last portion leaves a debt of 38 KiB
    throttle.set('all', 10 * kibibyte)
    const before = done.bytes
    await run(clock, 5000)
    expect(done.bytes - before).toBeGreaterThan(0.95 * 50 * kibibyte)
    expect(done.bytes - before).toBeLessThan(1.05 * 50 * kibibyte)
  })

  it('is gone at once', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', kibibyte)
    const done = pass(throttle, 640 * kibibyte)
    await run(clock, 100)
    throttle.set('all', null)
    await settled()
    expect(done).toMatchObject({ bytes: 640 * kibibyte, ended: true })
    const gate = throttle.gate(1, () => ['all'])
    expect(gate.pass(1e9, never)).toBe(1e9)
    expect(gate.portion).toBe(Infinity)
    expect(clock.next).toBeNull()
  })

  it('holds nobody who does not want to read any more, and counts only what passed', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', 10 * kibibyte)
    const control = new AbortController()
    const done = pass(throttle, 640 * kibibyte, control.signal)
    await run(clock, 1000)
    control.abort(new Error('paused'))
    await settled()
    expect(done.ended).toBe(true)
    expect(done.bytes).toBeLessThan(12 * kibibyte)
    const other = pass(throttle, 5 * kibibyte)
    await run(clock, 600)
    expect(other.ended).toBe(true)
  })
})
