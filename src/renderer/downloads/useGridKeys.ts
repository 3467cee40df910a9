import type { KeyboardEvent } from 'react'
import type { DownloadId } from '../../shared/download'
import { askToRemove, open, pause, resume, showInFolder } from './actions'
import { setSelection, toggleDetails, useGrid } from './gridState'
import { destination, select, selectAll, targets, type How } from './selection'

interface Options {
  readonly ids: readonly DownloadId[]
  readonly goTo: (index: number, how: How) => void
  readonly pageSize: () => number
}

/** Every key of the list. Letters are commands for the chosen rows, as in other download managers. */
export function useGridKeys({ ids, goTo, pageSize }: Options): (event: KeyboardEvent<HTMLElement>) => void {
  return (event) => {
    if (event.altKey || event.nativeEvent.isComposing) return
    const ctrl = event.ctrlKey || event.metaKey
    const { selection } = useGrid.getState()
    const index = selection.current === null ? -1 : ids.indexOf(selection.current)
    const to = destination(event.key, index, ids.length, pageSize())
    if (to !== null) {
      goTo(to, event.shiftKey ? 'extend' : ctrl ? 'move' : 'only')
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      walk(event.currentTarget, index, event.key === 'ArrowRight' ? 1 : -1)
    } else if (ctrl && event.key.toLowerCase() === 'a') {
      setSelection((from) => selectAll(from, ids))
    } else if (event.key === ' ' || event.key === 'Enter') {
      // On a button these keys press it.
      if (!isRow(event.target) || selection.current === null) return
      const { current } = selection
      setSelection((from) => select(from, ids, current, ctrl ? 'toggle' : 'only'))
    } else if (ctrl || !command(event.key)) {
      return
    }
    event.preventDefault()
  }
}

/** @returns whether the key was a command. */
function command(key: string): boolean {
  const { selection } = useGrid.getState()
  const those = targets(selection)
  const one = selection.current
  switch (key.toLowerCase()) {
    case 'delete':
    case 'backspace':
      askToRemove(those)
      return true
    case 'p':
      pause(those)
      return true
    case 'r':
      resume(those)
      return true
    case 'o':
      if (one !== null) open(one)
      return true
    case 'f':
      if (one !== null) showInFolder(one)
      return true
    case 'i':
      if (one !== null) toggleDetails(one)
      return true
    default:
      return false
  }
}

function isRow(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.role === 'row'
}

/** From the row into its buttons and back. */
function walk(grid: HTMLElement, index: number, by: 1 | -1): void {
  const row = grid.querySelector<HTMLElement>(`[data-index="${index}"]`)
  if (row === null) return
  const stops = [row, ...row.querySelectorAll<HTMLElement>('button')]
  const at = stops.findIndex((stop) => stop === document.activeElement)
  stops[Math.min(Math.max(at + by, 0), stops.length - 1)]?.focus()
}
