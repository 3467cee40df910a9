import { Agent, type Dispatcher } from './undici'
import { DownloadFailure, failure } from '../../../shared/errors'
import type { ProxyServer } from '../../../shared/proxy'
import { isPrivateHost } from './address-class'
import { Connector, type ConnectorParts, type Terms } from './connector'
import { routeKey, type ProxyResolver, type Route } from './proxies'
import { proxyAuthorization } from './tunnel'

export interface DispatcherOptions extends ConnectorParts {
  readonly proxies: ProxyResolver
  /** ms without the head of an answer. */
  readonly headersTimeout: number
  /** ms without a byte of the body. */
  readonly bodyTimeout: number
}

/** How one request goes out. */
export interface Leg {
  readonly dispatcher: Dispatcher
  /** Where the connection goes. */
  readonly origin: string
  /** Absolute where a proxy is asked itself (RFC 9112 §3.2.2). */
  readonly path: string
  /** For the proxy, beside those for the server. */
  readonly headers: Readonly<Record<string, string>>
  /** The proxy whose own answer the answer may be; 407 is its. `null` when only the server can answer. */
  readonly proxy: ProxyServer | null
  /** Host and port of the proxy that it goes through, whoever answers; `null` for none. */
  readonly via: string | null
  /** @see Connector.mayBePublic; to be asked when the head arrives */
  mayBePublic(): boolean
}

export interface Dispatchers {
  /**
   * Sends a request the best way that works: a proxy that cannot be reached gives way to the next one that the system
   * named, and is tried last for five minutes (as browsers do).
   * @throws what `send` throws; PROXY when there is no way at all, PRIVATE_ADDR
   */
  send<T>(url: URL, terms: Terms, send: (leg: Leg) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** ms for which a proxy that failed is tried last. */
const badFor = 5 * 60_000

/** The only place that makes undici's dispatchers: one for each route and each set of terms. */
export function createDispatchers(options: DispatcherOptions): Dispatchers {
  const connector = new Connector(options)
  const agents = new Map<string, Agent>()
  const badUntil = new Map<string, number>()
  const { headersTimeout, bodyTimeout } = options

  const agent = (key: string, connect: () => ReturnType<Connector['to']>): Agent => {
    let made = agents.get(key)
    if (!made) agents.set(key, (made = new Agent({ pipelining: 1, headersTimeout, bodyTimeout, connect: connect() })))
    return made
  }
  const legFor = (url: URL, route: Route, terms: Terms): Leg => {
    const path = url.pathname + url.search
    if (route.kind === 'proxy') {
      // Who is at the other end only the proxy sees; what can be told from the address alone is refused.
      if (terms.publicOnly && isPrivateHost(url.hostname, options.isPrivate)) {
        throw failure('PRIVATE_ADDR', 'no', `a public server led to ${url.hostname}`)
      }
      const { proxy } = route
      if (url.protocol === 'http:' && (proxy.kind === 'http' || proxy.kind === 'https')) {
        // Debian's squid and most company proxies allow CONNECT to port 443 only.
        return {
          dispatcher: agent(`forward ${routeKey(route)}`, () => connector.toProxy(proxy)),
          // The connector does TLS to the proxy by itself: undici would do it with the server's name.
          origin: `http://${nameOf(proxy)}`,
          path: url.origin + path,
          headers: { host: url.host, ...proxyAuthorization(proxy) },
          proxy,
          via: nameOf(proxy),
          mayBePublic: () => true,
        }
      }
    }
    const key = `${terms.publicOnly ? 'public' : 'any'} ${terms.identified ? 'identified' : 'plain'} ${routeKey(route)}`
    const dispatcher = agent(key, () => connector.to(route, terms))
    const { origin } = url
    const via = route.kind === 'proxy' ? nameOf(route.proxy) : null
    return { dispatcher, origin, path, headers: {}, proxy: null, via, mayBePublic: () => connector.mayBePublic(origin) }
  }
  const ordered = async (url: URL): Promise<Route[]> => {
    let routes: readonly Route[]
    try {
      routes = await options.proxies(url)
    } catch (error) {
      throw failure('PROXY', 'later', `the system does not say which proxy to use: ${String(error)}`, { cause: error })
    }
    const now = performance.now()
    const bad = (route: Route) => (badUntil.get(routeKey(route)) ?? 0) > now
    return [...routes.filter((route) => !bad(route)), ...routes.filter(bad)]
  }

  return {
    async send(url, terms, send) {
      const routes = await ordered(url)
      for (const [index, route] of routes.entries()) {
        try {
          return await send(legFor(url, route, terms))
        } catch (error) {
          const unreachable =
            error instanceof DownloadFailure && error.error.code === 'PROXY' && error.error.retry === 'later'
          if (unreachable) badUntil.set(routeKey(route), performance.now() + badFor)
          if (!unreachable || index === routes.length - 1) throw error
        }
      }
      throw failure('PROXY', 'no', 'the system names no way to the network')
    },
    async close() {
      connector.close()
      await Promise.all([...agents.values()].map((each) => each.destroy()))
    },
  }
}

function nameOf({ host, port }: ProxyServer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
