import { z } from 'zod'
import { attemptsRange, concurrentRange, connectionsRange, speedLimitRange } from './limits'

/** Which hosts a rule is for. */
export interface HostPattern {
  readonly kind: 'host' | 'below' | 'all'
  /** In lower case, without brackets; empty for all hosts. */
  readonly host: string
  /** `null` for every port. */
  readonly port: number | null
}

/**
 * Reads a pattern:
 *
 * - `example.com` is that host, `*.example.com` every host below it (not itself), `*` every host;
 * - `example.com:8443`, `*.example.com:8443`, `*:8443` and `[::1]:8080` mean that port only.
 *
 * @returns `null` when it is none
 */
export function parseHostPattern(text: string): HostPattern | null {
  const match = /^(\*\.)?(\*|\[[0-9a-f:.]+\]|[^\s*/:@?#[\]]+)(?::(\d{1,5}))?$/i.exec(text.trim())
  if (!match) return null
  const [, below, name = '', digits] = match
  const port = digits === undefined ? null : Number(digits)
  if (port !== null && (port < 1 || port > 65_535)) return null
  if (name === '*') return below === undefined ? { kind: 'all', host: '', port } : null
  // The URL parser knows names in other scripts, numbers in other bases, and what a host may not hold.
  if (!URL.canParse(`http://${name}/`)) return null
  const host = plainHost(new URL(`http://${name}/`))
  if (host === '' || (below !== undefined && /^[\d.]+$|:/.test(host))) return null
  return { kind: below === undefined ? 'host' : 'below', host, port }
}

/** The pattern in one spelling, so that two of them can be compared. */
export function formatHostPattern({ kind, host, port }: HostPattern): string {
  const name = kind === 'all' ? '*' : `${kind === 'below' ? '*.' : ''}${host.includes(':') ? `[${host}]` : host}`
  return port === null ? name : `${name}:${port}`
}

/**
 * Whether an address is on one of the hosts of a pattern.
 * @param at its URL; or host and port as URLs have it, where no port may be 80 or 443
 */
export function matchesHost(pattern: HostPattern, at: URL | string): boolean {
  if (typeof at !== 'string') return matchesUrl(pattern, at)
  return ['https', 'http'].some((scheme) => matchesUrl(pattern, new URL(`${scheme}://${at}/`)))
}

function matchesUrl({ kind, host, port }: HostPattern, url: URL): boolean {
  const name = plainHost(url)
  if (port !== null && port !== portOf(url)) return false
  if (kind === 'all') return true
  return kind === 'host' ? name === host : name.endsWith(`.${host}`) && name.length > host.length + 1
}

/**
 * Which of two patterns is nearer to a host that both match: a host before a domain, a longer domain before a shorter
 * one, any domain before `*`; among equals the one that names the port.
 * @returns negative when `a` goes first
 */
export function compareHostPatterns(a: HostPattern, b: HostPattern): number {
  const ranks = { host: 0, below: 1, all: 2 } as const
  return (
    ranks[a.kind] - ranks[b.kind] || b.host.length - a.host.length || Number(a.port === null) - Number(b.port === null)
  )
}

/**
 * The one rule that counts for an address: of those that match the nearest. Rules are not mixed.
 * @param at see `matchesHost`
 * @returns `null` when none matches
 */
export function hostRuleFor<R extends { readonly pattern: string }>(rules: readonly R[], at: URL | string): R | null {
  if (rules.length === 0) return null
  let best: { rule: R; pattern: HostPattern } | null = null
  for (const rule of rules) {
    const pattern = parseHostPattern(rule.pattern)
    if (!pattern || !matchesHost(pattern, at)) continue
    if (!best || compareHostPatterns(pattern, best.pattern) < 0) best = { rule, pattern }
  }
  return best?.rule ?? null
}

/** What holds for some hosts; `null` takes what holds for all. Headers, name and password are kept apart, sealed. */
export const hostRuleSchema = z.strictObject({
  id: z.string().min(1).max(64),
  pattern: z
    .string()
    .max(300)
    .refine((text) => parseHostPattern(text) !== null),
  /** Connections to one host. */
  connections: z.number().int().min(connectionsRange.min).max(connectionsRange.max).nullable(),
  /** Downloads at a time from all hosts of the rule. */
  downloads: z.number().int().min(concurrentRange.min).max(concurrentRange.max).nullable(),
  /** Bytes per second, all hosts of the rule together. */
  speedLimit: z.number().int().min(speedLimitRange.min).max(speedLimitRange.max).nullable(),
  /** `direct`, or the address of a proxy. What the window sends may hold `user:password@`, which is taken out. */
  proxy: z.string().max(4096).nullable(),
  /** Failures in a row after which a connection gives up. */
  attempts: z.number().int().min(attemptsRange.min).max(attemptsRange.max).nullable(),
})
export type HostRule = z.infer<typeof hostRuleSchema>

/** What the window sees: also whether there is a secret, and for how long. */
export interface HostRuleView extends HostRule {
  readonly secret: 'none' | 'kept' | 'until-quit'
  /** Whether a user name and a password are there for its proxy. */
  readonly proxyLogin: boolean
}

/** The secret part of a rule as it is typed: `Name: value` lines, user name and password. */
export interface HostRuleSecret {
  readonly headers: string
  readonly user: string
  readonly password: string
}

export const newHostRule: Omit<HostRule, 'id' | 'pattern'> = {
  connections: null,
  downloads: null,
  speedLimit: null,
  proxy: null,
  attempts: null,
}

function plainHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
}

function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}
