import type { RowId } from './groups'

/** Which rows are chosen, from where a range extends, and which row has the keyboard. */
export interface Selection {
  readonly ids: ReadonlySet<RowId>
  readonly anchor: RowId | null
  readonly current: RowId | null
}

export const noSelection: Selection = { ids: new Set(), anchor: null, current: null }

export type How = 'only' | 'toggle' | 'extend' | 'move'

/** Click or key on a row: alone, with Ctrl, with Shift; `move` takes the keyboard there and chooses nothing. */
export function select(from: Selection, order: readonly RowId[], id: RowId, how: How): Selection {
  switch (how) {
    case 'only':
      return { ids: new Set([id]), anchor: id, current: id }
    case 'toggle': {
      const ids = new Set(from.ids)
      if (!ids.delete(id)) ids.add(id)
      return { ids, anchor: id, current: id }
    }
    case 'extend': {
      const start = order.indexOf(from.anchor ?? from.current ?? id)
      const end = order.indexOf(id)
      if (start === -1 || end === -1) return select(from, order, id, 'only')
      const ids = order.slice(Math.min(start, end), Math.max(start, end) + 1)
      return { ids: new Set(ids), anchor: order[start] ?? id, current: id }
    }
    case 'move':
      return { ...from, current: id }
  }
}

export function selectAll(from: Selection, order: readonly RowId[]): Selection {
  return { ...from, ids: new Set(order), anchor: order[0] ?? null }
}

/** Forgets what is not in the list any more. The keyboard goes to the row that took the place of its own. */
export function prune(from: Selection, order: readonly RowId[], lastIndex: number): Selection {
  if (from.current === null && from.ids.size === 0) return from
  const there = new Set(order)
  const gone = (id: RowId | null) => id !== null && !there.has(id)
  const ids = new Set([...from.ids].filter((id) => there.has(id)))
  if (!gone(from.current)) return { ...from, ids, anchor: gone(from.anchor) ? from.current : from.anchor }
  const current = order[Math.min(Math.max(lastIndex, 0), order.length - 1)] ?? null
  return { ids, anchor: current, current }
}

/** What a command is for: all chosen rows, or the row with the keyboard when it is not one of them. */
export function targets(selection: Selection): readonly RowId[] {
  const { ids, current } = selection
  if (current !== null && !ids.has(current)) return [current]
  return [...ids]
}

/** Where a key leads from `index`; `null` for keys that do not move. */
export function destination(key: string, index: number, count: number, page: number): number | null {
  const clamp = (to: number) => Math.min(Math.max(to, 0), count - 1)
  switch (key) {
    case 'ArrowUp':
      return clamp(index - 1)
    case 'ArrowDown':
      return clamp(index + 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    case 'PageUp':
      return clamp(index - page)
    case 'PageDown':
      return clamp(index + page)
    default:
      return null
  }
}
