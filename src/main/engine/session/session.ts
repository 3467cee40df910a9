import { parseCookies } from './cookie-file'
import { Cookies } from './cookies'
import type { Credentials, Field, Session, Visit } from '../ports'
import { SessionAuth, type AuthVisit } from './session-auth'

/** What rules say about who asks at an address. */
export type RulesFor = (url: URL) => Pick<Credentials, 'user' | 'password' | 'headers'> | null

/** Credentials of somebody who gave none. */
export const nobody: Credentials = { user: '', password: '', headers: [], cookies: '' }

export function isNobody({ user, password, headers, cookies }: Credentials): boolean {
  return user === '' && password === '' && headers.length === 0 && cookies === ''
}

/**
 * Who one download is to web servers: headers, login and cookies, and what servers said about them.
 *
 * Headers and login go to the origin they were given for and nowhere else, wherever a chain of redirects leads (fault
 * 72); only User-Agent goes everywhere. Cookies go by their own rules (RFC 6265 §5.4).
 */
export class WebSession implements Session {
  readonly condition = 'if-range'
  readonly coding = 'transfer'
  /** The address that the credentials were given for. */
  readonly url: string
  readonly #origin: string
  readonly #headers: readonly Field[]
  readonly #cookies: Cookies
  readonly #auth: SessionAuth | null
  readonly #rules: RulesFor
  /** Of rules: what servers asked for, by origin. */
  readonly #ruled = new Map<string, { readonly user: string; readonly password: string; readonly auth: SessionAuth }>()

  /**
   * @param url the download's own address
   * @param credentials what the user gave for it; a header `Authorization` stands above user name and password
   * @param rules what the user gave for all downloads from a host: asked at every request, for the address of that one
   *   alone, and below what he gave for this download
   * @throws RequestFailure E_COOKIES
   */
  static async open(url: string, credentials: Credentials, rules: RulesFor = () => null): Promise<WebSession> {
    const { cookies, jar } = credentials
    return new WebSession(url, credentials, rules, await Cookies.open(new URL(url).origin, parseCookies(cookies), jar))
  }

  private constructor(url: string, { user, password, headers }: Credentials, rules: RulesFor, cookies: Cookies) {
    this.#rules = rules
    this.url = url
    this.#origin = new URL(url).origin
    this.#headers = headers.map(([name, value]) => [name.toLowerCase(), value])
    this.#cookies = cookies
    const own = this.#headers.some(([name]) => name === 'authorization')
    this.#auth = own || (user === '' && password === '') ? null : new SessionAuth({ user, password })
  }

  visit(url: URL): Visit {
    const home = url.origin === this.#origin
    const rule = this.#rules(url)
    const own = home && (this.#auth !== null || this.#headers.some(([name]) => name === 'authorization'))
    const auth: AuthVisit | null = own ? (this.#auth?.visit(url) ?? null) : this.#ruledAuth(url, rule)
    return {
      fields: () => this.#fields(url, home, auth?.authorization() ?? null, rule?.headers ?? []),
      answered: async (status, headers) => {
        await this.#cookies.heard(url, headers['set-cookie'])
        return auth?.again(status, headers['www-authenticate']) ?? false
      },
    }
  }

  /** The login that a rule has for this origin. */
  #ruledAuth(url: URL, rule: ReturnType<RulesFor>): AuthVisit | null {
    if (rule === null || (rule.user === '' && rule.password === '')) return null
    if (rule.headers.some(([name]) => name.toLowerCase() === 'authorization')) return null
    const { user, password } = rule
    const known = this.#ruled.get(url.origin)
    if (known?.user === user && known.password === password) return known.auth.visit(url)
    const auth = new SessionAuth({ user, password })
    this.#ruled.set(url.origin, { user, password, auth })
    return auth.visit(url)
  }

  ranges(remote: string): string {
    return remote
  }

  jar(): string | null {
    return this.#cookies.text()
  }

  #fields(url: URL, home: boolean, authorization: string | null, ruled: readonly Field[]): Field[] {
    const sent = this.#headers.filter(([name]) => name !== 'cookie' && (home || name === 'user-agent'))
    const named = new Set(sent.map(([name]) => name))
    if (authorization !== null) named.add('authorization')
    const further = ruled
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name !== 'cookie' && !named.has(name))
    const written = this.#headers.filter(([name]) => name === 'cookie').map(([, value]) => value)
    const cookie = this.#cookies.header(url, written.join('; '))
    return [
      ...sent,
      ...further,
      ...(authorization === null ? [] : [['authorization', authorization] as const]),
      ...(cookie === null ? [] : [['cookie', cookie] as const]),
    ]
  }
}
