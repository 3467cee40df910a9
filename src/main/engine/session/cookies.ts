import { isIP } from 'node:net'
import { Cookie, CookieJar } from 'tough-cookie'
import type { FileCookie, GivenCookies } from './cookie-file'
import type { HeaderValue } from '../http/headers'

/**
 * The cookies of one download: what the user gave, and what servers set on the way (RFC 6265).
 */
export class Cookies {
  readonly #origin: string
  readonly #jar: CookieJar
  /** Whether a server has set one. */
  #set = false
  /** What was kept last, until something changes. */
  #text: string | null = null
  /** For the one origin only; a server's cookie of the same name takes their place. */
  readonly #own: readonly Pair[]

  /**
   * @param origin that `name=value` pairs are sent to, as {@link URL.origin} writes it
   * @param given the user's cookies; those of a file that no server may set (a public suffix) count as absent
   * @param kept what `text` gave in an earlier run; servers' cookies of then take the place of the user's as they did
   */
  constructor(origin: string, given: GivenCookies, kept: string | null = null) {
    this.#origin = origin
    this.#jar = (kept === null ? null : jarOf(kept)) ?? new CookieJar(undefined, rules)
    if (kept !== null) {
      this.#set = true
      this.#own = given.kind === 'pairs' ? pairs(given.pairs) : []
      return // those of a file are among them
    }
    this.#own = given.kind === 'pairs' ? pairs(given.pairs) : []
    if (given.kind === 'file') for (const cookie of given.cookies) this.#import(cookie)
  }

  /**
   * @param url where the request goes
   * @param written value of a `Cookie` field that the user wrote among the headers; empty for none
   * @returns value of the Cookie field (§5.4), or `null` when there is nothing to send
   */
  header(url: URL, written: string): string | null {
    const set = this.#jar.getCookiesSync(url.href)
    const names = new Set(set.map((cookie) => cookie.key))
    const own = url.origin === this.#origin ? [...this.#own, ...pairsOf(written)] : []
    const pairs = [
      ...own.filter(({ name }) => !names.has(name)).map(({ text }) => text),
      ...set.map((cookie) => cookie.cookieString()),
    ]
    return pairs.length === 0 ? null : pairs.join('; ')
  }

  /** Takes what an answer sets, of any status (§3, §5.3); what the rules do not allow is dropped. */
  heard(url: URL, setCookie: HeaderValue): void {
    for (const line of setCookie === undefined ? [] : typeof setCookie === 'string' ? [setCookie] : setCookie) {
      const cookie = this.#jar.setCookieSync(line, url.href, { ignoreError: true })
      if (!cookie) continue
      this.#set = true
      this.#text = null
    }
  }

  /** All that is in the jar, to be kept over a restart; `null` while no server has set anything. */
  text(): string | null {
    if (this.#set) this.#text ??= JSON.stringify(this.#jar.serializeSync())
    return this.#text
  }

  #import({ domain, includeSubdomains, path, secure, httpOnly, expires, name, value }: FileCookie): void {
    const cookie = new Cookie({
      key: name,
      value,
      path,
      secure,
      httpOnly,
      expires: expires === null ? 'Infinity' : new Date(Math.min(expires * 1000, 8.64e15)),
      // Without it the cookie is for the host alone (§5.3 step 6); an address has no subdomains.
      ...(includeSubdomains && isIP(domain.replace(/[[\]]/g, '')) === 0 ? { domain } : {}),
    })
    const host = isIP(domain) === 6 ? `[${domain}]` : domain
    const from = `https://${host}${path}`
    if (URL.canParse(from)) this.#jar.setCookieSync(cookie, from, { ignoreError: true })
  }
}

const rules = { rejectPublicSuffixes: true, prefixSecurity: 'silent', looseMode: true } as const

function jarOf(text: string): CookieJar | null {
  try {
    return CookieJar.deserializeSync(text)
  } catch {
    return null
  }
}

function pairs(given: readonly (readonly [name: string, value: string])[]): Pair[] {
  return given.map(([name, value]) => ({ name, text: `${name}=${value}` }))
}

interface Pair {
  readonly name: string
  /** As it is sent. */
  readonly text: string
}

/** The parts of a field that the user wrote; each goes out as it is. */
function pairsOf(field: string): Pair[] {
  const parts = field.split(';').map((part) => part.trim())
  return parts.flatMap((text) => (text === '' ? [] : [{ name: (text.split('=', 1)[0] ?? '').trim(), text }]))
}
