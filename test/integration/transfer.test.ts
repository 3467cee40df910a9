import { stat, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { on, startServer, type TestServer } from '../server'
import { type Download, downloadFrom, inEachTest, type Rig, sha256, untilEnd, untilState, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const download: Download = (...what) => downloadFrom(server, rig, ...what)

describe('a server that serves ranges', () => {
  it('sends the file over several connections', async () => {
    const { file, view } = await download({ size: 40 * mebibyte, rate: 20 * mebibyte }, { connections: 4 })
    expect(view.state).toEqual({ kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(file.peakParallel).toBe(4)
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('uses the body of its first request', async () => {
    const { file, view } = await download({ size: 500_000 })
    expect(view.state.kind).toBe('done')
    expect(file.requests).toHaveLength(1)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('fetches no byte twice when nothing goes wrong', async () => {
    const { file } = await download({ size: 32 * mebibyte, rate: 4 * mebibyte }, { connections: 8 })
    // What was on the wire when a connection gave half of its range away is lost: socket buffers, no more.
    expect(file.bytesSent).toBeLessThan(1.5 * file.size)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('gives the rest of a slow connection to the others', async () => {
    const { file } = await download(
      { size: 24 * mebibyte, rate: [on(1, 512 * 1024), on('all', 30 * mebibyte)] },
      { connections: 4 },
    )
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    const first = file.requests[0]
    expect(first?.bytesSent).toBeLessThan(6 * mebibyte)
  })

  it('gets the mode that a new file gets', async () => {
    await download({ size: 10 })
    expect((await stat(rig.path('data.bin'))).mode & 0o777).toBe(0o666 & ~process.umask())
  })
})

describe('other servers', () => {
  it('without ranges: one stream', async () => {
    const { file, view } = await download({ size: 8 * mebibyte, ranges: false }, { connections: 8 })
    expect(view).toMatchObject({ state: { kind: 'done' }, ranges: false })
    expect(file.peakParallel).toBe(1)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('without a length: chunked', async () => {
    const { file, view } = await download({ size: 3 * mebibyte + 17, ranges: false, framing: 'chunked' })
    expect(view).toMatchObject({ state: { kind: 'done' }, total: file.size, received: file.size })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('18: without a length: the end of the connection is the end, and the length is called unverified', async () => {
    const { file, view } = await download({ size: 700_001, ranges: false, framing: 'close' })
    expect(view.state).toEqual({ kind: 'done', verification: { kind: 'unverified', reason: 'length-unknown' } })
    expect(view.notice?.code).toBe('LENGTH_UNVERIFIED')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it.each([{ emptyRange: 416 as const }, { emptyRange: 200 as const }, { ranges: false }])(
    'with an empty file %o',
    async (options) => {
      const { view } = await download({ size: 0, ...options })
      expect(view).toMatchObject({ state: { kind: 'done' }, total: 0, received: 0 })
      expect((await stat(rig.path('data.bin'))).size).toBe(0)
    },
  )

  it('with a file of one byte', async () => {
    const { file } = await download({ size: 1 })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('10: without a validator: one connection', async () => {
    const { file, view } = await download({ size: 6 * mebibyte, etag: 'none', lastModified: null }, { connections: 4 })
    expect(view.state.kind).toBe('done')
    expect(file.peakParallel).toBe(1)
    expect(view.notice?.code).toBe('NOT_RESUMABLE')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('over TLS, with an authority that is trusted', async () => {
    await using tls = await startServer({ tls: true })
    const file = tls.file('/secure.bin', { size: 5 * mebibyte })
    const engine = rig.start({ ca: [tls.ca] })
    const view = await untilEnd(engine, await engine.add(rig.request(file.url, { connections: 3 })))
    expect(view.state.kind).toBe('done')
    expect(await sha256(rig.path('secure.bin'))).toBe(file.sha256())
  })

  it('37: over TLS, with an authority that nobody knows', async () => {
    await using tls = await startServer({ tls: true })
    const file = tls.file('/secure.bin', { size: 100 })
    const engine = rig.start()
    const view = await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'TLS' } })
    expect(await rig.files()).toEqual([])
  })
})

describe('redirects', () => {
  it('are followed, and ranges go to their end', async () => {
    const file = server.file('/real.bin', { size: 12 * mebibyte, rate: 20 * mebibyte })
    server.file('/link', { size: 0, redirect: { to: '/real.bin', hops: 3 } })
    const engine = rig.start()
    const view = await untilEnd(engine, await engine.add(rig.request(server.url('/link'), { connections: 4 })))
    expect(view).toMatchObject({ state: { kind: 'done' }, name: 'real.bin' })
    expect(file.requests.length).toBeGreaterThan(1)
    expect(server.requests.filter((r) => r.path.startsWith('/link'))).toHaveLength(3)
    expect(await sha256(rig.path('real.bin'))).toBe(file.sha256())
  })

  it('70: more than 20 are too many', async () => {
    const { view } = await download({ size: 1, redirect: { hops: 21 } })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'REDIRECTS' } })
  })

  it.each(['file:///etc/passwd', 'data:text/plain,hello'])('71: to %s fail', async (to) => {
    const { view } = await download({ size: 1, redirect: { to } })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'SCHEME' } })
  })

  it('72: to another origin drop credentials and headers', async () => {
    await using other = await startServer({})
    const file = other.file('/x.bin', { size: 3 * mebibyte })
    server.file('/link', { size: 0, redirect: { to: file.url } })
    const engine = rig.start()
    const credentials = { user: 'me', password: 'secret', headers: [['X-Token', 'abc']] as const, cookies: 'a=b' }
    const id = await engine.add(rig.request(server.url('/link'), { credentials, connections: 2 }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(server.requests[0]?.headers).toMatchObject({ 'x-token': 'abc' })
    expect(server.requests[0]?.headers.cookie).toBe('a=b')
    for (const request of other.requests) {
      expect(request.headers.authorization).toBeUndefined()
      expect(request.headers['x-token']).toBeUndefined()
      expect(request.headers.cookie).toBeUndefined()
    }
  })
})

describe('the final name', () => {
  it('51: is numbered when it is taken, and the other file is untouched', async () => {
    await writeFile(rig.path('data.bin'), 'mine')
    const { file, view } = await download({ size: 1000 })
    expect(view.name).toBe('data (1).bin')
    expect(await sha256(rig.path('data (1).bin'))).toBe(file.sha256())
    expect((await stat(rig.path('data.bin'))).size).toBe(4)
  })

  it('51: is numbered when it is taken meanwhile', async () => {
    const file = server.file('/data.bin', { size: 2 * mebibyte, stall: { after: mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await waitFor(engine, id, (v) => v.received > 0)
    await writeFile(rig.path('data.bin'), 'mine')
    file.release()
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, name: 'data (1).bin' })
    expect((await stat(rig.path('data.bin'))).size).toBe(4)
  })

  it('replaces the other file when the user chose that', async () => {
    await writeFile(rig.path('data.bin'), 'old')
    const { file } = await download({ size: 1000 }, { onConflict: 'overwrite' })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('fails before the body when the user chose that', async () => {
    await writeFile(rig.path('data.bin'), 'old')
    const { view } = await download({ size: 1000 }, { onConflict: 'fail' })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'CONFLICT' } })
    expect((await stat(rig.path('data.bin'))).size).toBe(3)
  })

  it('60: the same address twice gives two files', async () => {
    const file = server.file('/data.bin', { size: 6 * mebibyte, rate: 10 * mebibyte })
    const engine = rig.start()
    const ids = [await engine.add(rig.request(file.url)), await engine.add(rig.request(file.url))]
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await rig.files()).toEqual(['data (1).bin', 'data.bin'])
    for (const name of await rig.files()) expect(await sha256(rig.path(name))).toBe(file.sha256())
  })

  it('comes from Content-Disposition', async () => {
    const { view } = await download({
      size: 10,
      contentDisposition: `attachment; filename*=UTF-8''%E2%82%AC%20rates.txt`,
    })
    expect(view.name).toBe('€ rates.txt')
  })
})

describe('a checksum', () => {
  it('that is right: verified', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { checksum: { algorithm: 'sha-256', hex: file.sha256() } }))
    expect((await untilEnd(engine, id)).state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'user' }] },
    })
  })

  it('11: that is wrong: fails, no final file; another try begins again', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte })
    const right = file.sha256()
    file.change({ seed: 5, keepValidators: true })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { checksum: { algorithm: 'sha-256', hex: right } }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
    expect((await rig.files()).filter((name) => !name.endsWith('.part'))).toEqual([])
    file.change({ seed: 1, keepValidators: true })
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(right)
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

describe('several downloads', () => {
  it('wait for a slot, in order', async () => {
    const file = server.file('/a.bin', { size: mebibyte, stall: { after: 1000 } })
    const engine = rig.start({ settings: { concurrentDownloads: 2 } })
    const ids = []
    for (let n = 0; n < 4; n++) ids.push(await engine.add(rig.request(file.url)))
    await server.waitUntil(() => file.requests.filter((request) => request.bytesSent === 1000).length === 2)
    expect(ids.map((id) => engine.view(id)?.state.kind)).toEqual(['active', 'active', 'queued', 'queued'])
    file.release()
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
  })

  it('share the connections to a host: the second gets one although the first has all', async () => {
    const big = server.file('/big.bin', { size: 64 * mebibyte, rate: mebibyte })
    const small = server.file('/small.bin', { size: 300_000 })
    const engine = rig.start({ settings: { connections: 8, connectionsPerHost: 4 } })
    const first = await engine.add(rig.request(big.url))
    await server.waitUntil(() => big.parallel === 4)
    const second = await engine.add(rig.request(small.url))
    expect((await untilEnd(engine, second)).state.kind).toBe('done')
    expect(engine.view(first)?.state.kind).toBe('active')
    expect(server.peakParallel).toBeLessThanOrEqual(4)
    engine.pause([first])
    await untilState(engine, first, 'paused')
  })
})
