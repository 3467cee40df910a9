import { createHash, randomBytes } from 'node:crypto'
import { parseChallenges, type Challenge } from './auth-challenge'
import type { HeaderValue } from '../http/headers'

/** User name and password as the user gave them. */
export interface Login {
  readonly user: string
  readonly password: string
}

/** A way to answer a server's challenge; the strongest that it offered and we know. */
export type Scheme = { readonly kind: 'basic'; readonly realm: string } | DigestScheme

export interface DigestScheme {
  readonly kind: 'digest'
  readonly realm: string
  readonly algorithm: Algorithm
  /** As the server wrote it: it has to come back as it was; `null` when the server named none, which means MD5. */
  readonly algorithmText: string | null
  /** A1 holds the hash of name and password with nonce and cnonce (RFC 7616 §3.4.2). */
  readonly session: boolean
  readonly nonce: string
  readonly opaque: string | null
  /** `null` is RFC 2069's form: no nonce count. */
  readonly qop: 'auth' | 'auth-int' | null
  readonly userhash: boolean
  /** The password was right, only the nonce is over (RFC 7616 §3.3). */
  readonly stale: boolean
}

type Algorithm = 'sha512-256' | 'sha256' | 'md5'

/** Strongest first. SHA-512-256 is not in every build of the crypto library. */
const algorithms = (['sha512-256', 'sha256', 'md5'] as const).filter(isThere)

const algorithmNames: Readonly<Record<string, Algorithm>> = {
  md5: 'md5',
  'sha-256': 'sha256',
  'sha-512-256': 'sha512-256',
}

/**
 * Chooses how to answer a 401: Digest with the strongest hash (RFC 7616 §3.7 leaves the choice to the client's policy),
 * else Basic. The password itself never goes to a server that would have been content with a digest.
 * @param value the WWW-Authenticate field
 * @returns `null` when there is nothing that we can answer
 */
export function chooseScheme(value: HeaderValue): Scheme | null {
  const challenges = parseChallenges(value)
  const digests = challenges.flatMap((challenge) => digestScheme(challenge) ?? [])
  const strength = (scheme: DigestScheme) => algorithms.indexOf(scheme.algorithm)
  const best = digests.reduce<DigestScheme | null>(
    (chosen, next) => (chosen === null || strength(next) < strength(chosen) ? next : chosen),
    null,
  )
  if (best !== null) return best
  const basic = challenges.find(({ scheme }) => scheme === 'basic')
  return basic === undefined ? null : { kind: 'basic', realm: basic.params.get('realm') ?? '' }
}

/** RFC 7616 §3.3. @returns `null` for one that lacks what it needs, or wants an algorithm or a qop that we do not know */
function digestScheme({ scheme, params }: Challenge): DigestScheme | null {
  const [realm, nonce] = [params.get('realm'), params.get('nonce')]
  if (scheme !== 'digest' || realm === undefined || nonce === undefined) return null
  const algorithmText = params.get('algorithm') ?? null
  const [, base = '', sess] = /^(.*?)(-sess)?$/i.exec(algorithmText ?? 'MD5') ?? []
  const algorithm = algorithmNames[base.toLowerCase()]
  if (algorithm === undefined || !algorithms.includes(algorithm)) return null
  const offered = params
    .get('qop')
    ?.toLowerCase()
    .split(/[\s,]+/)
  const qop = offered === undefined ? null : (['auth', 'auth-int'] as const).find((q) => offered.includes(q))
  if (qop === undefined) return null
  return {
    kind: 'digest',
    realm,
    algorithm,
    algorithmText,
    session: sess !== undefined,
    nonce,
    opaque: params.get('opaque') ?? null,
    qop,
    userhash: params.get('userhash')?.toLowerCase() === 'true',
    stale: params.get('stale')?.toLowerCase() === 'true',
  }
}

/**
 * RFC 7617 §2 and §2.1: name and password as UTF-8 in base64.
 * @returns value of the Authorization field; `null` for a name with a colon, which Basic cannot say
 */
export function basicAuthorization({ user, password }: Login): string | null {
  if (user.includes(':')) return null
  return `Basic ${Buffer.from(`${user.normalize('NFC')}:${password.normalize('NFC')}`, 'utf8').toString('base64')}`
}

export interface DigestRequest {
  readonly method: string
  /** The request's target: path and query (RFC 7616 §3.4). */
  readonly uri: string
  /** How often this nonce was used, this request included. */
  readonly count: number
  /** Our own nonce. RFC 7616 §3.4.2 wants the one of the nonce's first request in A1 of a `-sess` algorithm. */
  readonly cnonce: string
}

/**
 * Computes the answer to a Digest challenge (RFC 7616 §3.4; without qop RFC 2069 §2.1.2).
 * Characters are bytes throughout: realm and nonce as they came, name and password as UTF-8 in NFC (§4).
 * @returns value of the Authorization field
 */
export function digestAuthorization(scheme: DigestScheme, { user, password }: Login, request: DigestRequest): string {
  const { realm, nonce, qop, opaque, algorithmText } = scheme
  const { method, uri, cnonce } = request
  const hash = (text: string) => createHash(scheme.algorithm).update(text, 'latin1').digest('hex')
  const name = bytesOf(user)
  const secret = hash(`${name}:${realm}:${bytesOf(password)}`)
  const a1 = scheme.session ? hash(`${secret}:${nonce}:${cnonce}`) : secret
  // auth-int adds the hash of the content (§3.4.3), and a GET has none.
  const a2 = hash(qop === 'auth-int' ? `${method}:${uri}:${hash('')}` : `${method}:${uri}`)
  const count = request.count.toString(16).padStart(8, '0')
  const response = hash(qop === null ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${count}:${cnonce}:${qop}:${a2}`)
  const parts = [
    scheme.userhash ? `username=${quote(hash(`${name}:${realm}`))}` : userName(user, name),
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
  ]
  if (algorithmText !== null) parts.push(`algorithm=${algorithmText}`)
  if (qop !== null) parts.push(`qop=${qop}`, `nc=${count}`)
  if (qop !== null || scheme.session) parts.push(`cnonce="${cnonce}"`)
  if (opaque !== null) parts.push(`opaque=${quote(opaque)}`)
  if (scheme.userhash) parts.push('userhash=true')
  return `Digest ${parts.join(', ')}`
}

function isThere(algorithm: Algorithm): boolean {
  try {
    createHash(algorithm)
    return true
  } catch {
    return false
  }
}

/** A cnonce that nobody can guess (RFC 7616 §3.4). */
export function newCnonce(): string {
  return randomBytes(16).toString('hex')
}

/** RFC 7616 §3.4: a name that a quoted string cannot hold goes as `username*` (RFC 8187). */
function userName(user: string, bytes: string): string {
  if (/^[\t\x20-\x7e]*$/.test(user)) return `username=${quote(bytes)}`
  const encoded = encodeURIComponent(user.normalize('NFC')).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `username*=UTF-8''${encoded}`
}

function bytesOf(text: string): string {
  return Buffer.from(text.normalize('NFC'), 'utf8').toString('latin1')
}

/** RFC 9110 §5.6.4. */
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
