import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SecretBox } from '../../src/main/engine/ports'
import { nobody } from '../../src/main/engine/session/session'
import { createFileLog } from '../../src/main/profile/log'
import { on, startServer, type Behaviours, type RequestRecord, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, untilState } from './rig'

const mebibyte = 1024 * 1024
const login = { user: 'me', password: 's3cret:ü' }

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

/** Downloads a file over four connections, as somebody. */
async function download(behaviours: Behaviours, credentials: Partial<typeof nobody> = login, size = 12 * mebibyte) {
  const file = server.file('/data.bin', { size, rate: 8 * mebibyte, ...behaviours })
  const engine = rig.start()
  const request = rig.request(file.url, { connections: 4, credentials: { ...nobody, ...credentials } })
  const view = await untilEnd(engine, await engine.add(request))
  return { file, view }
}
const complete = async (file: { sha256(): string }, name = 'data.bin') =>
  expect(await sha256(rig.path(name))).toBe(file.sha256())
const sent = (requests: readonly RequestRecord[], name: string) => requests.map((r) => r.headers[name] ?? null)
const statuses = (requests: readonly RequestRecord[]) => requests.map((r) => r.status)
const refusals = (requests: readonly RequestRecord[]) => requests.filter((r) => r.status === 401).length

describe('Basic', () => {
  it('is sent when the server asks, and without being asked from then on', async () => {
    const { file, view } = await download({ basicAuth: login })
    expect(view.state.kind).toBe('done')
    await complete(file)
    expect(file.peakParallel).toBeGreaterThan(1)
    expect(sent(file.requests, 'authorization')[0]).toBeNull()
    expect(refusals(file.requests)).toBe(1)
    expect(
      statuses(file.requests)
        .slice(1)
        .every((status) => status === 206),
    ).toBe(true)
  })

  it('stays unsaid where nobody asks', async () => {
    const { file, view } = await download({}, login, 1000)
    expect(view.state.kind).toBe('done')
    expect(sent(file.requests, 'authorization')).toEqual([null])
  })

  it('is tried unasked when a server hides the file from strangers, over TLS', async () => {
    await using tls = await startServer({ tls: true })
    const hidden = on((request: RequestRecord) => request.headers.authorization === undefined, 404)
    const file = tls.file('/data.bin', { size: 1000, status: hidden })
    const engine = rig.start({ ca: [tls.ca] })
    const id = await engine.add(rig.request(file.url, { credentials: { ...nobody, ...login } }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(statuses(file.requests)).toEqual([404, 206])
  })
})

describe.each(['MD5', 'SHA-256'] as const)('Digest with %s', (algorithm) => {
  it('logs all connections in with one challenge, and no nonce count comes twice', async () => {
    const { file, view } = await download({ digestAuth: { ...login, algorithm } })
    expect(view.state.kind).toBe('done')
    await complete(file)
    expect(file.peakParallel).toBeGreaterThan(1)
    expect(refusals(file.requests)).toBe(1)
    const counts = sent(file.requests.slice(1), 'authorization').map((a) => /nc=([0-9a-f]{8})/.exec(String(a))?.[1])
    expect(counts.length).toBeGreaterThan(3)
    expect(new Set(counts).size).toBe(counts.length)
    expect(sent(file.requests, 'authorization').join()).not.toContain('Basic')
  })

  it('takes a new nonce when the old one is stale, and goes on', async () => {
    const { file, view } = await download({ digestAuth: { ...login, algorithm, nonceUses: 2 } })
    expect(view.state.kind).toBe('done')
    await complete(file)
    expect(refusals(file.requests)).toBeGreaterThan(1)
  })
})

describe('29: a wrong password', () => {
  it.each([
    ['Basic', { basicAuth: login }],
    ['Digest', { digestAuth: login }],
  ])('%s: fails with HTTP_401, and is not tried again', async (_, behaviours) => {
    const { file, view } = await download(behaviours, { user: 'me', password: 'wrong' })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_401', retry: 'no' } })
    expect(statuses(file.requests)).toEqual([401, 401])
  })

  it('none at all: fails at once; with the right one it goes on', async () => {
    const file = server.file('/data.bin', { size: 1000, digestAuth: login })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_401' } })
    expect(file.requests).toHaveLength(1)
    await engine.authorize(id, { ...nobody, ...login })
    expect((await untilState(engine, id, 'done')).state.kind).toBe('done')
  })

  it('a download that was paused is still logged in', async () => {
    const file = server.file('/data.bin', { size: 4 * mebibyte, digestAuth: login, stall: { after: mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { credentials: { ...nobody, ...login }, connections: 1 }))
    await file.waitForBytesSent(mebibyte)
    engine.pause([id])
    file.release()
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(refusals(file.requests)).toBe(1)
    await complete(file)
  })
})

describe('headers', () => {
  it('a Bearer token goes as it is, and stands above user name and password', async () => {
    const required = { requiredHeader: { name: 'Authorization', value: 'Bearer tok.en' } }
    const { file, view } = await download(required, { ...login, headers: [['Authorization', 'Bearer tok.en']] })
    expect(view.state.kind).toBe('done')
    expect(new Set(sent(file.requests, 'authorization'))).toEqual(new Set(['Bearer tok.en']))
  })

  it('a header Authorization that is refused does not bring the password out', async () => {
    const { file, view } = await download({ basicAuth: login }, { ...login, headers: [['Authorization', 'Bearer x']] })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_401' } })
    expect(sent(file.requests, 'authorization')).toEqual(['Bearer x'])
  })

  it('72: nothing but User-Agent leaves the origin, not even when the other server asks', async () => {
    await using other = await startServer({})
    const file = other.file('/x.bin', { size: 1000, basicAuth: login })
    server.file('/link', { size: 0, redirect: { to: file.url } })
    const engine = rig.start()
    const credentials = {
      ...login,
      cookies: 'sid=s3cret',
      headers: [
        ['X-Token', 's3cret'],
        ['Referer', 'https://example.com/s3cret'],
        ['Cookie', 'more=s3cret'],
        ['User-Agent', 'Special/1'],
      ] as const,
    }
    const id = await engine.add(rig.request(server.url('/link'), { credentials }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_401' } })
    expect(server.requests[0]?.headers).toMatchObject({
      'x-token': 's3cret',
      referer: 'https://example.com/s3cret',
      cookie: 'sid=s3cret; more=s3cret',
      'user-agent': 'Special/1',
    })
    expect(other.requests).toHaveLength(1)
    expect(JSON.stringify(other.requests[0]?.rawHeaders)).not.toContain('s3cret')
    expect(other.requests[0]?.headers).toMatchObject({ 'user-agent': 'Special/1' })
    expect(other.requests[0]?.headers.authorization).toBeUndefined()
  })

  it('72: a token does not follow either', async () => {
    await using other = await startServer({})
    const file = other.file('/x.bin', { size: 1000 })
    server.file('/link', { size: 0, redirect: { to: file.url } })
    const engine = rig.start()
    const credentials = { ...nobody, headers: [['Authorization', 'Bearer s3cret']] as const }
    const id = await engine.add(rig.request(server.url('/link'), { credentials }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(sent(server.requests, 'authorization')).toEqual(['Bearer s3cret'])
    expect(sent(other.requests, 'authorization')).toEqual([null])
  })
})

describe('cookies', () => {
  const without = (name: string) => (request: RequestRecord) => !(request.headers.cookie ?? '').includes(name)
  const moved = (to: string, ...cookies: string[]) => ({
    code: 302,
    headers: { Location: to, ...(cookies[0] === undefined ? {} : { 'Set-Cookie': cookies[0] }) },
  })

  it('that a login sets on the way open the file, and every range of it', async () => {
    server.file('/login', { size: 0, status: moved('/data.bin', 'sid=in; Path=/; HttpOnly') })
    const { file, view } = await download({ status: on(without('sid=in'), moved('/login')) }, {})
    expect(view.state.kind).toBe('done')
    await complete(file)
    expect(file.requests.length).toBeGreaterThan(3)
    expect(sent(file.requests, 'cookie').filter((cookie) => cookie === null)).toHaveLength(1)
  })

  it('that another server sets for itself stay there', async () => {
    await using other = await startServer({})
    const host = (url: string) => url.replace('127.0.0.1', 'localhost')
    const file = server.file('/data.bin', { size: 1000 })
    other.file('/hop', { size: 0, status: moved(file.url, 'theirs=1; Path=/') })
    server.file('/link', { size: 0, status: moved(host(other.url('/hop')), 'ours=1; Path=/') })
    const engine = rig.start()
    const id = await engine.add(rig.request(server.url('/link')))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(sent(other.requests, 'cookie')).toEqual([null])
    expect(sent(file.requests, 'cookie')).toEqual(['ours=1'])
  })

  it('of one download are not those of another', async () => {
    const file = server.file('/data.bin', { size: 1000, headers: { 'Set-Cookie': 'a=1' } })
    const engine = rig.start()
    for (const name of ['1', '2']) await untilEnd(engine, await engine.add(rig.request(file.url, { name })))
    expect(sent(file.requests, 'cookie')).toEqual([null, null])
  })

  it('from a browser open the file', async () => {
    const cookies =
      '# Netscape HTTP Cookie File\n#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\tin\no.net\tTRUE\t/\tFALSE\t0\tx\ty\n'
    const { file, view } = await download({ requiredHeader: { name: 'Cookie', value: 'sid=in' } }, { cookies })
    expect(view.state.kind).toBe('done')
    await complete(file)
  })
})

describe('security 12: secrets', () => {
  /** Encrypts as the system would. */
  function box(): SecretBox {
    const key = randomBytes(32)
    return {
      seal(text) {
        const iv = randomBytes(12)
        const cipher = createCipheriv('aes-256-gcm', key, iv)
        return Promise.resolve(Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]))
      },
      open(sealed) {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
        decipher.setAuthTag(sealed.subarray(-16))
        return Promise.resolve(
          Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8'),
        )
      },
    }
  }
  const planted = {
    user: 'me',
    password: 'planted-password',
    cookies: 'sid=planted-cookie',
    headers: [['X-Token', 'planted-token']] as const,
  }
  /** As they are, and as they travel. */
  const traces = ['planted', Buffer.from('me:planted-password').toString('base64')]

  async function expectNoTrace(root: string, ...texts: string[]): Promise<void> {
    await expect.poll(() => readdir(root)).toContain('test.log') // its line comes after the state
    const files = await readdir(root, { recursive: true, withFileTypes: true })
    const names = files.filter((f) => f.isFile()).map((f) => path.join(f.parentPath, f.name))
    expect(names.map((name) => path.basename(name))).toEqual(expect.arrayContaining(['longshore.db', 'test.log']))
    for (const name of names) {
      const bytes = await readFile(name)
      for (const trace of traces) expect({ name, trace: bytes.includes(trace) }).toEqual({ name, trace: false })
    }
    for (const trace of traces) for (const text of texts) expect(text).not.toContain(trace)
  }

  it.each([
    ['done', { basicAuth: { user: 'me', password: 'planted-password' } }, 'done'],
    ['refused', { basicAuth: { user: 'me', password: 'another' } }, 'failed'],
    ['broken', { basicAuth: planted, notHttp: on({ from: 2 }, true as const) }, 'failed'],
  ])('are in no file, log or view when the download is %s, and survive a restart', async (_, behaviours, kind) => {
    const file = server.file('/data.bin', { size: 100_000, ...behaviours, stall: { after: 1000 } })
    const options = { secrets: box(), log: createFileLog(path.join(rig.root, 'test.log')) }
    let engine = rig.start(options)
    const id = await engine.add(rig.request(file.url, { credentials: planted }))
    await file.waitForRequest(2)
    await rig.stop()
    engine = rig.start(options)
    file.release()
    const view = await untilEnd(engine, id)
    expect(view.state.kind).toBe(kind)
    expect(sent(file.requests, 'x-token').at(-1)).toBe('planted-token')
    await expectNoTrace(rig.root, JSON.stringify(view), JSON.stringify(engine.list()))
  })

  it('that the system cannot keep are forgotten, and asked for', async () => {
    const file = server.file('/data.bin', { size: 100_000, stall: { after: 1000 } })
    const log = createFileLog(path.join(rig.root, 'test.log'))
    const id = await rig
      .start({ log })
      .add(rig.request(file.url, { credentials: { ...nobody, cookies: planted.cookies } }))
    await file.waitForRequest(1)
    await rig.stop()
    const engine = rig.start({ log })
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HEADERS_LOST' } })
    await expectNoTrace(rig.root)
  })
})
