import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLimited } from '../../src/main/engine/fetch/limited'
import type { HttpResponse, Sink } from '../../src/main/engine/http/http'
import { Throttle } from '../../src/main/engine/throttle'
import { FakeClock, settled } from './fake-clock'

const never = new AbortController().signal

/** An answer whose chunks come as soon as they may. */
const answer = (chunks: readonly Buffer[], mosts: number[] = []): HttpResponse => ({
  status: 200,
  headers: {},
  url: 'http://example.com/',
  publicOnly: false,
  async read(sink, most) {
    for (const chunk of chunks) {
      const hold = sink(chunk)
      if (most) mosts.push(most())
      if ((await hold) === 'enough') return
    }
  },
  discard: () => undefined,
})

function limitedTo(rate: number | null, signal = never) {
  const clock = new FakeClock()
  const throttle = new Throttle(clock)
  throttle.set('all', rate)
  const holds: { held: boolean; at: number }[] = []
  const limits = {
    gate: throttle.gate(1, () => ['all']),
    signal,
    holds: (held: boolean) => void holds.push({ held, at: clock.monotonic() }),
  }
  /** Lets time pass until it is over. */
  const finish = async (reading: Promise<void>) => {
    let over = false
    const end = () => (over = true)
    reading.then(end, end)
    for (await settled(); !over; await settled()) await clock.pass(Math.max(0.5, clock.next ?? 0.5))
    await reading
  }
  return { clock, throttle, limits, holds, finish }
}

describe('a body that is read under a limit of speed', () => {
  it('is the same, in portions that may pass, whatever its reads bring', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 }), { maxLength: 5 }),
        fc.integer({ min: 500, max: 100_000 }),
        async (chunks, rate) => {
          const { clock, limits, finish } = limitedTo(rate)
          const got: Buffer[] = []
          const sink: Sink = (chunk) => {
            got.push(Buffer.from(chunk))
            return got.length % 3 === 0 ? settled() : undefined
          }
          await finish(readLimited(answer(chunks.map((chunk) => Buffer.from(chunk))), sink, limits))
          const all = Buffer.concat(got)
          expect(all.equals(Buffer.concat(chunks))).toBe(true)
          for (const { length } of got) expect(length).toBeLessThanOrEqual(Math.round(rate / 50))
          expect(all.length).toBeLessThanOrEqual((rate * clock.monotonic()) / 1000 + 0.13 * rate)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('goes straight through without one', async () => {
    const { limits, holds } = limitedTo(null)
    const chunk = Buffer.alloc(100_000)
    const got: Buffer[] = []
    const mosts: number[] = []
    await readLimited(answer([chunk, chunk], mosts), (each) => void got.push(each), limits)
    expect(got).toEqual([chunk, chunk])
    expect(mosts).toEqual([Infinity, Infinity])
    expect(holds).toEqual([])
  })

  it('is read in portions too, and tells how long it is held back', async () => {
    const { limits, holds, finish } = limitedTo(1000)
    const mosts: number[] = []
    await finish(readLimited(answer([Buffer.alloc(300), Buffer.alloc(10)], mosts), () => undefined, limits))
    expect(mosts).toEqual([20, 20])
    let held = 0
    for (let n = 0; n < holds.length; n += 2) {
      expect([holds[n]?.held, holds[n + 1]?.held]).toEqual([true, false])
      held += holds[n + 1]!.at - holds[n]!.at
    }
    expect(held).toBeGreaterThan(150)
    expect(held).toBeLessThan(250)
  })

  it.each([false, true])('ends when its sink has enough (later: %s)', async (later) => {
    const { limits, finish } = limitedTo(1000)
    let got = 0
    const sink: Sink = ({ length }) => {
      const said = (got += length) >= 50 ? 'enough' : undefined
      return later ? Promise.resolve(said) : said
    }
    await finish(readLimited(answer([Buffer.alloc(1000), Buffer.alloc(1000)]), sink, limits))
    expect(got).toBeGreaterThanOrEqual(50)
    expect(got).toBeLessThan(100)
  })

  it('delivers nothing more once it was aborted', async () => {
    const control = new AbortController()
    const { clock, limits } = limitedTo(1000, control.signal)
    let got = 0
    const reading = readLimited(answer([Buffer.alloc(5000)]), ({ length }) => void (got += length), limits)
    await clock.pass(50)
    control.abort(new Error('paused'))
    const before = got
    await reading
    await clock.pass(10_000)
    expect(got).toBe(before)
  })
})
