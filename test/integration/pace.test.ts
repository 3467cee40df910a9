import { describe, expect, it } from 'vitest'
import { on, startServer, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

describe('the number of connections', () => {
  it('grows 1, 2, 4, 8 while each step pays', async () => {
    // Eight times this is nothing even to a busy machine: each step pays.
    const file = server.file('/data.bin', { size: 30 * mebibyte, rate: mebibyte / 2 })
    const engine = rig.start({ settings: { connections: 8, connectionsPerHost: 8 } })
    const id = await engine.add(rig.request(file.url))
    await server.waitUntil(() => file.parallel === 8)
    file.set({ rate: 100 * mebibyte })
    const [first, second] = file.requests
    // The second one had to wait until the first had been measured.
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(400)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(file.peakParallel).toBe(8)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('grows at a server that sends once a second, too', async () => {
    const file = server.file('/data.bin', {
      size: 40 * mebibyte,
      drip: { after: 0, bytes: mebibyte, every: 1000 },
    })
    const engine = rig.start({ settings: { connections: 8, connectionsPerHost: 8 } })
    const id = await engine.add(rig.request(file.url))
    await server.waitUntil(() => file.parallel === 8)
    engine.pause([id])
    await server.waitUntil(() => file.parallel === 0)
  })

  it.each([429, 503, 'rst'] as const)(
    '31: is lowered when the server refuses more (%s), and the host is remembered',
    async (answer) => {
      const file = server.file('/data.bin', {
        size: 16 * mebibyte,
        rate: 6 * mebibyte,
        maxConnections: { limit: 3, answer },
      })
      const first = rig.start()
      const id = await first.add(rig.request(file.url, { connections: 8 }))
      expect((await untilEnd(first, id)).state.kind).toBe('done')
      expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
      const refused = file.requests.length
      await rig.stop()

      const second = rig.start()
      const again = await second.add(rig.request(file.url, { connections: 8 }))
      expect((await untilEnd(second, again)).state.kind).toBe('done')
      const later = file.requests.slice(refused)
      // From the start no more than it allows. (A few refusals may follow: it still counts what has just ended.)
      expect(later.slice(0, 3).map((request) => request.status)).toEqual([206, 206, 206])
      expect(later.filter((request) => request.status !== 206).length).toBeLessThan(5)
      expect(await sha256(rig.path('data (1).bin'))).toBe(file.sha256())
    },
  )
})

describe('connections to one server', () => {
  const rate = 64 * 1024

  it('are shared evenly by downloads, whichever came first', async () => {
    const files = ['/a.bin', '/b.bin'].map((path) => server.file(path, { size: 64 * mebibyte, rate }))
    const [a, b] = files
    const engine = rig.start({ settings: { connections: 8, connectionsPerHost: 8 } })
    const first = await engine.add(rig.request(a!.url, { connections: 8 }))
    await server.waitUntil(() => a!.parallel === 8)
    const second = await engine.add(rig.request(b!.url))
    await server.waitUntil(() => a!.parallel === 4 && b!.parallel === 4)
    engine.pause([first, second])
    await server.waitUntil(() => a!.parallel + b!.parallel === 0)
  })

  it('go to another download when a limit of speed leaves them idle, and come back with its end', async () => {
    const files = ['/a.bin', '/b.bin'].map((path) => server.file(path, { size: 64 * mebibyte, rate }))
    const [a, b] = files
    const engine = rig.start({ settings: { connections: 8, connectionsPerHost: 8 } })
    const first = await engine.add(rig.request(a!.url, { connections: 8 }))
    await server.waitUntil(() => a!.parallel === 8)
    engine.limit([first], rate)
    const second = await engine.add(rig.request(b!.url, { connections: 8 }))
    await server.waitUntil(() => a!.parallel <= 2 && b!.parallel >= 6)
    engine.limit([first], null)
    await server.waitUntil(() => a!.parallel === 4 && b!.parallel === 4)
    engine.pause([first, second])
    await server.waitUntil(() => a!.parallel + b!.parallel === 0)
  })
})

describe('a connection that does not keep up', () => {
  it('24: stalls while it is alone: another one goes on from there', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte, stall: on(1, { after: mebibyte }) })
    const engine = rig.start({ timeouts: { bodyTimeout: 1000 } })
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(file.requests.at(-1)?.range?.start).toBeGreaterThan(0)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('25: drips beside others: its place goes to a new one', async () => {
    const file = server.file('/data.bin', {
      size: 60 * mebibyte,
      rate: 4 * mebibyte,
      drip: on(2, { after: 1000 }),
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 3 }))
    const dripping = await file.waitForRequest(2)
    await server.waitUntil(() => dripping.aborted)
    expect(engine.view(id)?.state.kind).toBe('active')
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('holds the last piece: an idle one fetches that too, and the first to finish counts', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte, rate: on(1, 64 * 1024) })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    await server.waitUntil(() => file.requests[0]?.aborted)
    expect(file.requests[0]?.bytesSent).toBeLessThan(mebibyte)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('23: never sends its head: times out', async () => {
    const file = server.file('/data.bin', { size: 3, silent: true })
    const engine = rig.start({ timeouts: { headersTimeout: 100 }, retry: { base: 1, cap: 2, attempts: 2 } })
    const view = await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'TIMEOUT' } })
  })
})

describe('a server that does nothing any more', () => {
  it('23: is asked by one connection, as often as the budget says, not by all of them at every level', async () => {
    const file = server.file('/data.bin', { size: 32 * mebibyte, rate: mebibyte, silent: on({ from: 9 }, true) })
    const engine = rig.start({ timeouts: { headersTimeout: 200 }, retry: { base: 1, cap: 2, attempts: 4 } })
    const id = await engine.add(rig.request(file.url, { connections: 8 }))
    await server.waitUntil(() => file.parallel === 8)
    server.resetConnections()
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'TIMEOUT' } })
    // Those of the first moment, and then one after the other.
    expect(file.requests.length).toBeLessThanOrEqual(8 + 8 + 4)
    file.unset('silent', 'rate')
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('and works again gets all connections back', async () => {
    const file = server.file('/data.bin', {
      size: 60 * mebibyte,
      rate: mebibyte,
      refuse: [5, 6, 7, 8, 9, 10].map((k) => on(k, 'rst' as const)),
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    await server.waitUntil(() => file.parallel === 4)
    server.resetConnections()
    await server.waitUntil(() => file.parallel === 4 && file.requests.length >= 11)
    file.set({ rate: 100 * mebibyte })
    server.resetConnections()
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

describe('redirects', () => {
  it('to another host leave the first host’s places to others', async () => {
    await using cdn = await startServer({})
    const file = cdn.file('/data.bin', { size: 3 * mebibyte, stall: { after: mebibyte } })
    server.file('/link', { size: 0, redirect: { to: file.url } })
    const other = server.file('/other.bin', { size: 1000 })
    const engine = rig.start({ settings: { connectionsPerHost: 1 } })
    const first = await engine.add(rig.request(server.url('/link'), { connections: 1 }))
    await file.waitForBytesSent(mebibyte)
    const second = await engine.add(rig.request(other.url, { connections: 1 }))
    expect((await untilEnd(engine, second)).state.kind).toBe('done')
    expect(engine.view(first)?.state.kind).toBe('active')
    file.release()
    expect((await untilEnd(engine, first)).state.kind).toBe('done')
  })
})

describe('Retry-After', () => {
  it('26: no request before it is over', async () => {
    const file = server.file('/data.bin', {
      size: 1000,
      status: [
        on(1, { code: 503, headers: { 'retry-after': '5' } }),
        on(2, { code: 429, headers: { 'retry-after': '1' } }),
      ],
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    const waiting = await waitFor(engine, id, (v) => v.state.kind === 'active' && v.state.phase.kind === 'waiting')
    expect(waiting.state).toMatchObject({ phase: { reason: { code: 'HTTP_503' } } })
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    const times = file.requests.map((request) => request.at)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(4990)
    expect((times[2] ?? 0) - (times[1] ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('27: of years is not waited for', async () => {
    const file = server.file('/data.bin', { size: 1, status: { code: 503, headers: { 'retry-after': '1000000000' } } })
    const engine = rig.start()
    const view = await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'RETRY_LATER' } })
    expect(file.requests).toHaveLength(1)
  })
})
