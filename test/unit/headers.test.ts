import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseContentLength,
  parseContentRange,
  parseHeaderLines,
  parseHttpDate,
  parseRetryAfter,
  repeatedField,
  strongValidator,
} from '../../src/main/engine/http/headers'
import { RequestFailure } from '../../src/shared/errors'

/** Any UTF-16 text, broken pairs included, and often characters below 256. */
const anyText = fc
  .array(fc.oneof(fc.nat(0xff), fc.nat(0xffff)), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes))
const now = Date.UTC(2026, 10, 22, 12, 0, 0)

describe('parseContentRange (RFC 9110 §14.4)', () => {
  it.each([
    ['bytes 0-499/1234', { kind: 'range', start: 0, end: 499, total: 1234 }],
    ['Bytes 0-0/1', { kind: 'range', start: 0, end: 0, total: 1 }],
    ['bytes 5-9/*', { kind: 'range', start: 5, end: 9, total: null }],
    ['bytes */1234', { kind: 'unsatisfied', total: 1234 }],
    ['bytes */0', { kind: 'unsatisfied', total: 0 }],
    ['bytes */*', { kind: 'unsatisfied', total: null }],
    [['bytes 0-4/5'], { kind: 'range', start: 0, end: 4, total: 5 }],
    [
      'bytes 0-9007199254740990/9007199254740991',
      { kind: 'range', start: 0, end: 9007199254740990, total: 9007199254740991 },
    ],
    ['bytes 0-9007199254740991/9007199254740992', { kind: 'too-large' }],
    ['bytes 0-4/99999999999999999999', { kind: 'too-large' }],
  ] as const)('%j', (value, expected) => {
    expect(parseContentRange(value)).toEqual(expected)
  })

  it.each([
    undefined,
    '',
    'bytes',
    'bytes 0-499',
    'bytes 499-0/1234',
    'bytes 0-500/500',
    'bytes 0-4/5, bytes 0-4/5',
    'bytes=0-4/5',
    'bytes0-4/5',
    'bytes -5/10',
    'bytes 0-/10',
    'bytes +0-4/5',
    'bytes 0x0-4/5',
    'bytes 1.0-4/5',
    'items 0-4/5',
    'bytes 0-4/5 x',
    ['bytes 0-4/5', 'bytes 0-4/5'],
    [],
  ])('is none: %j', (value) => {
    expect(parseContentRange(value)).toBeNull()
  })

  it('reads back every range', () => {
    const offset = fc.nat({ max: Number.MAX_SAFE_INTEGER - 1 })
    fc.assert(
      fc.property(offset, offset, offset, (a, b, c) => {
        const [start = 0, end = 0, last = 0] = [a, b, c].sort((x, y) => x - y)
        const total = last + 1
        expect(parseContentRange(`bytes ${start}-${end}/${total}`)).toEqual({ kind: 'range', start, end, total })
      }),
    )
  })

  it('never yields a range that contradicts itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^bytes [0-9*-]{1,8}\/[0-9*]{1,4}$/), (value) => {
        const range = parseContentRange(value)
        if (range?.kind !== 'range') return
        expect(range.start).toBeLessThanOrEqual(range.end)
        if (range.total !== null) expect(range.end).toBeLessThan(range.total)
      }),
    )
  })
})

describe('parseContentLength (RFC 9110 §8.6, RFC 9112 §6.3)', () => {
  it.each([
    [undefined, null],
    ['0', 0],
    ['1234', 1234],
    ['007', 7],
    ['42, 42', 42],
    [['42', '42'], 42],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 'too-large'],
    ['9007199254740993', 'too-large'],
    ['9'.repeat(400), 'too-large'],
    ['42, 43', 'invalid'],
    [['42', '43'], 'invalid'],
    ['9007199254740992, 9007199254740993', 'invalid'],
    ['', 'invalid'],
    ['+1', 'invalid'],
    ['-1', 'invalid'],
    ['1.5', 'invalid'],
    ['0x10', 'invalid'],
    ['1e3', 'invalid'],
    ['12 34', 'invalid'],
  ] as const)('%j is %j', (value, expected) => {
    expect(parseContentLength(value)).toBe(expected)
  })
})

describe('parseHttpDate (RFC 9110 §5.6.7)', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sunday, 06-Nov-94 08:49:37 GMT', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sun Nov  6 08:49:37 1994', Date.UTC(1994, 10, 6, 8, 49, 37)],
    ['Sun Nov 16 08:49:37 1994', Date.UTC(1994, 10, 16, 8, 49, 37)],
    ['Sat, 29 Feb 2020 00:00:00 GMT', Date.UTC(2020, 1, 29)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    // a two-digit year is at most 50 years ahead
    ['Sunday, 06-Nov-76 08:49:37 GMT', Date.UTC(2076, 10, 6, 8, 49, 37)],
    ['Sunday, 06-Nov-77 08:49:37 GMT', Date.UTC(1977, 10, 6, 8, 49, 37)],
    ['Thu, 01 Jan 0050 00:00:00 GMT', new Date('0050-01-01T00:00:00Z').getTime()],
  ])('%s', (text, expected) => {
    expect(parseHttpDate(text, now)).toBe(expected)
  })

  it.each([
    '',
    'yesterday',
    '0',
    '2026-11-22T12:00:00Z',
    'Sun, 31 Feb 2026 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 PST',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT',
  ])('is none: %j', (text) => {
    expect(parseHttpDate(text, now)).toBeNull()
  })

  it('reads back every second until 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) / 1000 }), (seconds) => {
        expect(parseHttpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000)
      }),
    )
  })
})

describe('parseRetryAfter (RFC 9110 §10.2.3)', () => {
  it.each([
    [undefined, null],
    ['5', 5000],
    ['0', 0],
    ['1000000000', 1e12],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['Sun, 22 Nov 2026 12:01:30 GMT', 90_000],
    ['Sunday, 22-Nov-26 12:01:30 GMT', 90_000],
    ['Sun Nov 22 12:01:30 2026', 90_000],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    [['5', 'Sun, 22 Nov 2026 12:01:30 GMT'], 90_000],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
  ] as const)('%j is %j', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected)
  })
})

describe('strongValidator (RFC 9110 §8.8)', () => {
  const modified = 'Sun, 22 Nov 2026 11:00:00 GMT'
  const oneLater = 'Sun, 22 Nov 2026 11:00:01 GMT'

  it.each([
    [{}, null],
    [{ etag: '"abc"' }, { kind: 'etag', value: '"abc"' }],
    [{ etag: '"with blank"' }, { kind: 'etag', value: '"with blank"' }],
    [{ etag: '"\xe8\x88\xb9"' }, { kind: 'etag', value: '"\xe8\x88\xb9"' }],
    [{ etag: 'W/"abc"' }, null],
    [{ etag: 'w/"abc"' }, null],
    [{ etag: 'abc' }, null],
    [{ etag: '""' }, null],
    [{ etag: '"a"b"' }, null],
    [{ etag: '"a", "b"' }, null],
    [{ etag: ['"a"', '"b"'] }, null],
    [
      { etag: '"abc"', 'last-modified': modified, date: oneLater },
      { kind: 'etag', value: '"abc"' },
    ],
    [
      { etag: 'W/"abc"', 'last-modified': modified, date: oneLater },
      { kind: 'last-modified', value: modified },
    ],
    [
      { 'last-modified': modified, date: oneLater },
      { kind: 'last-modified', value: modified },
    ],
    [{ 'last-modified': modified, date: modified }, null],
    [{ 'last-modified': oneLater, date: modified }, null],
    [{ 'last-modified': modified }, null],
    [{ 'last-modified': modified, date: 'today' }, null],
    [{ 'last-modified': 'today', date: oneLater }, null],
    [{ 'last-modified': [modified, modified], date: oneLater }, null],
  ] as const)('of %j', (headers, expected) => {
    expect(strongValidator(headers, now)).toEqual(expected)
  })
})

describe('repeatedField (RFC 9110 §5.3)', () => {
  it('finds what must not come twice, even with one value', () => {
    expect(repeatedField({ etag: '"a"', 'content-range': 'bytes 0-1/2', 'set-cookie': ['a', 'b'] })).toBeNull()
    expect(repeatedField({ etag: ['"a"', '"a"'] })).toBe('etag')
    expect(repeatedField({ 'content-range': ['bytes 0-1/2', 'bytes 0-1/2'] })).toBe('content-range')
    expect(repeatedField({ etag: ['"a"'] })).toBeNull()
  })
})

describe('parseHeaderLines', () => {
  it('reads lines in their order', () => {
    expect(parseHeaderLines('Referer: https://a.example/?x=1: 2\r\n\n  \nX-Empty:\nCookie:\ta=b; c=d \t')).toEqual([
      ['Referer', 'https://a.example/?x=1: 2'],
      ['X-Empty', ''],
      ['Cookie', 'a=b; c=d'],
    ])
    expect(parseHeaderLines('')).toEqual([])
  })

  it('sends text beyond ASCII as the bytes of UTF-8', () => {
    expect(parseHeaderLines('X-Name: 船')).toEqual([['X-Name', '\xe8\x88\xb9']])
  })

  it.each([
    ['X: 1\nAuthorization secret', 'Line 2: a header has the form "Name: value"'],
    ['X Y: 1', 'Line 1: the part before the colon is not a header name'],
    [': 1', 'Line 1: the part before the colon is not a header name'],
    [' Folded: 1', 'Line 1: the part before the colon is not a header name'],
    ['X: a\rInjected: secret', 'Line 1: the value of "X" contains a control character'],
    ['X: secret\x00', 'Line 1: the value of "X" contains a control character'],
    ['range: bytes=0-', 'Line 1: Longshore sets "range" itself'],
  ])('refuses %j', (text, detail) => {
    expect(() => parseHeaderLines(text)).toThrow(RequestFailure)
    try {
      parseHeaderLines(text)
    } catch (error) {
      const failure = (error as RequestFailure).error
      expect(failure).toEqual({ code: 'E_HEADER', field: 'headers', detail })
      expect(failure.detail).not.toContain('secret')
    }
  })

  it.each(
    'Host Range If-Range If-Match If-None-Match If-Modified-Since If-Unmodified-Since Connection Keep-Alive Content-Length Transfer-Encoding Accept-Encoding TE Trailer Upgrade Expect Proxy-Connection Proxy-Authorization'.split(
      ' ',
    ),
  )('keeps %s for the engine', (name) => {
    expect(() => parseHeaderLines(`${name}: x`)).toThrow(name)
  })

  it('lets nothing through that could end a line or begin another', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let lines: [string, string][] = []
        try {
          lines = parseHeaderLines(`X: ${text}`)
        } catch (error) {
          expect(error).toBeInstanceOf(RequestFailure)
        }
        for (const [name, value] of lines) {
          expect(name).toMatch(/^[\w!#$%&'*+.^`|~-]+$/)
          expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/)
        }
      }),
    )
  })
})
