import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { RequestFailure } from '../../shared/errors'
import {
  formatHostPattern,
  hostRuleFor,
  parseHostPattern,
  type HostRule,
  type HostRuleSecret,
  type HostRuleView,
} from '../../shared/host-rules'
import { parseProxy, proxyAddress, type ProxyLogin } from '../../shared/proxy'
import { parseHeaderLines } from '../engine/http/headers'
import { direct, manualProxy, type ProxyResolver } from '../engine/http/proxies'
import type { Credentials, Log, SecretBox } from '../engine/ports'
import type { SealedList } from '../store/sealed-list'

/** Who asks, for a host that a rule is for. */
export type RuleCredentials = Pick<Credentials, 'user' | 'password' | 'headers'>

/** The user's rules for hosts, with their secrets sealed. */
export interface HostRules {
  /** The same array until something changes. */
  all(): readonly HostRule[]
  list(): Promise<HostRuleView[]>
  /**
   * Adds a rule or replaces the one with its id. Where the system seals nothing, what is secret lives until the program
   * ends.
   * @param secret headers, user name and password as typed; `null` keeps what is there
   * @param keepsProxyLogin whether the login of its proxy stays while the address does; default true
   * @throws RequestFailure E_RULE, E_HEADER; nothing was changed
   */
  save(rule: HostRule, secret: HostRuleSecret | null, keepsProxyLogin?: boolean): Promise<HostRuleView[]>
  /** Takes the place of all rules; those with a pattern that was there keep their secrets. */
  replace(rules: readonly HostRule[]): Promise<HostRuleView[]>
  remove(id: string): Promise<HostRuleView[]>
  /** Resolves when the stored secrets are open. */
  readonly ready: Promise<void>
  /**
   * Headers and login for an address. Those of a rule without a port go to the usual ports only: another port is another
   * server, perhaps somebody else's.
   */
  credentials(url: URL): RuleCredentials | null
  /** The ways to an address: those of its rule, or of all others. */
  proxies(others: ProxyResolver): ProxyResolver
}

const secretSchema = z.object({
  headers: z.string(),
  user: z.string(),
  password: z.string(),
  proxyLogin: z.object({ user: z.string(), password: z.string() }).nullable().default(null),
})

/** What is secret in a rule. */
interface RuleSecret {
  readonly credentials: RuleCredentials | null
  readonly proxyLogin: ProxyLogin | null
}

interface Held extends RuleSecret {
  readonly kept: boolean
}

export function createHostRules(parts: { store: SealedList<HostRule>; secrets: SecretBox; log: Log }): HostRules {
  const { store, secrets, log } = parts
  const stored = store.all()
  let rules: readonly HostRule[] = stored.map(({ value }) => value)
  const held = new Map<string, Held>()
  const ready = (async () => {
    for (const { value: rule, sealed } of stored) {
      const text = sealed === null ? null : await secrets.open(sealed).catch(() => null)
      const secret = text === null ? null : read(text)
      if (secret) held.set(rule.id, { ...secret, kept: true })
      else if (sealed !== null) log('warn', 'the secret of a per-host rule cannot be opened', { id: rule.id })
    }
  })()
  const list = async (): Promise<HostRuleView[]> => {
    await ready
    return rules.map((rule) => {
      const found = held.get(rule.id)
      const secret = !found?.credentials ? 'none' : found.kept ? 'kept' : 'until-quit'
      return { ...rule, secret, proxyLogin: Boolean(found?.proxyLogin) }
    })
  }
  return {
    ready,
    all: () => rules,
    list,
    async save(given, typed, keepsProxyLogin = true) {
      await ready
      const { rule, proxyLogin } = checked(given, rules)
      const place = rules.findIndex(({ id }) => id === rule.id)
      const before = held.get(rule.id)
      // A login stays with its proxy, as that of the settings does.
      const stays = keepsProxyLogin && rule.proxy !== null && rules[place]?.proxy === rule.proxy
      const secret: RuleSecret = {
        credentials: typed === null ? (before?.credentials ?? null) : credentialsOf(typed),
        proxyLogin: proxyLogin ?? (stays ? (before?.proxyLogin ?? null) : null),
      }
      const empty = secret.credentials === null && secret.proxyLogin === null
      const sealed = empty ? null : await secrets.seal(JSON.stringify(asTyped(secret)))
      store.put({ value: rule, sealed })
      rules = place < 0 ? [...rules, rule] : rules.with(place, rule)
      if (empty) held.delete(rule.id)
      else held.set(rule.id, { ...secret, kept: sealed !== null })
      return list()
    },
    async replace(given) {
      await ready
      const next: HostRule[] = []
      for (const each of given) {
        const { rule } = checked(each, next)
        const before = rules.find(({ pattern }) => pattern === rule.pattern)
        next.push({ ...rule, id: before?.id ?? randomUUID() })
      }
      const stay = new Set(next.map(({ id }) => id))
      for (const { id } of rules) if (!stay.has(id)) await this.remove(id)
      for (const rule of next) await this.save(rule, null)
      return list()
    },
    async remove(id) {
      await ready
      store.remove(id)
      rules = rules.filter((rule) => rule.id !== id)
      held.delete(id)
      return list()
    },
    credentials(url) {
      const rule = hostRuleFor(rules, url)
      if (rule === null || (url.port !== '' && parseHostPattern(rule.pattern)?.port === null)) return null
      return held.get(rule.id)?.credentials ?? null
    },
    proxies: (others) => async (url) => {
      const rule = hostRuleFor(rules, url)
      if (!rule || rule.proxy === null) return others(url)
      const server = rule.proxy === 'direct' ? null : parseProxy(rule.proxy)
      if (!server) return [direct]
      await ready
      return manualProxy(server, '', held.get(rule.id)?.proxyLogin ?? null)(url)
    },
  }
}

/**
 * The rule as it is stored, and what was secret in the address of its proxy.
 * @throws RequestFailure E_RULE
 */
function checked(
  rule: HostRule,
  others: readonly HostRule[],
): { readonly rule: HostRule; readonly proxyLogin: ProxyLogin | null } {
  const pattern = parseHostPattern(rule.pattern)
  if (!pattern) throw refused('pattern', `not a host: ${rule.pattern}`)
  const written = formatHostPattern(pattern)
  if (others.some((other) => other.id !== rule.id && other.pattern === written)) {
    throw refused('pattern', `a rule for ${written} is there already`)
  }
  const plain = { ...rule, pattern: written }
  if (rule.proxy === null || rule.proxy === 'direct') return { rule: plain, proxyLogin: null }
  const proxy = parseProxy(rule.proxy)
  if (!proxy) throw refused('proxy', 'not the address of a proxy')
  return { rule: { ...plain, proxy: proxyAddress(proxy) }, proxyLogin: proxy.login }
}

function refused(field: 'pattern' | 'proxy', detail: string): RequestFailure {
  return new RequestFailure({ code: 'E_RULE', field, detail })
}

/** @returns `null` when nothing was typed. @throws RequestFailure E_HEADER */
function credentialsOf({ headers, user, password }: HostRuleSecret): RuleCredentials | null {
  const parsed = parseHeaderLines(headers)
  return parsed.length === 0 && user === '' && password === '' ? null : { headers: parsed, user, password }
}

function asTyped({ credentials, proxyLogin }: RuleSecret): z.input<typeof secretSchema> {
  const { headers, user, password } = credentials ?? { headers: [], user: '', password: '' }
  return { headers: headers.map(([name, value]) => `${name}: ${value}`).join('\n'), user, password, proxyLogin }
}

function read(text: string): RuleSecret | null {
  try {
    const { proxyLogin, ...typed } = secretSchema.parse(JSON.parse(text))
    return { credentials: credentialsOf(typed), proxyLogin }
  } catch {
    return null
  }
}
