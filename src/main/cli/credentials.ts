import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { Login } from '../engine/session/auth'
import { parseCookies } from '../engine/session/cookie-file'
import { parseHeaderLines } from '../engine/http/headers'
import { netrcLogin, NetrcError, parseNetrc, type NetrcEntry } from '../engine/session/netrc'
import type { Credentials } from '../engine/ports'
import type { Address } from '../sources/address'
import { UsageError } from './usage-error'

/** What the options say about who asks. */
export interface CredentialOptions {
  readonly header?: readonly string[] | undefined
  readonly referer?: string | undefined
  readonly 'user-agent'?: string | undefined
  readonly user?: string | undefined
  readonly netrc?: boolean | undefined
  readonly 'netrc-file'?: string | undefined
  readonly 'load-cookies'?: string | undefined
}

/** What the command line is started in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** One line for the user. */
  readonly warn: (text: string) => void
  /** Asks for a password; `null` where there is no terminal. */
  readonly askPassword: ((prompt: string) => Promise<string>) | null
}

/**
 * Reads everything that says who asks, once, and returns what each address gets. For user name and password the first
 * of these counts: `--user`, the address itself, .netrc. A password that is missing for a name comes from
 * `LONGSHORE_PASSWORD`, .netrc, or the terminal.
 * @throws UsageError, RequestFailure E_HEADER, E_COOKIES
 */
export async function readCredentials(
  options: CredentialOptions,
  around: Surroundings,
): Promise<(address: Address) => Credentials> {
  const headers = parseHeaderLines(headerLines(options).join('\n'))
  const cookies = options['load-cookies'] === undefined ? '' : readFile('--load-cookies', options['load-cookies'])
  parseCookies(cookies)
  const netrc = readNetrc(options, around)
  const given = await givenLogin(options.user, netrc, around)
  return (address) => {
    const host = new URL(address.url).hostname
    return { ...(given?.(host) ?? addressLogin(address, netrc)), headers, cookies }
  }
}

function headerLines({ header = [], referer, 'user-agent': userAgent }: CredentialOptions): string[] {
  const lines = [...header]
  if (referer !== undefined) lines.push(`Referer: ${refererOf(referer)}`)
  if (userAgent !== undefined) {
    if (userAgent.trim() === '') throw new UsageError('--user-agent takes a text')
    lines.push(`User-Agent: ${userAgent}`)
  }
  return lines.map((line) => {
    // A line end in an argument would make two headers of one.
    if (/[\r\n]/.test(line)) throw new UsageError('a header is one line')
    return line
  })
}

/** RFC 9110 §10.1.3: no fragment, no user name and password. */
function refererOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError('--referer takes an http(s) address')
  url.username = ''
  url.password = ''
  url.hash = ''
  return url.href
}

/** `--user`, as a function of the host, because .netrc may have the password. */
async function givenLogin(
  text: string | undefined,
  netrc: readonly NetrcEntry[],
  { env, askPassword }: Surroundings,
): Promise<((host: string) => Login) | null> {
  if (text === undefined) return null
  const colon = text.indexOf(':')
  const user = colon < 0 ? text : text.slice(0, colon)
  if (colon >= 0) return () => ({ user, password: text.slice(colon + 1) })
  const known = env['LONGSHORE_PASSWORD']
  if (known !== undefined) return () => ({ user, password: known })
  if (netrc.some((entry) => entry.login === user)) {
    return (host) => netrcLogin(netrc, host, user) ?? { user, password: '' }
  }
  if (askPassword === null) {
    throw new UsageError('--user NAME needs LONGSHORE_PASSWORD, a .netrc with that name, or a terminal to ask on')
  }
  const password = await askPassword(`Password for ${user}: `)
  return () => ({ user, password })
}

function addressLogin({ url, user, password }: Address, netrc: readonly NetrcEntry[]): Login {
  if (password !== '') return { user, password }
  return netrcLogin(netrc, new URL(url).hostname, user === '' ? null : user) ?? { user, password }
}

function readNetrc(options: CredentialOptions, { env, warn }: Surroundings): NetrcEntry[] {
  const named = options['netrc-file']
  if (named === undefined && options.netrc !== true) return []
  const file = named ?? env['NETRC'] ?? path.join(homedir(), process.platform === 'win32' ? '_netrc' : '.netrc')
  const option = named === undefined ? '--netrc' : '--netrc-file'
  const text = readFile(option, file)
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    warn(`${file} can be read by others; chmod 600 keeps its passwords to you`)
  }
  try {
    return parseNetrc(text)
  } catch (error) {
    if (error instanceof NetrcError) throw new UsageError(`${option}: ${error.message}`)
    throw error
  }
}

function readFile(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${(error as Error).message}`)
  }
}
