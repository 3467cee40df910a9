import { namesMany } from '../../shared/cloud-address'
import { isDownloadable } from '../../shared/links'

/** What the program was started with, or told by the system. */
export interface OutsideLinks {
  /** Written by the user on a command line: added at once, as docs/contract.md promises. */
  readonly add: readonly string[]
  /** Prefixes of a cloud store, written there as well: what is under them is shown, to choose from. */
  readonly browse: readonly string[]
  /** From a link that was clicked somewhere, perhaps on a page that wants no good: shown in the form first. */
  readonly ask: readonly string[]
}

/** Put before the address by the system's entry for our schemes, so that a link is not taken for a command line. */
export const linkSwitch = '--from-link'

const most = 100
const longest = 65_536

/** @param argv the arguments of this start, or of a second one */
export function linksOfArguments(argv: readonly string[]): OutsideLinks {
  const urls = argv.filter((argument) => /^(https?|oss|s3|longshore):/i.test(argument))
  if (argv.includes(linkSwitch)) return { add: [], browse: [], ask: urls.flatMap(linksOfLink).slice(0, most) }
  const ours = (url: string) => /^longshore:/i.test(url)
  const typed = urls.filter((url) => !ours(url) && isDownloadable(url))
  return {
    add: typed.filter((url) => !namesMany(url)),
    browse: typed.filter(namesMany),
    ask: urls.filter(ours).flatMap(linksOfLink).slice(0, most),
  }
}

/**
 * The addresses in a link that the system handed over: itself, or those of `longshore://add?url=…&url=…`. Nothing else
 * is taken from it: no folder, no name, no header.
 */
export function linksOfLink(link: string): string[] {
  if (link.length > longest || !URL.canParse(link)) return []
  const url = new URL(link)
  if (url.protocol !== 'longshore:') return isDownloadable(link) ? [withoutLogin(link)] : []
  if (url.host !== 'add' || !/^\/?$/.test(url.pathname)) return []
  return url.searchParams.getAll('url').filter(isDownloadable).map(withoutLogin).slice(0, most)
}

/** A page must not choose whom one logs in as. */
function withoutLogin(link: string): string {
  const url = new URL(link)
  url.username = ''
  url.password = ''
  return url.href
}
