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
}

const running: AbortController[] = []
afterEach(() => {
  for (const control of running.splice(0)) control.abort(new Error('the test is over'))
})

/** Connections that read whenever they may; tells when how many bytes had arrived. */
function connections(throttle: Throttle, clock: FakeClock, list: readonly Connection[]) {
  const arrived: { at: number; bytes: number; download: number }[] = []
  const finished = new Map<number, number>()
  const control = new AbortController()
  running.push(control)
  const { signal } = control
  for (const { download, scopes, supply = Infinity, size = Infinity } of list) {
    const gate = throttle.gate(download, () => scopes)
    void (async () => {
      await gate.begin(signal)
      let got = 0
      for (let last = clock.monotonic(); got < size && !signal.aborted;) {
        const now = clock.monotonic()
        const there = Math.min(64 * kibibyte, Math.floor((supply * (now - last)) / 1000) || 0, size - got)
        const bytes =
          supply === Infinity ? Math.min(gate.readSize, 64 * kibibyte, size - got) : Math.min(gate.readSize, there)
        if (bytes > 0) {
          last = now
          got += bytes
          arrived.push({ at: now, bytes, download })
          await gate.passed(bytes, signal)
        }
        if (clock.monotonic() === now) await clock.sleep(2, signal).catch(() => undefined)
      }
      finished.set(download, clock.monotonic())
      gate.close()
    })()
  }
  return {
    finished,
    between: (from: number, to: number, download?: number) =>
      arrived
        .filter((each) => each.at >= from && each.at < to && (download === undefined || each.download === download))
        .reduce((sum, { bytes }) => sum + bytes, 0),
  }
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

  it('is never broken by more than one burst and one read, whatever the connections do', async () => {
    const connection = fc.record({
      download: fc.integer({ min: 1, max: 4 }),
      supply: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1000, max: 2_000_000 })),
      size: fc.integer({ min: 1, max: 5_000_000 }),
    })
    const limits = fc.record({
      all: fc.integer({ min: 20_000, max: 2_000_000 }),
      queue: fc.integer({ min: 20_000, max: 2_000_000 }),
      own: fc.integer({ min: 20_000, max: 2_000_000 }),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(connection, { minLength: 1, maxLength: 8 }),
        limits,
        async (list, { all, queue, own }) => {
          const clock = new FakeClock()
          const throttle = new Throttle(clock)
          throttle.set('all', all)
          throttle.set('queue 1', queue)
          throttle.set('download 1', own)
          const { between } = connections(
            throttle,
            clock,
            list.map((each) => ({
              ...each,
              scopes: ['all', ...(each.download < 3 ? ['queue 1' as const] : []), `download ${each.download}`],
            })),
          )
          await run(clock, 3000)
          const most = (rate: number, ms: number) =>
            (rate * ms) / 1000 + rate / 10 + Math.max(256, rate / 50) + 16 * kibibyte
          for (const [from, to] of [
            [0, 3000],
            [0, 500],
            [1000, 2000],
            [250, 3000],
          ] as const) {
            const of = (...ids: number[]) => ids.reduce((sum, id) => sum + between(from, to, id), 0)
            expect(between(from, to)).toBeLessThanOrEqual(most(all, to - from))
            expect(of(1, 2)).toBeLessThanOrEqual(most(queue, to - from))
            expect(of(1)).toBeLessThanOrEqual(most(own, to - from))
          }
        },
      ),
      { numRuns: 15 },
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

  it('changes at once, also for those who are held back', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', kibibyte)
    const gate = throttle.gate(1, () => ['all'])
    let over = false
    void gate.passed(640 * kibibyte, never)?.then(() => (over = true))
    await clock.pass(1000)
    expect(over).toBe(false) // it would take ten minutes
    throttle.set('all', mebibyte)
    await clock.pass(700)
    expect(over).toBe(true)
  })

  it('is gone at once', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', kibibyte)
    const gate = throttle.gate(1, () => ['all'])
    const held = gate.passed(640 * kibibyte, never)
    throttle.set('all', null)
    await held
    expect(gate.passed(1e9, never)).toBeUndefined()
    expect(gate.readSize).toBe(Infinity)
    expect(clock.next).toBeNull()
  })

  it('holds nobody who does not want to read any more', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', kibibyte)
    const control = new AbortController()
    const gate = throttle.gate(1, () => ['all'])
    const held = gate.passed(640 * kibibyte, control.signal)
    control.abort(new Error('paused'))
    await held
    gate.close()
    expect(await nextRead(throttle, clock)).toBeGreaterThan(600_000) // what came is paid all the same
  })

  it('does not count what was expected and never came', async () => {
    const clock = new FakeClock()
    const throttle = new Throttle(clock)
    throttle.set('all', 16 * kibibyte)
    for (let n = 0; n < 3; n++) {
      const gate = throttle.gate(1, () => ['all'])
      expect(gate.begin(never)).toBeUndefined()
      gate.close()
    }
    expect(await nextRead(throttle, clock)).toBe(0)
  })
})

/** ms until somebody new may ask for something. */
async function nextRead(throttle: Throttle, clock: FakeClock): Promise<number> {
  const began = clock.monotonic()
  const held = throttle.gate(9, () => ['all']).begin(never)
  let over = false
  void held?.then(() => (over = true))
  while (held && !over) await clock.pass(Math.max(0.5, clock.next ?? 0.5))
  return clock.monotonic() - began
}
