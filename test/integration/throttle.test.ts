import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineSettings } from '../../src/main/engine/engine'
import { startServer, type TestServer } from '../server'
import { Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
beforeEach(async () => {
  rig = await Rig.create()
  server = await startServer({})
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
})

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
