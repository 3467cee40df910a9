/**
 * The part of ICU MessageFormat that the catalogues use: `{name}` and `{n, plural, =0 {…} one {# file} other {# files}}`.
 * The syntax is the standard one, so that translators' tools read it and a full library could take its place. A straight
 * apostrophe quotes in ICU; here it is refused: write ’.
 */

/** The argument of one `{…}`; a plural branch such as `{# file}` also starts with a brace, and is not an argument. */
type Argument<Rest extends string> = Rest extends `${infer Inside}}${string}`
  ? Inside extends `${infer Name},${string}`
    ? NotBranch<Name>
    : NotBranch<Inside>
  : never
type NotBranch<Name extends string> = Name extends `${string} ${string}` | `${string}#${string}` ? never : Name

/** The names of all arguments of a message, known to the compiler. */
export type ArgumentsOf<Text extends string> = Text extends `${string}{${infer Rest}`
  ? Argument<Rest> | ArgumentsOf<Rest>
  : never

/** The values that a message needs, as the last parameter of a function: none for one without arguments. */
export type ValuesFor<Text extends string> = [ArgumentsOf<Text>] extends [never]
  ? []
  : [values: Readonly<Record<ArgumentsOf<Text>, string | number>>]

export type Values = Readonly<Record<string, string | number>>

/** A piece of a message: words, or an argument, with its branches when it is a plural. */
export type Part = string | { readonly name: string; readonly plural?: ReadonlyMap<string, readonly Part[]> }

const HASH = '#'
const cache = new Map<string, readonly Part[]>()

/**
 * Fills a message in. A missing value shows as its name in braces rather than as nothing.
 * @throws Error for a message that is not well formed
 */
export function formatMessage(text: string, values: Values, locale: string): string {
  let parts = cache.get(text)
  if (parts === undefined) {
    parts = parseMessage(text)
    cache.set(text, parts)
  }
  return render(parts, values, locale, null)
}

/** @throws Error for a message that is not well formed */
export function parseMessage(text: string): readonly Part[] {
  if (text.includes("'")) throw new Error(`A straight apostrophe: ${text}`)
  return parse(text, 0, false).parts
}

function render(parts: readonly Part[], values: Values, locale: string, count: number | null): string {
  let out = ''
  for (const part of parts) {
    if (typeof part === 'string') {
      out += count === null ? part : part.replaceAll(HASH, number(count, locale))
      continue
    }
    const value = values[part.name]
    if (part.plural === undefined) {
      out += value === undefined ? `{${part.name}}` : typeof value === 'number' ? number(value, locale) : value
    } else {
      const n = Number(value)
      const branch =
        part.plural.get(`=${n}`) ?? part.plural.get(pluralRules(locale).select(n)) ?? part.plural.get('other') ?? []
      out += render(branch, values, locale, n)
    }
  }
  return out
}

function parse(text: string, from: number, nested: boolean): { parts: Part[]; end: number } {
  const parts: Part[] = []
  let literal = ''
  let at = from
  while (at < text.length && text[at] !== '}') {
    if (text[at] !== '{') {
      literal += text[at++]
      continue
    }
    if (literal !== '') parts.push(literal)
    literal = ''
    const head = /^\{\s*(\w+)\s*(\}|,\s*plural\s*,)/.exec(text.slice(at))
    if (head?.[1] === undefined) throw new Error(`Bad message at ${at}: ${text}`)
    at += head[0].length
    if (head[2] === '}') {
      parts.push({ name: head[1] })
      continue
    }
    const plural = parseBranches(text, at)
    parts.push({ name: head[1], plural: plural.branches })
    at = plural.end
  }
  if (at < text.length !== nested) throw new Error(`Braces do not match at ${at}: ${text}`)
  if (literal !== '') parts.push(literal)
  return { parts, end: at }
}

function parseBranches(text: string, from: number): { branches: Map<string, Part[]>; end: number } {
  const branches = new Map<string, Part[]>()
  let at = from
  for (;;) {
    const rest = text.slice(at)
    const end = /^\s*\}/.exec(rest)
    if (end !== null) {
      if (!branches.has('other')) throw new Error(`A plural without "other": ${text}`)
      return { branches, end: at + end[0].length }
    }
    const key = /^\s*(=\d+|\w+)\s*\{/.exec(rest)
    if (key?.[1] === undefined) throw new Error(`Bad plural at ${at}: ${text}`)
    const branch = parse(text, at + key[0].length, true)
    branches.set(key[1], branch.parts)
    at = branch.end + 1
  }
}

const rules = new Map<string, Intl.PluralRules>()
function pluralRules(locale: string): Intl.PluralRules {
  let found = rules.get(locale)
  if (found === undefined) rules.set(locale, (found = new Intl.PluralRules(locale)))
  return found
}

const numbers = new Map<string, Intl.NumberFormat>()
function number(value: number, locale: string): string {
  let found = numbers.get(locale)
  if (found === undefined) numbers.set(locale, (found = new Intl.NumberFormat(locale)))
  return found.format(value)
}
