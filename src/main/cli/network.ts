import { readFileSync } from 'node:fs'
import { badNoProxyEntry, parseProxy } from '../../shared/proxy'
import { environmentProxies, manualProxy, type Environment, type ProxyResolver } from '../engine/http/proxies'
import { checkIdentity, type Identity } from '../engine/http/trust'
import { readAuthorities } from '../settings/network'
import { UsageError } from './usage-error'

/** What the options say about proxies and TLS. */
export interface NetworkOptions {
  readonly proxy?: string | undefined
  readonly 'no-proxy'?: string | undefined
  readonly 'ca-certificate'?: string | undefined
  readonly certificate?: string | undefined
  readonly 'private-key'?: string | undefined
}

export interface NetworkChoice {
  readonly proxies: ProxyResolver
  /** PEM. */
  readonly ca: readonly string[]
  readonly identity: Identity | null
}

/**
 * Reads everything about the way to servers. `--proxy` stands above the environment's proxies, `--no-proxy` above its
 * `no_proxy`, each by itself (as with curl).
 * @throws UsageError, RequestFailure E_CERTIFICATE
 */
export function readNetwork(options: NetworkOptions, env: Environment): NetworkChoice {
  const file = options['ca-certificate']
  return {
    proxies: proxies(options, env),
    ca: file === undefined ? [] : readAuthorities(file),
    identity: identity(options),
  }
}

function proxies({ proxy, 'no-proxy': noProxy }: NetworkOptions, env: Environment): ProxyResolver {
  const bad = badNoProxyEntry(noProxy ?? '')
  if (bad !== null) throw new UsageError(`--no-proxy takes hosts, domains and networks, not ${bad}`)
  if (proxy === undefined) {
    try {
      return environmentProxies(env, noProxy ?? null)
    } catch (error) {
      throw new UsageError((error as Error).message)
    }
  }
  const server = parseProxy(proxy)
  // The text may hold a password.
  if (!server) throw new UsageError('--proxy takes [http|https|socks5]://[NAME:PASS@]HOST[:PORT]')
  return manualProxy(server, noProxy ?? env['no_proxy'] ?? env['NO_PROXY'] ?? '')
}

function identity({ certificate, 'private-key': key }: NetworkOptions): Identity | null {
  if (certificate === undefined) {
    if (key !== undefined) throw new UsageError('--private-key needs --certificate')
    return null
  }
  const bytes = read('--certificate', certificate)
  const given: Identity = bytes.includes('-----BEGIN')
    ? {
        kind: 'pem',
        certificate: bytes.toString('utf8'),
        // One file may hold both.
        key: (key === undefined ? bytes : read('--private-key', key)).toString('utf8'),
      }
    : { kind: 'pkcs12', bytes }
  try {
    checkIdentity(given)
  } catch (error) {
    throw new UsageError(`--certificate ${certificate} cannot be used: ${(error as Error).message}`)
  }
  return given
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${(error as Error).message}`)
  }
}
