import type { Login } from './auth'

/** One `machine` of a .netrc; `host` is `null` for `default`. */
export interface NetrcEntry {
  readonly host: string | null
  /** `null` when the entry names none. */
  readonly login: string | null
  readonly password: string | null
}

/** A file that is no .netrc; the text names the line and never a value. */
export class NetrcError extends Error {}

interface Token {
  readonly text: string
  readonly line: number
}

/**
 * Reads a .netrc: `machine NAME`, `default`, `login`, `password` and `account` in any order and on any lines; `macdef`
 * ends at an empty line and is skipped. As curl reads it: a token may stand in double quotes with `\"`, `\\`, `\n`, `\r`
 * and `\t`, and `#` where a keyword could stand begins a comment.
 * @throws NetrcError for an unknown keyword, one without its value, or an open quote
 */
export function parseNetrc(text: string): NetrcEntry[] {
  const tokens = new Tokens(text.replace(/^\uFEFF/, ''))
  const entries: { host: string | null; login: string | null; password: string | null }[] = []
  for (let word = tokens.next(); word !== null; word = tokens.next()) {
    const current = entries.at(-1)
    if (word.text.startsWith('#')) tokens.skipLine()
    else if (word.text === 'machine') {
      entries.push({ host: tokens.value(word).toLowerCase(), login: null, password: null })
    } else if (word.text === 'default') entries.push({ host: null, login: null, password: null })
    else if (word.text === 'macdef') tokens.skipMacro()
    else if (word.text === 'account') tokens.value(word)
    else if (word.text === 'login' || word.text === 'password') {
      const value = tokens.value(word)
      if (current === undefined) throw new NetrcError(`line ${word.line}: "${word.text}" before the first "machine"`)
      current[word.text] = value
    } else {
      // It may be a password that was meant for the keyword before: it is not repeated.
      throw new NetrcError(`line ${word.line}: a word that is no keyword of .netrc`)
    }
  }
  return entries
}

/**
 * Finds who to be at a host.
 * @param host as URLs have it, without port; it must be the entry's exactly
 * @param user a name that is set already: then only its own entry fits; `null` takes the first one
 * @returns `null` when there is none with a password or a name; `default` counts only when no machine fits
 */
export function netrcLogin(entries: readonly NetrcEntry[], host: string, user: string | null): Login | null {
  const wanted = host.toLowerCase().replace(/^\[|\]$/g, '')
  const fits = (entry: NetrcEntry) =>
    user === null || entry.login === user || (entry.login === null && entry.host !== null)
  const found =
    entries.find((entry) => entry.host?.replace(/^\[|\]$/g, '') === wanted && fits(entry)) ??
    entries.find((entry) => entry.host === null && fits(entry))
  if (found === undefined || (found.login === null && found.password === null)) return null
  return { user: user ?? found.login ?? '', password: found.password ?? '' }
}

class Tokens {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): Token | null {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
    if (this.#at >= this.#text.length) return null
    const line = this.#line()
    return { text: this.#text[this.#at] === '"' ? this.#quoted(line) : this.#bare(), line }
  }

  value(keyword: Token): string {
    const token = this.next()
    if (token === null) throw new NetrcError(`line ${keyword.line}: "${keyword.text}" without a value`)
    return token.text
  }

  skipLine(): void {
    // A comment may have ended with its first word.
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  skipMacro(): void {
    const end = /\r?\n[ \t]*\r?\n/g
    end.lastIndex = this.#at
    this.#at = end.exec(this.#text) === null ? this.#text.length : end.lastIndex
  }

  #line(): number {
    return this.#text.slice(0, this.#at).split('\n').length
  }

  #bare(): string {
    const from = this.#at
    while (this.#at < this.#text.length && !/\s/.test(this.#text[this.#at] ?? '')) this.#at++
    return this.#text.slice(from, this.#at)
  }

  #quoted(line: number): string {
    let value = ''
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? ''
      if (char === '"') {
        this.#at++
        return value
      }
      if (char === '\n') break
      if (char !== '\\') value += char
      else {
        const escaped = this.#text[++this.#at] ?? ''
        value += { n: '\n', r: '\r', t: '\t' }[escaped] ?? escaped
      }
    }
    throw new NetrcError(`line ${line}: a quote that does not end`)
  }
}
