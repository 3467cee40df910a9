import { RequestFailure } from '../../../shared/errors'

/**
 * Pure parsing and judging of HTTP header fields. Nothing here throws on what a server sends: each function has an
 * outcome for the malformed case, and the caller (http.ts) turns outcomes into error codes.
 */

/** As undici hands it over: lines with one name arrive as an array, characters are the bytes on the wire. */
export type HeaderValue = string | readonly string[] | undefined
/** Header fields by lower-case name. */
export type Headers = Readonly<Record<string, HeaderValue>>

/** The one value of a field that came on one line; null when it is absent or came on several. */
export function singleValue(value: HeaderValue): string | null {
  if (typeof value === 'string') return value
  return value?.length === 1 ? (value[0] ?? null) : null
}

/** Fields that decide which bytes are written where: two answers to such a question are none. */
const singletons = ['content-range', 'etag', 'last-modified', 'content-encoding', 'content-type', 'location'] as const

/**
 * RFC 9110 §5.3: a field that is no list must not come twice; a client cannot know which line is true.
 * Content-Length is left to {@link parseContentLength}, which knows the one case that is allowed.
 * @param headers the answer's header
 * @returns name of the first field that came more than once although it must not, else null
 */
export function repeatedField(headers: Headers): string | null {
  return singletons.find((name) => Array.isArray(headers[name]) && headers[name].length > 1) ?? null
}

export type ContentRange =
  /** `end` is the last byte's offset (inclusive, as on the wire); `total` is null for `*`. */
  | { readonly kind: 'range'; readonly start: number; readonly end: number; readonly total: number | null }
  /** The form of a 416, with `*` in place of the range. */
  | { readonly kind: 'unsatisfied'; readonly total: number | null }
  /** Well-formed, but past what a JavaScript number counts exactly (2^53 − 1). */
  | { readonly kind: 'too-large' }

/**
 * RFC 9110 §14.4.
 * @param value the Content-Range field; several lines are malformed
 * @returns what it says, offsets in bytes; null when it is absent, malformed, of another unit, or contradicts itself
 *   (end before start, total not beyond end)
 */
export function parseContentRange(value: HeaderValue): ContentRange | null {
  // range units are case-insensitive (§14.1)
  const match = /^bytes[ \t]+(?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i.exec(singleValue(value)?.trim() ?? '')
  if (match === null) return null
  const number = (text: string | undefined): number | null => (text === undefined || text === '*' ? null : Number(text))
  const [start, end, total] = [number(match[1]), number(match[2]), number(match[3])]
  if ([start, end, total].some((n) => n !== null && !Number.isSafeInteger(n))) return { kind: 'too-large' }
  if (start === null || end === null) return { kind: 'unsatisfied', total }
  if (end < start || (total !== null && total <= end)) return null
  return { kind: 'range', start, end, total }
}

/**
 * RFC 9110 §15.3.7: how many bytes of a judged answer are the file's. What follows them belongs to no offset.
 * @returns `Infinity` where the end of the body alone decides
 */
export function contentBytes(status: number, headers: Headers): number {
  const range = status === 206 ? parseContentRange(headers['content-range']) : null
  return range?.kind === 'range' ? range.end - range.start + 1 : Infinity
}

/**
 * RFC 9110 §8.6; RFC 9112 §6.3 rule 5: a list or several lines are fine if and only if all values are the same.
 * @param value the Content-Length field
 * @returns the length in bytes; null when absent; `'too-large'` beyond 2^53 − 1; `'invalid'` for everything else
 */
export function parseContentLength(value: HeaderValue): number | null | 'invalid' | 'too-large' {
  if (value === undefined) return null
  const values = (typeof value === 'string' ? [value] : value).flatMap((line) => line.split(',')).map((v) => v.trim())
  if (values.length === 0) return null
  if (!values.every((v) => /^\d+$/.test(v))) return 'invalid'
  const distinct = new Set(values.map((v) => v.replace(/^0+(?=\d)/, '')))
  if (distinct.size > 1) return 'invalid'
  const length = Number([...distinct][0])
  return Number.isSafeInteger(length) ? length : 'too-large'
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const time = '(\\d\\d):(\\d\\d):(\\d\\d)'
const dateForms = {
  // Sun, 06 Nov 1994 08:49:37 GMT
  imf: new RegExp(`^[a-z]{3}, (\\d\\d) ([a-z]{3}) (\\d{4}) ${time} (?:GMT|UTC)$`, 'i'),
  // Sunday, 06-Nov-94 08:49:37 GMT
  rfc850: new RegExp(`^[a-z]{6,9}, (\\d\\d)-([a-z]{3})-(\\d\\d) ${time} (?:GMT|UTC)$`, 'i'),
  // Sun Nov  6 08:49:37 1994
  asctime: new RegExp(`^[a-z]{3} ([a-z]{3}) ([ \\d]\\d) ${time} (\\d{4})$`, 'i'),
}

/**
 * RFC 9110 §5.6.7: the one form that is sent today and the two obsolete ones that a recipient has to read.
 * @param text the date as on the wire
 * @param nowMs ms since the epoch; a two-digit year that would lie more than 50 years ahead of it is in the past
 * @returns ms since the epoch; null when it is no such date, or no day of the calendar
 */
export function parseHttpDate(text: string, nowMs: number = Date.now()): number | null {
  let parts: readonly (string | undefined)[] | null = null
  let year = NaN
  const trimmed = text.trim()
  const imf = dateForms.imf.exec(trimmed)
  const rfc850 = dateForms.rfc850.exec(trimmed)
  const asctime = dateForms.asctime.exec(trimmed)
  if (imf !== null) {
    parts = [imf[1], imf[2], imf[4], imf[5], imf[6]]
    year = Number(imf[3])
  } else if (rfc850 !== null) {
    parts = [rfc850[1], rfc850[2], rfc850[4], rfc850[5], rfc850[6]]
    const thisYear = new Date(nowMs).getUTCFullYear()
    year = thisYear - (thisYear % 100) + Number(rfc850[3])
    if (year > thisYear + 50) year -= 100
  } else if (asctime !== null) {
    parts = [asctime[2], asctime[1], asctime[3], asctime[4], asctime[5]]
    year = Number(asctime[6])
  }
  if (parts === null) return null
  const month = months.indexOf((parts[1] ?? '').toLowerCase())
  const [day = NaN, , hour = NaN, minute = NaN, second = NaN] = parts.map(Number)
  // second 60 is a leap second
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month, day)
  if (date.getUTCDate() !== day || date.getUTCMonth() !== month) return null
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
}

/**
 * RFC 9110 §10.2.3: seconds from now, or a date.
 * @param value the Retry-After field; of several lines the longest wait counts
 * @param nowMs ms since the epoch, for the form with a date
 * @returns ms to wait, never negative; null when absent or neither form
 */
export function parseRetryAfter(value: HeaderValue, nowMs: number): number | null {
  if (value === undefined) return null
  const waits = (typeof value === 'string' ? [value] : value).flatMap((line): number[] => {
    const text = line.trim()
    if (/^\d+$/.test(text)) return [Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)]
    const date = parseHttpDate(text, nowMs)
    return date === null ? [] : [Math.max(0, date - nowMs)]
  })
  return waits.length === 0 ? null : Math.max(...waits)
}

/** What may stand in If-Range; `value` is exactly as the server sent it. */
export interface StrongValidator {
  readonly kind: 'etag' | 'last-modified'
  readonly value: string
}

/**
 * Which validator, if any, proves that two answers come from the same bytes.
 *
 * - An entity tag without `W/` (RFC 9110 §8.8.3). One that is not in quotes is malformed, and an empty one says
 *   nothing; neither counts. Blanks inside the quotes are let through, as RFC 2616 did.
 * - Else Last-Modified, under the condition of §8.8.2.2: its resolution is a second, so a file could have changed twice
 *   in the second that it names, unless the answer's own Date is at least one second later. Without Date it is weak.
 * - Only a strong one may stand in If-Range (§13.1.5).
 * @param headers the answer's header; a field on several lines counts as absent (see {@link repeatedField})
 * @param nowMs ms since the epoch, only for dates with a two-digit year
 * @returns the validator, or null when there is none that counts
 */
export function strongValidator(headers: Headers, nowMs: number = Date.now()): StrongValidator | null {
  const tag = singleValue(headers['etag'])?.trim()
  if (tag !== undefined && /^"[\x20\x21\x23-\x7e\x80-\xff]+"$/.test(tag)) return { kind: 'etag', value: tag }
  const value = singleValue(headers['last-modified'])?.trim()
  const date = singleValue(headers['date'])
  if (value === undefined || date === null) return null
  const modifiedAt = parseHttpDate(value, nowMs)
  const sentAt = parseHttpDate(date, nowMs)
  if (modifiedAt === null || sentAt === null || sentAt - modifiedAt < 1000) return null
  return { kind: 'last-modified', value }
}

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/**
 * The engine sets these itself or its rules stand on them: who sets Range decides which bytes come, and connection
 * fields (RFC 9110 §7.6.1) belong to whoever owns the connection.
 */
const ownFields = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/**
 * The user's own headers, one `Name: value` a line; empty lines do not count.
 * @param text what was typed; line ends are LF or CR LF
 * @returns name and value of each line in its order; characters beyond ASCII become the bytes of their UTF-8, one
 *   character a byte, as curl sends them and undici expects them
 * @throws RequestFailure E_HEADER naming the line: no colon, a name that is no token (RFC 9110 §5.1), a control
 *   character in the value (§5.5, a lone CR included), or a field that the engine sets itself. The text never repeats a
 *   value, which may be a password.
 */
export function parseHeaderLines(text: string): [name: string, value: string][] {
  return text.split(/\r?\n/).flatMap((line, index): [string, string][] => {
    if (line.trim() === '') return []
    const fail = (problem: string): RequestFailure =>
      new RequestFailure({ code: 'E_HEADER', field: 'headers', detail: `Line ${index + 1}: ${problem}` })
    const colon = line.indexOf(':')
    if (colon < 0) throw fail('a header has the form "Name: value"')
    const name = line.slice(0, colon)
    if (!token.test(name)) throw fail('the part before the colon is not a header name')
    if (ownFields.has(name.toLowerCase())) throw fail(`Longshore sets "${name}" itself`)
    const value = line.slice(colon + 1).trim()
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) throw fail(`the value of "${name}" contains a control character`)
    return [[name, Buffer.from(value, 'utf8').toString('latin1')]]
  })
}
