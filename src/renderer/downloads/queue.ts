import type { DownloadId, DownloadView } from '../../shared/download'
import { isGroup, type RowId } from './groups'
import { compareQueue } from './sort'

export type Step = 'top' | 'up' | 'down' | 'bottom'

/** Unfinished downloads in the order of the queue. */
export function queueOf(rows: ReadonlyMap<DownloadId, DownloadView>): DownloadId[] {
  const unfinished = [...rows.values()].filter((view) => view.state.kind !== 'done')
  return unfinished.sort(compareQueue).map(({ id }) => id)
}

/**
 * Where downloads go by one step.
 * @returns what they come before; `null` for the end; `undefined` when they are there already
 */
export function stepTarget(
  queue: readonly DownloadId[],
  ids: readonly DownloadId[],
  step: Step,
): DownloadId | null | undefined {
  const moving = new Set(ids)
  const first = queue.findIndex((id) => moving.has(id))
  const last = queue.findLastIndex((id) => moving.has(id))
  if (first === -1) return undefined
  const together = last - first === queue.filter((id) => moving.has(id)).length - 1
  switch (step) {
    case 'top':
      return together && first === 0 ? undefined : queue.find((id) => !moving.has(id))
    case 'up':
      // Those that stand apart come together first.
      return first === 0 ? (together ? undefined : queue.find((id) => !moving.has(id))) : queue[first - 1]
    case 'down':
      return last === queue.length - 1 ? (together ? undefined : null) : (queue[last + 2] ?? null)
    case 'bottom':
      return together && last === queue.length - 1 ? undefined : null
  }
}

/**
 * How downloads that move come back to where they are now: those that stand together go together, before the one that
 * comes after them.
 * @param queue as it is before they move
 */
export function wayBack(
  queue: readonly DownloadId[],
  ids: readonly DownloadId[],
): { ids: DownloadId[]; before: DownloadId | null }[] {
  const moving = new Set(ids)
  const back: { ids: DownloadId[]; before: DownloadId | null }[] = []
  let together: DownloadId[] = []
  for (const id of [...queue, null]) {
    if (id !== null && moving.has(id)) together.push(id)
    else if (together.length > 0) {
      back.push({ ids: together, before: id })
      together = []
    }
  }
  return back
}

/**
 * Where a drag ends: before the row at `index` of the list, when that is one that waits in the queue.
 * @param ids the list as it is shown, in the order of the queue
 * @param members of a group
 */
export function dropTarget(
  rows: ReadonlyMap<DownloadId, DownloadView>,
  ids: readonly RowId[],
  index: number,
  members: (group: RowId) => Iterable<DownloadId>,
): DownloadId | null {
  const row = ids[index]
  if (row === undefined) return null
  const views = [...(isGroup(row) ? members(row) : [row])].flatMap((id) => rows.get(id) ?? [])
  const first = views.filter(({ state }) => state.kind !== 'done').reduce<DownloadView | null>(earlier, null)
  return first?.id ?? null
}

function earlier(a: DownloadView | null, b: DownloadView): DownloadView {
  return a === null || compareQueue(a, b) > 0 ? b : a
}
