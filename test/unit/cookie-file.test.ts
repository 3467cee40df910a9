import { describe, expect, it } from 'vitest'
import { parseCookieFile, parseCookiePairs, parseCookies } from '../../src/main/engine/session/cookie-file'
import { Cookies } from '../../src/main/engine/session/cookies'
import { RequestFailure } from '../../src/shared/errors'

const line = (...fields: string[]) => fields.join('\t')
const future = String(Math.floor(Date.now() / 1000) + 3600)
const plain = line('example.com', 'FALSE', '/', 'FALSE', '0', 'sid', 's3cret')

function problem(run: () => unknown): { code: string; field?: string; detail: string } {
  try {
    run()
  } catch (error) {
    if (error instanceof RequestFailure) return error.error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a Netscape cookie file', () => {
  it('holds one cookie a line, with comments, empty lines and CR LF', () => {
    const text = [
      '\uFEFF# Netscape HTTP Cookie File',
      '# https://curl.se/docs/http-cookies.html',
      '',
      line('.example.com', 'TRUE', '/dl', 'TRUE', '2000000000', 'sid', 'a=b'),
      line('#HttpOnly_example.org', 'FALSE', '/', 'FALSE', '0', 'token', 'x'),
    ].join('\r\n')
    expect(parseCookieFile(text)).toEqual([
      {
        domain: 'example.com',
        includeSubdomains: true,
        path: '/dl',
        secure: true,
        httpOnly: false,
        expires: 2_000_000_000,
        name: 'sid',
        value: 'a=b',
      },
      {
        domain: 'example.org',
        includeSubdomains: false,
        path: '/',
        secure: false,
        httpOnly: true,
        expires: null,
        name: 'token',
        value: 'x',
      },
    ])
  })

  it('may lack the tab of an empty value, and have expiries with a fraction or below zero', () => {
    const rows = [
      line('h', 'FALSE', '/', 'FALSE', '0', 'empty'),
      line('h', 'FALSE', '/', 'false', '1999999999.5', 'a', ''),
      line('h', 'FALSE', '/', 'FALSE', '-1', 'b', '1'),
    ]
    expect(parseCookieFile(rows.join('\n')).map(({ value, expires }) => [value, expires])).toEqual([
      ['', null],
      ['', 1_999_999_999],
      ['1', null],
    ])
  })

  it('sends characters beyond ASCII as the bytes of their UTF-8', () =>
    expect(parseCookieFile(line('h', 'FALSE', '/', 'FALSE', '0', 'n', 'é'))[0]?.value).toBe('\xc3\xa9'))

  it.each([
    ['spaces for tabs', plain.replaceAll('\t', ' ') + '\t', 'seven fields'],
    ['a field too many', `${plain}\tmore`, 'there are 8'],
    ['no host', line('', 'FALSE', '/', 'FALSE', '0', 'a', 's3cret'), 'host'],
    ['an address for a host', line('https://h/', 'FALSE', '/', 'FALSE', '0', 'a', 's3cret'), 'host'],
    ['no flag', line('h', 'yes', '/', 'FALSE', '0', 'a', 's3cret'), 'second'],
    ['no flag', line('h', 'TRUE', '/', '', '0', 'a', 's3cret'), 'fourth'],
    ['no path', line('h', 'TRUE', 'x', 'TRUE', '0', 'a', 's3cret'), 'path'],
    ['no time', line('h', 'TRUE', '/', 'TRUE', 'never', 'a', 's3cret'), 'time'],
    ['a control character', line('h', 'TRUE', '/', 'TRUE', '0', 'a', 's3cret\u0001'), 'control'],
    ['a value that would be two', line('h', 'TRUE', '/', 'TRUE', '0', 'a', 's3cret; b=1'), 'no cookie'],
  ])('with %s is refused, naming the line and no value', (_, bad, what) => {
    const { code, field, detail } = problem(() => parseCookies(`# Netscape HTTP Cookie File\n${plain}\n${bad}`))
    expect({ code, field }).toEqual({ code: 'E_COOKIES', field: 'cookies' })
    expect(detail).toContain('line 3')
    expect(detail).toContain(what)
    expect(detail).not.toContain('s3cret')
  })
})

describe('name=value pairs', () => {
  it('stand in one line or several, with or without the field name', () => {
    expect(parseCookiePairs('a=1; b=x=y;\r\nCookie: c="q"; d=\n')).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['c', '"q"'],
      ['d', ''],
    ])
    expect(parseCookies('')).toEqual({ kind: 'pairs', pairs: [] })
  })

  it.each(['s3cret', 'a=1; =s3cret', 'a=1\u0007s3cret', 'a b=s3cret'])('%j are refused', (text) => {
    const { code, detail } = problem(() => parseCookies(text))
    expect(code).toBe('E_COOKIES')
    expect(detail).toContain('line 1')
    expect(detail).not.toContain('s3cret')
  })
})

describe('the cookies of a download', () => {
  const none = parseCookies('')
  const sent = (cookies: Cookies, url: string, written = '') => cookies.header(new URL(url), written)
  const file = (...rows: string[]) => Cookies.open('https://example.com', parseCookies(rows.join('\n')))

  it('72: pairs go to their own origin only', async () => {
    const cookies = await Cookies.open('https://example.com', parseCookies('a=1; b=2'))
    expect(sent(cookies, 'https://example.com/x')).toBe('a=1; b=2')
    for (const url of [
      'http://example.com/',
      'https://example.com:444/',
      'https://www.example.com/',
      'https://o.net/',
    ]) {
      expect(sent(cookies, url)).toBeNull()
      expect(sent(cookies, url, 'c=3')).toBeNull()
    }
  })

  it('a Cookie header of the user goes as it is, and a cookie that the server sets takes its place', async () => {
    const cookies = await Cookies.open('http://h', none)
    expect(sent(cookies, 'http://h/', 'a=1;  odd; b="2"')).toBe('a=1; odd; b="2"')
    await cookies.heard(new URL('http://h/'), 'a=new')
    expect(sent(cookies, 'http://h/', 'a=1; b=2')).toBe('b=2; a=new')
  })

  it('those of a file go where their line says', async () => {
    const cookies = await file(
      line('.example.com', 'TRUE', '/', 'FALSE', '0', 'sub', '1'),
      line('example.com', 'FALSE', '/', 'FALSE', '0', 'host', '1'),
      line('example.com', 'FALSE', '/dl', 'FALSE', future, 'path', '1'),
      line('example.com', 'FALSE', '/', 'TRUE', '0', 'secure', '1'),
      line('example.com', 'FALSE', '/', 'FALSE', '1000000000', 'old', '1'),
      line('127.0.0.1', 'TRUE', '/', 'FALSE', '0', 'ip', '1'),
    )
    const names = (url: string) =>
      (sent(cookies, url) ?? '')
        .split('; ')
        .map((pair) => pair.split('=')[0])
        .sort()
    expect(names('https://example.com/dl/x')).toEqual(['host', 'path', 'secure', 'sub'])
    expect(names('http://example.com/')).toEqual(['host', 'sub'])
    expect(names('https://www.example.com/')).toEqual(['sub'])
    expect(names('https://notexample.com/')).toEqual([''])
    expect(names('http://127.0.0.1:8080/')).toEqual(['ip'])
  })

  it('nobody sets one for a public suffix, or for a foreign host', async () => {
    const cookies = await file(line('.co.uk', 'TRUE', '/', 'FALSE', '0', 'super', '1'))
    expect(sent(cookies, 'https://a.co.uk/')).toBeNull()
    await cookies.heard(new URL('https://a.co.uk/'), [
      'x=1; Domain=co.uk',
      'y=1; Domain=b.co.uk',
      'z=1; Domain=a.co.uk',
    ])
    expect(sent(cookies, 'https://b.co.uk/')).toBeNull()
    expect(sent(cookies, 'https://www.a.co.uk/')).toBe('z=1')
  })

  it('a server can take one back', async () => {
    const cookies = await Cookies.open('http://h', none)
    await cookies.heard(new URL('http://h/a'), ['sid=1; Path=/', 'broken', '\u0000'])
    expect(sent(cookies, 'http://h/')).toContain('sid=1')
    await cookies.heard(new URL('http://h/b'), 'sid=; Path=/; Max-Age=0')
    expect(sent(cookies, 'http://h/') ?? '').not.toContain('sid')
  })
})
