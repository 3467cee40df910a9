import type { Checksum, ChecksumAlgorithm } from '../../../shared/verification'
import { parseContentRange, singleValue, type Headers, type HeaderValue } from '../http/headers'
import { crcHex } from './crc'
import { algorithmNamed, checksumOf, hexLengths } from './digest'
import { consistent } from './expected'

/** The head of the answer that began the download. */
interface Head {
  readonly status: number
  readonly headers: Headers
  /** Where redirects ended. */
  readonly url: string
}

/**
 * What an answer's own fields say about the bytes of the whole file. Pure; a field that is malformed, of an algorithm that
 * is not known, or in contradiction to another one says nothing.
 *
 * - `Repr-Digest` (RFC 9530 §3) and `Digest` (RFC 3230 §4.3.2) speak of the whole representation, in a 206 too.
 * - `Content-Digest` (RFC 9530 §2) and `Content-MD5` (RFC 1864) speak of this answer's content: they count when that is
 *   the whole, as in a 200 or the 206 to `bytes=0-`.
 * - `x-goog-hash` speaks of the stored object: not of what was decompressed on the way.
 * - `x-amz-checksum-*`: `…-N` and the type COMPOSITE are checksums of checksums of parts, and say nothing here.
 * - `x-oss-hash-crc64ecma` speaks of the whole object, decimal.
 * - An ETag only where {@link etagIsMd5} says so.
 * @returns one checksum an algorithm
 */
export function digestsFromHeaders(head: Head): Checksum[] {
  const { headers } = head
  const found = [...structured(headers['repr-digest']), ...instanceDigests(headers['digest']), ...ossCrc(headers)]
  if (contentIsWhole(head)) {
    found.push(...structured(headers['content-digest']))
    found.push(...ofBase64('md5', singleValue(headers['content-md5'])))
    found.push(...amazon(headers))
  }
  found.push(...google(headers))
  if (etagIsMd5(head)) found.push(...ofHex('md5', singleValue(headers['etag'])?.trim().slice(1, -1)))
  return consistent(found)
}

function contentIsWhole({ status, headers }: Head): boolean {
  if (status === 200) return true
  const range = status === 206 ? parseContentRange(headers['content-range']) : null
  return range?.kind === 'range' && range.start === 0 && range.end + 1 === range.total
}

/**
 * Amazon S3 promises an MD5 in the ETag of objects that were put in one piece and are not encrypted with a key of KMS or
 * of the customer ("Object", S3 API reference). Others who speak its language do not, and directory buckets neither: so the
 * answer must come from S3, and every sign to the contrary counts.
 */
function etagIsMd5({ headers, url }: Head): boolean {
  if (singleValue(headers['server']) !== 'AmazonS3' || headers['x-amz-request-id'] === undefined) return false
  if (/\.s3express-/i.test(new URL(url).hostname)) return false
  if (headers['x-amz-mp-parts-count'] !== undefined) return false
  if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined) return false
  const encryption = headers['x-amz-server-side-encryption']
  if (encryption !== undefined && singleValue(encryption) !== 'AES256') return false
  return /^"[0-9a-f]{32}"$/.test(singleValue(headers['etag'])?.trim() ?? '')
}

/** RFC 8941 §3.2: a dictionary whose values are byte sequences; parameters after a value are allowed and say nothing. */
function structured(value: HeaderValue): Checksum[] {
  return members(value).flatMap((member) => {
    const match = /^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):\s*(?:;.*)?$/.exec(member)
    return match ? ofBase64(rfc9530Name(match[1]!), match[2]) : []
  })
}

/** IANA's registry of RFC 9530: `sha` is SHA-1; unixsum, unixcksum and adler prove next to nothing. */
function rfc9530Name(key: string): ChecksumAlgorithm | null {
  return ['sha-256', 'sha-512', 'md5', 'sha', 'crc32c'].includes(key) ? algorithmNamed(key) : null
}

/** RFC 3230: `SHA-256=base64,md5=base64`; `id-` (RFC 5843) is the same of the identity coding, the only one we take. */
function instanceDigests(value: HeaderValue): Checksum[] {
  return members(value).flatMap((member) => {
    const at = member.indexOf('=')
    const name = member.slice(0, at).trim().toLowerCase().replace(/^id-/, '')
    return at > 0 ? ofBase64(rfc9530Name(name), member.slice(at + 1).trim()) : []
  })
}

function google(headers: Headers): Checksum[] {
  const stored = singleValue(headers['x-goog-stored-content-encoding'])?.trim().toLowerCase() ?? 'identity'
  if (stored !== 'identity') return []
  return members(headers['x-goog-hash']).flatMap((member) => {
    const at = member.indexOf('=')
    const name = member.slice(0, at).trim()
    return name === 'crc32c' || name === 'md5' ? ofBase64(name, member.slice(at + 1).trim()) : []
  })
}

function amazon(headers: Headers): Checksum[] {
  if (singleValue(headers['x-amz-checksum-type'])?.trim().toUpperCase() === 'COMPOSITE') return []
  return (['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const).flatMap((name) =>
    ofBase64(algorithmNamed(name), singleValue(headers[`x-amz-checksum-${name}`])),
  )
}

function ossCrc(headers: Headers): Checksum[] {
  const text = singleValue(headers['x-oss-hash-crc64ecma'])?.trim() ?? ''
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : null
  return value === null || value >= 1n << 64n ? [] : [{ algorithm: 'crc64xz', hex: crcHex('crc64xz', value) }]
}

function members(value: HeaderValue): string[] {
  const lines = value === undefined ? [] : typeof value === 'string' ? [value] : value
  return lines.flatMap((line) => line.split(',')).map((member) => member.trim())
}

/** Exactly the algorithm's bytes, in canonical base64 (RFC 4648 §4). */
function ofBase64(algorithm: ChecksumAlgorithm | null, text: string | null | undefined): Checksum[] {
  if (algorithm === null || text === null || text === undefined) return []
  const bytes = Buffer.from(text.trim(), 'base64')
  if (bytes.length * 2 !== hexLengths[algorithm] || bytes.toString('base64') !== text.trim()) return []
  return [{ algorithm, hex: bytes.toString('hex') }]
}

function ofHex(algorithm: ChecksumAlgorithm, text: string | undefined): Checksum[] {
  const checksum = text === undefined ? null : checksumOf(algorithm, text)
  return checksum ? [checksum] : []
}
