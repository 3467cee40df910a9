/**
 * The file name that a Content-Disposition header means. Servers in the wild get this header wrong in many ways, and a
 * strict parser would throw away a good name, so this one never fails: it takes what browsers take.
 */

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Text of bytes in a named encoding; null when the name is unknown or the bytes are not of it. */
function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * GBK decodes nearly any bytes, "größe" in Latin-1 included. Real Chinese names consist almost wholly of the characters
 * of GB 2312 (lead byte B0–F7, trail byte A1–FE), so three in four of the pairs have to be such.
 */
function looksLikeGbk(bytes: Uint8Array): boolean {
  let pairs = 0
  let common = 0
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i] ?? 0
    if (lead < 0x80) continue
    const trail = bytes[++i] ?? 0
    pairs += 1
    // A1–A9 are punctuation and letters such as 《》 and ＡＢＣ
    if (((lead >= 0xb0 && lead <= 0xf7) || (lead >= 0xa1 && lead <= 0xa9)) && trail >= 0xa1) common += 1
  }
  return common * 4 >= pairs * 3
}

/**
 * Text of bytes whose encoding nobody named: UTF-8 when they are valid UTF-8, else GBK when they look like it, else
 * Latin-1 (as browsers read it: Windows-1252).
 * @param bytes the bytes of a name
 * @returns their text; never fails
 */
export function decodeUnnamed(bytes: Uint8Array): string {
  const asUtf8 = decode(bytes, 'utf-8')
  if (asUtf8 !== null) return asUtf8
  const asGbk = looksLikeGbk(bytes) ? decode(bytes, 'gbk') : null
  return asGbk ?? new TextDecoder('windows-1252').decode(bytes)
}

/** Bytes of a header value or URL part in which `%XX` stands for a byte; a `%` without two hex digits is itself. */
export function percentDecode(latin1: string): Uint8Array {
  const text = latin1.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(text, 'latin1')
}

/** RFC 2047 `=?charset?B|Q?text?=`: for mail, yet sent in this header by old servers. Null when there is none. */
function decodeWords(text: string): string | null {
  const word = /=\?([^?]+)\?([BbQq])\?([^?]*)\?=/g
  if (!word.test(text)) return null
  // white space between two words is not part of the text (§6.2)
  return text.replace(/(\?=)\s+(?==\?)/g, '$1').replace(word, (whole, charset: string, form: string, body: string) => {
    const bytes =
      form.toUpperCase() === 'B'
        ? Buffer.from(body, 'base64')
        : percentDecode(
            body
              .replace(/%/g, '%25')
              .replace(/_/g, ' ')
              .replace(/=([0-9A-Fa-f]{2})/g, '%$1'),
          )
    return decode(bytes, charset.replace(/\*.*$/, '')) ?? whole
  })
}

/** RFC 8187 §3.2: `charset'language'percent-encoded`. Null when it is none or its bytes are not of its charset. */
function decodeExtended(value: string): string | null {
  const match = /^([^']*)'[^']*'(.*)$/s.exec(value)
  // some servers forget the prefix: then it can only be UTF-8, the one encoding that is required (§3.2.1)
  const bytes = percentDecode(match?.[2] ?? value)
  return decode(bytes, match?.[1]?.trim() || 'utf-8')
}

/** The value of `filename=`: whichever of the encodings that servers use there. */
function decodePlain(value: string): string {
  const words = decodeWords(value)
  if (words !== null) return words
  if (/%[0-9A-Fa-f]{2}/.test(value) && !/[\x80-\xff]/.test(value)) {
    // not in any RFC, yet common; Chrome decodes it too. Only when the result is text: "100%25" but not "%FF"
    try {
      return utf8.decode(percentDecode(value))
    } catch {
      return value
    }
  }
  return decodeUnnamed(Buffer.from(value, 'latin1'))
}

/** A quoted string may only end where a parameter may end: names with bare quotes inside are common enough. */
const quoteEnds = /^"\s*(?:;|,|$|[\w*-]+\s*=)/
const entityEnd = /&(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+)$/i

/**
 * Splits the header into parameters: RFC 6266 §4.1, but missing types, missing semicolons, blanks and semicolons inside
 * bare values and unfinished quotes are let through.
 */
function parameters(header: string): Map<string, string> {
  const found = new Map<string, string>()
  let at = 0
  while (at < header.length) {
    const start = /^[\s;,]*([^\s;,="]*)\s*(=?)\s*/.exec(header.slice(at))
    if (start === null || start[0] === '') {
      at += 1
      continue
    }
    at += start[0].length
    if (start[2] !== '=') continue
    let value = ''
    if (header[at] === '"') {
      at += 1
      while (at < header.length && !(header[at] === '"' && quoteEnds.test(header.slice(at)))) {
        // Only \" and \\ are escapes: a lone backslash is a Windows path far more often than a quoted letter
        if (header[at] === '\\' && (header[at + 1] === '"' || header[at + 1] === '\\')) at += 1
        value += header[at] ?? ''
        at += 1
      }
      at += 1
    } else {
      const from = at
      while (at < header.length && !(header[at] === ';' && !entityEnd.test(header.slice(from, at)))) at += 1
      value = header.slice(from, at).trim()
    }
    const name = (start[1] ?? '').toLowerCase()
    // a repeated parameter is invalid (RFC 6266 §4.1); browsers take the first
    if (!found.has(name)) found.set(name, value)
  }
  return found
}

/**
 * RFC 6266 §4.3: `filename*` before `filename`.
 * @param header the header as it came, one character a byte (latin1)
 * @returns the name as the server meant it, not yet safe for any file system; null when the header has none
 */
export function dispositionName(header: string): string | null {
  const found = parameters(header)
  const extended = found.get('filename*')
  const decoded = extended === undefined ? null : decodeExtended(extended)
  if (decoded !== null && decoded.trim() !== '') return decoded
  const plain = found.get('filename')
  return plain === undefined || plain.trim() === '' ? null : decodePlain(plain)
}
