import { failure, type DownloadFailure } from '../../../shared/errors'
import { isHtml } from './judge'
import { singleValue, type Headers } from './headers'

/**
 * Names that are never those of a web page. Pictures, films and documents are not among them: wikis and code hosts call
 * their pages about such files by the names of these.
 */
const neverPages =
  /\.(7z|apk|appimage|bz2|cab|deb|dmg|exe|gz|img|iso|jar|lz|lz4|lzma|msi|msix|pkg|qcow2|rar|rpm|tar|tbz2?|tgz|txz|vhdx?|vmdk|whl|xz|z|zip|zst)$/i

/**
 * Whether the first answer is a web page although a file was asked for: that of a network which wants a login, or of a server
 * that says with status 200 that there is nothing. Only names that cannot be those of a page tell; whoever wants such a page
 * gives it a name of his own.
 * @param asked the address as the user gave it, and the name that he chose
 * @returns PORTAL; `null` for all that may be meant
 */
export function unexpectedPage(
  headers: Headers,
  asked: { readonly address: string; readonly name: string | null },
): DownloadFailure | null {
  if (!isHtml(singleValue(headers['content-type']))) return null
  // A server that names a file means it.
  if (/^\s*attachment\b/i.test(singleValue(headers['content-disposition']) ?? '')) return null
  const { pathname, protocol } = new URL(asked.address)
  if (!neverPages.test(asked.name ?? pathname)) return null
  // What came over TLS came from the server itself: waiting does not change it.
  return failure('PORTAL', 'no', 'a web page came instead of the file', { page: protocol === 'http:' })
}
