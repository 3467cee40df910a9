import { newAccount, type Account } from '../../shared/accounts'
import { isPresigned, parseObjectAddress, storeHost, type CloudKind } from '../../shared/cloud-address'
import { endpointOrigin } from '../../shared/accounts'
import { RequestFailure } from '../../shared/errors'
import { decode, encodeQuery } from '../../shared/percent'
import type { Credentials, OpenSession, Session } from '../engine/ports'
import { objectUrl, placeOf, type Place } from './cloud-place'
import { CloudSession, type Identity } from './cloud-session'

/** Finds whose keys sign. */
export interface Identities {
  /**
   * @param account its id; `null` takes what the kind of store suggests
   * @returns asked for every request, so that new keys count at once
   * @throws DownloadFailure CLOUD_ACCOUNT when there is no such account
   */
  identify(account: string | null, kind: CloudKind): Promise<() => Identity>
}

export interface SourceParts {
  readonly identities: Identities
  /** For addresses of plain web servers. */
  readonly web: (url: string, credentials: Credentials) => Promise<Session>
  /** ms since the epoch. */
  readonly now: () => number
}

/** Chooses the session for an address: of a cloud store where it is one, else of the web. */
export function createOpenSession({ identities, web, now }: SourceParts): OpenSession {
  return async (address, credentials, account) => {
    const headers = credentials.headers
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => name !== 'authorization' && name !== 'host')
    const object = parseObjectAddress(address)
    if (object === 'bad')
      throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: `not an object: ${address}` })
    if (object !== null) {
      const identity = await identities.identify(account, object.kind)
      const place = placeOf(identity().account, object.bucket)
      const url = objectUrl(place, object.key)
      url.search = encodeQuery(object.query)
      return new CloudSession({ url, place, identity, headers, presigned: false, now })
    }
    const url = new URL(address)
    const kind = storeKind(url)
    if (isPresigned(url) && kind !== null) {
      const place = { origin: url.origin, prefix: '', bucket: '' }
      return new CloudSession({ url, place, identity: () => guest(kind), headers, presigned: true, now })
    }
    if (account !== null) {
      const identity = await identities.identify(account, kind ?? 'oss')
      const found = placeIn(url, identity().account)
      if (found !== null) {
        const own = { ...identity().account, ...found.where }
        const here = () => ({ account: own, keys: identity().keys })
        return new CloudSession({ url, place: found.place, identity: here, headers, presigned: false, now })
      }
    }
    const plain = credentials.user === '' && credentials.password === '' && credentials.cookies === ''
    const host = storeHost(url.hostname)
    if (host === null || !plain) return web(address, credentials)
    const place = { origin: url.origin, prefix: '', bucket: host.bucket ?? '' }
    return new CloudSession({ url, place, identity: () => guest(host.kind), headers, presigned: false, now })
  }
}

/** Somebody without an account. */
function guest(kind: CloudKind): Identity {
  return { account: { ...newAccount, id: 'guest', name: 'guest', kind, keys: 'none' }, keys: null }
}

/** What kind of store an address belongs to, by its host or by the form of its signature. */
function storeKind(url: URL): CloudKind | null {
  const names = new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()))
  if (names.has('x-oss-signature') || names.has('ossaccesskeyid')) return 'oss'
  if (names.has('x-amz-signature') || names.has('awsaccesskeyid')) return 's3'
  return storeHost(url.hostname)?.kind ?? null
}

/** Where a web address is in the store of an account; `null` when it is elsewhere. */
function placeIn(url: URL, account: Account): { place: Place; where: Partial<Account> } | null {
  const [, first = ''] = url.pathname.split('/')
  const inPath = { origin: url.origin, prefix: `/${first}`, bucket: decode(first) }
  const host = storeHost(url.hostname)
  if (host?.kind === account.kind) {
    // The address says better than the account which region it is.
    const where = { endpoint: host.endpoint, region: '' }
    const { bucket } = host
    return { place: bucket === null ? inPath : { origin: url.origin, prefix: '', bucket }, where }
  }
  const endpoint = endpointOrigin(account.endpoint)
  if (endpoint === null) return null
  if (url.host === endpoint.host) return { place: inPath, where: {} }
  if (!url.host.endsWith(`.${endpoint.host}`)) return null
  const bucket = url.host.slice(0, -endpoint.host.length - 1)
  return { place: { origin: url.origin, prefix: '', bucket }, where: {} }
}
