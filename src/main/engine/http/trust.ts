import { X509Certificate } from 'node:crypto'
import * as tls from 'node:tls'

/** What a user adds to TLS. PEM unless it says otherwise. */
export interface TlsFiles {
  /** Authorities to trust beside those of the system. */
  readonly ca: readonly string[]
  /** Proves to a server who we are. */
  readonly identity: Identity | null
}

export type Identity =
  | {
      readonly kind: 'pem'
      readonly certificate: string
      readonly key: string
      readonly passphrase?: string | undefined
    }
  | { readonly kind: 'pkcs12'; readonly bytes: Uint8Array; readonly passphrase?: string | undefined }

export interface Trust {
  /**
   * The context for a connection, made once and shared: reading some hundred authorities costs tens of milliseconds.
   * @param identified with the client certificate, where there is one
   */
  context(identified: boolean): Promise<tls.SecureContext>
}

export const noTlsFiles: TlsFiles = { ca: [], identity: null }

/**
 * Whom to trust: Node's own list, the system's (company authorities are there, from Node 22.15 on), what
 * NODE_EXTRA_CA_CERTS names, and the user's. There is no way to trust everybody.
 * @param files asked for every connection, so that a change counts for new connections at once
 */
export function createTrust(files: () => TlsFiles | Promise<TlsFiles>): Trust {
  let made: { files: TlsFiles; plain?: tls.SecureContext; identified?: tls.SecureContext } | null = null
  return {
    async context(identified) {
      const current = await files()
      if (made?.files !== current) made = { files: current }
      const { identity } = current
      if (!identified || identity === null) return (made.plain ??= createContext(current.ca, null))
      return (made.identified ??= createContext(current.ca, identity))
    },
  }
}

function createContext(ca: readonly string[], identity: Identity | null): tls.SecureContext {
  return tls.createSecureContext({
    ca: [...new Set([...systemAuthorities(), ...ca])],
    ...(identity === null ? {} : identityOptions(identity)),
  })
}

function identityOptions(identity: Identity): tls.SecureContextOptions {
  const { passphrase } = identity
  const locked = passphrase === undefined ? {} : { passphrase }
  if (identity.kind === 'pkcs12') return { pfx: Buffer.from(identity.bytes), ...locked }
  return { cert: identity.certificate, key: identity.key, ...locked }
}

/**
 * Fails here and not at the first server.
 * @throws Error OpenSSL's words for what is wrong: no certificate, a key of another one, a password that is missing
 */
export function checkIdentity(identity: Identity): void {
  tls.createSecureContext(identityOptions(identity))
}

/**
 * The certificates of a PEM file (RFC 7468 §5).
 * @throws Error when there is none, or one is damaged
 */
export function certificatesIn(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (found.length === 0) throw new Error('there is no certificate in it')
  for (const pem of found) new X509Certificate(pem)
  return found
}

let systems: readonly string[] | null = null

function systemAuthorities(): readonly string[] {
  return (systems ??= readSystemAuthorities())
}

function readSystemAuthorities(): readonly string[] {
  // Missing before Node 22.15, and so in the Electron that stands in when the right one cannot be had.
  const read = (tls as { getCACertificates?: (kind: 'default' | 'system') => string[] }).getCACertificates
  if (!read) return tls.rootCertificates
  const lists = (['default', 'system'] as const).map((kind) => {
    try {
      return read(kind)
    } catch {
      return [] // a store that cannot be read makes nobody trusted
    }
  })
  return [...new Set([...tls.rootCertificates, ...lists.flat()])]
}
