import type { LookupFunction, Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { buildConnector, type Connect, type ConnectOptions } from './undici'
import { failure } from '../../../shared/errors'
import type { ProxyServer } from '../../../shared/proxy'
import { LocalAddresses } from './local-addresses'
import { networkFailure } from './network-errors'
import type { Route } from './proxies'
import { unreachable } from './proxy-errors'
import { openTunnel, type Target } from './tunnel'
import type { Trust } from './trust'
import { receiveIntoSlabs } from './receive'
import { mendParser } from './undici-parser'

export interface ConnectorParts {
  readonly trust: Trust
  /** ms for each step: the connection, the tunnel, TLS. */
  readonly timeout: number
  readonly isPrivate: (address: string) => boolean
  /** In place of the system's resolver. */
  readonly lookup?: LookupFunction
}

/** What one group of connections has in common; connections of different groups are never shared. */
export interface Terms {
  /** Refuse connections that lead to this computer or its own networks. */
  readonly publicOnly: boolean
  /** Offer the client certificate. */
  readonly identified: boolean
}

/**
 * Node reads on by itself until as many bytes wait in a stream, also while nobody wants them. So at most one read waits
 * there, and a limit of speed decides about the others before they are taken from TCP.
 */
const readOnlyWhatIsWanted = { highWaterMark: 1 }

/** Makes every TCP and TLS connection of the program, directly and through proxies. */
export class Connector {
  readonly #parts: ConnectorParts
  readonly #dial: Connect
  readonly #local = new LocalAddresses()
  readonly #secure = new WeakMap<SecureContext, Connect>()
  /** Not handed over yet: nobody else would end them. */
  readonly #pending = new Set<Socket>()
  /** How many connections to public addresses each origin has now. */
  readonly #public = new Map<string, number>()

  constructor(parts: ConnectorParts) {
    this.#parts = parts
    this.#dial = buildConnector({
      timeout: parts.timeout,
      ...readOnlyWhatIsWanted,
      ...(parts.lookup ? { lookup: parts.lookup } : {}),
    })
  }

  /** For undici: connections to servers, each on this route. */
  to(route: Route, terms: Terms): Connect {
    return (options, callback) => {
      settle(this.#toServer(route, terms, options), networkFailure, callback)
    }
  }

  /** For undici: connections to a proxy that is asked for http addresses itself. */
  toProxy(proxy: ProxyServer): Connect {
    return (_, callback) => settle(this.#toProxy(proxy), (error) => unreachable(proxy, error), callback)
  }

  /**
   * Whether a server that has just answered may have a public address: then it must not lead us to a private one. What
   * stands behind a proxy is not known, and counts as public.
   */
  mayBePublic(origin: string): boolean {
    return this.#public.has(origin)
  }

  close(): void {
    for (const socket of this.#pending) socket.destroy()
  }

  async #toServer(route: Route, terms: Terms, options: ConnectOptions): Promise<Socket> {
    const target = targetOf(options)
    const socket = route.kind === 'direct' ? await this.#direct(target, terms) : await this.#tunnel(route.proxy, target)
    const address = socket.remoteAddress
    if (route.kind === 'proxy' || address === undefined || !this.#parts.isPrivate(address)) {
      this.#notePublic(originOf(options, target), socket)
    }
    if (options.protocol !== 'https:') return socket
    return this.#tls(target, options.servername ?? null, await this.#parts.trust.context(terms.identified), socket)
  }

  async #direct(target: Target, terms: Terms): Promise<Socket> {
    const socket = await this.#open(this.#dial, { ...plain(target), protocol: 'http:' })
    this.#local.watch(socket)
    // Judged on the peer of this very connection: no name is looked up a second time (DNS rebinding, fault 74).
    if (terms.publicOnly && this.#parts.isPrivate(socket.remoteAddress ?? '')) {
      socket.destroy()
      throw failure('PRIVATE_ADDR', 'no', `a public server led to ${target.host} (${socket.remoteAddress ?? 'gone'})`)
    }
    return socket
  }

  async #tunnel(proxy: ProxyServer, target: Target): Promise<Socket> {
    const socket = await this.#toProxy(proxy).catch((error: unknown) => {
      throw unreachable(proxy, error)
    })
    this.#pending.add(socket)
    try {
      return await openTunnel(proxy, socket, target, this.#parts.timeout)
    } finally {
      this.#pending.delete(socket)
    }
  }

  async #toProxy(proxy: ProxyServer): Promise<Socket> {
    const socket = await this.#open(this.#dial, { ...plain(proxy), protocol: 'http:' })
    this.#local.watch(socket)
    return proxy.kind === 'https' ? this.#tls(proxy, null, await this.#parts.trust.context(false), socket) : socket
  }

  #tls(target: Target, servername: string | null, context: SecureContext, httpSocket: Socket): Promise<Socket> {
    let secure = this.#secure.get(context)
    if (!secure) {
      secure = buildConnector({ timeout: this.#parts.timeout, ...readOnlyWhatIsWanted, secureContext: context })
      this.#secure.set(context, secure)
    }
    return this.#open(secure, {
      ...plain(target),
      protocol: 'https:',
      httpSocket,
      ...(servername === null ? {} : { servername }),
    })
  }

  #open(connect: Connect, options: ConnectOptions): Promise<Socket> {
    return new Promise((resolve, reject) => {
      // Undici returns the socket, although its types do not say so.
      const opening = connect(options, (error, socket) => {
        this.#pending.delete(opening)
        if (socket) resolve(socket)
        else reject(error)
      }) as unknown as Socket
      this.#pending.add(opening)
    })
  }

  #notePublic(origin: string, socket: Socket): void {
    this.#public.set(origin, (this.#public.get(origin) ?? 0) + 1)
    socket.once('close', () => {
      const left = (this.#public.get(origin) ?? 1) - 1
      if (left > 0) this.#public.set(origin, left)
      else this.#public.delete(origin)
    })
  }
}

function settle(
  opening: Promise<Socket>,
  explain: (error: unknown) => Error,
  callback: (...result: [null, Socket] | [Error, null]) => void,
): void {
  opening.then(
    (socket) => {
      receiveIntoSlabs(socket)
      callback(null, socket)
      // undici has its parser on the socket only after that.
      setImmediate(mendParser, socket)
    },
    (error: unknown) => callback(explain(error), null),
  )
}

function targetOf({ hostname, port, protocol }: ConnectOptions): Target {
  return { host: hostname, port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) }
}

function originOf({ protocol }: ConnectOptions, { host, port }: Target): string {
  return new URL(`${protocol}//${host.includes(':') ? `[${host}]` : host}:${port}`).origin
}

function plain({ host, port }: Target) {
  return { hostname: host, host: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`, port: String(port) }
}
