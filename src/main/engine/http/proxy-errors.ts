import { DownloadFailure, failure, type RetryAdvice } from '../../../shared/errors'
import { proxyAddress, type ProxyServer } from '../../../shared/proxy'
import { networkFailure } from './network-errors'

/** What goes wrong between us and a proxy; never with its user name or password. */

export function proxyFailure(proxy: ProxyServer, retry: RetryAdvice, what: string, cause?: unknown): DownloadFailure {
  return failure('PROXY', retry, `${proxyAddress(proxy)}: ${what}`, { cause })
}

export function proxyAuthFailure(proxy: ProxyServer, what: string): DownloadFailure {
  return failure('PROXY_AUTH', 'no', `${proxyAddress(proxy)}: ${what}`)
}

/** No connection to the proxy, or one that broke before it led anywhere. A certificate that is wrong stays so. */
export function unreachable(proxy: ProxyServer, thrown: unknown): DownloadFailure {
  if (thrown instanceof DownloadFailure) return thrown
  const { error } = networkFailure(thrown)
  return proxyFailure(proxy, error.retry === 'later' ? 'later' : 'no', `${error.code}: ${error.detail}`, thrown)
}

/** RFC 9110 §9.3.6: everything but 2xx to a CONNECT means that there is no tunnel. */
export function connectRefused(proxy: ProxyServer, status: number): DownloadFailure {
  // No server has a say before the tunnel stands: 401 is the proxy's as well (tinyproxy, for a wrong password).
  if (status === 407 || status === 401) return proxyAuthFailure(proxy, `wants a user name and a password (${status})`)
  // 5xx tells that the proxy could not reach the server, now; 4xx that it does not want to.
  const passing = status >= 500 || status === 408 || status === 425 || status === 429
  return proxyFailure(proxy, passing ? 'later' : 'no', `answered ${status} to CONNECT`)
}

/** The `socks` library tells causes by its messages only; `test/integration/proxy.test.ts` holds it to them. */
const socksCauses: readonly (readonly [pattern: RegExp, code: 'PROXY' | 'PROXY_AUTH' | 'CONNECT', RetryAdvice])[] = [
  [/Authentication failed|no accepted authentication type/i, 'PROXY_AUTH', 'no'], // RFC 1929 §2, RFC 1928 §3
  [/rejected connection - (NetworkUnreachable|HostUnreachable|ConnectionRefused|TTLExpired)/, 'CONNECT', 'later'],
  [/rejected connection - (NotAllowed|CommandNotSupported|AddressNotSupported)/, 'PROXY', 'no'],
  [/socks version|unknown authentication|Invalid SOCKS/i, 'PROXY', 'no'],
]

/** RFC 1928 §6: the proxy's replies. What it says of the server is the server's failure, not the proxy's. */
export function socksFailure(proxy: ProxyServer, thrown: unknown): DownloadFailure {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const row = socksCauses.find(([pattern]) => pattern.test(message))
  const [, code, retry] = row ?? [null, 'PROXY' as const, 'later' as const]
  return failure(code, retry, `${proxyAddress(proxy)}: ${message}`)
}
