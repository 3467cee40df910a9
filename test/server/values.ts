import type { DigestField } from './behaviours/digests'
import type { Rule } from './plan'
import type { RequestRecord } from './record'

export interface Credentials {
  readonly user: string
  readonly password: string
}
export interface DigestCredentials extends Credentials {
  /** Default SHA-256. */
  readonly algorithm?: 'MD5' | 'SHA-256'
  readonly realm?: string
  /** A nonce is refused as stale after so many uses; default never. */
  readonly nonceUses?: number
}
export interface StatusAnswer {
  readonly code: number
  readonly headers?: Readonly<Record<string, string | Uint8Array>>
  readonly body?: string | Uint8Array
}
export interface Redirect {
  /** Where the chain ends; without it at the file itself. A relative reference is sent as it is. */
  readonly to?: string | ((request: RequestRecord) => string)
  /** Redirects in all; default 1. The steps before the last lead back to the same path with `?hop=n`. */
  readonly hops?: number
  /** Default 302. */
  readonly status?: number
  /** Whether steps to the same path are sent as `/path` (default) or with scheme and host. */
  readonly absolute?: boolean
}
export interface Cut {
  /** Body bytes of this answer before the cut. */
  readonly after: number
  /** Default `fin`. */
  readonly how?: 'fin' | 'rst'
}
export interface Limit {
  /** So many answers at a time are fine. */
  readonly limit: number
  /** What the next one gets; default 503. */
  readonly answer?: 429 | 503 | 'rst' | 'close'
  /** Seconds for Retry-After. */
  readonly retryAfter?: number
  /** What is counted: answers of this file (default) or of the whole server. */
  readonly per?: 'file' | 'server'
}
export type ContentRangeFault =
  | 'missing'
  | 'malformed'
  /** `multipart/byteranges` with the one part inside. */
  | 'multipart'
  /** Two equal Content-Range headers. */
  | 'duplicate'
  /** Two different ones. */
  | 'conflicting'
  /** The header says something else than the body is. */
  | { readonly shift?: number; readonly end?: number; readonly total?: number | '*' }

/** The value of each option. An absent option changes nothing. */
export interface Values {
  // --- instead of the file
  maxConnections: Limit
  /** A request without this header (and value, when given) gets 403. */
  requiredHeader: { readonly name: string; readonly value?: string }
  basicAuth: Credentials
  digestAuth: DigestCredentials
  redirect: Redirect
  status: StatusAnswer | number
  /** Accepts the request and never answers. */
  silent: boolean
  /** Closes or resets the connection in place of an answer. */
  refuse: 'rst' | 'fin'
  /** These bytes in place of an HTTP answer; `true` for an SSH banner. */
  notHttp: true | string | Uint8Array

  // --- ranges and validators
  /**
   * `true` (default) RFC 9110; `false` Range is ignored and nothing said about it; `'none'` the same with
   * `Accept-Ranges: none`; `'ignore-nonzero'` 206 for `bytes=0-`, 200 for every other; `'unannounced'` works but is
   * not announced with Accept-Ranges; `'refuse'` 416 for every range.
   */
  ranges: boolean | 'none' | 'ignore-nonzero' | 'unannounced' | 'refuse'
  /** 206 answers end after so many bytes at the latest, and say so. */
  maxRange: number
  /** What a range of an empty file gets; default 416. */
  emptyRange: 200 | 416
  /** False: If-Range and If-Match are not looked at. */
  conditions: boolean
  /** `'strong'` (default) and `'weak'` follow the content; `'none'`; anything else is sent as it is. */
  etag: 'strong' | 'weak' | 'none' | `"${string}"` | `W/"${string}"`
  /** `null`: not sent. Default: a fixed day in 2026, one second later after each `change`. */
  lastModified: Date | string | null
  /** `null`: not sent. Default: now. */
  date: Date | string | null

  /** One byte of the content, at this offset, is not what it should be; digests and validators say nothing about it. */
  corrupt: { readonly at: number }

  /** Fields with the true digests of the content. */
  digests: readonly DigestField[]
  /** The same with digests of something else. */
  lyingDigests: readonly DigestField[]

  // --- head
  contentType: string | null
  /** A string goes out as UTF-8, bytes as they are. */
  contentDisposition: string | Uint8Array
  /** Further headers. */
  headers: Readonly<Record<string, string | Uint8Array | readonly string[]>>
  /** These headers are sent twice; `[name, other]` sends a second, different value. */
  duplicate: readonly (string | readonly [name: string, other: string])[]
  contentRange: ContentRangeFault
  /** The label, with really gzipped bytes for `gzip`, whatever was asked. */
  contentEncoding: string
  /** How the body's end is known; default `length`. */
  framing: 'length' | 'chunked' | 'close'
  /** Sent in place of the true Content-Length, each on its own line: `['5', '6']`, `'9007199254740993'`. */
  contentLength: string | readonly string[]
  /** Content-Length and Transfer-Encoding: chunked together. */
  lengthAndChunked: boolean
  /** So many bytes of further headers. */
  oversizedHeaders: number

  // --- body and time
  /** ms before the first byte of the answer. */
  delay: number
  /** ms between head and body. */
  delayBody: number
  /** Bytes per second and connection, smooth. */
  rate: number
  cut: Cut
  /** Nothing more after so many bytes, with the connection open, until `file.release()`. */
  stall: { readonly after: number }
  /** After so many bytes only `bytes` (1) every `every` (1000) ms. */
  drip: { readonly after: number; readonly bytes?: number; readonly every?: number }
  /** So many more bytes than the length that was sent. */
  extraBytes: number
  /** Chunked framing that breaks after so many bytes: a size that is none, or an end inside a chunk of the file's bytes. */
  badChunk: { readonly after: number; readonly how?: 'size' | 'truncated' }
}

export type Behaviours = {
  readonly [K in keyof Values]?: Values[K] | Rule<Values[K]> | readonly Rule<Values[K]>[]
}
