import { describe, expect, it } from 'vitest'
import { judgeProbe, judgeRange } from '../../src/main/engine/http/judge'
import type { Headers } from '../../src/main/engine/http/headers'
import type { Remote } from '../../src/main/engine/ports'
import { DownloadFailure, type DownloadError } from '../../src/shared/errors'

const now = Date.UTC(2026, 10, 22, 12, 0, 0)
const url = 'https://example.com/a.iso'
const dates = {
  date: 'Sun, 22 Nov 2026 12:00:00 GMT',
  modified: 'Sun, 22 Nov 2026 10:00:00 GMT',
  later: 'Sun, 22 Nov 2026 11:00:00 GMT',
}

/** The error that the judgement throws; `null` when it accepts the answer. */
function verdict(judge: () => unknown): DownloadError | null {
  try {
    judge()
    return null
  } catch (error) {
    if (error instanceof DownloadFailure) return error.error
    throw error
  }
}

/** What both judgements say about answers that are not the file. */
const notTheFile: [name: string, status: number, headers: Headers, expected: Partial<DownloadError>][] = [
  ['7: two ETag', 206, { etag: ['"a"', '"a"'], 'content-range': 'bytes 0-99/1000' }, { code: 'PROTO', retry: 'no' }],
  [
    '7: two Content-Range',
    206,
    { 'content-range': ['bytes 0-99/1000', 'bytes 0-99/1000'] },
    { code: 'PROTO', retry: 'no' },
  ],
  ['7: two Last-Modified', 200, { 'last-modified': [dates.modified, dates.later] }, { code: 'PROTO', retry: 'no' }],
  ['7: two Content-Encoding', 200, { 'content-encoding': ['gzip', 'br'] }, { code: 'PROTO', retry: 'no' }],
  [
    '21: a coding',
    206,
    { 'content-encoding': 'gzip', 'content-range': 'bytes 0-99/1000' },
    { code: 'ENCODING', retry: 'no' },
  ],
  ['2: no Content-Range', 206, {}, { code: 'RANGE', retry: 'no' }],
  ['2: a malformed Content-Range', 206, { 'content-range': 'bytes 0–99/1000' }, { code: 'RANGE', retry: 'no' }],
  ['2: the form of a 416', 206, { 'content-range': 'bytes */1000' }, { code: 'RANGE', retry: 'no' }],
  [
    '6: several parts',
    206,
    { 'content-type': 'Multipart/ByteRanges; boundary=x', 'content-range': 'bytes 0-99/1000' },
    { code: 'RANGE', retry: 'no' },
  ],
  ['20: a range too far', 206, { 'content-range': 'bytes 0-99/9007199254740993' }, { code: 'SIZE', retry: 'no' }],
  ['204', 204, {}, { code: 'HTTP_204', retry: 'no' }],
  ['304', 304, {}, { code: 'HTTP_304', retry: 'no' }],
  ['a redirect without a place', 302, {}, { code: 'HTTP_302', retry: 'no' }],
  ...[400, 401, 402, 403, 404, 405, 407, 410, 451, 501, 505].map((status): (typeof notTheFile)[number] => [
    `29: ${status}`,
    status,
    {},
    { code: `HTTP_${status}`, retry: 'no' },
  ]),
  ...[408, 425, 429, 500, 502, 503, 504, 509].map((status): (typeof notTheFile)[number] => [
    `28: ${status}`,
    status,
    {},
    { code: `HTTP_${status}`, retry: 'later' },
  ]),
  ['26: 503 with seconds', 503, { 'retry-after': '5' }, { code: 'HTTP_503', retry: 'later', retryAfter: 5000 }],
  [
    '26: 429 with a date',
    429,
    { 'retry-after': 'Sun, 22 Nov 2026 12:02:00 GMT' },
    { code: 'HTTP_429', retry: 'later', retryAfter: 120_000 },
  ],
  [
    '26: a date that is over',
    503,
    { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' },
    { code: 'HTTP_503', retry: 'later', retryAfter: 0 },
  ],
  [
    '26, 63: a date by a server whose clock is not ours',
    503,
    { date: 'Sat, 01 Jan 2022 00:00:00 GMT', 'retry-after': 'Sat, 01 Jan 2022 00:00:07 GMT' },
    { code: 'HTTP_503', retry: 'later', retryAfter: 7000 },
  ],
  ['26: an hour', 503, { 'retry-after': '3600' }, { code: 'HTTP_503', retry: 'later', retryAfter: 3_600_000 }],
  [
    '27: more than an hour',
    503,
    { 'retry-after': '3601' },
    { code: 'RETRY_LATER', retry: 'no', retryAfter: 3_601_000 },
  ],
  ['27: years', 429, { 'retry-after': '1000000000' }, { code: 'RETRY_LATER', retry: 'no' }],
  [
    '27: a date next year',
    503,
    { 'retry-after': 'Fri, 22 Jan 2027 12:00:00 GMT' },
    { code: 'RETRY_LATER', retry: 'no' },
  ],
]

describe('the first answer of a generation', () => {
  const probe = (status: number, headers: Headers) => judgeProbe({ status, headers, url }, now)

  it.each(notTheFile)('%s', (_, status, headers, expected) => {
    expect(verdict(() => probe(status, headers))).toMatchObject(expected)
  })

  it('206 from byte 0: ranges work', () => {
    const headers = { 'content-range': 'bytes 0-999/1000', etag: '"a"', 'content-type': 'application/zip' }
    expect(probe(206, headers)).toMatchObject({
      url,
      total: 1000,
      validator: { kind: 'etag', value: '"a"' },
      ranges: true,
      contentType: 'application/zip',
    })
  })

  it('4: 206 that is shorter than the file is fine: the rest is asked for', () => {
    expect(probe(206, { 'content-range': 'bytes 0-9/1000' })).toMatchObject({ total: 1000, ranges: true })
  })

  it('206 with the coding identity is fine', () => {
    expect(probe(206, { 'content-range': 'bytes 0-9/10', 'content-encoding': 'identity' }).total).toBe(10)
  })

  it.each([
    ['3: from another byte', 'bytes 1-999/1000'],
    ['without the length of the whole', 'bytes 0-999/*'],
  ])('206 %s cannot be used', (_, range) => {
    expect(verdict(() => probe(206, { 'content-range': range }))).toMatchObject({ code: 'RANGE', retry: 'no' })
  })

  it('200: one stream, with its length', () => {
    expect(probe(200, { 'content-length': '1000', etag: '"a"' })).toMatchObject({ total: 1000, ranges: false })
  })

  it('18: 200 without a length', () => {
    expect(probe(200, {})).toMatchObject({ total: null, ranges: false, validator: null, contentType: null })
  })

  it.each([
    ['19: two lengths', { 'content-length': ['5', '6'] }, 'PROTO'],
    ['19: a length that is no number', { 'content-length': '-5' }, 'PROTO'],
    ['20: a length that is too large', { 'content-length': '9007199254740992' }, 'SIZE'],
    ['21: a coding', { 'content-length': '5', 'content-encoding': 'br' }, 'ENCODING'],
  ])('200 with %s', (_, headers, code) => {
    expect(verdict(() => probe(200, headers))).toMatchObject({ code, retry: 'no' })
  })

  it('416 with a length of 0: the file is empty', () => {
    expect(probe(416, { 'content-range': 'bytes */0' })).toMatchObject({ total: 0, ranges: false })
  })

  it.each([['bytes */1000'], ['bytes */*'], [undefined]])('416 with %s is a refusal', (range) => {
    expect(verdict(() => probe(416, { 'content-range': range }))).toMatchObject({ code: 'HTTP_416', retry: 'no' })
  })

  it.each([
    ['a strong ETag', { etag: '"a"' }, { kind: 'etag', value: '"a"' }],
    ['10: a weak ETag', { etag: 'W/"a"' }, null],
    [
      'a Last-Modified that is older than the answer',
      { 'last-modified': dates.modified, date: dates.date },
      { kind: 'last-modified', value: dates.modified },
    ],
    ['a Last-Modified of the same second', { 'last-modified': dates.date, date: dates.date }, null],
    ['a Last-Modified without Date', { 'last-modified': dates.modified }, null],
    [
      'a weak ETag beside a good Last-Modified',
      { etag: 'W/"a"', 'last-modified': dates.modified, date: dates.date },
      { kind: 'last-modified', value: dates.modified },
    ],
    ['none', {}, null],
  ])('the validator: %s', (_, headers, validator) => {
    expect(probe(206, { 'content-range': 'bytes 0-9/10', ...headers }).validator).toEqual(validator)
  })
})

describe('the answer to a range', () => {
  const remote: Remote = {
    url,
    total: 1000,
    validator: { kind: 'etag', value: '"a"' },
    ranges: true,
    contentType: 'application/zip',
  }
  const byDate: Remote = { ...remote, validator: { kind: 'last-modified', value: dates.modified } }
  const judge = (status: number, headers: Headers, expected = remote) =>
    verdict(() => judgeRange({ status, headers, url }, expected, 100, 200, now))
  const right = { 'content-range': 'bytes 100-199/1000', etag: '"a"' }

  it.each(notTheFile.filter(([, status]) => status !== 200))('%s', (_, status, headers, expected) => {
    expect(judge(status, headers)).toMatchObject(expected)
  })

  it('that is what was asked for is accepted', () => {
    expect(judge(206, right)).toBeNull()
  })

  it('4: that ends earlier is accepted', () => {
    expect(judge(206, { ...right, 'content-range': 'bytes 100-150/1000' })).toBeNull()
  })

  it('that does not know the length of the whole is accepted', () => {
    expect(judge(206, { ...right, 'content-range': 'bytes 100-199/*' })).toBeNull()
  })

  it.each([
    ['3: starts too early', 'bytes 99-199/1000'],
    ['3: starts too late', 'bytes 101-199/1000'],
    ['3: starts at 0', 'bytes 0-99/1000'],
    ['17: ends too late', 'bytes 100-200/1000'],
  ])('that %s is refused', (_, range) => {
    expect(judge(206, { ...right, 'content-range': range })).toMatchObject({ code: 'RANGE', retry: 'no' })
  })

  it.each([
    ['5: another length', { ...right, 'content-range': 'bytes 100-199/1001' }],
    ['5: another length, although the start is wrong too', { ...right, 'content-range': 'bytes 0-99/1001' }],
    ['8, 9: another ETag', { ...right, etag: '"b"' }],
    ['8: the same ETag, but weak', { ...right, etag: 'W/"a"' }],
    ['no ETag any more', { 'content-range': 'bytes 100-199/1000' }],
  ])('with %s is of another file', (_, headers) => {
    expect(judge(206, headers)).toMatchObject({ code: 'CHANGED', retry: 'restart' })
  })

  it('with the same Last-Modified, or none, is accepted', () => {
    const range = { 'content-range': 'bytes 100-199/1000' }
    expect(judge(206, { ...range, 'last-modified': dates.modified }, byDate)).toBeNull()
    expect(judge(206, range, byDate)).toBeNull()
  })

  it('with another Last-Modified is of another file', () => {
    const headers = { 'content-range': 'bytes 100-199/1000', 'last-modified': dates.later }
    expect(judge(206, headers, byDate)).toMatchObject({ code: 'CHANGED', retry: 'restart' })
  })

  it('412: is of another file', () => {
    expect(judge(412, {})).toMatchObject({ code: 'CHANGED', retry: 'restart' })
  })

  it.each(['bytes */50', 'bytes */*', undefined])('13: 416 with %s: is of another file', (range) => {
    expect(judge(416, { 'content-range': range })).toMatchObject({ code: 'CHANGED', retry: 'restart' })
  })

  it.each([
    ['1: of the same file: ranges do not work', { etag: '"a"' }, remote, 'RANGE'],
    ['8: of another file', { etag: '"b"' }, remote, 'CHANGED'],
    ['of a file that nothing identifies', {}, remote, 'CHANGED'],
    ['by date: of the same file', { 'last-modified': dates.modified, date: dates.date }, byDate, 'RANGE'],
    ['by date: of another file', { 'last-modified': dates.later, date: dates.date }, byDate, 'CHANGED'],
  ])('200, %s', (_, headers, expected, code) => {
    expect(judge(200, headers, expected)).toMatchObject({ code, retry: 'restart' })
  })

  it.each(['text/html', 'Text/HTML; charset=utf-8', 'application/xhtml+xml'])(
    '30: 200 with %s: a login page, the part is kept',
    (type) => {
      expect(judge(200, { 'content-type': type, etag: '"b"' })).toMatchObject({ code: 'CHANGED', retry: 'no' })
    },
  )

  it('30: 200 with HTML where HTML is the file: begins again', () => {
    const page = { ...remote, contentType: 'text/html' }
    expect(judge(200, { 'content-type': 'text/html', etag: '"b"' }, page)).toMatchObject({ retry: 'restart' })
  })
})
