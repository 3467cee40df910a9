import { decode, decodeQuery, encodePath, encodeQuery, type Query } from './percent'

export type CloudKind = 'oss' | 's3'

/** One object of a bucket, or with a key that is empty or ends in `/` all that begin with it. */
export interface ObjectAddress {
  readonly kind: CloudKind
  readonly bucket: string
  /** Not encoded. */
  readonly key: string
  /** Parameters of the request: `versionId`, `x-oss-process`, `response-…`. */
  readonly query: Query
}

/** Only these can be meant; any other `?` belongs to the key. */
const parameter = /^(versionId|x-oss-[a-z0-9-]+|x-amz-[a-z0-9-]+|response-[a-z-]+)$/i

/** RFC 3986 has no word for buckets; these are the rules of OSS and S3 together. */
const bucketName = /^[a-z0-9][a-z0-9._-]{1,253}[a-z0-9]$/i

/**
 * Reads `oss://bucket/key` and `s3://bucket/key`. The key may be written plainly (spaces, Japanese, `+`, `#`) or
 * percent-encoded; a `%` that would be read as an encoding is written `%25`.
 * @returns `null` when the text has another scheme; `'bad'` when no request can be made of it: a bucket that cannot be,
 *   or a key with `.` or `..` as a part, which no HTTP client sends as it is
 */
export function parseObjectAddress(text: string): ObjectAddress | 'bad' | null {
  const match = /^(oss|s3):\/\/([^/?#]*)(?:\/([^]*))?$/i.exec(text.trim())
  if (!match) return null
  const [, scheme = '', bucket = '', rest = ''] = match
  const { key: written, query } = splitQuery(rest)
  const key = decode(written)
  if (!bucketName.test(bucket) || key.split('/').some((part) => part === '.' || part === '..')) return 'bad'
  return { kind: scheme.toLowerCase() as CloudKind, bucket, key, query }
}

function splitQuery(rest: string): { key: string; query: Query } {
  const mark = rest.lastIndexOf('?')
  if (mark < 0) return { key: rest, query: [] }
  const query = decodeQuery(rest.slice(mark + 1))
  const meant = query.length > 0 && query.every(([name]) => parameter.test(name))
  return meant ? { key: rest.slice(0, mark), query } : { key: rest, query: [] }
}

/** The same address in one way of writing. */
export function formatObjectAddress({ kind, bucket, key, query }: ObjectAddress): string {
  const parameters = query.length === 0 ? '' : `?${encodeQuery(query)}`
  return `${kind}://${bucket}/${encodePath(key)}${parameters}`
}

/** Whether the address names many objects. */
export function isPrefix({ key }: Pick<ObjectAddress, 'key'>): boolean {
  return key === '' || key.endsWith('/')
}

/** Whether an address is a prefix of a cloud store, which stands for all objects below it. */
export function namesMany(address: string): boolean {
  const object = parseObjectAddress(address)
  return object !== null && object !== 'bad' && isPrefix(object)
}

/** What the host of a web address of the service tells, such as the console gives out. */
export interface StoreHost {
  readonly kind: CloudKind
  /** Host without the bucket. */
  readonly endpoint: string
  /** `null` where the first part of the path is the bucket. */
  readonly bucket: string | null
}

const hosts: readonly [CloudKind, RegExp][] = [
  ['oss', /^(?:(?<bucket>[a-z0-9-]+)\.)?(?<endpoint>oss-[a-z0-9-]+\.aliyuncs\.com)$/],
  ['s3', /^(?:(?<bucket>[a-z0-9.-]+)\.)?(?<endpoint>s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?)$/],
]

/** @returns `null` for a host that is not the service's own */
export function storeHost(hostname: string): StoreHost | null {
  for (const [kind, pattern] of hosts) {
    const groups = pattern.exec(hostname.toLowerCase())?.groups
    if (groups) return { kind, endpoint: groups['endpoint'] ?? '', bucket: groups['bucket'] ?? null }
  }
  return null
}

/** Whether a web address brings its own signature: then it is asked for exactly as it is. */
export function isPresigned(url: URL): boolean {
  const names = new Set([...url.searchParams.keys()].map((name) => name.toLowerCase()))
  return names.has('x-oss-signature') || names.has('x-amz-signature') || names.has('signature')
}
