import type { SaxesParser, SaxesTagNS } from 'saxes'
import type { Checksum } from '../../../shared/verification'
import { parseAddressOf, safeMetalinkName } from './metalink-names'
import type { Pieces } from '../ports'
import { isCrc } from './crc'
import { algorithmNamed, checksumOf } from './digest'
import { consistent } from './expected'

/** One file of a Metalink document. */
export interface MetalinkFile {
  /** A plain name, without folders. */
  readonly name: string
  /** Bytes. */
  readonly size: number | null
  readonly digests: readonly Checksum[]
  readonly pieces: Pieces | null
  /** http and https, the best first. */
  readonly urls: readonly string[]
}

/** Characters of a document. Real ones have some kilobytes; hashes of pieces make some megabytes. */
export const longestMetalink = 16 * 1024 * 1024
const mostFiles = 1000
const namespace = 'urn:ietf:params:xml:ns:metalink'

/**
 * Reads a Metalink 4 document (RFC 5854). The parser knows no entities but those of XML itself, and a document type is
 * refused, so that nothing expands.
 * @returns its files; those without an address that can be downloaded are left out. `null` when it is no such document
 */
export async function parseMetalink(text: string): Promise<MetalinkFile[] | null> {
  if (text.length > longestMetalink) return null
  const { SaxesParser } = await import('saxes')
  const reader = new MetalinkReader()
  try {
    return reader.read(new SaxesParser({ xmlns: true }), text)
  } catch {
    return null
  }
}

interface Open {
  name: string
  size: number | null
  digests: Checksum[]
  pieces: { type: string; length: number; hashes: string[] } | null
  urls: { url: string; priority: number }[]
}

class MetalinkReader {
  readonly #files: MetalinkFile[] = []
  /** Local names from the root to where it stands; a foreign element is `''`. */
  readonly #path: string[] = []
  #file: Open | null = null
  #text = ''
  #attributes: SaxesTagNS['attributes'] = {}

  read(parser: SaxesParser<{ xmlns: true }>, text: string): MetalinkFile[] | null {
    let root: string | null = null
    parser.on('error', (error) => {
      throw error
    })
    parser.on('doctype', () => {
      throw new Error('a document type')
    })
    parser.on('opentag', (tag) => {
      this.#path.push(tag.uri === namespace ? tag.local : '')
      root ??= this.#path[0] ?? ''
      this.#begin(tag)
    })
    parser.on('text', (piece) => (this.#text += piece))
    parser.on('cdata', (piece) => (this.#text += piece))
    parser.on('closetag', () => {
      this.#end()
      this.#path.pop()
    })
    parser.write(text).close()
    return root === 'metalink' ? this.#files : null
  }

  #begin(tag: SaxesTagNS): void {
    this.#text = ''
    this.#attributes = tag.attributes
    const at = this.#path.join('/')
    if (at === 'metalink/file') {
      this.#file = { name: this.#attribute('name'), size: null, digests: [], pieces: null, urls: [] }
    } else if (at === 'metalink/file/pieces' && this.#file && this.#file.pieces === null) {
      const length = Number(this.#attribute('length'))
      this.#file.pieces = { type: this.#attribute('type'), length, hashes: [] }
    }
  }

  #end(): void {
    const file = this.#file
    const text = this.#text.trim()
    this.#text = ''
    if (!file) return
    switch (this.#path.join('/')) {
      case 'metalink/file/size':
        if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) file.size = Number(text)
        break
      case 'metalink/file/hash': {
        const algorithm = algorithmNamed(this.#attribute('type'))
        const checksum = algorithm ? checksumOf(algorithm, text) : null
        if (checksum) file.digests.push(checksum)
        break
      }
      case 'metalink/file/pieces/hash':
        file.pieces?.hashes.push(text.toLowerCase())
        break
      case 'metalink/file/url': {
        const url = parseAddressOf(text)
        // RFC 5854 §4.2.16: 1 is the highest; without one it is the lowest.
        const priority = Number(this.#attribute('priority') || '999999')
        if (url) file.urls.push({ url, priority })
        break
      }
      case 'metalink/file':
        this.#close(file)
    }
  }

  #close(file: Open): void {
    this.#file = null
    const name = safeMetalinkName(file.name)
    if (name === null || file.urls.length === 0) return
    if (this.#files.length === mostFiles) throw new Error('too many files')
    const urls = file.urls.sort((a, b) => a.priority - b.priority).map(({ url }) => url)
    this.#files.push({
      name,
      size: file.size,
      digests: consistent(file.digests),
      pieces: piecesOf(file),
      urls: [...new Set(urls)],
    })
  }

  #attribute(name: string): string {
    return this.#attributes[name]?.value ?? ''
  }
}

/** Only pieces that cover exactly the file that is described. */
function piecesOf({ pieces, size }: Open): Pieces | null {
  const algorithm = pieces ? algorithmNamed(pieces.type) : null
  if (!pieces || size === null || algorithm === null || isCrc(algorithm)) return null
  const { length, hashes } = pieces
  if (!Number.isSafeInteger(length) || length < 1 || hashes.length !== Math.ceil(size / length)) return null
  if (!hashes.every((hash) => checksumOf(algorithm, hash) !== null)) return null
  return { algorithm, length, hashes }
}
