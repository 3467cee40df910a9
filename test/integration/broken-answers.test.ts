import { describe, expect, it } from 'vitest'
import { midFile, on, type TestServer } from '../server'
import { type Download, downloadFrom, inEachTest, type Rig, sha256, untilEnd, untilState, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const download: Download = (...what) => downloadFrom(server, rig, ...what)

describe('connections that break', () => {
  it.each(['fin', 'rst'] as const)('14, 15: %s in the middle: goes on after the last byte', async (how) => {
    const { file, view } = await download({ size: 20 * mebibyte, cut: on({ first: 3 }, { after: mebibyte, how }) })
    expect(view.state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(file.bytesSent).toBeLessThan(1.5 * file.size)
  })

  it('28: 503 and 502 first', async () => {
    const { file, view } = await download({ size: 100_000, status: [on(1, 503), on(2, 502)] })
    expect(view.state.kind).toBe('done')
    expect(file.requests.map((r) => r.status)).toEqual([503, 502, 206])
  })

  it('without ranges: begins again', async () => {
    const { file, view } = await download({ size: 3 * mebibyte, ranges: false, cut: on(1, { after: mebibyte }) })
    expect(view).toMatchObject({ state: { kind: 'done' } })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('for good: fails, keeps the part, and goes on when asked', async () => {
    const { file, engine, id, view } = await download(
      { size: 8 * mebibyte, cut: on(1, { after: 5 * mebibyte }), refuse: on({ from: 2 }, 'rst') },
      { connections: 1 },
    )
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'CONNECTION_LOST' } })
    expect(view.received).toBeGreaterThan(4 * mebibyte)
    file.unset('refuse', 'cut')
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(file.bytesSent).toBeLessThan(file.size + mebibyte)
  })

  it.each([401, 403, 404, 410])('29: %i fails at once', async (status) => {
    const { file, view } = await download({ size: 1, status })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: `HTTP_${status}` } })
    expect(file.requests).toHaveLength(1)
  })
})

describe('answers that cannot be trusted', () => {
  it('1: 200 to a range: one stream from 0', async () => {
    const { file, view } = await download(
      { size: 8 * mebibyte, ranges: 'ignore-nonzero', rate: 8 * mebibyte },
      { connections: 4 },
    )
    expect(view).toMatchObject({ state: { kind: 'done' }, notice: { code: 'RESTARTED_NO_RANGES' } })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it.each([
    ['2: without Content-Range', { contentRange: 'missing' as const }, 'RANGE'],
    ['2: with a malformed one', { contentRange: 'malformed' as const }, 'RANGE'],
    ['3: with the wrong start', { contentRange: { shift: 1, end: mebibyte - 1 } }, 'RANGE'],
    ['6: in several parts', { contentRange: 'multipart' as const }, 'RANGE'],
    ['7: with two Content-Range', { contentRange: 'duplicate' as const }, 'PROTO'],
    ['7: with two ETag', { duplicate: ['ETag'] }, 'PROTO'],
    ['21: coded', { contentEncoding: 'gzip' }, 'ENCODING'],
    ['20: too long', { ranges: false, contentLength: '9007199254740993' }, 'SIZE'],
    ['22: not HTTP', { notHttp: true as const }, 'PROTO'],
    ['22: oversized headers', { oversizedHeaders: 100_000 }, 'PROTO'],
  ])('%s: fails, nothing written', async (_, behaviours, code) => {
    const { view } = await download({ size: mebibyte, ...behaviours })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code } })
    expect(await rig.files()).toEqual([])
  })

  it.each([
    ['3', { contentRange: on(midFile, { shift: 7 }) }],
    ['2', { contentRange: on(midFile, 'missing' as const) }],
  ])('%s: a wrong answer to a later range is not written', async (_, behaviours) => {
    const { view } = await download({ size: 8 * mebibyte, rate: 4 * mebibyte, ...behaviours }, { connections: 3 })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'RANGE' } })
    expect((await rig.files()).filter((name) => !name.endsWith('.part'))).toEqual([])
  })

  it('5, 9: the file changes in the middle: begins again, says so', async () => {
    const file = server.file('/data.bin', {
      size: 16 * mebibyte,
      rate: 4 * mebibyte,
      cut: on(1, { after: 6 * mebibyte }),
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    await file.waitForBytesSent(2 * mebibyte)
    file.change({ seed: 9, size: 15 * mebibyte, rate: 100 * mebibyte })
    const view = await untilEnd(engine, id)
    expect(view).toMatchObject({ state: { kind: 'done' }, notice: { code: 'RESTARTED_CHANGED' } })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('30: a web page where the file was: fails, the part untouched', async () => {
    const file = server.file('/data.bin', {
      size: 4 * mebibyte,
      stall: { after: 2 * mebibyte },
      contentType: 'application/zip',
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    await waitFor(engine, id, (v) => v.received >= mebibyte)
    engine.pause([id])
    file.release()
    file.set({ status: { code: 200, headers: { 'content-type': 'text/html' }, body: '<form>login</form>' } })
    engine.resume([id])
    const view = await untilEnd(engine, id)
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'CHANGED' } })
    expect(view.received).toBeGreaterThanOrEqual(mebibyte)
    file.unset('status')
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

describe('a server that never gets to the end', () => {
  it('14: without ranges: is given up, and not asked for ever', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte, ranges: false, cut: on('all', { after: mebibyte }) })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    const view = await untilState(engine, id, 'done', 'failed')
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'CONNECTION_LOST' } })
    expect(file.requests.length).toBeLessThan(20)
  })
})
