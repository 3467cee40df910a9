import { parseCookies } from './cookie-file'
import { Cookies } from './cookies'
import type { Credentials, Field, Session, Visit } from '../ports'
import { SessionAuth, type AuthVisit } from './session-auth'

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

  /**
   * @param url the download's own address
   * @param credentials what the user gave for it; a header `Authorization` stands above user name and password
   * @throws RequestFailure E_COOKIES
   */
  constructor(url: string, { user, password, headers, cookies, jar }: Credentials) {
    this.url = url
    this.#origin = new URL(url).origin
    this.#headers = headers.map(([name, value]) => [name.toLowerCase(), value])
    this.#cookies = new Cookies(this.#origin, parseCookies(cookies), jar ?? null)
    const own = this.#headers.some(([name]) => name === 'authorization')
    this.#auth = own || (user === '' && password === '') ? null : new SessionAuth({ user, password })
  }

  visit(url: URL): Visit {
    const home = url.origin === this.#origin
    const auth: AuthVisit | null = home && this.#auth !== null ? this.#auth.visit(url) : null
    return {
      fields: () => this.#fields(url, home, auth?.authorization() ?? null),
      answered: (status, headers) => {
        this.#cookies.heard(url, headers['set-cookie'])
        return auth?.again(status, headers['www-authenticate']) ?? false
      },
    }
  }

  ranges(remote: string): string {
    return remote
  }

  jar(): string | null {
    return this.#cookies.text()
  }

  #fields(url: URL, home: boolean, authorization: string | null): Field[] {
    const sent = this.#headers.filter(([name]) => name !== 'cookie' && (home || name === 'user-agent'))
    const written = this.#headers.filter(([name]) => name === 'cookie').map(([, value]) => value)
    const cookie = this.#cookies.header(url, written.join('; '))
    return [
      ...sent,
      ...(authorization === null ? [] : [['authorization', authorization] as const]),
      ...(cookie === null ? [] : [['cookie', cookie] as const]),
    ]
  }
}
