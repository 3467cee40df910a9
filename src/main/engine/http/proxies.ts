import { parseProxy, proxyAddress, type ProxyLogin, type ProxyServer } from '../../../shared/proxy'
import { createNoProxy } from './no-proxy'

/** One way to a server. */
export type Route = { readonly kind: 'direct' } | { readonly kind: 'proxy'; readonly proxy: ProxyServer }

/** The ways to try for an address, best first; never empty. */
export type ProxyResolver = (url: URL) => Promise<readonly Route[]>

export const direct: Route = { kind: 'direct' }
export const noProxies: ProxyResolver = () => Promise.resolve([direct])

/** Tells connections apart that must not be shared: another login may be another person to the proxy. */
export function routeKey(route: Route): string {
  if (route.kind === 'direct') return 'direct'
  const { user, password } = route.proxy.login ?? { user: '', password: '' }
  return JSON.stringify([proxyAddress(route.proxy), user, password])
}

/** A proxy that the user named. */
export function manualProxy(proxy: ProxyServer, noProxy: string, login: ProxyLogin | null = null): ProxyResolver {
  const bypassed = createNoProxy(noProxy)
  const route: Route = { kind: 'proxy', proxy: { ...proxy, login: proxy.login ?? login } }
  return (url) => Promise.resolve([bypassed(url) ? direct : route])
}

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * What the environment says, as curl and most others read it: `http_proxy` for http, `https_proxy` for https,
 * `all_proxy` for the rest, `no_proxy`; lower case before upper case. `HTTP_PROXY` does not count where it could be a
 * visitor's header (CGI, https://httpoxy.org).
 * @param noProxy stands above `no_proxy`
 * @throws Error with a sentence that names the variable whose value is no proxy
 */
export function environmentProxies(env: Environment, noProxy: string | null = null): ProxyResolver {
  const value = (name: string): string => env[name] || env[name.toUpperCase()] || ''
  const named = (name: string, text: string): ProxyServer | null => {
    if (text === '') return null
    const proxy = parseProxy(text)
    if (!proxy) throw new Error(`the environment’s ${name} is not a proxy`)
    return proxy
  }
  const any = named('all_proxy', value('all_proxy'))
  const http =
    named('http_proxy', env['REQUEST_METHOD'] === undefined ? value('http_proxy') : (env['http_proxy'] ?? '')) ?? any
  const https = named('https_proxy', value('https_proxy')) ?? any
  const bypassed = createNoProxy(noProxy ?? value('no_proxy'))
  return (url) => {
    const proxy = url.protocol === 'https:' ? https : http
    return Promise.resolve([proxy === null || bypassed(url) ? direct : { kind: 'proxy', proxy }])
  }
}

const pacKinds: Readonly<Record<string, string>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks4',
  SOCKS4: 'socks4',
  SOCKS5: 'socks5',
}

/**
 * Reads what a PAC script and Chromium's `resolveProxy` answer: `PROXY a:8080; SOCKS5 b:1080; DIRECT`, to be tried in
 * this order. Kinds that nobody knows are left out; nothing at all means to go directly.
 */
export function parsePacResult(text: string): readonly Route[] {
  const routes: Route[] = []
  for (const part of text.split(';')) {
    const [kind = '', server = ''] = part.trim().split(/\s+/)
    if (kind.toUpperCase() === 'DIRECT') routes.push(direct)
    const scheme = pacKinds[kind.toUpperCase()]
    const proxy = scheme === undefined ? null : parseProxy(`${scheme}://${server}`)
    if (proxy) routes.push({ kind: 'proxy', proxy })
  }
  return routes.length === 0 ? [direct] : routes
}

/** ms for which an answer of the system is used again; a network that was changed is noticed after that. */
const answerLife = 10_000

/**
 * What the system says, kept for a short while for each origin: a file over 16 connections is 16 questions.
 * @param ask the system; gets the origin only, because the rest of an address may hold a token
 * @param now ms, monotonic
 */
export function systemProxies(
  ask: (origin: string) => Promise<string>,
  now: () => number = () => performance.now(),
): ProxyResolver {
  const known = new Map<string, { until: number; routes: Promise<readonly Route[]> }>()
  return ({ origin }) => {
    const at = now()
    for (const [key, { until }] of known) if (until <= at) known.delete(key)
    const fresh = known.get(origin)
    if (fresh) return fresh.routes
    const routes = ask(`${origin}/`).then(parsePacResult)
    known.set(origin, { until: at + answerLife, routes })
    routes.catch(() => known.delete(origin))
    return routes
  }
}
