import { setImmediate as nextTurn } from 'node:timers/promises'
import type { DownloadId, DownloadState, DownloadView } from '../../shared/download'
import type { HistoryPlace } from '../../shared/history'
import type { QueueId } from '../../shared/queues'
import { searched, wordsOf } from '../../shared/search'
import { statusFilterOf, statusOf } from '../../shared/status'
import type { HistoryViews } from '../engine/api'
import type { Engine } from '../engine/engine'
import type { ListFilter, ListPage, ListPlace } from './protocol'

/** Downloads that one page looks at: the engine does nothing else meanwhile. */
const pageSize = 500

/**
 * Numbers of all downloads on the list but those in some states. Others may speak to the engine meanwhile.
 * @param without states that do not concern the caller
 */
export async function everyId(engine: Engine, without: readonly DownloadState['kind'][]): Promise<DownloadId[]> {
  const ids: DownloadId[] = []
  for (const [index, { id }] of engine.unfinished().entries()) {
    if (index > 0 && index % pageSize === 0) await nextTurn()
    const view = engine.view(id)
    if (view !== null && !without.includes(view.state.kind)) ids.push(id)
  }
  if (without.includes('done')) return ids
  for (let place: HistoryPlace | null = null; ; await nextTurn()) {
    const { views, next }: HistoryViews = engine.history('', place, pageSize)
    for (const { id } of views) ids.push(id)
    if (next === null) return ids
    place = next
  }
}

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
