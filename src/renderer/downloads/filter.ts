import type { Categorized } from '../../shared/categories'
import type { DownloadView } from '../../shared/download'
import { searched, wordsOf } from '../../shared/search'
import type { QueueId } from '../../shared/queues'
import { statusFilterOf, statusOf, type StatusFilter } from '../../shared/status'

export { statusFilters, type StatusFilter } from '../../shared/status'

export type CategoryFilter = `category:${string}`
export type QueueFilter = `queue:${QueueId}`
/** Parts of the list to look at: all, by state, by category, by queue. */
export type Filter = 'all' | StatusFilter | CategoryFilter | QueueFilter

export function categoryFilter(id: string): CategoryFilter {
  return `category:${id}`
}

export function queueFilter(id: QueueId): QueueFilter {
  return `queue:${id}`
}

/** @returns id of the category of a download */
export type CategoryOf = (download: Categorized) => string

/** Every filter that lets a download through. */
export function filtersOf(view: DownloadView, categoryOf: CategoryOf): readonly Filter[] {
  const filters: Filter[] = ['all', statusFilterOf[statusOf(view)], categoryFilter(categoryOf(view))]
  // What is completed or has failed waits in no queue any more.
  if (view.state.kind !== 'done' && view.state.kind !== 'failed') filters.push(queueFilter(view.queue))
  return filters
}

/** What the search looks at, prepared once for each name and address: 50,000 are searched while somebody types. */
const prepared = new Map<string, string>()
const mostPrepared = 200_000

function haystack({ name, url }: DownloadView): string {
  const key = `${name}\n${url}`
  let text = prepared.get(key)
  if (text === undefined) {
    text = searched({ name, url })
    if (prepared.size >= mostPrepared) prepared.clear()
    prepared.set(key, text)
  }
  return text
}

/** @returns whether a download has every word of the query in its name or address */
export function matcher(query: string): (view: DownloadView) => boolean {
  const words = wordsOf(query)
  if (words.length === 0) return () => true
  return (view) => {
    const text = haystack(view)
    return words.every((word) => text.includes(word))
  }
}
