import { failure, type DownloadFailure } from '../../../shared/errors'
import { digestsFromHeaders } from '../integrity/digest-headers'
import {
  parseContentLength,
  parseContentRange,
  parseHttpDate,
  parseRetryAfter,
  repeatedField,
  singleValue,
  strongValidator,
  type Headers,
} from './headers'
import type { Remote } from '../ports'

/** The head of an answer; `url` is where redirects ended. */
interface Head {
  readonly status: number
  readonly headers: Headers
  readonly url: string
  readonly publicOnly?: boolean
}

/** Longest wait that a server may impose before the user is asked, in ms. */
const longestWait = 60 * 60 * 1000
const worthAnotherTry = new Set([408, 425, 429, 500, 502, 503, 504, 509])

/**
 * Judges the first answer of a generation, asked with `Range: bytes=0-` (RFC 9110 §14.2).
 * 206 from byte 0 means that ranges work; 200 that there is one stream; 416 with `bytes *\/0` that the file is empty.
 * @param now ms since the epoch, to read Retry-After dates of answers without a Date
 * @throws DownloadFailure RANGE, PROTO, ENCODING, SIZE, HTTP_n, RETRY_LATER
 */
export function judgeProbe(head: Head, now: number): Remote {
  const { status, headers } = head
  const place = { url: head.url, publicOnly: head.publicOnly }
  refuseRepeated(headers)
  const emptyRange = status === 416 ? parseContentRange(headers['content-range']) : null
  if (emptyRange?.kind === 'unsatisfied' && emptyRange.total === 0) {
    return { ...place, total: 0, validator: null, ranges: false, contentType: null, digests: [] }
  }
  if (status !== 200 && status !== 206) throw statusFailure(head, now)
  refuseCoding(headers)
  const contentType = singleValue(headers['content-type'])
  const validator = strongValidator(headers, now)
  const digests = digestsFromHeaders(head)
  const date = parseHttpDate(singleValue(headers['last-modified']) ?? '', now)
  const modified = date !== null && date > 0 && date <= now ? date : undefined
  if (status === 200) {
    return { ...place, total: contentLength(headers), validator, ranges: false, contentType, modified, digests }
  }
  const range = contentRange(headers)
  if (range.start !== 0) throw failure('RANGE', 'no', `asked from byte 0, got from ${range.start}`)
  if (range.total === null) throw failure('RANGE', 'no', 'a range without the length of the whole')
  return { ...place, total: range.total, validator, ranges: true, contentType, modified, digests }
}

/**
 * Judges the answer to a range before its first byte may be written: status, exact start, total, validator and coding
 * (RFC 9110 §14.4, §15.3.7).
 * @param expected what the generation knows of the file
 * @param start first byte that was asked for
 * @param end exclusive end that was asked for
 * @param now ms since the epoch
 * @throws DownloadFailure CHANGED (restart), RANGE, PROTO, ENCODING, HTTP_n, RETRY_LATER
 */
export function judgeRange(head: Head, expected: Remote, start: number, end: number, now: number): void {
  const { status, headers } = head
  refuseRepeated(headers)
  if (status === 412) throw failure('CHANGED', 'restart', 'the server says that the file is another one (412)')
  if (status === 416) {
    const answer = parseContentRange(headers['content-range'])
    const total = answer?.kind === 'unsatisfied' ? answer.total : null
    throw failure(
      'CHANGED',
      'restart',
      `the file ends before byte ${start}: its length is ${total ?? 'not told'} (416)`,
    )
  }
  if (status === 200) throw wholeInstead(headers, expected, now)
  if (status !== 206) throw statusFailure(head, now)
  refuseCoding(headers)
  const range = contentRange(headers)
  if (range.total !== null && range.total !== expected.total) {
    throw failure('CHANGED', 'restart', `the file had ${expected.total} bytes and now has ${range.total}`)
  }
  if (range.start !== start || range.end >= end) {
    throw failure('RANGE', 'no', `asked for ${start}-${end - 1}, got ${range.start}-${range.end}`)
  }
  const validator = expected.validator
  if (validator?.kind === 'etag' && singleValue(headers['etag'])?.trim() !== validator.value) {
    throw failure(
      'CHANGED',
      'restart',
      `the ETag was ${validator.value} and is ${singleValue(headers['etag']) ?? 'missing'}`,
    )
  }
  // §15.3.7 lets a 206 to If-Range leave Last-Modified out; when it is there it must be the same.
  const modified = singleValue(headers['last-modified'])?.trim() ?? null
  if (validator?.kind === 'last-modified' && modified !== null && modified !== validator.value) {
    throw failure('CHANGED', 'restart', `Last-Modified was ${validator.value} and is ${modified}`)
  }
}

/**
 * Judges the answer to a range of a file that another address leads to; its validator is not known yet.
 * @returns what the address leads to
 * @throws DownloadFailure RANGE when it is not exactly that range; HTTP_n, PROTO, ENCODING
 */
export function judgeLink(head: Head, start: number, end: number, now: number): Remote {
  const { status, headers } = head
  const place = { url: head.url, publicOnly: head.publicOnly }
  refuseRepeated(headers)
  if (status === 200 || status === 416) throw failure('RANGE', 'no', `status ${status} to a range`)
  if (status !== 206) throw statusFailure(head, now)
  refuseCoding(headers)
  const range = contentRange(headers)
  if (range.start !== start || range.end !== end - 1 || range.total === null) {
    throw failure('RANGE', 'no', `asked for ${start}-${end - 1}, got ${range.start}-${range.end}/${range.total ?? '*'}`)
  }
  const contentType = singleValue(headers['content-type'])
  return { ...place, total: range.total, validator: strongValidator(headers, now), ranges: true, contentType }
}

/** 200 to a range: If-Range did not match, or ranges do not work, or it is not the file at all. */
function wholeInstead(headers: Headers, expected: Remote, now: number): DownloadFailure {
  const type = singleValue(headers['content-type'])
  if (isHtml(type) && !isHtml(expected.contentType)) {
    return failure('CHANGED', 'no', 'a web page came where the file was; perhaps a login is needed', { page: true })
  }
  const found = strongValidator(headers, now)
  const same = found !== null && found.kind === expected.validator?.kind && found.value === expected.validator.value
  return same
    ? failure('RANGE', 'restart', 'the server answered a range with the whole file')
    : failure('CHANGED', 'restart', 'the server sent the whole of another version')
}

function statusFailure(head: Head, now: number): DownloadFailure {
  const { status, headers } = head
  // RFC 6585 §6: the network wants a login; never the server itself.
  if (status === 511) return failure('PORTAL', 'no', 'status 511, the network wants a login', { page: true })
  const code = `HTTP_${status}` as const
  if (!worthAnotherTry.has(status)) return failure(code, 'no', `status ${status}`)
  // A date to come back is one of the server's clock, which need not be ours (fault 63).
  const sent = parseHttpDate(singleValue(headers['date']) ?? '', now)
  const wait = parseRetryAfter(headers['retry-after'], sent ?? now)
  if (wait === null) return failure(code, 'later', `status ${status}`)
  if (wait > longestWait) {
    return failure('RETRY_LATER', 'no', `status ${status}, Retry-After ${Math.round(wait / 1000)} s`, {
      retryAfter: wait,
    })
  }
  return failure(code, 'later', `status ${status}, Retry-After ${Math.round(wait / 1000)} s`, { retryAfter: wait })
}

/** RFC 9110 §5.3: of two answers to the question which bytes these are, none can be trusted (fault 7). */
function refuseRepeated(headers: Headers): void {
  const repeated = repeatedField(headers)
  if (repeated !== null) throw failure('PROTO', 'no', `the header ${repeated} came twice`)
}

/** Offsets count coded bytes: a coding that we refused in Accept-Encoding would make them wrong (fault 21). */
function refuseCoding(headers: Headers): void {
  const coding = singleValue(headers['content-encoding'])?.trim().toLowerCase() ?? ''
  if (coding !== '' && coding !== 'identity') throw failure('ENCODING', 'no', `Content-Encoding: ${coding}`)
}

function contentRange(headers: Headers): { start: number; end: number; total: number | null } {
  if (/^multipart\/byteranges/i.test(singleValue(headers['content-type']) ?? '')) {
    throw failure('RANGE', 'no', 'multipart/byteranges to a single range')
  }
  const value = headers['content-range']
  const range = parseContentRange(value)
  if (range?.kind === 'too-large') throw tooLarge()
  if (range?.kind !== 'range') throw failure('RANGE', 'no', `Content-Range: ${singleValue(value) ?? 'missing'}`)
  return range
}

function contentLength(headers: Headers): number | null {
  const length = parseContentLength(headers['content-length'])
  if (length === 'too-large') throw tooLarge()
  if (length === 'invalid') throw failure('PROTO', 'no', 'Content-Length is not one number')
  return length
}

function tooLarge(): DownloadFailure {
  return failure('SIZE', 'no', 'longer than 2^53 - 1 bytes')
}

/** Whether a type is that of a web page. */
export function isHtml(contentType: string | null): boolean {
  return contentType !== null && /^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType)
}
