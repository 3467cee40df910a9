import { formatObjectAddress, parseObjectAddress } from '../../shared/cloud-address'
import { RequestFailure } from '../../shared/errors'

/** What a user typed or pasted, taken apart. */
export interface Address {
  /** Normalised, without user name, password and fragment. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/**
 * Reads an address as a user writes it. User name and password are taken out of it, because addresses are shown and
 * stored as plain text (RFC 3986 §7.5).
 * @param text one address; surrounding space is ignored
 * @throws RequestFailure E_URL when it is not an absolute address, E_SCHEME when no source serves its scheme
 */
export function parseAddress(text: string): Address {
  const trimmed = text.trim()
  const object = parseObjectAddress(trimmed)
  if (object === 'bad') throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: `not an object: ${trimmed}` })
  if (object !== null) return { url: formatObjectAddress(object), user: '', password: '' }
  if (!URL.canParse(trimmed)) {
    throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: `not an address: ${withoutUser(trimmed)}` })
  }
  const url = new URL(trimmed)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new RequestFailure({ code: 'E_SCHEME', field: 'urls', detail: `${url.protocol} cannot be downloaded` })
  }
  const address = { user: decode(url.username), password: decode(url.password) }
  url.username = ''
  url.password = ''
  url.hash = ''
  return { url: url.href, ...address }
}

/**
 * Reads the address of a mirror.
 * @returns the address, normalised
 * @throws RequestFailure E_URL, E_SCHEME; E_MIRROR when it has a login: credentials belong to the download's own origin
 */
export function parseMirror(text: string): string {
  try {
    const { url, user, password } = parseAddress(text)
    if (user !== '' || password !== '') {
      throw new RequestFailure({ code: 'E_MIRROR', detail: `a mirror has no user name and password: ${url}` })
    }
    return url
  } catch (error) {
    if (error instanceof RequestFailure) throw new RequestFailure({ ...error.error, field: 'mirrors' })
    throw error
  }
}

/** What cannot be read may hold a password all the same. */
function withoutUser(text: string): string {
  return text.replace(/(:\/\/)[^/]*@/, '$1')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a lone % is what the user meant
  }
}
