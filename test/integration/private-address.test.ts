import { createServer, type LookupFunction, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseProxy } from '../../src/shared/proxy'
import { manualProxy } from '../../src/main/engine/http/proxies'
import { startServer, type TestServer } from '../server'
import { startFaultyProxy } from './proxy-servers'
import { Rig, sha256, untilEnd, untilState, waitFor, type RigOptions } from './rig'

/**
 * 74: from a public server to a private address. Both are on this computer, so the engine is told that 127.0.0.2 is a
 * public address, and names are looked up in a table; sockets, connections and redirects are real.
 */
const mebibyte = 1024 * 1024

let rig: Rig
let outside: TestServer
let inside: TestServer
/** A list of addresses is used up one by one; the last one stays. */
let names: Record<string, string[]>
beforeEach(async () => {
  rig = await Rig.create()
  outside = await startServer({ address: '127.0.0.2' })
  inside = await startServer({})
  names = {}
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await outside.close()
  await inside.close()
})

const lookup: LookupFunction = (host, options, callback) => {
  const left = names[host] ?? []
  const address = left.length > 1 ? left.shift() : left[0]
  if (address === undefined) callback(Object.assign(new Error(host), { code: 'ENOTFOUND' }), '', 4)
  else if (options.all === true) callback(null, [{ address, family: 4 }])
  else callback(null, address, 4)
}
const network: NonNullable<RigOptions['network']> = {
  reach: { isPrivate: (address) => address !== '127.0.0.2', lookup },
}

async function follow(server: TestServer, to: string, options: RigOptions = { network }) {
  const link = server.file('/link', { size: 0, redirect: { to } })
  const engine = rig.start(options)
  return untilEnd(engine, await engine.add(rig.request(link.url, { connections: 4 })))
}

const refused = { kind: 'failed', error: { code: 'PRIVATE_ADDR', retry: 'no' } }

describe('74: a redirect of a public server', () => {
  it('to a private address: PRIVATE_ADDR, nothing is asked there', async () => {
    const target = inside.file('/secret', { size: 100 })
    expect((await follow(outside, target.url)).state).toMatchObject(refused)
    expect(inside.requests).toEqual([])
    expect(await rig.files()).toEqual([])
  })

  it('to a name of a private address', async () => {
    names['router.test'] = ['127.0.0.1']
    inside.file('/secret', { size: 100 })
    const view = await follow(outside, inside.url('/secret', { host: 'router.test' }))
    expect(view.state).toMatchObject(refused)
    expect(inside.requests).toEqual([])
  })

  it('over another public server', async () => {
    await using third = await startServer({ address: '127.0.0.2' })
    const target = inside.file('/secret', { size: 100 })
    const hop = third.file('/hop', { size: 0, redirect: { to: target.url } })
    expect((await follow(outside, hop.url)).state).toMatchObject(refused)
    expect(inside.requests).toEqual([])
  })

  it('over TLS, before the private server sees who comes', async () => {
    await using secure = await startServer({ tls: true })
    const target = secure.file('/secret', { size: 100 })
    expect((await follow(outside, target.url, { network, ca: [secure.ca] })).state).toMatchObject(refused)
    expect(secure.requests).toEqual([])
  })

  it('to itself, whose name has become private since (rebinding)', async () => {
    names['evil.test'] = ['127.0.0.2', '127.0.0.1']
    const { connections, server } = await listenBeside(outside)
    outside.file('/link', { size: 0, redirect: { to: '/again', hops: 1 } })
    const engine = rig.start({ network })
    const id = await engine.add(rig.request(outside.url('/link', { host: 'evil.test' })))
    expect((await untilEnd(engine, id)).state).toMatchObject(refused)
    expect(connections.bytes).toBe(0)
    server.close()
  })

  it('to a name that is public first and private for the ranges, after a restart too', async () => {
    names['evil.test'] = ['127.0.0.2']
    const { connections, server } = await listenBeside(outside)
    outside.file('/data.bin', { size: 20 * mebibyte, stall: { after: 2 * mebibyte } })
    outside.file('/link', { size: 0, redirect: { to: outside.url('/data.bin', { host: 'evil.test' }) } })
    let engine = rig.start({ network })
    const id = await engine.add(rig.request(outside.url('/link'), { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    engine.pause([id])
    await untilState(engine, id, 'paused')
    await rig.stop()
    names['evil.test'] = ['127.0.0.1']
    engine = rig.start({ network })
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject(refused)
    expect(connections.bytes).toBe(0)
    server.close()
  })

  it('through a proxy, to an address that can be told to be private', async () => {
    await using proxy = await startFaultyProxy('http')
    const proxied = { network: { ...network, proxies: manualProxy(parseProxy(proxy.url())!, '') } }
    for (const target of [inside.url('/secret'), inside.url('/secret', { host: 'localhost' })]) {
      expect((await follow(outside, target, proxied)).state).toMatchObject(refused)
      await rig.stop()
    }
    expect(inside.requests).toEqual([])
  })
})

describe('is allowed', () => {
  it('a private address that the user named', async () => {
    const file = inside.file('/data.bin', { size: 100_000 })
    const engine = rig.start({ network })
    expect((await untilEnd(engine, await engine.add(rig.request(file.url)))).state.kind).toBe('done')
  })

  it('from private to private, with ranges', async () => {
    const file = inside.file('/data.bin', { size: 4 * mebibyte, rate: 8 * mebibyte })
    expect((await follow(inside, file.url)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('from private to public, and from public to public, with ranges', async () => {
    const file = outside.file('/data.bin', { size: 4 * mebibyte, rate: 8 * mebibyte })
    expect((await follow(inside, file.url)).state.kind).toBe('done')
    await rig.stop()
    expect((await follow(outside, file.url)).state.kind).toBe('done')
    expect(await sha256(rig.path('data (1).bin'))).toBe(file.sha256())
  })
})

/** Listens on the private address at the port of a public server, and counts what comes. */
async function listenBeside(other: TestServer): Promise<{ connections: { bytes: number }; server: Server }> {
  const connections = { bytes: 0 }
  const server = createServer((socket) => {
    socket.on('data', (data) => (connections.bytes += data.length)).on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(other.port, '127.0.0.1', resolve))
  return { connections, server }
}

describe('74: a Link of a public server', () => {
  it('to a private address is not followed: neither a duplicate nor a description', async () => {
    names['public.test'] = ['127.0.0.2']
    const secret = inside.file('/secret', { size: mebibyte })
    const meta = inside.file('/secret.meta4', { size: 100 })
    const link = `<${secret.url}>; rel=duplicate, <${meta.url}>; rel=describedby; type="application/metalink4+xml"`
    outside.file('/file', { size: mebibyte, headers: { link } })
    const engine = rig.start({ network, settings: { checksumFiles: true } })
    const id = await engine.add(rig.request(outside.url('/file', { host: 'public.test' })))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(inside.requests).toEqual([])
  })
})
