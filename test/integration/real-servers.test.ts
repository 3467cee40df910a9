import { chmod, mkdtemp, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AddRequest } from '../../src/main/engine/engine'
import { openDatabase } from '../../src/main/store/database'
import { createHostStore } from '../../src/main/store/hosts'
import { certificates, Content } from '../server'
import { Rig, sha256, untilEnd, untilState, waitFor, type RigOptions } from './rig'
import { apache, caddy, isInstalled, lighttpd, login, nginx, RealServer, type Kind, type Site } from './servers'

/** The servers that most of the web runs on, as Debian packages them: what they really send. */

const mebibyte = 1024 * 1024
const size = 20 * mebibyte
const data = new Content(size, 3)
const replacement = new Content(size, 4)
const text = Buffer.from(Array.from({ length: 200_000 }, (_, line) => `line ${line}\n`).join(''))
const yesterday = new Date(Date.now() - 24 * 3600 * 1000)

let root: string
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-site-'))
  await chmod(root, 0o755) // Apache reads as somebody else
  await put('data.bin', data.bytes())
  await put('forbidden.bin', Buffer.from('no'))
  await put('empty.bin', Buffer.alloc(0))
  await put('text.txt', text)
  await put('text.txt.gz', gzipSync(text))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Puts a file in its place in one step. */
async function put(name: string, bytes: Buffer, modified = yesterday): Promise<void> {
  const next = path.join(root, `${name}.next`)
  await writeFile(next, bytes)
  await utimes(next, modified, modified)
  await rename(next, path.join(root, name))
}

let rig: Rig
let server: RealServer | null = null
beforeEach(async () => {
  rig = await Rig.create()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server?.[Symbol.asyncDispose]()
  server = null
})

async function serve(kind: Kind, site: Omit<Site, 'root'> = {}): Promise<RealServer> {
  server = await RealServer.start(kind, { root, ...site })
  return server
}

/** Starts a download. */
async function add(served: RealServer, name: string, change: Partial<AddRequest> = {}, options: RigOptions = {}) {
  const engine = rig.start(options)
  const id = await engine.add(rig.request(served.url(name), change))
  let peak = 0
  const look = () => (peak = Math.max(peak, engine.view(id)?.connections ?? 0))
  engine.subscribe(look)
  return {
    engine,
    id,
    /** Resolves with its end, and with the most connections that were open at one time. */
    ended: async () => {
      const looking = setInterval(look, 5)
      try {
        const { state, ...view } = await untilEnd(engine, id)
        return { ...view, state, peak }
      } finally {
        clearInterval(looking)
      }
    },
  }
}

async function get(...args: Parameters<typeof add>) {
  return (await add(...args)).ended()
}

/** Connections that the stopped program remembers as the most that the server allows. */
function learnedLimit(served: RealServer): number | null {
  const database = openDatabase(path.join(rig.root, 'longshore.db'))
  try {
    return createHostStore(database).read(new URL(served.url('')).host)?.connections ?? null
  } finally {
    database.close()
  }
}

const withLogin = (password: string = login.password): Partial<AddRequest> => ({
  credentials: { ...rig.request('http://localhost').credentials, user: login.user, password },
})
/** The server needs a moment to come back. */
const patient: RigOptions = { retry: { base: 50, cap: 200, attempts: 200 } }
const done = { state: { kind: 'done' } }
const failed = (code: string) => ({ state: { kind: 'failed', error: { code } }, received: 0 })

const kinds = [nginx, apache, lighttpd, caddy].map((kind) => ({ ...kind, installed: isInstalled(kind) }))
const missing = (name: string) => !kinds.some((kind) => kind.name === name && kind.installed)

describe.each(kinds)('$name', (kind) => {
  const test = it.skipIf(!kind.installed)

  test('sends the file over several connections', async () => {
    const served = await serve(kind, { rate: 8 * mebibyte })
    expect(await get(served, 'data.bin', { connections: 4 })).toMatchObject({ ...done, ranges: true, peak: 4 })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  test('gets more and more connections by default', async () => {
    const served = await serve(kind, { rate: mebibyte })
    const { state, peak } = await get(served, 'data.bin')
    expect(state.kind).toBe('done')
    // nginx sends what it allows in bursts, and a step that falls between two of them does not seem to pay.
    expect(peak).toBeGreaterThanOrEqual(kind.name === 'nginx' ? 2 : 4)
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  test('without ranges: one stream', async () => {
    const served = await serve(kind, { ranges: false })
    const view = await get(served, 'data.bin', { connections: 4 })
    expect(view).toMatchObject({ ...done, ranges: false, peak: 1, notice: { code: 'NOT_RESUMABLE' } })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  test('an empty file', async () => {
    expect(await get(await serve(kind), 'empty.bin')).toMatchObject({ ...done, total: 0, notice: null })
    expect((await stat(rig.path('empty.bin'))).size).toBe(0)
  })

  test('compresses for others: we get the bytes of the file', async () => {
    const served = await serve(kind, { gzip: true })
    const { headers } = await fetch(served.url('text.txt'), { headers: { 'accept-encoding': 'gzip' } })
    expect(headers.get('content-encoding')).toBe('gzip')
    expect(await get(served, 'text.txt', { connections: 4 })).toMatchObject({ ...done, received: text.length })
    expect(await sha256(rig.path('text.txt'))).toBe(await sha256(path.join(root, 'text.txt')))
  })

  test('29: 404 and 403', async () => {
    const served = await serve(kind)
    expect(await get(served, 'missing.bin')).toMatchObject(failed('HTTP_404'))
    await rig.stop()
    expect(await get(served, 'forbidden.bin')).toMatchObject(failed('HTTP_403'))
    expect(await rig.files()).toEqual([])
  })

  const schemes =
    kind.name === 'apache2' || kind.name === 'lighttpd' ? (['basic', 'digest'] as const) : ['basic' as const]
  test.each(schemes)('asks for a login: %s', async (auth) => {
    const served = await serve(kind, { auth })
    expect(await get(served, 'data.bin')).toMatchObject(failed('HTTP_401'))
    await rig.stop()
    expect(await get(served, 'data.bin', withLogin('wrong'))).toMatchObject(failed('HTTP_401'))
    await rig.stop()
    expect(await get(served, 'data.bin', { connections: 4, ...withLogin() })).toMatchObject(done)
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  test('over TLS, where it offers HTTP/2 too', async () => {
    const served = await serve(kind, { tls: true, rate: 8 * mebibyte })
    expect(await get(served, 'data.bin')).toMatchObject(failed('TLS'))
    await rig.stop()
    const { ca } = certificates('good')
    const view = await get(served, 'data.bin', { connections: 4 }, { ca: [ca] })
    expect(view).toMatchObject({ ...done, ranges: true, peak: 4 })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  test('8: the file is replaced in the middle', async () => {
    await put('changing.bin', data.bytes())
    const served = await serve(kind, { rate: 6 * mebibyte })
    // The second connection comes after half a second: it finds the new file.
    const { engine, id, ended } = await add(served, 'changing.bin')
    await waitFor(engine, id, ({ received }) => received > 0)
    await put('changing.bin', replacement.bytes(), new Date(yesterday.getTime() + 5000))
    let wasted = 0
    await waitFor(engine, id, ({ notice, received }) => {
      if (notice === null) wasted = Math.max(wasted, received)
      return notice !== null
    })
    expect(wasted).toBeLessThan(8 * mebibyte) // that ended the first one too, however much it had still to fetch
    expect(await ended()).toMatchObject({ ...done, notice: { code: 'RESTARTED_CHANGED' } })
    expect(await sha256(rig.path('changing.bin'))).toBe(replacement.digest())
    expect(await rig.files()).toEqual(['changing.bin'])
  })

  test('8: the file is replaced during a pause', async () => {
    await put('changing.bin', data.bytes())
    const served = await serve(kind, { rate: 4 * mebibyte })
    const { engine, id, ended } = await add(served, 'changing.bin', { connections: 4 })
    await waitFor(engine, id, ({ received }) => received > mebibyte)
    engine.pause([id])
    await untilState(engine, id, 'paused')
    await put('changing.bin', replacement.bytes(), new Date(yesterday.getTime() + 5000))
    engine.resume([id])
    expect(await ended()).toMatchObject({ ...done, notice: { code: 'RESTARTED_CHANGED' } })
    expect(await sha256(rig.path('changing.bin'))).toBe(replacement.digest())
  })

  test('is restarted in the middle: the download goes on', async () => {
    const served = await serve(kind, { rate: 4 * mebibyte })
    const { engine, id, ended } = await add(served, 'data.bin', { connections: 4 }, patient)
    await waitFor(engine, id, ({ received }) => received > 4 * mebibyte)
    await served.stop()
    const { received } = await waitFor(engine, id, ({ connections }) => connections === 0)
    expect(received).toBeLessThan(size)
    await served.start()
    const { received: kept } = await waitFor(engine, id, ({ connections }) => connections > 0)
    expect(kept).toBeGreaterThanOrEqual(received)
    expect(await ended()).toMatchObject({ ...done, notice: null })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
    await rig.stop()
    expect(learnedLimit(served)).toBeNull() // nobody refused a connection too many
  })

  // Caddy has no such limit.
  it.skipIf(!kind.installed || kind.name === 'caddy')('closes a connection after two requests', async () => {
    const served = await serve(kind, { requestsPerConnection: 2 })
    const engine = rig.start()
    const ids = []
    for (let n = 0; n < 12; n++) ids.push(await engine.add(rig.request(served.url('text.txt'), { name: `${n}.txt` })))
    for (const id of ids) expect(await untilEnd(engine, id)).toMatchObject(done)
    const big = await engine.add(rig.request(served.url('data.bin'), { connections: 8, partSize: 256 * 1024 }))
    expect(await untilEnd(engine, big)).toMatchObject(done)
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
    for (let n = 0; n < 12; n++) expect((await stat(rig.path(`${n}.txt`))).size).toBe(text.length)
  })
})

describe.skipIf(missing('nginx'))('nginx', () => {
  it.each([503, 429])('31: limit_conn with %s: the limit is learned', async (status) => {
    const extra = `limit_conn_zone $binary_remote_addr zone=each:1m; limit_conn each 3; limit_conn_status ${status};`
    const served = await serve(nginx, { rate: 4 * mebibyte, extra })
    expect(await get(served, 'data.bin', { connections: 8 })).toMatchObject({ ...done, notice: null })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
    await rig.stop()
    expect(learnedLimit(served)).toBeLessThanOrEqual(3)
  })

  it('limit_req: as fast as it allows', async () => {
    const extra = 'limit_req_zone $binary_remote_addr zone=each:1m rate=10r/s; limit_req zone=each;'
    const served = await serve(nginx, { rate: 4 * mebibyte, extra })
    const view = await get(served, 'data.bin', { connections: 8 }, patient)
    expect(view).toMatchObject({ ...done, notice: null })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  it('21: gzip_static always sends what nobody asked for: not one byte is written', async () => {
    const served = await serve(nginx, { extra: 'gzip_static always;' })
    expect(await get(served, 'text.txt')).toMatchObject(failed('ENCODING'))
    expect(await rig.files()).toEqual([])
  })
})

describe.skipIf(missing('apache2'))('apache2', () => {
  it('10: a file that was changed just now has a weak ETag: one connection, and the user is warned', async () => {
    await put('new.bin', data.bytes(), new Date(Date.now() + 3600_000))
    const view = await get(await serve(apache, { rate: 20 * mebibyte }), 'new.bin', { connections: 4 })
    expect(view).toMatchObject({ ...done, peak: 1, notice: { code: 'NOT_RESUMABLE' } })
    expect(await sha256(rig.path('new.bin'))).toBe(data.digest())
  })

  it('serves two connections at a time and lets the others wait', async () => {
    const extra = 'ServerLimit 1\nThreadsPerChild 2\nMaxRequestWorkers 2\nAsyncRequestWorkerFactor 0.1'
    const served = await serve(apache, { rate: 8 * mebibyte, extra })
    expect(await get(served, 'data.bin', { connections: 6 })).toMatchObject({ ...done, notice: null })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })

  it('21: AddEncoding for .gz calls an archive a coding', async () => {
    const served = await serve(apache, { extra: 'AddEncoding x-gzip .gz' })
    expect(await get(served, 'text.txt.gz')).toMatchObject(failed('ENCODING'))
  })
})

describe.skipIf(missing('lighttpd'))('lighttpd', () => {
  it('limits the rate in large bursts', async () => {
    const served = await serve(lighttpd, { extra: 'connection.kbytes-per-second = 16384' })
    expect(await get(served, 'data.bin')).toMatchObject({ ...done, notice: null })
    expect(await sha256(rig.path('data.bin'))).toBe(data.digest())
  })
})
