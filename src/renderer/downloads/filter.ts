import type { DownloadId, DownloadView } from '../../shared/download'

/** What the search looks at, prepared once for each version of a download: 50,000 are searched while somebody types. */
const prepared = new WeakMap<DownloadView, string>()

const fold = (text: string) => text.normalize('NFKC').toLowerCase()

function haystack(view: DownloadView): string {
  let text = prepared.get(view)
  if (text === undefined) {
    text = fold(`${view.name}\n${readable(view.url)}`)
    prepared.set(view, text)
  }
  return text
}

/** People search for what they read, and they read `日本`, not `%E6%97%A5%E6%9C%AC`. */
function readable(url: string): string {
  try {
    return `${url}\n${decodeURI(url)}`
  } catch {
    return url
  }
}

/** Downloads that contain every word of the query in their name or address, in the given order. */
export function filterIds(
  order: readonly DownloadId[],
  rows: ReadonlyMap<DownloadId, DownloadView>,
  query: string,
): readonly DownloadId[] {
  const words = fold(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return order
  return order.filter((id) => {
    const view = rows.get(id)
    if (view === undefined) return false
    const text = haystack(view)
    return words.every((word) => text.includes(word))
  })
}
