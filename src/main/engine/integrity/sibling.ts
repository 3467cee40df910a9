import type { Checksum, ChecksumAlgorithm } from '../../../shared/verification'
import type { HttpClient, HttpResponse } from '../http/http'
import { singleValue } from '../http/headers'
import type { Session } from '../ports'
import { algorithmNamed, algorithmOfLength, checksumOf } from './digest'
import { consistent } from './expected'

/** A file beside a download that may hold its checksum. */
interface Sibling {
  readonly url: string
  /** `null`: the digits tell. */
  readonly algorithm: ChecksumAlgorithm | null
}

/** Bytes; lists of large collections are longer, and are not read. */
const largest = 256 * 1024
/** ms for all of them together. */
const patience = 15_000

/**
 * Where people put checksums of a file: `NAME.sha256`, `NAME.sha512`, `NAME.md5`, and `SHA256SUMS` in its folder.
 * @param url the download's address
 * @returns the places, best first; none for an address with a query, which is no plain file or is signed
 */
export function siblingsOf(url: string): Sibling[] {
  const { origin, pathname, search } = new URL(url)
  if (search !== '' || pathname.endsWith('/')) return []
  const beside = (name: string, algorithm: ChecksumAlgorithm | null): Sibling => ({
    url: new URL(name, `${origin}${pathname}`).href,
    algorithm,
  })
  const place = `${origin}${pathname}`
  return [
    { url: `${place}.sha256`, algorithm: 'sha-256' },
    beside('SHA256SUMS', 'sha-256'),
    { url: `${place}.sha512`, algorithm: 'sha-512' },
    { url: `${place}.md5`, algorithm: 'md5' },
  ]
}

/**
 * Reads what sha256sum and its kin write: `HEX  NAME`, `HEX *NAME`, BSD's `SHA256 (NAME) = HEX`, or nothing but digits.
 * @param text of the file
 * @param name of the download
 * @param algorithm what the digits are; `null` when only they tell
 * @returns what it says about that name; null when nothing, or two different things
 */
export function parseChecksumFile(text: string, name: string, algorithm: ChecksumAlgorithm | null): Checksum | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const named = lines.flatMap((line) => {
    const gnu = /^\\?([0-9a-f]{32,128})[ \t]+\*?(.+)$/i.exec(line)
    if (gnu && baseName(gnu[2]!) === name) return of(algorithm, gnu[1]!)
    const bsd = /^([a-z0-9-]+) ?\((.+)\) ?= ?([0-9a-f]+)$/i.exec(line)
    if (bsd && baseName(bsd[2]!) === name) return of(algorithmNamed(bsd[1]!), bsd[3]!)
    return []
  })
  const filled = lines.filter((line) => line !== '')
  const bare = filled.length === 1 && /^[0-9a-f]{32,128}$/i.test(filled[0]!) ? of(algorithm, filled[0]!) : []
  const found = consistent([...named, ...bare])
  return found.length === 1 ? found[0]! : null
}

function of(algorithm: ChecksumAlgorithm | null, hex: string): Checksum[] {
  const known = algorithm ?? algorithmOfLength(hex.length)
  const checksum = known ? checksumOf(known, hex) : null
  return checksum ? [checksum] : []
}

function baseName(path: string): string {
  return path.split('/').at(-1) ?? path
}

/**
 * Looks for a checksum beside a download, on its own server: a few small requests, until one answers with it.
 * @returns null when there is none; problems are none, the download has its bytes already
 */
export async function lookBeside(session: Session, http: HttpClient, signal: AbortSignal): Promise<Checksum | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)])
  const name = nameOf(session.url)
  for (const { url, algorithm } of siblingsOf(session.url)) {
    try {
      const response = await http.open({ url, session, start: 0, end: largest, validator: null }, limit)
      const text = await shortText(response, new URL(session.url).origin).finally(() => response.discard())
      const found = text === null ? null : parseChecksumFile(text, name, algorithm)
      if (found) return found
    } catch {
      signal.throwIfAborted()
      if (limit.aborted) return null
    }
  }
  return null
}

async function shortText(response: HttpResponse, origin: string): Promise<string | null> {
  const { status, headers } = response
  if ((status !== 200 && status !== 206) || new URL(response.url).origin !== origin) return null
  if (/html/i.test(singleValue(headers['content-type']) ?? '') || headers['content-encoding'] !== undefined) return null
  const chunks: Buffer[] = []
  let length = 0
  await response.read((chunk) => {
    length += chunk.length
    if (length > largest) return 'enough'
    chunks.push(Buffer.from(chunk))
    return undefined
  })
  return length > largest ? null : Buffer.concat(chunks).toString('utf8')
}

function nameOf(url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
