import { foldText } from './history'

/** Words of a query, as `searched` has them. */
export function wordsOf(query: string): string[] {
  return foldText(query).split(/\s+/).filter(Boolean)
}

/** What a search of downloads looks at. */
export function searched({ name, url }: { readonly name: string; readonly url: string }): string {
  return foldText(`${name}\n${readable(url)}`)
}

/** People search for what they read, and they read `日本`, not `%E6%97%A5%E6%9C%AC`. */
function readable(url: string): string {
  try {
    return `${url}\n${decodeURI(url)}`
  } catch {
    return url
  }
}
