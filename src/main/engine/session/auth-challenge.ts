import type { HeaderValue } from '../http/headers'

/** One challenge of a 401: how the server wants to be told who asks (RFC 9110 §11.6.1). */
export interface Challenge {
  /** Lower case: schemes are case-insensitive (RFC 9110 §11.1). */
  readonly scheme: string
  /** By lower-case name, quotes and escapes removed; characters are the bytes on the wire. */
  readonly params: ReadonlyMap<string, string>
}

const blank = /[ \t]*/y
const separator = /[ \t,]*/y
/** RFC 9110 §5.6.2. */
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
/** RFC 9110 §11.2; at least one character that no token has, or the end of the challenge, tells it from a name. */
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y
/** RFC 9110 §5.6.4. */
const quoted = /"((?:[^"\\]|\\[^])*)"/y

/**
 * Reads every challenge of an answer: a server may put several into one field line, with the same comma between
 * challenges as between parameters, or send several lines (RFC 9110 §11.6.1).
 * @param value the WWW-Authenticate field
 * @returns the challenges in the server's order; what is malformed (a parameter without value, twice, or an open quote)
 *   ends its line, and the challenge that it stands in is left out
 */
export function parseChallenges(value: HeaderValue): Challenge[] {
  const lines = value === undefined ? [] : typeof value === 'string' ? [value] : value
  return lines.flatMap(challengesOf)
}

function challengesOf(line: string): Challenge[] {
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(line)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  /** `name = value`; RFC 9110 §11.2 lets blanks stand around the sign. `null` leaves the place where it was. */
  const parameter = (): [name: string, value: string] | null | 'malformed' => {
    const start = at
    const name = take(token)?.[0]
    take(blank)
    if (name === undefined || line[at] !== '=') {
      at = start
      return null
    }
    at++
    take(blank)
    const text = line[at] === '"' ? take(quoted)?.[1]?.replace(/\\([^])/g, '$1') : take(token)?.[0]
    return text === undefined ? 'malformed' : [name.toLowerCase(), text]
  }
  const found: Challenge[] = []
  for (;;) {
    take(separator)
    const scheme = take(token)?.[0].toLowerCase()
    if (scheme === undefined) return found
    const params = new Map<string, string>()
    const afterScheme = at
    take(blank)
    if (at === afterScheme || take(token68) === null) {
      for (;;) {
        const read = parameter()
        if (read === null) break
        if (read === 'malformed' || params.has(read[0])) return found
        params.set(...read)
        take(separator)
      }
    }
    found.push({ scheme, params })
  }
}
