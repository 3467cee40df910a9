import { z } from 'zod'

/** Which way to the network the user chose. Names and passwords never stand in it: they are kept apart, encrypted. */
export const proxySettingSchema = z.discriminatedUnion('kind', [
  /** What the system says, automatic configuration (PAC) included; on the command line the environment. */
  z.strictObject({ kind: z.literal('system') }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('manual'),
    /** `http`, `https`, `socks5` or `socks5h`. What the window sends may hold `user:password@`, which is taken out. */
    url: z.string().max(4096),
    /** Hosts that are asked without the proxy, apart by commas; see `no-proxy.ts`. */
    noProxy: z.string().max(65_536),
    /** Whether a user name and a password are kept for it; `false` from the window forgets them. */
    login: z.boolean().default(false),
  }),
])
export type ProxySetting = z.infer<typeof proxySettingSchema>

export interface ProxyLogin {
  readonly user: string
  readonly password: string
}

/** One proxy server. SOCKS looks names up at the proxy, with `socks5` too (as browsers do). */
export interface ProxyServer {
  readonly kind: 'http' | 'https' | 'socks4' | 'socks5'
  /** Without brackets. */
  readonly host: string
  readonly port: number
  readonly login: ProxyLogin | null
}

const kinds: Readonly<Record<string, readonly [kind: ProxyServer['kind'], port: number]>> = {
  http: ['http', 80],
  https: ['https', 443],
  socks5: ['socks5', 1080],
  socks5h: ['socks5', 1080],
  socks: ['socks5', 1080],
  // Only automatic configuration names it; it has no password.
  socks4: ['socks4', 1080],
}

/**
 * Reads a proxy's address as people and environments write it: `[scheme://][user[:password]@]host[:port][/]`, the
 * scheme `http` when there is none (as curl does). Ports that are left out are the browsers': 80, 443, 1080.
 * @returns `null` when it is none
 */
export function parseProxy(text: string): ProxyServer | null {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]/]*\]|[^:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i.exec(
    text.trim(),
  )
  if (match === null) return null
  const [, scheme = 'http', login, name = '', port] = match
  const kind = kinds[scheme.toLowerCase()]
  // The URL parser knows names in other scripts, numbers in other bases, and what a host may not hold.
  const host = URL.canParse(`http://${name}/`) ? new URL(`http://${name}/`).hostname : ''
  const number = port === undefined ? kind?.[1] : Number(port)
  if (kind === undefined || host === '' || number === undefined || number < 1 || number > 65_535) return null
  return { kind: kind[0], host: host.replace(/^\[|\]$/g, ''), port: number, login: readLogin(login) }
}

/** RFC 3986 §3.2.1: percent-encoded, the first colon parts name and password. */
function readLogin(text: string | undefined): ProxyLogin | null {
  if (text === undefined || text === '' || text === ':') return null
  const colon = text.indexOf(':')
  const [user, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  return { user: decode(user), password: decode(password) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone % is what the user meant
  }
}

/** Its address without user name and password: to show, to log, to store. */
export function proxyAddress({ kind, host, port }: ProxyServer): string {
  return `${kind}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The entries of a list of hosts that are asked directly, as `no_proxy` has them: apart by commas or space. */
export function noProxyEntries(text: string): string[] {
  return text.split(/[\s,;]+/).filter((entry) => entry !== '')
}

/** A host or domain with or without a port, an IPv6 address with a port, a network or a bare IPv6 address. */
const entry =
  /^(?:\*|(?:\*?\.)?[^\s*/:[\]]+(?::\d{1,5})?|\[[0-9a-f:.]+\](?::\d{1,5})?|(?:[\d.]+|(?=\S*:\S*:)[0-9a-f:.]+)(?:\/\d{1,3})?)$/i

/** The first entry that is neither a host, a domain, an address nor a network; `null` when all are. */
export function badNoProxyEntry(text: string): string | null {
  return noProxyEntries(text).find((each) => !entry.test(each)) ?? null
}
