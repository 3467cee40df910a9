import { RequestFailure } from '../../../shared/errors'

/** A cookie as a browser's export holds it. Characters are the bytes of their UTF-8, as headers need them. */
export interface FileCookie {
  readonly domain: string
  readonly includeSubdomains: boolean
  readonly path: string
  readonly secure: boolean
  readonly httpOnly: boolean
  /** Seconds since the epoch; `null` lives as long as the session. */
  readonly expires: number | null
  readonly name: string
  readonly value: string
}

export type GivenCookies =
  /** Each goes where its own line says (RFC 6265 §5.4). */
  | { readonly kind: 'file'; readonly cookies: readonly FileCookie[] }
  /** `name=value` pairs that belong to the download's own origin. */
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [name: string, value: string])[] }

/**
 * Reads cookies as people have them: a Netscape cookie file as browsers' extensions, curl and wget write it, or
 * `name=value; name2=value2` in one or several lines, as it stands in a browser's tools. Empty text is no pairs.
 * @throws RequestFailure E_COOKIES naming the line; the text never repeats a value
 */
export function parseCookies(text: string): GivenCookies {
  const clean = text.replace(/^\uFEFF/, '')
  return looksLikeFile(clean)
    ? { kind: 'file', cookies: parseCookieFile(clean) }
    : { kind: 'pairs', pairs: parseCookiePairs(clean) }
}

/** The first line of such a file, or a line with tabs in it: no cookie's value may hold one (RFC 6265 §4.1.1). */
function looksLikeFile(text: string): boolean {
  return /^#[ \t]*(Netscape )?HTTP Cookie File/i.test(text) || text.includes('\t')
}

/**
 * The format of Netscape's cookies.txt: domain, include subdomains, path, secure, expiry, name and value between tabs.
 * `#HttpOnly_` before the domain is curl's mark and no comment; other lines with `#` are. Some writers leave out the last
 * tab of an empty value, and the name of a cookie that has none.
 * @throws RequestFailure E_COOKIES naming the line
 */
export function parseCookieFile(text: string): FileCookie[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((line, index) => {
      const httpOnly = line.startsWith('#HttpOnly_')
      if (line.trim() === '' || (line.startsWith('#') && !httpOnly)) return []
      return [cookieOf(httpOnly ? line.slice('#HttpOnly_'.length) : line, httpOnly, index + 1)]
    })
}

function cookieOf(line: string, httpOnly: boolean, number: number): FileCookie {
  const fields = line.split('\t')
  if (fields.length !== 7 && fields.length !== 6) {
    throw problem(number, `seven fields between tabs are needed, and there are ${fields.length}`)
  }
  const [domain = '', subdomains = '', path = '', secure = '', expiry = '', name = '', value = ''] = fields
  const host = domain.trim().replace(/^\./, '').toLowerCase()
  if (host === '' || /[^a-z0-9.:[\]_\u0080-\uffff-]/.test(host)) throw problem(number, 'the first field is not a host')
  if (!path.startsWith('/')) throw problem(number, 'the third field is not a path')
  if (!/^-?\d{1,15}(\.\d+)?$/.test(expiry.trim())) throw problem(number, 'the fifth field is not a time in seconds')
  checkText(name, value, number)
  const expires = Math.floor(Number(expiry))
  return {
    domain: host,
    includeSubdomains: flag(subdomains, 'second', number),
    path,
    secure: flag(secure, 'fourth', number),
    httpOnly,
    expires: expires > 0 ? expires : null,
    name: bytesOf(name),
    value: bytesOf(value),
  }
}

/**
 * `name=value; name2=value2`, one or several lines, with or without `Cookie:` before them (RFC 6265 §4.2.1).
 * @throws RequestFailure E_COOKIES naming the line
 */
export function parseCookiePairs(text: string): [name: string, value: string][] {
  return text.split(/\r?\n/).flatMap((line, index) =>
    line
      .replace(/^\s*cookie:/i, '')
      .split(';')
      .flatMap((pair): [string, string][] => {
        if (pair.trim() === '') return []
        const equals = pair.indexOf('=')
        if (equals < 0) throw problem(index + 1, 'a cookie has the form "name=value"')
        const [name, value] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
        if (name === '') throw problem(index + 1, 'a cookie has no name')
        checkText(name, value, index + 1)
        return [[bytesOf(name), bytesOf(value)]]
      }),
  )
}

/** RFC 6265bis §5.6 drops a cookie with control characters; here somebody can still be told. */
function checkText(name: string, value: string, line: number): void {
  if (/[\x00-\x1f\x7f]/.test(name + value)) throw problem(line, 'a control character')
  if (/[=;\s]/.test(name) || value.includes(';')) throw problem(line, 'a name or value that no cookie can have')
}

function flag(text: string, which: string, line: number): boolean {
  const upper = text.trim().toUpperCase()
  if (upper !== 'TRUE' && upper !== 'FALSE') throw problem(line, `the ${which} field is neither TRUE nor FALSE`)
  return upper === 'TRUE'
}

function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function problem(line: number, what: string): RequestFailure {
  return new RequestFailure({ code: 'E_COOKIES', field: 'cookies', detail: `Cookies, line ${line}: ${what}` })
}
