import { shellWords } from './shell-words'

/**
 * Reads a command that a browser copied with “Copy as cURL” (Chrome, Edge, Firefox; bash and cmd), or that somebody wrote.
 * Options by curl's manual page, https://curl.se/docs/manpage.html.
 */

export type CurlReading =
  | {
      readonly kind: 'request'
      readonly urls: readonly string[]
      /** `Name: value`, one a line. */
      readonly headers: string
      readonly cookies: string
      readonly user: string
      readonly password: string
      /** From `-o`; empty for none. */
      readonly name: string
      /** Options that change what curl would do and that are left out here. */
      readonly ignored: readonly string[]
    }
  | { readonly kind: 'refused'; readonly why: 'data' | 'method'; readonly what: string }
  | { readonly kind: 'refused'; readonly why: 'broken' | 'address' | 'several' }

export function looksLikeCurl(text: string): boolean {
  return /^\s*(?:\$\s+)?curl(?:\.exe)?\s/.test(text)
}

const short: Readonly<Record<string, string>> = {
  A: 'user-agent',
  b: 'cookie',
  c: 'cookie-jar',
  C: 'continue-at',
  d: 'data',
  D: 'dump-header',
  e: 'referer',
  E: 'cert',
  F: 'form',
  G: 'get',
  H: 'header',
  I: 'head',
  k: 'insecure',
  K: 'config',
  m: 'max-time',
  o: 'output',
  r: 'range',
  T: 'upload-file',
  u: 'user',
  U: 'proxy-user',
  w: 'write-out',
  x: 'proxy',
  X: 'request',
  y: 'speed-time',
  Y: 'speed-limit',
  z: 'time-cond',
}

const sending = new Set(
  'data data-ascii data-binary data-raw data-urlencode form form-string json upload-file'.split(' '),
)
/** Options with a value; what is neither here nor below is a switch. */
const valued = new Set([
  ...sending,
  ...'cookie header output referer request url user user-agent oauth2-bearer'.split(' '),
  // Without a meaning for a download, or done in a way of our own.
  ...'connect-timeout continue-at cookie-jar create-file-mode dump-header keepalive-time limit-rate max-filesize'.split(
    ' ',
  ),
  ...'max-redirs max-time output-dir range retry retry-delay retry-max-time speed-limit speed-time stderr'.split(' '),
  ...'time-cond trace trace-ascii write-out'.split(' '),
  // They change whom one talks to: said to the user.
  ...'aws-sigv4 cacert capath cert cert-type ciphers config connect-to dns-servers interface key key-type'.split(' '),
  ...'noproxy pass preproxy proto proto-redir proxy proxy-header proxy-user resolve socks4 socks4a socks5'.split(' '),
  ...'socks5-hostname tls-max tls13-ciphers unix-socket'.split(' '),
])
const told = new Set([
  ...'aws-sigv4 cacert capath cert config connect-to insecure interface key location-trusted noproxy'.split(' '),
  ...'preproxy proxy proxy-header proxy-user resolve socks4 socks4a socks5 socks5-hostname unix-socket'.split(' '),
])
/** Longshore sets these itself: see `parseHeaderLines` of the engine, which refuses them. */
const ownFields =
  /^(?::.*|accept-encoding|connection|content-length|expect|host|http2-settings|if-.*|keep-alive|proxy-.*|range|te|trailer|transfer-encoding|upgrade)$/i

export function readCurl(text: string): CurlReading {
  const commands = shellWords(text.trim().replace(/^\$\s+/, ''))
  if (commands === null) return { kind: 'refused', why: 'broken' }
  const [words = [], ...others] = commands
  if (others.length > 0) return { kind: 'refused', why: 'several' }

  const urls: string[] = []
  const headers: string[] = []
  const cookies: string[] = []
  const ignored = new Set<string>()
  let login = ''
  let name = ''
  for (const { option, value } of optionsOf(words.slice(1))) {
    if (sending.has(option)) return { kind: 'refused', why: 'data', what: `--${option}` }
    if (told.has(option)) ignored.add(`--${option}`)
    switch (option) {
      case '':
      case 'url':
        urls.push(value)
        break
      case 'request':
        if (value.toUpperCase() !== 'GET') return { kind: 'refused', why: 'method', what: value }
        break
      case 'head':
        return { kind: 'refused', why: 'method', what: 'HEAD' }
      case 'header':
        takeHeader(value, headers, cookies, ignored)
        break
      case 'cookie':
        // Without a “=” it is the name of a file.
        if (value.includes('=')) cookies.push(value)
        else ignored.add('--cookie')
        break
      case 'user-agent':
        headers.push(`User-Agent: ${value}`)
        break
      case 'referer':
        headers.push(`Referer: ${value.replace(/;auto$/, '')}`)
        break
      case 'oauth2-bearer':
        headers.push(`Authorization: Bearer ${value}`)
        break
      case 'user':
        login = value
        break
      case 'output':
        name = value.split(/[/\\]/).at(-1) ?? ''
        break
    }
  }
  if (urls.length === 0) return { kind: 'refused', why: 'address' }
  const colon = login.indexOf(':')
  return {
    kind: 'request',
    urls,
    headers: headers.join('\n'),
    cookies: cookies.join('; '),
    user: colon === -1 ? login : login.slice(0, colon),
    password: colon === -1 ? '' : login.slice(colon + 1),
    name: name === '-' ? '' : name,
    ignored: [...ignored],
  }
}

function takeHeader(line: string, headers: string[], cookies: string[], ignored: Set<string>): void {
  if (line.startsWith('@')) {
    ignored.add('--header')
    return
  }
  // `X;` is curl's way to write an empty one, `X:` takes one of curl's own away.
  const [, name = '', mark, value = ''] = /^(:?[^:;]+)([:;])\s*([^]*)$/.exec(line) ?? []
  if (name === '' || ownFields.test(name)) return
  if (mark === ';') headers.push(`${name}:`)
  else if (value === '') return
  else if (name.toLowerCase() === 'cookie') cookies.push(value)
  else headers.push(`${name}: ${value}`)
}

interface Option {
  /** The long name without its hyphens; empty for an address. */
  readonly option: string
  readonly value: string
}

function optionsOf(words: readonly string[]): Option[] {
  const found: Option[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word.startsWith('--')) {
      const option = word.slice(2)
      found.push({ option, value: valued.has(option) ? (words[++at] ?? '') : '' })
    } else if (word.length > 1 && word.startsWith('-')) {
      // Several letters in one word; the first that takes a value takes the rest of it.
      for (let letter = 1; letter < word.length; letter++) {
        const option = short[word[letter] ?? ''] ?? 'unknown'
        if (!valued.has(option)) {
          found.push({ option, value: '' })
          continue
        }
        const rest = word.slice(letter + 1)
        found.push({ option, value: rest === '' ? (words[++at] ?? '') : rest })
        break
      }
    } else found.push({ option: '', value: word })
  }
  return found
}
