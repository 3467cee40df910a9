import { create } from 'zustand'
import type { DownloadId } from '../../shared/download'
import { noSelection, type Selection } from './selection'

interface State {
  readonly selection: Selection
  /** Rows whose details are unfolded. */
  readonly expanded: ReadonlySet<DownloadId>
}

export const useGrid = create<State>(() => ({ selection: noSelection, expanded: new Set() }))

export function setSelection(change: (from: Selection) => Selection): void {
  useGrid.setState((state) => ({ selection: change(state.selection) }))
}

export function toggleDetails(id: DownloadId): void {
  useGrid.setState((state) => {
    const expanded = new Set(state.expanded)
    if (!expanded.delete(id)) expanded.add(id)
    return { expanded }
  })
}
