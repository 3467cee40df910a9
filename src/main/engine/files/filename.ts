import { decodeUnnamed, dispositionName, percentDecode } from './content-disposition'

/** Longest name that every file system we write to takes, in bytes of UTF-8. */
const longestName = 255
/** `.xxxxxxxx.part` */
const partSuffixLength = 14
/** What a name may have, so that ` (999999)` and the suffix of its part still fit. */
const longestSafeName = longestName - partSuffixLength - ' (999999)'.length

const fallbackName = 'download'

const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8')

/** Extensions that belong together with the one before them: `name (1).tar.gz`, not `name.tar (1).gz`. */
const doubleExtension =
  /\.(?:tar|cpio)\.(?:gz|bz2|xz|zst|lz|lzma|lz4|lzo|br|z)$|\.(?:zip|7z|rar)\.\d{3}$|\.part\d+\.rar$/i
/** A letter in it, or three digits of a split archive: the end of "Version 1.2" is no extension. */
const singleExtension = /\.(?:(?=[\w-]*[a-z])[\w-]{1,16}|\d{3})$/i

/** Splits a name before its extension, dot included there; the extension is '' when there is none. */
function splitExtension(name: string): [stem: string, extension: string] {
  const at = (doubleExtension.exec(name) ?? singleExtension.exec(name))?.index ?? name.length
  return at === 0 ? [name, ''] : [name.slice(0, at), name.slice(at)]
}

/** Without dots and blanks at the end. A loop, because `/[.\s]+$/` takes quadratic time where blanks are in the middle. */
function withoutEnd(text: string): string {
  let end = text.length
  while (end > 0 && /[.\s]/.test(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** Cuts at the end of a character, not inside one, so that at most `bytes` are left. */
function truncate(text: string, bytes: number): string {
  let kept = ''
  let used = 0
  for (const character of text) {
    used += byteLength(character)
    if (used > bytes) break
    kept += character
  }
  return withoutEnd(kept)
}

/**
 * Removed: control characters, and what is invisible or turns the direction of text, so that a name looks like what it
 * is ("gpj.exe" must not look like "exe.jpg"). Unicode TR 36 §2.4, TR 9 §2.
 */
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu
/** Not allowed in names by Windows; `:` also opens a stream there. Slashes are gone by then. */
const forbidden = /[<>:"|?*]/g
/** Device names of Windows, with any extension too, and files that its shell obeys. */
const reserved =
  /^(?:(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)|(?:desktop|autorun)\.in[fi]$|thumbs\.db$)/i
const partEnding = /\.([0-9a-f]{8})\.part$/i

/**
 * Turns any text into the name of a visible, ordinary file directly inside whatever folder it is joined to, on Linux,
 * macOS and Windows alike; names are the same on every system, so that a folder can be moved between them.
 *
 * Base name only (`/` and `\`); NFC; without control, invisible and direction characters; `<>:"|?*` become `_`; no blank
 * at either end and no dot at the end; dots at the start become one `_`, because a server must not hide a file; device
 * names get a `_` in front; never the name of a part file; at most 232 bytes, the extension is kept.
 * @param name any text
 * @returns the safe name, never empty; applying this again changes nothing
 */
export function safeFileName(name: string): string {
  const base = name
    .replace(/\p{Surrogate}/gu, '_')
    .replace(invisible, '')
    .trim()
    .split(/[/\\]/)
    .findLast((part) => part.trim() !== '')
  let safe = withoutEnd((base ?? '').normalize('NFC').replace(forbidden, '_')).replace(/^[\s.]*\.\s*|^\s+/u, (start) =>
    start.includes('.') ? '_' : '',
  )
  if (safe === '') safe = fallbackName
  if (reserved.test(safe)) safe = `_${safe}`
  safe = safe.replace(partEnding, '.$1_part')
  if (byteLength(safe) <= longestSafeName) return safe
  const [stem, extension] = splitExtension(safe)
  return (truncate(stem, longestSafeName - byteLength(extension)) || fallbackName) + extension
}

/** Types whose extension is beyond doubt. Programs are not among them: a type must not make a file executable. */
const extensions: Readonly<Record<string, string>> = {
  'application/epub+zip': '.epub',
  'application/gzip': '.gz',
  'application/json': '.json',
  'application/msword': '.doc',
  'application/pdf': '.pdf',
  'application/rtf': '.rtf',
  'application/vnd.ms-excel': '.xls',
  'application/vnd.ms-powerpoint': '.ppt',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': '.pptx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/vnd.rar': '.rar',
  'application/x-7z-compressed': '.7z',
  'application/x-bzip2': '.bz2',
  'application/x-gzip': '.gz',
  'application/x-iso9660-image': '.iso',
  'application/x-rar-compressed': '.rar',
  'application/x-tar': '.tar',
  'application/x-xz': '.xz',
  'application/zip': '.zip',
  'application/zstd': '.zst',
  'audio/flac': '.flac',
  'audio/mp4': '.m4a',
  'audio/mpeg': '.mp3',
  'audio/ogg': '.ogg',
  'audio/wav': '.wav',
  'image/avif': '.avif',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/svg+xml': '.svg',
  'image/tiff': '.tif',
  'image/webp': '.webp',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/plain': '.txt',
  'video/mp4': '.mp4',
  'video/mpeg': '.mpg',
  'video/quicktime': '.mov',
  'video/webm': '.webm',
  'video/x-matroska': '.mkv',
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Undoes what copying from a page's source leaves behind: `&amp;` and the like, once. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi, (whole, name, decimal, hex) => {
    if (typeof name === 'string') return entities[name.toLowerCase()] ?? whole
    const code = typeof decimal === 'string' ? Number(decimal) : parseInt(String(hex), 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** Last non-empty segment of the path, else the host; `null` where there is neither. */
function urlName(address: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  // ";jsessionid=…" belongs to the segment, not to the name (RFC 3986 §3.3)
  const last = segments.at(-1)?.replace(/(?<=.);[\w.-]+=.*$/, '')
  if (last !== undefined) return decodeUnnamed(percentDecode(last))
  // "example.com" would be a program to Windows
  return url.hostname === '' ? null : url.hostname.replace(/[^\p{L}\p{N}-]+/gu, '_')
}

export interface NameSources {
  /** The header as it came, one character a byte (latin1); null when there was none. */
  readonly contentDisposition: string | null
  /** The address that was asked; after redirects, the last one. */
  readonly url: string
  /** Goes before what the address says; what the server says goes before it. */
  readonly known?: string | null
  readonly contentType?: string | null
}

/**
 * The name for a download: from Content-Disposition (RFC 6266), else the one that is known, else the last segment of the
 * URL's path, else its host, else "download". The query never makes a name: it holds tokens more often than names.
 * `&amp;` and its kin are decoded, `%2B` and `+` are a plus everywhere. A name without extension gets that of a
 * well-known Content-Type.
 * @param sources what the answer and the address say
 * @returns a safe name, see {@link safeFileName}
 */
export function fileNameFrom(sources: NameSources): string {
  const given = sources.contentDisposition === null ? null : dispositionName(sources.contentDisposition)
  const name = safeFileName(decodeEntities(given ?? sources.known ?? urlName(sources.url) ?? ''))
  const type = (sources.contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const extension = Object.hasOwn(extensions, type) ? (extensions[type] ?? '') : ''
  return splitExtension(name)[1] === '' ? safeFileName(name + extension) : name
}

/**
 * A name for when the first choice is taken.
 * @param name a safe name
 * @param n 1, 2, 3, …
 * @returns `name (n).ext`, at most 241 bytes so that its part's name fits; `.tar.gz` and the like stay whole
 */
export function numberedName(name: string, n: number): string {
  const [stem, extension] = splitExtension(name)
  const number = ` (${n})`
  const room = longestName - partSuffixLength - byteLength(extension) - number.length
  return (byteLength(stem) > room ? truncate(stem, room) : stem) + number + extension
}

/**
 * Name of the file that holds the bytes until they are complete.
 * @param name a safe or numbered name
 * @param generation eight hex digits; a restart from byte 0 is a new generation
 * @returns `name.generation.part`, at most 255 bytes
 */
export function partName(name: string, generation: string): string {
  const suffix = `.${generation}.part`
  return truncate(name, longestName - byteLength(suffix)) + suffix
}

/** Whether a name has the form of {@link partName}; no safe name has. */
export function isPartName(name: string): boolean {
  return partEnding.test(name)
}
