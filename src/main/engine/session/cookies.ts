import type { GivenCookies } from './cookie-file'
import type { Jar, Pair } from './jar'
import type { HeaderValue } from '../http/headers'

/**
 * The cookies of one download: what the user gave, and what servers set on the way (RFC 6265).
 */
export class Cookies {
  readonly #origin: string
  /** From the first cookie on: its list of public suffixes takes 10 MiB, and most downloads never see one. */
  #jar: Jar | null = null
  /** Whether a server has set one. */
  #set = false
  /** What was kept last, until something changes. */
  #text: string | null = null
  /** For the one origin only; a server's cookie of the same name takes their place. */
  readonly #own: readonly Pair[]

  private constructor(origin: string, given: GivenCookies) {
    this.#origin = origin
    this.#own = given.kind === 'pairs' ? pairs(given.pairs) : []
  }

  /**
   * @param origin that `name=value` pairs are sent to, as {@link URL.origin} writes it
   * @param given the user's cookies; those of a file that no server may set (a public suffix) count as absent
   * @param kept what `text` gave in an earlier run; servers' cookies of then take the place of the user's as they did
   */
  static async open(origin: string, given: GivenCookies, kept: string | null = null): Promise<Cookies> {
    const cookies = new Cookies(origin, given)
    if (kept !== null) {
      const jar = await cookies.#opened()
      jar.restore(kept) // those of a file are among them
      cookies.#set = true
    } else if (given.kind === 'file') {
      const jar = await cookies.#opened()
      for (const cookie of given.cookies) jar.put(cookie)
    }
    return cookies
  }

  /**
   * @param url where the request goes
   * @param written value of a `Cookie` field that the user wrote among the headers; empty for none
   * @returns value of the Cookie field (§5.4), or `null` when there is nothing to send
   */
  header(url: URL, written: string): string | null {
    const set = this.#jar?.cookies(url) ?? []
    const names = new Set(set.map(({ name }) => name))
    const own = url.origin === this.#origin ? [...this.#own, ...pairsOf(written)] : []
    const pairs = [
      ...own.filter(({ name }) => !names.has(name)).map(({ text }) => text),
      ...set.map(({ text }) => text),
    ]
    return pairs.length === 0 ? null : pairs.join('; ')
  }

  /** Takes what an answer sets, of any status (§3, §5.3); what the rules do not allow is dropped. */
  async heard(url: URL, setCookie: HeaderValue): Promise<void> {
    const lines = setCookie === undefined ? [] : typeof setCookie === 'string' ? [setCookie] : setCookie
    if (lines.length === 0) return
    const jar = await this.#opened()
    for (const line of lines) {
      if (!jar.set(line, url)) continue
      this.#set = true
      this.#text = null
    }
  }

  /** All that is in the jar, to be kept over a restart; `null` while no server has set anything. */
  text(): string | null {
    if (this.#set) this.#text ??= this.#jar?.text() ?? null
    return this.#text
  }

  async #opened(): Promise<Jar> {
    const { Jar } = await import('./jar')
    return (this.#jar ??= new Jar())
  }
}

function pairs(given: readonly (readonly [name: string, value: string])[]): Pair[] {
  return given.map(([name, value]) => ({ name, text: `${name}=${value}` }))
}

/** The parts of a field that the user wrote; each goes out as it is. */
function pairsOf(field: string): Pair[] {
  const parts = field.split(';').map((part) => part.trim())
  return parts.flatMap((text) => (text === '' ? [] : [{ name: (text.split('=', 1)[0] ?? '').trim(), text }]))
}
