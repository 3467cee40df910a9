import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { badNoProxyEntry, parseProxy, proxyAddress } from '../../src/shared/proxy'
import { createNoProxy } from '../../src/main/engine/http/no-proxy'
import {
  direct,
  environmentProxies,
  manualProxy,
  parsePacResult,
  routeKey,
  systemProxies,
  type Route,
} from '../../src/main/engine/http/proxies'
import { connectRefused, socksFailure, unreachable } from '../../src/main/engine/http/proxy-errors'

const login = { user: 'anna', password: 'ge:heim' }
const show = (routes: readonly Route[]) =>
  routes.map((route) => (route.kind === 'direct' ? 'direct' : proxyAddress(route.proxy)))

describe('the address of a proxy', () => {
  it.each([
    ['http://proxy.example:8080', 'http://proxy.example:8080'],
    ['http://proxy.example', 'http://proxy.example:80'],
    ['http://proxy.example:80/', 'http://proxy.example:80'],
    ['https://proxy.example', 'https://proxy.example:443'],
    ['socks5://proxy.example', 'socks5://proxy.example:1080'],
    ['SOCKS5H://Proxy.Example:80', 'socks5://proxy.example:80'],
    ['proxy.example:3128', 'http://proxy.example:3128'],
    [' 10.0.0.1:3128 ', 'http://10.0.0.1:3128'],
    ['http://[::1]:3128', 'http://[::1]:3128'],
    ['http://bücher.example:1', 'http://xn--bcher-kva.example:1'],
  ])('%s', (text, wanted) => {
    const proxy = parseProxy(text)
    expect(proxy && proxyAddress(proxy)).toBe(wanted)
    expect(proxy?.login).toBeNull()
  })

  it.each(['', 'ftp://a:1', 'http://', 'http://a:0', 'http://a:65536', 'http://a:x', 'a b', 'http://a/path', '://a:1'])(
    'none: %j',
    (text) => expect(parseProxy(text)).toBeNull(),
  )

  it('with user name and password, which it never shows', () => {
    const proxy = parseProxy('http://anna:ge%3Aheim@proxy:1')!
    expect(proxy.login).toEqual(login)
    expect(proxyAddress(proxy)).toBe('http://proxy:1')
    expect(parseProxy('http://anna@proxy:1')?.login).toEqual({ user: 'anna', password: '' })
  })

  it('survives whatever a password is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme' }), (user, password) => {
        const text = `socks5://${encodeURIComponent(user)}:${encodeURIComponent(password)}@[::1]:9`
        expect(parseProxy(text)?.login).toEqual({ user, password })
      }),
    )
  })
})

describe('no proxy for', () => {
  const matches = (list: string, url: string) => createNoProxy(list)(new URL(url))
  it.each([
    ['*', 'http://anything/'],
    ['example.com', 'http://example.com/'],
    ['example.com', 'https://a.b.example.com/'],
    ['.example.com', 'http://example.com/'],
    ['*.example.com', 'http://a.example.com/'],
    ['EXAMPLE.com.', 'http://example.COM./'],
    ['a, example.com', 'http://example.com/'],
    ['a example.com', 'http://example.com/'],
    ['example.com:8443', 'https://example.com:8443/'],
    ['example.com:443', 'https://example.com/'],
    ['example.com:80', 'http://example.com/'],
    ['10.0.0.1', 'http://10.0.0.1:99/'],
    ['10.0.0.1:99', 'http://10.0.0.1:99/'],
    ['10.0.0.0/8', 'http://10.200.1.1/'],
    ['::1', 'http://[::1]/'],
    ['[::1]:80', 'http://[::1]/'],
    ['fd00::/8', 'http://[fd12::1]/'],
    ['127.0.0.0/8', 'http://0x7f.1/'],
  ])('%s fits %s', (list, url) => {
    expect(badNoProxyEntry(list)).toBeNull()
    expect(matches(list, url)).toBe(true)
  })

  it.each([
    ['', 'http://example.com/'],
    ['example.com', 'http://notexample.com/'],
    ['example.com', 'http://example.com.evil.test/'],
    ['example.com:8443', 'https://example.com/'],
    ['10.0.0.1:80', 'http://10.0.0.1:99/'],
    ['10.0.0.0/8', 'http://11.0.0.1/'],
    ['10.0.0.0/8', 'http://10.example.com/'],
    ['10.0.0.0/33', 'http://10.0.0.1/'],
    ['0.0.1', 'http://10.0.0.1/'],
    ['fd00::/8', 'http://[fe80::1]/'],
  ])('%s does not fit %s', (list, url) => expect(matches(list, url)).toBe(false))

  it.each(['http://a', 'a/b', 'a*b', '[::1', 'a:b'])('%s is no entry', (entry) => {
    expect(badNoProxyEntry(`ok.example, ${entry}`)).toBe(entry)
  })
})

describe('the environment', () => {
  const ask = async (env: Record<string, string>, url: string, noProxy?: string) =>
    show(await environmentProxies(env, noProxy ?? null)(new URL(url)))

  it.each<[Record<string, string>, string, string]>([
    [{}, 'http://a/', 'direct'],
    [{ http_proxy: 'p:1' }, 'http://a/', 'http://p:1'],
    [{ HTTP_PROXY: 'p:1' }, 'http://a/', 'http://p:1'],
    [{ HTTP_PROXY: 'p:1', REQUEST_METHOD: 'GET' }, 'http://a/', 'direct'],
    [{ http_proxy: 'p:1' }, 'https://a/', 'direct'],
    [{ https_proxy: 'p:1', HTTPS_PROXY: 'q:2' }, 'https://a/', 'http://p:1'],
    [{ all_proxy: 'socks5h://s' }, 'https://a/', 'socks5://s:1080'],
    [{ ALL_PROXY: 'socks5://s', http_proxy: 'p:1' }, 'http://a/', 'http://p:1'],
    [{ http_proxy: 'p:1', no_proxy: 'a' }, 'http://a/', 'direct'],
    [{ http_proxy: 'p:1', NO_PROXY: '.b' }, 'http://a.b/', 'direct'],
    [{ http_proxy: '', HTTP_PROXY: 'p:1' }, 'http://a/', 'http://p:1'],
  ])('%j, %s: %s', async (env, url, wanted) => expect(await ask(env, url)).toEqual([wanted]))

  it('gives way to --no-proxy', async () => {
    expect(await ask({ http_proxy: 'p:1', no_proxy: 'a' }, 'http://a/', 'b')).toEqual(['http://p:1'])
    expect(await ask({ http_proxy: 'p:1' }, 'http://a/', '*')).toEqual(['direct'])
  })

  it('that holds nonsense is told without its value', () => {
    const nonsense = { https_proxy: 'ftp://me:secret@x' }
    expect(() => environmentProxies(nonsense)).toThrow(/https_proxy/)
    expect(() => environmentProxies(nonsense)).not.toThrow(/secret/)
  })
})

describe('a PAC result', () => {
  it.each([
    ['DIRECT', ['direct']],
    ['PROXY a:8080; SOCKS5 b:1080; DIRECT', ['http://a:8080', 'socks5://b:1080', 'direct']],
    ['HTTPS a:443;SOCKS b', ['https://a:443', 'socks4://b:1080']],
    ['QUIC a:1; PROXY [::1]:3', ['http://[::1]:3']],
    ['', ['direct']],
    ['NONSENSE', ['direct']],
  ])('%s', (text, wanted) => expect(show(parsePacResult(text))).toEqual(wanted))

  it('is kept for ten seconds for an origin, a failure not at all', async () => {
    const asked: string[] = []
    let now = 0
    let fails = false
    const resolve = systemProxies(
      (origin) => {
        asked.push(origin)
        return fails ? Promise.reject(new Error('no')) : Promise.resolve('PROXY a:1')
      },
      () => now,
    )
    await resolve(new URL('http://x/1?token=secret'))
    await resolve(new URL('http://x/2'))
    expect(asked).toEqual(['http://x/'])
    now = 10_000
    fails = true
    await expect(resolve(new URL('http://x/3'))).rejects.toThrow()
    fails = false
    expect(show(await resolve(new URL('http://x/4')))).toEqual(['http://a:1'])
    expect(asked).toHaveLength(3)
  })
})

describe('connections', () => {
  it('of two logins are not shared', async () => {
    const proxy = parseProxy('http://p:1')!
    const [plain] = await manualProxy(proxy, '')(new URL('http://a/'))
    const [known] = await manualProxy(proxy, '', login)(new URL('http://a/'))
    expect(routeKey(plain!)).not.toBe(routeKey(known!))
    expect(routeKey(direct)).not.toBe(routeKey(plain!))
  })
})

describe('what goes wrong at a proxy', () => {
  const proxy = parseProxy('http://anna:geheim@p:1')!
  it.each([
    [401, 'PROXY_AUTH', 'no'],
    [407, 'PROXY_AUTH', 'no'],
    [403, 'PROXY', 'no'],
    [429, 'PROXY', 'later'],
    [502, 'PROXY', 'later'],
    [301, 'PROXY', 'no'],
  ] as const)('CONNECT: %i: %s, %s', (status, code, retry) =>
    expect(connectRefused(proxy, status).error).toMatchObject({ code, retry }),
  )

  it.each([
    ['Socks5 Authentication failed', 'PROXY_AUTH', 'no'],
    ['Received invalid Socks5 initial handshake (no accepted authentication type)', 'PROXY_AUTH', 'no'],
    ['Socks5 proxy rejected connection - HostUnreachable', 'CONNECT', 'later'],
    ['Socks5 proxy rejected connection - ConnectionRefused', 'CONNECT', 'later'],
    ['Socks5 proxy rejected connection - NotAllowed', 'PROXY', 'no'],
    ['Socks5 proxy rejected connection - Failure', 'PROXY', 'later'],
    ['Received invalid Socks5 initial handshake (invalid socks version)', 'PROXY', 'no'],
    ['Socket closed', 'PROXY', 'later'],
    ['Proxy connection timed out', 'PROXY', 'later'],
  ] as const)('SOCKS: %s: %s, %s', (message, code, retry) =>
    expect(socksFailure(proxy, new Error(message)).error).toMatchObject({ code, retry }),
  )

  it.each([
    ['ECONNREFUSED', 'later'],
    ['ENOTFOUND', 'later'],
    ['UND_ERR_CONNECT_TIMEOUT', 'later'],
    ['ECONNRESET', 'later'],
    ['CERT_HAS_EXPIRED', 'no'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'no'],
  ] as const)('no connection, %s: PROXY, %s', (code, retry) => {
    const { error } = unreachable(proxy, Object.assign(new Error('x'), { code }))
    expect(error).toMatchObject({ code: 'PROXY', retry })
    expect(error.detail).toContain('http://p:1')
    expect(error.detail).not.toMatch(/anna|geheim/)
  })
})
