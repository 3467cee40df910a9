import { create } from 'zustand'
import type { RowId } from './groups'
import { noSelection, type Selection } from './selection'

interface State {
  readonly selection: Selection
  /** The row that the user moves in the queue: it is kept in sight until something else is done in the list. */
  readonly moved: RowId | null
  /** Rows that are being dragged, and the place in the list where they would go. */
  readonly drag: { readonly ids: ReadonlySet<RowId>; readonly index: number } | null
}

export const useGrid = create<State>(() => ({ selection: noSelection, moved: null, drag: null }))

export function setSelection(change: (from: Selection) => Selection): void {
  useGrid.setState((state) => ({ selection: change(state.selection) }))
}
