/** Name and value as they are meant, not encoded; `null` for a name without `=`. */
export type Query = readonly (readonly [name: string, value: string | null])[]

/**
 * Percent-encodes as both signatures want it: all but `A-Za-z0-9-_.~` of the UTF-8 bytes, in upper-case hex.
 * @param text a lone half of a surrogate pair becomes U+FFFD
 */
export function encode(text: string): string {
  // Half a surrogate pair has no bytes (and would make encodeURIComponent throw).
  const whole = text.replace(/\p{Surrogate}/gu, '\uFFFD')
  return encodeURIComponent(whole).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The same for a path, whose `/` stay. */
export function encodePath(path: string): string {
  return path.split('/').map(encode).join('/')
}

/** A query as it is sent. @returns without `?` */
export function encodeQuery(query: Query): string {
  return query.map(([name, value]) => (value === null ? encode(name) : `${encode(name)}=${encode(value)}`)).join('&')
}

/** Reads a query as it was sent; a `%` that encodes nothing stands for itself, and `+` does too. */
export function decodeQuery(text: string): Query {
  if (text === '') return []
  return text.split('&').map((pair) => {
    const equals = pair.indexOf('=')
    return equals < 0 ? [decode(pair), null] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))]
  })
}

/** Takes percent-encoding away, as far as it is one: the bytes that are no UTF-8 are left as they are written. */
export function decode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run)
    } catch {
      return run
    }
  })
}
