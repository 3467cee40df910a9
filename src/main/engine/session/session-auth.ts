import {
  basicAuthorization,
  chooseScheme,
  digestAuthorization,
  newCnonce,
  type DigestScheme,
  type Login,
  type Scheme,
} from './auth'
import type { HeaderValue } from '../http/headers'

/** A nonce in use: its count belongs to all connections of the download together. */
interface Nonce {
  readonly scheme: DigestScheme
  readonly cnonce: string
  count: number
}

/** What was agreed with the server. */
type Agreed = { readonly kind: 'basic'; readonly realm: string } | ({ readonly kind: 'digest' } & Nonce)

/** Answers in a row that one request may need: one for each realm or each nonce that was over. */
const maxRounds = 5

/**
 * How one download logs in at the one origin that its user name and password are for.
 *
 * Policy: nothing is sent until the server asks (401), so the password itself never goes to a server that would have
 * taken a digest. What was agreed is remembered for the download's life: ranges and resumes need no second round trip,
 * and parallel connections share the nonce and its count (RFC 7616 §3.4; no two requests get the same count). A server
 * that hides what needs a login behind 403 or 404 gets Basic unasked, once, and over TLS only.
 */
export class SessionAuth {
  readonly #login: Login
  #agreed: Agreed | null = null
  /** Once a digest was good enough for this server, nobody gets the password itself in its name. */
  #digestOnly = false

  constructor(login: Login) {
    this.#login = login
  }

  /** @param url a place of the origin that the login is for */
  visit(url: URL): AuthVisit {
    return new Visit(this, url)
  }

  /** @internal */
  get agreed(): Agreed | null {
    return this.#agreed
  }

  /** @internal The latest agreement counts for every connection. @returns `null` for Basic after Digest */
  agree(scheme: Scheme): Agreed | null {
    if (scheme.kind === 'digest') this.#digestOnly = true
    else if (this.#digestOnly) return null
    // Another connection may have got the same challenge, or has moved on to this nonce already.
    const known = this.#agreed
    if (known?.kind === 'digest' && scheme.kind === 'digest' && known.scheme.nonce === scheme.nonce) return known
    const agreed: Agreed = scheme.kind === 'basic' ? scheme : { kind: 'digest', scheme, cnonce: newCnonce(), count: 0 }
    this.#agreed = agreed
    return agreed
  }

  /** @internal Forgets what a server refused; the next request begins without. */
  refused(agreed: Agreed): void {
    if (this.#agreed === agreed) this.#agreed = null
  }

  /** @internal */
  authorization(agreed: Agreed, url: URL): string | null {
    if (agreed.kind === 'basic') return basicAuthorization(this.#login)
    const { scheme, cnonce } = agreed
    const uri = url.pathname + url.search
    // Counted at once, before anybody else can run: nc never repeats.
    return digestAuthorization(scheme, this.#login, { method: 'GET', uri, cnonce, count: ++agreed.count })
  }
}

/** One request, with as many rounds as its login takes. */
export interface AuthVisit {
  /** Value of Authorization for the next round, or `null` to send none. */
  authorization(): string | null
  /** @returns true when the answer asks for another round */
  again(status: number, challenge: HeaderValue): boolean
}

class Visit implements AuthVisit {
  readonly #auth: SessionAuth
  readonly #url: URL
  /** What the last round used. */
  #used: Agreed | null = null
  /** True when that was agreed in this visit: then a refusal is the server's last word. */
  #fresh = false
  /** Realms whose login failed or is being tried. */
  readonly #tried = new Set<string>()
  #rounds = 0

  constructor(auth: SessionAuth, url: URL) {
    this.#auth = auth
    this.#url = url
    this.#used = auth.agreed
  }

  authorization(): string | null {
    return this.#used === null ? null : this.#auth.authorization(this.#used, this.#url)
  }

  again(status: number, challenge: HeaderValue): boolean {
    if (status === 401) return this.#answer(chooseScheme(challenge))
    if (status !== 403 && status !== 404) return false
    if (this.#used === null) return this.#url.protocol === 'https:' && this.#use({ kind: 'basic', realm: '' })
    if (this.#fresh) this.#auth.refused(this.#used)
    return false
  }

  #answer(scheme: Scheme | null): boolean {
    const used = this.#used
    if (used !== null && !this.#worthAnother(used, scheme)) {
      this.#auth.refused(used)
      return false
    }
    return scheme !== null && this.#use(scheme)
  }

  /** Whether a refusal of what was sent means something else than a wrong password. */
  #worthAnother(used: Agreed, scheme: Scheme | null): boolean {
    if (scheme === null) return false
    // RFC 7616 §3.3: the same answer with the new nonce will do.
    if (scheme.kind === 'digest' && scheme.stale) return used.kind !== 'digest' || used.scheme.nonce !== scheme.nonce
    // It was right before: perhaps this nonce ended without a word, or this place belongs to another realm.
    return !this.#fresh || !this.#tried.has(keyOf(scheme))
  }

  #use(scheme: Scheme): boolean {
    const agreed = ++this.#rounds > maxRounds ? null : this.#auth.agree(scheme)
    if (agreed === null) return false
    this.#tried.add(keyOf(scheme))
    this.#used = agreed
    this.#fresh = true
    return true
  }
}

function keyOf(scheme: Scheme): string {
  return JSON.stringify([scheme.kind, scheme.realm])
}
