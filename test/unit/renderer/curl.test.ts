import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeCurl, readCurl } from '../../../src/renderer/curl'
import { bashWords, cmdWords } from '../../../src/renderer/shell-words'

const request = (text: string) => {
  const reading = readCurl(text)
  if (reading.kind !== 'request') throw new Error(`refused: ${reading.why}`)
  return reading
}

describe('“Copy as cURL”', () => {
  it('of Chrome for bash', () => {
    const text = `curl 'https://example.org/a/file.zip?x=1&y=2' \\
  -H 'accept: text/html,application/xhtml+xml' \\
  -H 'accept-language: de,en;q=0.9' \\
  -b 'sid=abc; theme=dark' \\
  -H 'referer: https://example.org/' \\
  -H 'sec-ch-ua: "Chromium";v="130"' \\
  -H 'user-agent: Mozilla/5.0 (X11; Linux x86_64)' \\
  --compressed`
    expect(looksLikeCurl(text)).toBe(true)
    expect(request(text)).toEqual({
      kind: 'request',
      urls: ['https://example.org/a/file.zip?x=1&y=2'],
      headers: [
        'accept: text/html,application/xhtml+xml',
        'accept-language: de,en;q=0.9',
        'referer: https://example.org/',
        'sec-ch-ua: "Chromium";v="130"',
        'user-agent: Mozilla/5.0 (X11; Linux x86_64)',
      ].join('\n'),
      cookies: 'sid=abc; theme=dark',
      user: '',
      password: '',
      name: '',
      ignored: [],
    })
  })

  it('of Chrome for cmd', () => {
    const text =
      'curl ^"https://example.org/a.zip?name=^%^E6^%^97^%^A5^&b=2^" ^\r\n' +
      '  -H ^"accept: */*^" ^\r\n' +
      '  -b ^"sid=a^\\^"b^\\^"; t=1^" ^\r\n' +
      '  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"130^\\^"^" ^\r\n' +
      '  -H ^"user-agent: Mozilla/5.0 (Windows NT 10.0)^"'
    const { urls, headers, cookies } = request(text)
    expect(urls).toEqual(['https://example.org/a.zip?name=%E6%97%A5&b=2'])
    expect(cookies).toBe('sid=a"b"; t=1')
    expect(headers.split('\n')).toEqual([
      'accept: */*',
      'sec-ch-ua: "Chromium";v="130"',
      'user-agent: Mozilla/5.0 (Windows NT 10.0)',
    ])
  })

  it('of Firefox for bash and cmd', () => {
    const posix = `curl 'https://example.org/a.zip' --compressed -H 'User-Agent: Mozilla/5.0' -H 'Accept-Encoding: gzip, deflate, br' -H 'Connection: keep-alive' -H 'Cookie: a=1' -H 'If-None-Match: "x"' -H 'Range: bytes=5-'`
    expect(request(posix)).toMatchObject({ headers: 'User-Agent: Mozilla/5.0', cookies: 'a=1', ignored: [] })
    const windows =
      'curl "https://example.org/a.zip?a=1&b=2" --compressed -H "User-Agent: Mozilla/5.0" -H "Cookie: a=1"'
    expect(request(windows)).toMatchObject({
      urls: ['https://example.org/a.zip?a=1&b=2'],
      headers: 'User-Agent: Mozilla/5.0',
      cookies: 'a=1',
    })
  })
})

describe('commands that people write', () => {
  it('have short options in one word, with values joined or apart', () => {
    const { urls, name, user, password } = request('curl -sSLo out/dir/x.zip -uanna:a:b https://example.org/1')
    expect({ urls, name, user, password }).toEqual({
      urls: ['https://example.org/1'],
      name: 'x.zip',
      user: 'anna',
      password: 'a:b',
    })
  })

  it('say who asks', () => {
    const { headers } = request(
      `curl -A me -e 'https://a/;auto' --oauth2-bearer t -H 'X-Empty;' -H 'Accept:' https://a/b`,
    )
    expect(headers).toBe('User-Agent: me\nReferer: https://a/\nAuthorization: Bearer t\nX-Empty:')
  })

  it('may take several addresses', () =>
    expect(request('curl -O https://a/1 -O --url https://a/2').urls).toEqual(['https://a/1', 'https://a/2']))

  it('are told what is left out', () =>
    expect(request('curl -k -x http://p:1 -b jar.txt --retry 3 https://a/1').ignored).toEqual([
      '--insecure',
      '--proxy',
      '--cookie',
    ]))

  it.each(['-d a=b', '--data-raw a', "--json '{}'", '-F f=@x', '-T x', '-da=b', '-G -d q=1'])(
    'are refused when they send data: %s',
    (options) => expect(readCurl(`curl https://a/ ${options}`)).toMatchObject({ kind: 'refused', why: 'data' }),
  )

  it('are refused for other reasons', () => {
    expect(readCurl('curl -X POST https://a/')).toEqual({ kind: 'refused', why: 'method', what: 'POST' })
    expect(readCurl('curl -X GET https://a/')).toMatchObject({ kind: 'request' })
    expect(readCurl('curl -I https://a/')).toEqual({ kind: 'refused', why: 'method', what: 'HEAD' })
    expect(readCurl("curl 'https://a/")).toEqual({ kind: 'refused', why: 'broken' })
    expect(readCurl('curl --compressed')).toEqual({ kind: 'refused', why: 'address' })
    expect(readCurl('curl https://a/1 ;\ncurl https://a/2')).toEqual({ kind: 'refused', why: 'several' })
  })

  it('are not every text with that word', () => {
    expect(looksLikeCurl('curly https://a/')).toBe(false)
    expect(looksLikeCurl('use curl https://a/')).toBe(false)
  })
})

/** As Chrome's developer tools write a word for bash: https://github.com/ChromeDevTools/devtools-frontend. */
function chromeBash(text: string): string {
  if (!/[\0-\x1f\x7f-\x9f!]|'/.test(text)) return `'${text}'`
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replace(/[\0-\x1f\x7f-\x9f!]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `$'${escaped}'`
}

/** And for cmd; a backslash before anything but a mark is one for the C runtime, so it is not doubled here. */
function chromeCmd(text: string): string {
  const escaped = text
    .replace(/(\\*)("|$)/g, (_, slashes: string, mark: string) => slashes + slashes + (mark === '' ? '' : '\\"'))
    .replace(/[^a-zA-Z0-9\s_\-:=+~'/.',?;()*`]/g, '^$&')
    .replace(/%(?=[a-zA-Z0-9_])/g, '%^')
    .replace(/\r?\n|\r/g, '^\n\n')
  return `^"${escaped}^"`
}

const printable = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''))
const oneLine = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\0-\x1f\x7f]/g, ''))

describe('words', () => {
  it('come back from bash as they went in', () => {
    fc.assert(
      fc.property(fc.array(printable, { minLength: 1 }), (words) => {
        expect(bashWords(words.map(chromeBash).join(' '))).toEqual([words])
      }),
    )
  })

  it('come back from cmd as they went in', () => {
    fc.assert(
      fc.property(fc.array(oneLine, { minLength: 1 }), (words) => {
        expect(cmdWords(words.map(chromeCmd).join(' ^\r\n  '))).toEqual([words])
      }),
    )
  })

  it('never end in an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => void readCurl(`curl ${text}`)))
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'\'"\\^$& \n\rxu-1') }),
        (text) => void readCurl(`curl ${text}`),
      ),
    )
  })
})

it('a request comes back whole from both shells', () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,9}$/).map((text) => `X-${text}`)
  const value = oneLine.map((text) => text.trim()).filter((text) => text !== '')
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: true }),
      fc.array(fc.tuple(token, value)),
      value,
      (url, pairs, cookie) => {
        const headers = pairs.map(([name, text]) => `${name}: ${text}`)
        for (const quote of [chromeBash, chromeCmd]) {
          const words = [quote(url), ...headers.flatMap((line) => ['-H', quote(line)]), '-b', quote(`c=${cookie}`)]
          const reading = request(['curl', ...words].join(quote === chromeCmd ? ' ^\r\n  ' : ' \\\n  '))
          expect(reading).toMatchObject({ urls: [url], headers: headers.join('\n'), cookies: `c=${cookie}` })
        }
      },
    ),
  )
})
