import { useEffect, useState } from 'react'
import { create } from 'zustand'
import type { RowId } from './groups'
import { noSelection, type Selection } from './selection'

interface State {
  readonly selection: Selection
  /** Rows that are being dragged, and the place in the list where they would go. */
  readonly drag: { readonly ids: ReadonlySet<RowId>; readonly index: number } | null
  /** The list moves under the hand. */
  readonly scrolling: boolean
}

export const useGrid = create<State>(() => ({ selection: noSelection, drag: null, scrolling: false }))

export function setSelection(change: (from: Selection) => Selection): void {
  useGrid.setState((state) => ({ selection: change(state.selection) }))
}

/**
 * Whether a row has all of its buttons: nobody presses them while the list moves, and they are half of what a new row
 * costs. Those that have them keep them.
 */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(() => !useGrid.getState().scrolling)
  useEffect(() => {
    if (settled) return
    return useGrid.subscribe(({ scrolling }) => {
      if (!scrolling) setSettled(true)
    })
  }, [settled])
  return settled
}
