import { isIP } from 'node:net'
import { Cookie, CookieJar } from 'tough-cookie'
import type { FileCookie } from './cookie-file'

export interface Pair {
  readonly name: string
  /** As it is sent. */
  readonly text: string
}

const rules = { rejectPublicSuffixes: true, prefixSecurity: 'silent', looseMode: true } as const

/** Cookies by the rules of RFC 6265. Loaded by `cookies` when there is one. */
export class Jar {
  #jar = new CookieJar(undefined, rules)

  /** Cookies that go to an address (§5.4), in their order. */
  cookies(url: URL): Pair[] {
    return this.#jar.getCookiesSync(url.href).map((cookie) => ({ name: cookie.key, text: cookie.cookieString() }))
  }

  /** @returns whether the rules allow it (§5.3) */
  set(line: string, url: URL): boolean {
    return this.#jar.setCookieSync(line, url.href, { ignoreError: true }) !== undefined
  }

  put({ domain, includeSubdomains, path, secure, httpOnly, expires, name, value }: FileCookie): void {
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

  text(): string {
    return JSON.stringify(this.#jar.serializeSync())
  }

  /** Takes what `text` gave; what cannot be read counts as empty. */
  restore(text: string): void {
    try {
      this.#jar = CookieJar.deserializeSync(text)
    } catch {
      // Servers set them anew.
    }
  }
}
