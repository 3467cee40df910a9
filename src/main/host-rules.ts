import { z } from 'zod'
import { RequestFailure } from '../shared/errors'
import {
  formatHostPattern,
  hostRuleFor,
  parseHostPattern,
  type HostRule,
  type HostRuleSecret,
  type HostRuleView,
} from '../shared/host-rules'
import { parseProxy, proxyAddress } from '../shared/proxy'
import { parseHeaderLines } from './engine/http/headers'
import { direct, manualProxy, type ProxyResolver } from './engine/http/proxies'
import type { Credentials, Log, SecretBox } from './engine/ports'
import type { HostRuleStore } from './store/host-rules'

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
   * @throws RequestFailure E_RULE, E_HEADER; nothing was changed
   */
  save(rule: HostRule, secret: HostRuleSecret | null): Promise<HostRuleView[]>
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

const secretSchema = z.object({ headers: z.string(), user: z.string(), password: z.string() })

interface Held {
  readonly credentials: RuleCredentials
  readonly kept: boolean
}

export function createHostRules(parts: { store: HostRuleStore; secrets: SecretBox; log: Log }): HostRules {
  const { store, secrets, log } = parts
  const stored = store.all()
  let rules: readonly HostRule[] = stored.map(({ rule }) => rule)
  const held = new Map<string, Held>()
  const ready = (async () => {
    for (const { rule, sealed } of stored) {
      const text = sealed === null ? null : await secrets.open(sealed).catch(() => null)
      const credentials = text === null ? null : read(text)
      if (credentials) held.set(rule.id, { credentials, kept: true })
      else if (sealed !== null) log('warn', 'the secret of a per-host rule cannot be opened', { id: rule.id })
    }
  })()
  const list = async (): Promise<HostRuleView[]> => {
    await ready
    return rules.map((rule) => {
      const found = held.get(rule.id)
      return { ...rule, secret: found === undefined ? 'none' : found.kept ? 'kept' : 'until-quit' }
    })
  }
  return {
    ready,
    all: () => rules,
    list,
    async save(given, secret) {
      await ready
      const rule = checked(given, rules)
      const typed = secret === null ? (held.get(rule.id)?.credentials ?? null) : credentialsOf(secret)
      const sealed = typed === null ? null : await secrets.seal(JSON.stringify(asTyped(typed)))
      store.put({ rule, sealed })
      const place = rules.findIndex(({ id }) => id === rule.id)
      rules = place < 0 ? [...rules, rule] : rules.with(place, rule)
      if (typed === null) held.delete(rule.id)
      else held.set(rule.id, { credentials: typed, kept: sealed !== null })
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
    proxies: (others) => (url) => {
      const proxy = hostRuleFor(rules, url)?.proxy ?? null
      if (proxy === null) return others(url)
      const server = proxy === 'direct' ? null : parseProxy(proxy)
      return server ? manualProxy(server, '')(url) : Promise.resolve([direct])
    },
  }
}

/** @throws RequestFailure E_RULE */
function checked(rule: HostRule, others: readonly HostRule[]): HostRule {
  const pattern = parseHostPattern(rule.pattern)
  if (!pattern) throw refused('pattern', `not a host: ${rule.pattern}`)
  const written = formatHostPattern(pattern)
  if (others.some((other) => other.id !== rule.id && other.pattern === written)) {
    throw refused('pattern', `a rule for ${written} is there already`)
  }
  if (rule.proxy === null || rule.proxy === 'direct') return { ...rule, pattern: written }
  const proxy = parseProxy(rule.proxy)
  if (!proxy || proxy.login) throw refused('proxy', 'not the address of a proxy, or one with a login')
  return { ...rule, pattern: written, proxy: proxyAddress(proxy) }
}

function refused(field: 'pattern' | 'proxy', detail: string): RequestFailure {
  return new RequestFailure({ code: 'E_RULE', field, detail })
}

/** @returns `null` when nothing was typed. @throws RequestFailure E_HEADER */
function credentialsOf({ headers, user, password }: HostRuleSecret): RuleCredentials | null {
  const parsed = parseHeaderLines(headers)
  return parsed.length === 0 && user === '' && password === '' ? null : { headers: parsed, user, password }
}

function asTyped({ headers, user, password }: RuleCredentials): HostRuleSecret {
  return { headers: headers.map(([name, value]) => `${name}: ${value}`).join('\n'), user, password }
}

function read(text: string): RuleCredentials | null {
  try {
    return credentialsOf(secretSchema.parse(JSON.parse(text)))
  } catch {
    return null
  }
}
