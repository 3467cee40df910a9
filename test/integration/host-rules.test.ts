import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SecretBox } from '../../src/main/engine/ports'
import { newHostRule, type HostRule, type HostRuleSecret } from '../../src/shared/host-rules'
import { startServer, type TestServer } from '../server'
import { startFaultyProxy } from './proxy-servers'
import { holdsAt } from './rates'
import { Rig, sha256, untilEnd, untilState, waitFor } from './rig'

const mebibyte = 1024 * 1024
const closed = { kind: 'http', host: '127.0.0.1', port: 1, login: null } as const
const none: HostRuleSecret = { headers: '', user: '', password: '' }

let rig: Rig
let server: TestServer
let other: TestServer
beforeEach(async () => {
  rig = await Rig.create()
  server = await startServer({})
  other = await startServer({})
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
  await other.close()
})

const hostOf = ({ url }: { readonly url: string }) => new URL(url).host
/** Saves a rule of the running program. */
const rule = (pattern: string, change: Partial<HostRule>, secret: HostRuleSecret | null = null) =>
  rig.composition.hostRules.save({ ...newHostRule, id: pattern, pattern, ...change }, secret)

describe('a rule for a host', () => {
  it('bounds its connections, also for who asked for more, and counts at once', async () => {
    const file = server.file('/data.bin', { size: 24 * mebibyte, rate: mebibyte })
    const engine = rig.start()
    await rule(hostOf(file), { connections: 2 })
    const id = await engine.add(rig.request(file.url, { connections: 6 }))
    await waitFor(engine, id, ({ connections }) => connections === 2)
    await file.waitForBytesSent(2 * mebibyte)
    expect(file.peakParallel).toBe(2)
    await rule(hostOf(file), { connections: 6 })
    await waitFor(engine, id, ({ connections }) => connections === 6)
    file.set({ rate: 100 * mebibyte })
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('bounds its downloads at a time, and those of others go on', async () => {
    const files = [1, 2].map((n) => server.file(`/${n}.bin`, { size: 2 * mebibyte, seed: n, rate: mebibyte }))
    const elsewhere = other.file('/other.bin', { size: 100_000 })
    const engine = rig.start()
    await rule(hostOf(files[0]!), { downloads: 1 })
    const ids: number[] = []
    for (const { url } of [...files, elsewhere]) ids.push(await engine.add(rig.request(url)))
    await untilState(engine, ids[0]!, 'active')
    expect((await untilEnd(engine, ids[2]!)).state.kind).toBe('done')
    expect(engine.view(ids[1]!)?.state.kind).toBe('queued')
    await rig.composition.hostRules.remove(hostOf(files[0]!))
    await untilState(engine, ids[1]!, 'active', 'done')
  })

  it('bounds the speed of all its downloads together', async () => {
    const files = [1, 2].map((n) => server.file(`/${n}.bin`, { size: 12 * mebibyte, seed: n }))
    const elsewhere = other.file('/other.bin', { size: 20 * mebibyte })
    const engine = rig.start()
    await rule(hostOf(files[0]!), { speedLimit: mebibyte })
    const ids: number[] = []
    for (const { url } of [...files, elsewhere]) ids.push(await engine.add(rig.request(url, { connections: 2 })))
    expect((await untilEnd(engine, ids[2]!)).state.kind).toBe('done')
    // Both fetch by then, and what came with the heads of their answers is over.
    await waitFor(engine, ids[0]!, () => ids.slice(0, 2).every((id) => engine.view(id)!.received > mebibyte / 8))
    await holdsAt(engine, ids.slice(0, 2), mebibyte)
    const limit = () => engine.inspect(ids[0]!)?.vitals?.limits[0]
    expect(limit()).toMatchObject({ scope: 'rule', rate: mebibyte })
    // What both have, not one of them.
    await expect.poll(() => limit()!.used).toBeGreaterThan(0.7 * mebibyte)
    await rule(hostOf(files[0]!), { speedLimit: null })
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
  })

  it('gives up where it says so', async () => {
    const file = server.file('/data.bin', { size: 1000, status: 503 })
    const engine = rig.start()
    await rule(hostOf(file), { attempts: 2 })
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state.kind).toBe('failed')
    expect(file.requests).toHaveLength(2)
  })

  it('gives up where the settings say so, when it does not', async () => {
    const file = server.file('/data.bin', { size: 1000, status: 503 })
    const engine = rig.start({ settings: { attempts: 3 } })
    await rule(hostOf(file), { connections: 2 })
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state.kind).toBe('failed')
    expect(file.requests).toHaveLength(3)
  })

  it('names its own proxy, or none', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    // Nobody listens at port 1.
    const engine = rig.start({ network: { proxies: () => Promise.resolve([{ kind: 'proxy', proxy: closed }]) } })
    await rule(hostOf(file), { proxy: 'direct', attempts: 1 })
    expect((await untilEnd(engine, await engine.add(rig.request(file.url)))).state.kind).toBe('done')
    await rule(hostOf(file), { proxy: 'http://127.0.0.1:1', attempts: 1 })
    const { state } = await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(state).toMatchObject({ kind: 'failed', error: { code: 'PROXY' } })
  })

  it('brings headers and login, and those of the download count more', async () => {
    const login = { user: 'me', password: 's3cret' }
    const file = server.file('/data.bin', { size: 1000, basicAuth: login })
    const engine = rig.start()
    await rule(hostOf(file), {}, { headers: 'X-Key: of the rule\nX-Rule: yes', ...login })
    const credentials = { user: '', password: '', headers: [['X-Key', 'mine']] as const, cookies: '' }
    const id = await engine.add(rig.request(file.url, { credentials }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    const last = file.requests.at(-1)!.headers
    expect(last).toMatchObject({ 'x-key': 'mine', 'x-rule': 'yes' })
    expect(last['authorization']).toMatch(/^Basic /)
  })

  it('72: a redirect gets the rule of where it leads, and nothing of where it came from', async () => {
    const login = { user: 'there', password: 'theirs' }
    const target = other.file('/data.bin', { size: 3 * mebibyte, basicAuth: login })
    const start = server.file('/start', { size: 0, redirect: { to: target.url, absolute: true } })
    const engine = rig.start()
    await rule(hostOf(start), {}, { headers: 'X-Here: 1', user: 'here', password: 'ours' })
    await rule(hostOf(target), {}, { headers: 'X-There: 2', ...login })
    const credentials = { user: 'own', password: 'own', headers: [['X-Own', '3']] as const, cookies: '' }
    const id = await engine.add(rig.request(start.url, { credentials, connections: 2 }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    for (const { headers } of start.requests) {
      expect(headers).toMatchObject({ 'x-here': '1', 'x-own': '3' })
      expect(headers['x-there']).toBeUndefined()
    }
    const theirs = `Basic ${Buffer.from('there:theirs').toString('base64')}`
    for (const { headers } of target.requests) {
      expect(headers).toMatchObject({ 'x-there': '2' })
      expect([undefined, theirs]).toContain(headers['authorization'])
      expect(headers['x-here'] ?? headers['x-own']).toBeUndefined()
    }
  })

  it('without a port gives its login to no other port', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    await rule('127.0.0.1', {}, { ...none, headers: 'X-Key: secret' })
    expect((await untilEnd(engine, await engine.add(rig.request(file.url)))).state.kind).toBe('done')
    expect(file.requests[0]?.headers['x-key']).toBeUndefined()
  })

  it('is kept, its secret sealed', async () => {
    const mask = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a)
    const secrets: SecretBox = {
      seal: (text) => Promise.resolve(mask(Buffer.from(text))),
      open: (sealed) => Promise.resolve(Buffer.from(mask(sealed)).toString()),
    }
    const file = server.file('/data.bin', { size: 1000, basicAuth: { user: 'me', password: 'planted-secret' } })
    rig.start({ secrets })
    const saved = await rule(hostOf(file), { connections: 3 }, { ...none, user: 'me', password: 'planted-secret' })
    expect(saved).toMatchObject([{ connections: 3, secret: 'kept' }])
    // What is not typed again stays.
    expect(await rule(hostOf(file), { connections: 4 })).toMatchObject([{ connections: 4, secret: 'kept' }])
    await rig.stop()
    expect((await readFile(path.join(rig.root, 'longshore.db'))).includes('planted-secret')).toBe(false)
    const engine = rig.start({ secrets })
    expect((await untilEnd(engine, await engine.add(rig.request(file.url)))).state.kind).toBe('done')
  })

  it('keeps the login of its proxy apart, as long as the proxy is the same one', async () => {
    await using proxy = await startFaultyProxy('http', { login: 'anna:p@ss' })
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const end = async () => (await untilEnd(engine, await engine.add(rig.request(file.url)))).state
    const bare = { proxy: proxy.url(), attempts: 1 }
    const saved = await rule(hostOf(file), { ...bare, proxy: proxy.url('anna:p%40ss') })
    expect(saved).toMatchObject([{ proxy: proxy.url(), proxyLogin: true, secret: 'none' }])
    expect((await end()).kind).toBe('done')
    await rule(hostOf(file), { ...bare, connections: 3 })
    expect((await end()).kind).toBe('done')
    // Another address has nothing of it, and the way back neither.
    await rule(hostOf(file), { proxy: 'http://127.0.0.1:1', attempts: 1 })
    expect(await rule(hostOf(file), bare)).toMatchObject([{ proxyLogin: false }])
    expect(await end()).toMatchObject({ kind: 'failed', error: { code: 'PROXY_AUTH' } })
    await rule(hostOf(file), { ...bare, proxy: proxy.url('anna:p%40ss') }, { ...none, user: 'site' })
    const [written] = await rig.composition.hostRules.list()
    const { secret: _, proxyLogin: __, ...kept } = written!
    const forgotten = await rig.composition.hostRules.save(kept, null, false)
    expect(forgotten).toMatchObject([{ proxyLogin: false, secret: 'until-quit' }])
  })

  it('sends connections through its proxy, and each says so', async () => {
    await using proxy = await startFaultyProxy('http')
    const file = server.file('/data.bin', { size: 8 * mebibyte, rate: mebibyte })
    const plain = other.file('/plain.bin', { size: 8 * mebibyte, rate: mebibyte })
    const engine = rig.start()
    await rule(hostOf(file), { proxy: proxy.url() })
    const ids = [await engine.add(rig.request(file.url)), await engine.add(rig.request(plain.url))]
    for (const id of ids) await waitFor(engine, id, ({ connections }) => connections > 0)
    const via = (id: number) => engine.inspect(id)?.connections[0]?.via
    expect([via(ids[0]!), via(ids[1]!)]).toEqual([`127.0.0.1:${proxy.port}`, null])
  })

  it('is replaced with all others by an import; what is secret stays with its pattern', async () => {
    rig.start()
    await rule('a.example', {}, { ...none, user: 'me' })
    await rule('b.example', {})
    const { hostRules } = rig.composition
    const brought = [
      { ...newHostRule, id: 'b.example', pattern: 'A.example', connections: 3 },
      { ...newHostRule, id: 'x', pattern: '*.c.example', proxy: 'http://other:secret@proxy:8080' },
    ]
    expect(await hostRules.replace(brought)).toMatchObject([
      { id: 'a.example', pattern: 'a.example', connections: 3, secret: 'until-quit' },
      { pattern: '*.c.example', proxy: 'http://proxy:8080', proxyLogin: false },
    ])
    await expect(hostRules.replace([brought[0]!, { ...brought[0]!, id: 'y' }])).rejects.toThrow('E_RULE')
    expect(await hostRules.list()).toHaveLength(2)
  })

  it('is refused when it says nothing that can hold', async () => {
    rig.start()
    await rule('a.example', {})
    const save = (change: Partial<HostRule>) =>
      rig.composition.hostRules.save({ ...newHostRule, id: 'new', pattern: 'b.example', ...change }, null)
    await expect(save({ pattern: 'A.Example' })).rejects.toThrow('E_RULE')
    await expect(save({ proxy: 'gopher://proxy:8080' })).rejects.toThrow('E_RULE')
    await expect(rule('c.example', {}, { ...none, headers: 'Host: x' })).rejects.toThrow('E_HEADER')
    expect(await rig.composition.hostRules.list()).toHaveLength(1)
  })
})
