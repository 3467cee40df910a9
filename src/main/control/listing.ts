import type { DownloadId, DownloadView } from '../../shared/download'
import type { HistoryPlace } from '../../shared/history'
import type { QueueId } from '../../shared/queues'
import { searched, wordsOf } from '../../shared/search'
import { statusFilterOf, statusOf } from '../../shared/status'
import type { Engine } from '../engine/engine'
import type { ListFilter, ListPage, ListPlace } from './protocol'

/** Downloads that one page looks at: the engine does nothing else meanwhile. */
const pageSize = 1000

/**
 * A page of the downloads that a filter lets through: first what is not completed, by its number, then what is, the newest
 * first. It may be empty although there are more.
 * @param queue of the filter; `null` for all
 * @param from `next` of the page before; `null` for the first
 */
export function listPage(engine: Engine, filter: ListFilter, queue: QueueId | null, from: ListPlace | null): ListPage {
  // What is completed is in no queue any more.
  const wantsDone = filter.states.includes('completed') && queue === null
  const first: ListPlace | null = filter.states.some((state) => state !== 'completed')
    ? { after: null }
    : wantsDone
      ? { finished: null }
      : null
  const place = from ?? first
  if (place === null) return { downloads: [], next: null }
  if ('finished' in place) return finishedPage(engine, filter, place.finished)
  const { downloads, next } = unfinishedPage(engine, filter, queue, place.after)
  return { downloads, next: next ?? (wantsDone ? { finished: null } : null) }
}

function unfinishedPage(
  engine: Engine,
  { states, words: query }: ListFilter,
  queue: QueueId | null,
  after: DownloadId | null,
): ListPage {
  const records = engine.unfinished()
  const begin = after === null ? 0 : records.findIndex(({ id }) => id > after)
  const looked = begin === -1 ? [] : records.slice(begin, begin + pageSize)
  const words = wordsOf(query)
  const fits = (view: DownloadView) => {
    if (!states.includes(statusFilterOf[statusOf(view)])) return false
    const text = words.length === 0 ? '' : searched(view)
    return words.every((word) => text.includes(word))
  }
  const views = looked.flatMap((record) =>
    queue === null || record.queue === queue ? (engine.view(record.id) ?? []) : [],
  )
  const last = looked.at(-1)
  return { downloads: views.filter(fits), next: last && looked.length === pageSize ? { after: last.id } : null }
}

function finishedPage(engine: Engine, { words }: ListFilter, after: HistoryPlace | null): ListPage {
  const { views, next } = engine.history(words, after, pageSize)
  return { downloads: views, next: next === null ? null : { finished: next } }
}
