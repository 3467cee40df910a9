import type { HeaderValue } from './headers'

/** What an answer names beside its bytes (RFC 8288, RFC 6249). */
export interface Links {
  /** Further addresses of the same file (`rel=duplicate`), the best first. */
  readonly duplicates: readonly string[]
  /** A Metalink document that describes it (`rel=describedby`); `null` for none. */
  readonly description: string | null
}

/** Characters: what servers with dozens of mirrors send. */
const longest = 64 * 1024
const metalink = 'application/metalink4+xml'

/**
 * Reads the Link fields of an answer. What cannot be read is left out: none of it is needed.
 * @param base where the answer came from
 * @returns addresses of the web alone, without fragments and credentials
 */
export function parseLinks(value: HeaderValue, base: string): Links {
  const text = (value === undefined ? [] : [value].flat()).join(', ')
  const found = text.length > longest ? [] : [...linksIn(text)]
  const duplicates = found
    .filter(({ params }) => relations(params).includes('duplicate'))
    // RFC 6249 §3.1: 1 is the best; without one it comes last.
    .map(({ target, params }) => ({ url: resolve(target, base), pri: Number(params.get('pri') ?? 999_999) || 999_999 }))
    .sort((a, b) => a.pri - b.pri)
    .flatMap(({ url }) => url ?? [])
  const described = found.find(
    ({ target, params }) =>
      relations(params).includes('describedby') &&
      (params.get('type')?.toLowerCase() === metalink || (!params.has('type') && /\.meta4$/i.test(target))),
  )
  return {
    duplicates: [...new Set(duplicates)].filter((url) => url !== base),
    description: described ? resolve(described.target, base) : null,
  }
}

interface Link {
  readonly target: string
  readonly params: ReadonlyMap<string, string>
}

/** `<target>; name=token; name="quoted \" text"`, apart by commas. Of a parameter that comes twice the first counts. */
function* linksIn(text: string): Generator<Link> {
  const link = /<([^<>]*)>((?:[^",<]|"(?:[^"\\]|\\.)*")*)/g
  for (const [, target = '', rest = ''] of text.matchAll(link)) {
    const params = new Map<string, string>()
    for (const [, name = '', quoted, token = ''] of rest.matchAll(
      /;\s*([\w*-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;",]*)))?/g,
    )) {
      const key = name.toLowerCase()
      if (!params.has(key)) params.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token)
    }
    yield { target: target.trim(), params }
  }
}

function relations(params: ReadonlyMap<string, string>): string[] {
  return (params.get('rel') ?? '').toLowerCase().split(/\s+/)
}

function resolve(target: string, base: string): string | null {
  if (!URL.canParse(target, base)) return null
  const url = new URL(target, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  // A page that was led to safely must not lead away unsafely (fault 73).
  if (url.protocol === 'http:' && new URL(base).protocol === 'https:') return null
  url.hash = ''
  url.username = ''
  url.password = ''
  return url.href
}
