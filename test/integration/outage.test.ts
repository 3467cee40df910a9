import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DownloadView } from '../../src/shared/download'
import { startServer, type TestServer } from '../server'
import { Rig, sha256, untilState, waitFor, type RigOptions } from './rig'

const mebibyte = 1024 * 1024
let server: TestServer
let rig: Rig

beforeEach(async () => {
  ;[server, rig] = await Promise.all([startServer(), Rig.create()])
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
})

/** Two attempts a few ms apart: the patience of a minute, in short. */
const impatient: RigOptions = { retry: { base: 1, cap: 50, attempts: 2 }, settings: { serverWait: 3_600_000 } }

const resting = ({ state, hold }: DownloadView) => state.kind === 'queued' && hold?.kind === 'server'

describe('a server that goes away', () => {
  it('is waited for without a slot, and its downloads go on by themselves', async () => {
    const engine = rig.start({
      ...impatient,
      settings: { ...impatient.settings, concurrentDownloads: 2, connections: 4 },
    })
    const files = ['/a', '/b', '/c'].map((path) => server.file(path, { size: 8 * mebibyte, rate: 2 * mebibyte }))
    // Held by limits of speed: their dead connections look alive.
    const ids = await engine.addAll(files.map(({ url }, n) => rig.request(url, n === 1 ? { limit: 1024 * 1024 } : {})))
    const [a, b] = ids as [number, number, number]
    await Promise.all(
      [a, b].map((id) => waitFor(engine, id, ({ received, connections }) => received > 0 && connections > 1)),
    )
    const back = await server.leave()
    // The third one, of which nothing had come yet, gets its turn and learns the same.
    for (const id of ids) {
      const { hold } = await waitFor(engine, id, resting)
      expect(hold).toMatchObject({ host: new URL(files[0]!.url).host, reason: { code: 'CONNECT' } })
    }
    for (const file of files) file.unset('rate')
    engine.limit([b], null)
    await back()
    for (const id of ids) await untilState(engine, id, 'done')
    for (const file of files) expect(await sha256(rig.path(file.path.slice(1)))).toBe(file.sha256())
  })

  it('teaches nothing of its limit, though a limited download still reads what came before', async () => {
    const engine = rig.start({
      ...impatient,
      settings: { ...impatient.settings, connectionsPerHost: 8, connections: 8 },
    })
    const rate = 128 * 1024
    const free = server.file('/free', { size: 16 * mebibyte, rate })
    // More than it may take waits in the kernel, and is read for seconds after the server has gone.
    const slow = server.file('/slow', { size: 16 * mebibyte, rate: 4 * mebibyte })
    const [a] = (await engine.addAll([
      rig.request(free.url, { connections: 6 }),
      rig.request(slow.url, { connections: 1, limit: 256 * 1024 }),
    ])) as [number, number]
    await server.waitUntil(() => free.parallel === 6 && slow.bytesSent > 2 * mebibyte)
    const back = await server.leave()
    await expect.poll(() => engine.inspect(a)?.host?.learned).toMatchObject({ connections: 1 })
    await back()
    await server.waitUntil(() => free.parallel === 6)
    expect(engine.inspect(a)?.host?.learned).toBeNull()
  })

  it('does not keep others from their slot', async () => {
    const other = await startServer()
    const engine = rig.start({ ...impatient, settings: { ...impatient.settings, concurrentDownloads: 1 } })
    const away = server.file('/away', { size: 4 * mebibyte, rate: mebibyte })
    const there = other.file('/there', { size: mebibyte })
    const [first, second] = (await engine.addAll([rig.request(away.url), rig.request(there.url)])) as [number, number]
    await waitFor(engine, first, ({ received }) => received > 0)
    await server.leave()
    await untilState(engine, second, 'done')
    await waitFor(engine, first, resting)
    await other.close()
  })

  it('that never answered is a wrong address: it fails when its attempts are spent', async () => {
    const { url } = server.file('/a', { size: mebibyte })
    await server.leave()
    const engine = rig.start(impatient)
    const id = await engine.add(rig.request(url))
    const view = await waitFor(engine, id, ({ state }) => state.kind === 'failed')
    expect(view.state).toMatchObject({ error: { code: 'CONNECT' } })
  })

  it('is not waited for longer than the wait allows', async () => {
    const engine = rig.start({ ...impatient, settings: { serverWait: 200 } })
    const file = server.file('/a', { size: 4 * mebibyte, rate: mebibyte })
    const id = await engine.add(rig.request(file.url))
    await waitFor(engine, id, ({ received }) => received > 0)
    await server.leave()
    await waitFor(engine, id, ({ state }) => state.kind === 'failed')
  })

  it('is asked at once when the user wants it now', async () => {
    const engine = rig.start({ ...impatient, retry: { base: 1, cap: 3_600_000, attempts: 1 } })
    const file = server.file('/a', { size: 4 * mebibyte, rate: mebibyte })
    const id = await engine.add(rig.request(file.url))
    await waitFor(engine, id, ({ received }) => received > 0)
    const back = await server.leave()
    await waitFor(engine, id, resting)
    await back()
    file.unset('rate')
    engine.startNow([id])
    await untilState(engine, id, 'done')
  })
})
