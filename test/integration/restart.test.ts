import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type TestServer } from '../server'
import { inEachTest, type Rig, untilEnd, untilState } from './rig'
import { halfway } from './halfway'

const mebibyte = 1024 * 1024
/** Only what ends a download or the program makes a checkpoint. */
const neverByItself = { interval: 2 ** 31 - 1, bytes: Infinity }

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))
const { begin, beginAndPause, committed, partPath, expectDone } = halfway(() => ({ rig, server }))

describe('the program starts again', () => {
  it('and what was active goes on by itself from its last checkpoint', async () => {
    const { file, id } = await begin()
    await rig.stop()
    const had = committed(id)
    file.release()
    const engine = rig.start()
    await expectDone({ engine, file, id })
    const [first, second, ...more] = file.requests
    expect(more).toEqual([])
    expect(second?.range?.start).toBe(had)
    expect(second?.headers['if-range']).toBe(`"${file.version.tag}"`)
    expect(first?.bytesSent).toBeGreaterThanOrEqual(had)
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('and what was paused stays paused, until somebody resumes it', async () => {
    const { file, id } = await beginAndPause()
    await rig.stop()
    const engine = rig.start()
    // One that was added later runs to its end meanwhile.
    const other = server.file('/other.bin', { size: 1000 })
    await untilEnd(engine, await engine.add(rig.request(other.url)))
    expect(engine.view(id)).toMatchObject({ state: { kind: 'paused' }, total: file.size, name: 'data.bin' })
    expect(engine.view(id)?.received).toBeGreaterThanOrEqual(2 * mebibyte)
    expect(file.requests).toHaveLength(1)
    engine.resume([id])
    await expectDone({ engine, file, id })
  })

  it('and what failed stays failed, with its reason, until somebody tries again', async () => {
    const { engine: first, file, id } = await beginAndPause()
    file.set({ status: 404 })
    first.resume([id])
    await untilState(first, id, 'failed')
    await rig.stop()
    const requests = file.requests.length
    const engine = rig.start()
    const other = server.file('/other.bin', { size: 1000 })
    await untilEnd(engine, await engine.add(rig.request(other.url)))
    expect(engine.view(id)?.state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_404', retry: 'no' } })
    expect(file.requests).toHaveLength(requests)
    file.unset('status')
    engine.resume([id])
    await expectDone({ engine, file, id })
    expect(file.requests.at(-1)?.range?.start).toBeGreaterThanOrEqual(2 * mebibyte)
  })

  it('and what was queued runs when it is its turn', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const first = rig.start({ settings: { concurrentDownloads: 1 } })
    const ids = [await first.add(rig.request(file.url)), await first.add(rig.request(file.url))]
    await file.waitForRequest(1)
    await rig.stop()
    file.release()
    const engine = rig.start({ settings: { concurrentDownloads: 1 } })
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await rig.files()).toEqual(['data (1).bin', 'data.bin'])
  })

  it('and what is done stays done', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const first = rig.start()
    const id = await first.add(rig.request(file.url))
    const before = await untilEnd(first, id)
    await rig.stop()
    const engine = rig.start()
    expect(engine.list()).toEqual([before])
    expect(engine.unfinished()).toEqual([])
  })

  it('8: and a file that changed meanwhile begins again, and says so', async () => {
    const { file, id } = await begin()
    await rig.stop()
    file.change({ seed: 2 })
    file.release()
    const engine = rig.start()
    expect((await expectDone({ engine, file, id })).notice?.code).toBe('RESTARTED_CHANGED')
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('10: and a server that gives no validator begins again, and says so', async () => {
    const { file, id } = await begin({ etag: 'weak', lastModified: null })
    await rig.stop()
    file.release()
    const engine = rig.start()
    expect((await expectDone({ engine, file, id })).notice?.code).toBe('RESTARTED_NO_RANGES')
    expect(file.requests.map((request) => request.range?.start)).toEqual([0, 0])
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

describe('an engine that holds', () => {
  it('takes only what is its own, paused', async () => {
    const { file, id } = await begin()
    await rig.stop()
    file.release()
    const engine = rig.start({ onLoad: { kind: 'hold', mine: (each) => each.id === id } })
    expect(engine.view(id)?.state.kind).toBe('paused')
    await rig.stop()
    const other = rig.start({ onLoad: { kind: 'hold', mine: () => false } })
    expect(other.unfinished()).toEqual([])
    other.resume(other.unfinished().map(({ id }) => id))
    expect(other.view(id)?.state.kind).toBe('paused')
  })
})

describe('what ends a download makes a checkpoint:', () => {
  it('close()', async () => {
    const { file, id } = await begin({}, { checkpoints: neverByItself })
    expect(committed(id)).toBe(0)
    await rig.stop()
    const had = committed(id)
    expect(had).toBeGreaterThanOrEqual(2 * mebibyte)
    expect((await readFile(partPath(id))).subarray(0, had)).toEqual(file.bytes(0, had))
  })

  it('a pause', async () => {
    const { engine, id } = await begin({}, { checkpoints: neverByItself })
    engine.pause([id])
    await expect.poll(() => committed(id)).toBeGreaterThanOrEqual(2 * mebibyte)
  })

  it('a failure', async () => {
    const { engine, file, id } = await begin({}, { checkpoints: neverByItself })
    file.set({ status: 404 })
    server.resetConnections()
    await untilState(engine, id, 'failed')
    expect(committed(id)).toBeGreaterThanOrEqual(2 * mebibyte)
    expect(committed(id)).toBe(engine.view(id)?.received)
  })
})
