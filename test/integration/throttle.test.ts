import { describe, expect, it } from 'vitest'
import type { Engine, EngineSettings } from '../../src/main/engine/engine'
import { type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

/** Bytes per second over some ms, from a moment on at which the downloads move. */
async function rateOf(engine: Engine, ids: readonly number[], ms = 3000): Promise<number> {
  const received = () => ids.reduce((sum, id) => sum + (engine.view(id)?.received ?? 0), 0)
  const [first = 0] = ids
  const before = received()
  await waitFor(engine, first, () => received() > before)
  const begun = { at: performance.now(), bytes: received() }
  await waitFor(engine, first, () => performance.now() - begun.at >= ms)
  return (received() - begun.bytes) / ((performance.now() - begun.at) / 1000)
}

describe('a limit of speed', () => {
  it('holds for all connections of all downloads together, and changes while they run', async () => {
    const settings: Partial<EngineSettings> & { speedLimit: number | null } = { speedLimit: 2 * mebibyte }
    const files = ['/a.bin', '/b.bin'].map((path, k) => server.file(path, { size: 40 * mebibyte, seed: k + 1 }))
    const engine = rig.start({ settings })
    const ids: number[] = []
    for (const { url } of files) ids.push(await engine.add(rig.request(url, { connections: 4 })))
    const received = () => ids.reduce((sum, id) => sum + (engine.view(id)?.received ?? 0), 0)
    const [first = 0] = ids
    await waitFor(engine, first, () => received() > 2 * mebibyte)

    const begun = { at: performance.now(), bytes: received() }
    await waitFor(engine, first, () => performance.now() - begun.at >= 5000)
    const rate = (received() - begun.bytes) / ((performance.now() - begun.at) / 1000)
    // What is seen here is what was written, in pieces of half a MiB for each connection.
    expect(rate).toBeGreaterThan(0.8 * 2 * mebibyte)
    expect(rate).toBeLessThan(1.2 * 2 * mebibyte)
    // Nobody was replaced or fetched twice because it was slow.
    expect(server.requests.length).toBeLessThanOrEqual(8)

    settings.speedLimit = null
    engine.settingsChanged()
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
    for (const file of files) expect(await sha256(rig.path(file.path.slice(1)))).toBe(file.sha256())
  })

  it('is true within 5 %, from the first byte to the last', async () => {
    const file = server.file('/data.bin', { size: 12 * mebibyte })
    const engine = rig.start({ settings: { speedLimit: 2 * mebibyte } })
    const began = performance.now()
    const id = await engine.add(rig.request(file.url, { connections: 2 }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    const seconds = (performance.now() - began) / 1000
    expect(seconds).toBeGreaterThan(0.95 * 6)
    expect(seconds).toBeLessThan(1.25 * 6) // the machine may be busy
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('holds for one download, changes while it runs, and is kept over a restart', async () => {
    const file = server.file('/data.bin', { size: 30 * mebibyte })
    let engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4, limit: mebibyte }))
    expect(await rateOf(engine, [id])).toBeLessThan(1.1 * mebibyte)
    const { vitals } = engine.inspect(id)!
    expect(vitals?.limits).toMatchObject([{ scope: 'download', rate: mebibyte }])
    expect(vitals!.limits[0]!.used).toBeGreaterThan(0.5 * mebibyte)
    expect(vitals!.limitWait).toBeGreaterThan(0.5 * vitals!.openTime)
    engine.limit([id], 2 * mebibyte)
    const faster = await rateOf(engine, [id])
    expect(faster).toBeGreaterThan(1.8 * mebibyte)
    expect(faster).toBeLessThan(2.2 * mebibyte)
    await rig.stop()
    engine = rig.start()
    expect(engine.view(id)?.limit).toBe(2 * mebibyte)
    expect(await rateOf(engine, [id])).toBeLessThan(2.2 * mebibyte)
    engine.limit([id], null)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('holds for the downloads of a queue together', async () => {
    const files = [1, 2, 3].map((n) => server.file(`/${n}.bin`, { size: 20 * mebibyte, seed: n }))
    const engine = rig.start({ settings: { concurrentDownloads: 5 } })
    engine.changeQueue(1, { limit: 2 * mebibyte })
    const ids: number[] = []
    for (const { url } of files) ids.push(await engine.add(rig.request(url, { connections: 2 })))
    const rate = await rateOf(engine, ids)
    expect(rate).toBeGreaterThan(0.9 * 2 * mebibyte)
    expect(rate).toBeLessThan(1.1 * 2 * mebibyte)
    engine.changeQueue(1, { limit: null })
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
  })

  it('is shared by downloads, not by connections, and does not starve a small file', async () => {
    const [many, one, small] = [40, 40, 1].map((size, k) =>
      server.file(`/${k}.bin`, { size: size * mebibyte, seed: k + 1 }),
    )
    const engine = rig.start({ settings: { speedLimit: 4 * mebibyte } })
    const first = await engine.add(rig.request(many!.url, { connections: 7 }))
    const second = await engine.add(rig.request(one!.url, { connections: 1 }))
    const [a, b] = await Promise.all([rateOf(engine, [first]), rateOf(engine, [second])])
    expect(a + b).toBeLessThan(1.1 * 4 * mebibyte)
    expect(b).toBeGreaterThan(0.8 * 2 * mebibyte)
    expect(a).toBeGreaterThan(0.8 * 2 * mebibyte)
    const began = performance.now()
    const third = await engine.add(rig.request(small!.url, { connections: 1 }))
    expect((await untilEnd(engine, third)).state.kind).toBe('done')
    // Of 4 MiB/s a third: three quarters of a second, and what a connection takes to begin.
    expect(performance.now() - began).toBeLessThan(2500)
  })

  it('leaves a connection that is held in the hands of TCP', async () => {
    const file = server.file('/data.bin', { size: 64 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 1, limit: 64 * 1024 }))
    await waitFor(engine, id, (view) => view.received > 0)
    const before = process.memoryUsage().arrayBuffers
    await rateOf(engine, [id])
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * mebibyte)
    // What was sent and not read is in the buffers of two kernels: they hold some MiB, and no more comes.
    const sent = file.bytesSent
    expect(sent).toBeLessThan(24 * mebibyte)
    await rateOf(engine, [id], 1000)
    expect(file.bytesSent - sent).toBeLessThan(2 * mebibyte)
  })

  it('does not keep a pause waiting', async () => {
    const file = server.file('/data.bin', { size: 12 * mebibyte })
    const engine = rig.start({ settings: { speedLimit: 1024 } })
    const id = await engine.add(rig.request(file.url, { connections: 2 }))
    await file.waitForBytesSent(1)
    engine.pause([id])
    const began = performance.now()
    await rig.stop()
    expect(performance.now() - began).toBeLessThan(5000)
  })
})
