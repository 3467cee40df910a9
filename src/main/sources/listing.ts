import type { CloudKind, ObjectAddress } from '../../shared/cloud-address'
import { encodeQuery } from '../../shared/percent'
import { failure } from '../../shared/errors'
import { childText, children, readXml } from './xml'

/** One object of a list. */
export interface Listed {
  readonly key: string
  /** Bytes. */
  readonly size: number
}

export interface Page {
  readonly objects: readonly Listed[]
  /** For the next page; `null` when this was the last. */
  readonly next: string | null
}

/**
 * The address of a page (ListObjectsV2 of OSS and S3): 1000 keys, encoded, because XML has no control characters.
 * @param object where its session asks for the object itself
 */
export function listUrl(object: URL, { kind, bucket, key }: ObjectAddress, token: string | null): string {
  const url = new URL(object)
  const inPath = decodeURIComponent(url.pathname).startsWith(`/${bucket}/`) && !url.hostname.startsWith(`${bucket}.`)
  // OSS signs `/bucket/`; the SDKs of S3 ask, and its kin verify, without the last slash.
  url.pathname = inPath ? (kind === 'oss' ? `/${bucket}/` : `/${bucket}`) : '/'
  url.search = encodeQuery([
    ['list-type', '2'],
    ['max-keys', '1000'],
    ['encoding-type', 'url'],
    ...(key === '' ? [] : [['prefix', key] as const]),
    ...(token === null ? [] : [['continuation-token', token] as const]),
    ...(kind === 'oss' ? [['fetch-owner', 'false'] as const] : []),
  ])
  return url.href
}

/**
 * Reads a page.
 * @throws DownloadFailure PROTO when it is none
 */
export async function readPage(body: Buffer, kind: CloudKind): Promise<Page> {
  const root = await readXml(body.toString('utf8'))
  if (root?.name !== 'ListBucketResult') throw failure('PROTO', 'no', 'the answer is no list of objects')
  const encoded = childText(root, 'EncodingType') === 'url'
  // S3 writes a space as +, OSS as %20; and S3 leaves its token as it is.
  const text = (value: string) =>
    encoded ? decodeURIComponent(kind === 's3' ? value.replaceAll('+', ' ') : value) : value
  const objects = children(root, 'Contents').map((entry): Listed => {
    const key = childText(entry, 'Key')
    const size = Number(childText(entry, 'Size') ?? NaN)
    if (key === null || !Number.isSafeInteger(size)) throw failure('PROTO', 'no', 'an object without key or size')
    return { key: text(key), size }
  })
  const token = childText(root, 'IsTruncated') === 'true' ? childText(root, 'NextContinuationToken') : null
  return { objects, next: token === null ? null : encoded && kind === 'oss' ? decodeURIComponent(token) : token }
}
