import { isIPv6, type Socket } from 'node:net'
import type { ProxyServer } from '../../../shared/proxy'
import { connectRefused, proxyFailure, socksFailure, unreachable } from './proxy-errors'

/** What lies at the end of a tunnel. */
export interface Target {
  /** A name or an address without brackets; the proxy looks names up. */
  readonly host: string
  readonly port: number
}

/**
 * Asks a proxy for a tunnel: CONNECT (RFC 9110 §9.3.6) or SOCKS (RFC 1928, RFC 1929).
 * @param socket connected to the proxy, and secure when the proxy is an https one; destroyed when it fails
 * @param timeout ms until the tunnel must stand
 * @returns the same socket, which now leads to the target
 * @throws DownloadFailure PROXY, PROXY_AUTH, CONNECT
 */
export async function openTunnel(proxy: ProxyServer, socket: Socket, target: Target, timeout: number): Promise<Socket> {
  try {
    if (proxy.kind === 'http' || proxy.kind === 'https') await connect(proxy, socket, target, timeout)
    else await socks(proxy, socket, target, timeout)
    return socket
  } catch (error) {
    socket.on('error', () => undefined).destroy()
    throw unreachable(proxy, error)
  }
}

/** RFC 7617 §2, for the proxy (RFC 9110 §11.7.2). */
export function proxyAuthorization({ login }: ProxyServer): Record<string, string> {
  if (login === null) return {}
  const basic = Buffer.from(`${login.user}:${login.password}`, 'utf8').toString('base64')
  return { 'proxy-authorization': `Basic ${basic}` }
}

/** Node's own client knows how an answer to CONNECT ends, and hands the socket over. */
async function connect(proxy: ProxyServer, socket: Socket, { host, port }: Target, timeout: number): Promise<void> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`
    const asked = request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, 'proxy-connection': 'keep-alive', ...proxyAuthorization(proxy) },
      createConnection: () => socket,
    })
    const timer = setTimeout(
      () => asked.destroy(proxyFailure(proxy, 'later', `no tunnel to ${authority} within ${timeout / 1000} s`)),
      timeout,
    )
    asked.once('connect', (answer, _socket, head: Buffer) => {
      clearTimeout(timer)
      const status = answer.statusCode ?? 0
      if (status < 200 || status > 299) reject(connectRefused(proxy, status))
      else {
        if (head.length > 0) socket.unshift(head)
        resolve()
      }
    })
    asked.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    asked.end()
  })
}

async function socks(proxy: ProxyServer, socket: Socket, destination: Target, timeout: number): Promise<void> {
  // Loaded only where it is needed: most people have no such proxy.
  const { SocksClient } = await import('socks')
  const { login } = proxy
  // RFC 1929 §2: one byte for each length.
  if (login && (Buffer.byteLength(login.user) > 255 || Buffer.byteLength(login.password) > 255)) {
    throw proxyFailure(proxy, 'no', 'SOCKS allows 255 bytes of a user name and of a password')
  }
  try {
    await SocksClient.createConnection({
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: proxy.kind === 'socks4' ? 4 : 5,
        ...(login ? { userId: login.user, password: login.password } : {}),
      },
      command: 'connect',
      destination: { host: destination.host, port: destination.port },
      timeout,
      existing_socket: socket,
    })
  } catch (error) {
    throw socksFailure(proxy, error)
  }
}
