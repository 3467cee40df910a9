import type { DownloadView } from '../../shared/download'
import { locale } from '../text'
import type { ColumnName } from './columns'
import { secondsLeft, statusOf, type Status } from './status'

export interface Sort {
  readonly column: ColumnName
  readonly direction: 'ascending' | 'descending'
}
/** `null` is the order of the queue: what is to be done on top, then what is done, the newest first. */
export type SortChoice = Sort | null

export type Compare = (a: DownloadView, b: DownloadView) => number

/** Those whose values change while a download runs: the list is not sorted anew with every figure. */
export const liveColumns: ReadonlySet<ColumnName> = new Set(['progress', 'speed', 'timeLeft'])

const statusRank: Readonly<Record<Status, number>> = {
  downloading: 0,
  verifying: 1,
  waiting: 2,
  queued: 3,
  paused: 4,
  failed: 5,
  completed: 6,
}

export const compareQueue: Compare = (a, b) => {
  const done = Number(a.state.kind === 'done') - Number(b.state.kind === 'done')
  if (done !== 0) return done
  if (a.state.kind === 'done') return (b.finishedAt ?? 0) - (a.finishedAt ?? 0) || b.id - a.id
  return a.position - b.position || a.id - b.id
}

/** What a number column is sorted by; `null` stands at the end in both directions. */
const figures: Readonly<Record<Exclude<ColumnName, 'name'>, (view: DownloadView) => number | null>> = {
  status: (view) => statusRank[statusOf(view)],
  progress: (view) =>
    view.state.kind === 'done' ? 1 : view.total === null ? null : view.total === 0 ? 0 : view.received / view.total,
  size: (view) => view.total,
  speed: (view) => (view.state.kind === 'active' ? view.bytesPerSecond : null),
  timeLeft: secondsLeft,
  added: (view) => view.addedAt,
}

/** The next choice when a header is pressed: one way, the other way, back to the queue. */
export function nextSort(sort: SortChoice, column: ColumnName): SortChoice {
  // The newest and the largest are what one looks for first.
  const first = column === 'name' || column === 'status' || column === 'timeLeft' ? 'ascending' : 'descending'
  if (sort?.column !== column) return { column, direction: first }
  if (sort.direction !== first) return null
  return { column, direction: first === 'ascending' ? 'descending' : 'ascending' }
}

export function comparator(sort: SortChoice): Compare {
  if (sort === null) return compareQueue
  const sign = sort.direction === 'ascending' ? 1 : -1
  if (sort.column === 'name') {
    const { compare } = new Intl.Collator(locale(), { numeric: true })
    return (a, b) => sign * compare(a.name, b.name) || compareQueue(a, b)
  }
  const figure = figures[sort.column]
  return (a, b) => {
    const x = figure(a)
    const y = figure(b)
    if (x === null || y === null) return Number(x === null) - Number(y === null) || compareQueue(a, b)
    return sign * (x - y) || compareQueue(a, b)
  }
}
