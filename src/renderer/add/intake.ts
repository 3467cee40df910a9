import { findLinks, lines, looksLikeUrls } from '../../shared/links'
import { looksLikeCurl, readCurl, type CurlReading } from '../curl'

/** What a text that was pasted, dropped or found on the clipboard is good for. */
export type Intake =
  | {
      readonly kind: 'links'
      readonly urls: readonly string[]
      /** Picked out of other words. */ readonly found: boolean
    }
  | { readonly kind: 'curl'; readonly reading: CurlReading }
  /** The text of a Metalink document. */
  | { readonly kind: 'document' }
  | { readonly kind: 'nothing' }

export function takeIn(text: string): Intake {
  if (isDocument(text)) return { kind: 'document' }
  if (looksLikeCurl(text)) return { kind: 'curl', reading: readCurl(text) }
  if (looksLikeUrls(text)) return { kind: 'links', urls: lines(text), found: false }
  const urls = findLinks(text)
  return urls.length === 0 ? { kind: 'nothing' } : { kind: 'links', urls, found: true }
}

/** RFC 5854 §3: the namespace stands in the first element. */
function isDocument(text: string): boolean {
  return /^\s*<(\?xml|!--|metalink)/.test(text) && text.slice(0, 4096).includes('urn:ietf:params:xml:ns:metalink')
}

/** What a browser or a file manager gives along with a drop or a paste, the most exact form first. */
export function textOf(data: DataTransfer): string {
  const [uris, plain, html] = ['text/uri-list', 'text/plain', 'text/html'].map((type) => data.getData(type))
  // Lines with “#” are comments (RFC 2483 §5).
  const listed = lines(uris ?? '').filter((line) => !line.startsWith('#'))
  const list = listed.join('\n')
  if (looksLikeUrls(list)) return list
  if (plain !== undefined && takeIn(plain).kind !== 'nothing') return plain
  return linksOfPage(html ?? '').join('\n')
}

/** Copied from a page, links have words in their place and the address only in the mark-up. */
function linksOfPage(html: string): string[] {
  if (html === '') return []
  const page = new DOMParser().parseFromString(html, 'text/html')
  const hrefs = [...page.querySelectorAll<HTMLAnchorElement>('a[href]')].map((link) => link.getAttribute('href') ?? '')
  return [...new Set(hrefs.filter(looksLikeUrls))]
}
