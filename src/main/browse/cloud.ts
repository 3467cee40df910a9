import type { Account } from '../../shared/accounts'
import { parseObjectAddress, type ObjectAddress } from '../../shared/cloud-address'
import { failure, type DownloadError } from '../../shared/errors'
import type { Accounts, TypedSecret } from '../settings/accounts'
import type { HttpClient } from '../engine/http/http'
import { networkFailure } from '../engine/http/network-errors'
import type { OpenSession } from '../engine/ports'
import { nobody } from '../engine/session/session'
import { endpointOf } from '../sources/cloud-place'
import { CloudSession } from '../sources/cloud-session'
import { listUrl, readPage, type Page } from '../sources/listing'

export interface CloudParts {
  readonly accounts: Accounts
  readonly http: HttpClient
  readonly openSession: OpenSession
  /** ms since the epoch. */
  readonly now: () => number
}

/** Questions to a cloud store that are no downloads. */
export interface Cloud {
  /**
   * One page of the objects whose keys begin with an address's key.
   * @param token of the page before; `null` for the first
   * @throws DownloadFailure what the store says; RequestFailure E_URL
   */
  list(address: string, account: string | null, token: string | null, signal: AbortSignal): Promise<Page>
  /** Tries keys and endpoint. @returns `null` when they work. @throws RequestFailure E_ACCOUNT */
  test(account: Account, typed: TypedSecret): Promise<DownloadError | null>
}

/** ms for one answer. */
const patience = 60_000

export function createCloud({ accounts, http, openSession, now }: CloudParts): Cloud {
  return {
    async list(address, account, token, signal) {
      const object = objectOf(address)
      const session = await openSession(address, nobody, account)
      const url = listUrl(new URL(session.url), object, token)
      const wait = AbortSignal.any([signal, AbortSignal.timeout(patience)])
      const { status, body } = await http.call({ url, session, method: 'GET', body: null }, wait)
      if (status !== 200) throw failure(`HTTP_${status}`, 'no', `status ${status} to a list`)
      return await readPage(body, object.kind)
    },
    async test(account, typed) {
      const identity = await accounts.draft(account, typed)
      try {
        const { origin } = endpointOf(account)
        const session = new CloudSession({
          url: new URL(`${origin}/`),
          place: { origin, prefix: '', bucket: '' },
          identity: () => identity,
          headers: [],
          presigned: false,
          now,
        })
        const signal = AbortSignal.timeout(patience)
        const { status } = await http.call({ url: session.url, session, method: 'GET', body: null }, signal)
        return status < 400 ? null : failure(`HTTP_${status}`, 'no', `status ${status} to a list of buckets`).error
      } catch (error) {
        const { error: cause } = networkFailure(error)
        // Who may not list the buckets was recognised all the same.
        return cause.code === 'CLOUD_DENIED' ? null : cause
      }
    },
  }
}

function objectOf(address: string): ObjectAddress {
  const object = parseObjectAddress(address)
  if (object === null || object === 'bad') throw failure('SCHEME', 'no', `not a bucket: ${address}`)
  return object
}
