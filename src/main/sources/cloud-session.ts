import { regionOf, type Account, type Keys } from '../../shared/accounts'
import type { CloudKind } from '../../shared/cloud-address'
import { failure } from '../../shared/errors'
import { decode, decodeQuery, encodeQuery, type Query } from '../../shared/percent'
import type { Field, Sent, Session, Visit } from '../engine/ports'
import { meaning, one, readStoreError } from './cloud-errors'
import type { Place } from './cloud-place'
import { signOssV1 } from './sign/oss-v1'
import { ossV4, sigV4, signV4 } from './sign/v4'

type Headers = Parameters<Visit['answered']>[1]

/** An account and its keys as they are at this moment; `null` keys ask without signature. */
export interface Identity {
  readonly account: Account
  readonly keys: Keys | null
}

export interface CloudSessionOptions {
  /** The object, with the parameters of its request. */
  readonly url: URL
  readonly place: Place
  /** Asked for every request: keys may be replaced while a download runs. @throws DownloadFailure CLOUD_ACCOUNT */
  readonly identity: () => Identity
  /** The user's own headers; names in lower case. */
  readonly headers: readonly Field[]
  /** True for an address with a signature in it: nothing is added that it does not cover. */
  readonly presigned: boolean
  /** ms since the epoch. */
  readonly now: () => number
}

/** What every request of a kind of store says. */
const asking: Readonly<Record<CloudKind, readonly Field[]>> = {
  // Without it OSS answers a range that it cannot serve with 200 and the whole object.
  oss: [['x-oss-range-behavior', 'standard']],
  // Without it S3 keeps the checksums to itself that it has of an object (GetObject, S3 API reference).
  s3: [['x-amz-checksum-mode', 'ENABLED']],
}

/**
 * One object of a cloud store. Every request is signed anew. Its ranges carry If-Match, which OSS knows (If-Range it
 * does not), and the version where the bucket has versions, so that a newer upload cannot mix with what is there.
 */
export class CloudSession implements Session {
  readonly condition = 'if-match'
  readonly coding = 'stored'
  readonly url: string
  readonly #o: CloudSessionOptions
  /** ms to add to this computer's clock to get the service's. */
  #skew = 0

  constructor(options: CloudSessionOptions) {
    this.#o = options
    this.url = options.url.href
  }

  visit(url: URL, sent: Sent): Visit {
    const { place, headers, presigned } = this.#o
    // Where a redirect leads is none of the account's business.
    if (url.origin !== place.origin) return { fields: () => [], answered: () => false }
    let corrected = false
    return {
      fields: () => (presigned ? headers : this.#signed(url, sent)),
      answered: () => false,
      refused: async (status, answer, body) => {
        const error = await readStoreError(answer, body)
        if (error === null) return false
        if (error.code === 'RequestTimeTooSkewed' && !corrected && !presigned) {
          corrected = true
          return this.#learnClock(answer)
        }
        // How long to wait stands in the answer's head, and is read there.
        if (status >= 429 && answer['retry-after'] !== undefined) return false
        const failed = meaning(error, status, this.#o.identity().account.kind)
        if (failed !== null) throw failed
        return false
      },
      pinned: (answer) => this.#pinned(url, answer),
    }
  }

  ranges(remote: string): string {
    if (this.#o.presigned) return this.url
    const version = URL.canParse(remote) ? new URL(remote).searchParams.get('versionId') : null
    return version === null ? this.url : withVersion(this.#o.url, version)
  }

  /** Asks the store to thaw an archived object for a day (RestoreObject of OSS and S3). */
  restore(): { url: string; body: string } {
    const url = new URL(this.#o.url)
    const version = url.searchParams.get('versionId')
    const query: Query = [['restore', null], ...(version === null ? [] : [['versionId', version] as const])]
    url.search = encodeQuery(query)
    return { url: url.href, body: '<RestoreRequest><Days>1</Days></RestoreRequest>' }
  }

  #signed(url: URL, { method, fields }: Sent): Field[] {
    const { place, headers } = this.#o
    const { account, keys } = this.#o.identity()
    const own: readonly Field[] = [...asking[account.kind], ...headers]
    if (keys === null) return [...own]
    const path = decode(url.pathname)
    const named = account.kind === 'oss' && place.prefix === '' && place.bucket !== ''
    const resource = named ? `/${place.bucket}${path}` : path
    const type = fields['content-type']
    const covered: Field[] = [...own, ...(type === undefined ? [] : [['content-type', type] as const])]
    const signable = { method, resource, query: decodeQuery(url.search.slice(1)), headers: covered }
    const at = this.#o.now() + this.#skew
    if (account.kind === 's3') {
      const withHost: Field[] = [...covered, ['host', url.host]]
      const region = regionOf(account) || 'us-east-1'
      return [...own, ...signV4(sigV4, { ...signable, headers: withHost }, keys, region, at)]
    }
    if (account.signature === 'v1') return [...own, ...signOssV1(signable, keys, at)]
    const region = regionOf(account)
    if (region === '') throw failure('CLOUD_REGION', 'no', 'a version 4 signature names the region, which is not known')
    return [...own, ...signV4(ossV4, signable, keys, region, at)]
  }

  /** @returns false when the answer does not tell the time */
  #learnClock(answer: Headers): boolean {
    const date = Date.parse(one(answer['date']) ?? '')
    if (Number.isNaN(date)) return false
    this.#skew = date - this.#o.now()
    return true
  }

  #pinned(url: URL, answer: Headers): string {
    const version = one(answer['x-oss-version-id']) ?? one(answer['x-amz-version-id'])
    // The version "null" is that of a bucket without versions, and is overwritten like any other.
    if (version === null || version === 'null' || this.#o.presigned) return url.href
    return withVersion(url, version)
  }
}

function withVersion(url: URL, version: string): string {
  const query = decodeQuery(url.search.slice(1)).filter(([name]) => name !== 'versionId')
  const pinned = new URL(url)
  pinned.search = encodeQuery([...query, ['versionId', version]])
  return pinned.href
}
