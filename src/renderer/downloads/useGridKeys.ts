import type { KeyboardEvent } from 'react'
import { useStore } from '../store'
import type { Point } from '../ui/Menu'
import { openDialog } from '../windowState'
import {
  askToRemove,
  copyAddresses,
  moveBy,
  open,
  pause,
  resume,
  showGroup,
  showInFolder,
  tellNotNow,
  toggleGroup,
} from './actions'
import { setSelection, useGrid } from './gridState'
import { isGroup, type RowId } from './groups'
import type { Step } from './queue'
import { destination, select, selectAll, targets, type How } from './selection'
import { actionsOf } from './status'
import { downloadsOf, groupOf } from './useListing'
import { showDetails, usePrefs } from './viewPrefs'

interface Options {
  readonly ids: readonly RowId[]
  readonly goTo: (index: number, how: How) => void
  readonly pageSize: () => number
  readonly openMenu: (at: Point) => void
}

const steps: Readonly<Partial<Record<string, Step>>> = {
  Home: 'top',
  ArrowUp: 'up',
  ArrowDown: 'down',
  End: 'bottom',
}

/** Every key of the list. Letters are commands for the chosen rows, as in other download managers. */
export function useGridKeys({ ids, goTo, pageSize, openMenu }: Options): (event: KeyboardEvent<HTMLElement>) => void {
  /** As in any tree: to the right a folded group opens, to the left an open one folds, or its member leads to it. */
  const inTree = ({ key, target }: KeyboardEvent, current: RowId | null): boolean => {
    if (current === null || !isRow(target)) return false
    if (isGroup(current)) {
      const open = target.ariaExpanded === 'true'
      if (key !== (open ? 'ArrowLeft' : 'ArrowRight')) return false
      toggleGroup(current)
      return true
    }
    const group = key === 'ArrowLeft' ? groupOf(current) : null
    if (group === null) return false
    goTo(ids.indexOf(group), 'only')
    return true
  }
  return (event) => {
    if (event.nativeEvent.isComposing) return
    const { selection } = useGrid.getState()
    if (event.altKey) {
      const step = steps[event.key]
      if (step === undefined) return
      moveBy(downloadsOf(targets(selection)), step)
      event.preventDefault()
      return
    }
    const ctrl = event.ctrlKey || event.metaKey
    const index = selection.current === null ? -1 : ids.indexOf(selection.current)
    const to = destination(event.key, index, ids.length, pageSize())
    if (to !== null) {
      goTo(to, event.shiftKey ? 'extend' : ctrl ? 'move' : 'only')
    } else if (inTree(event, selection.current)) {
      // Done.
    } else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      walk(event.currentTarget, index, event.key === 'ArrowRight' ? 1 : -1)
    } else if (ctrl && event.key.toLowerCase() === 'a') {
      setSelection((from) => selectAll(from, ids))
    } else if (ctrl && event.key.toLowerCase() === 'c') {
      if (window.getSelection()?.isCollapsed === false) return
      copyAddresses(downloadsOf(targets(selection)))
    } else if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const row = rowAt(event.currentTarget, index)
      if (row === null) return
      if (selection.current !== null && !selection.ids.has(selection.current)) goTo(index, 'only')
      const { left, bottom } = row.getBoundingClientRect()
      openMenu({ x: left + 56, y: bottom - 12 })
    } else if (event.key === ' ' || event.key === 'Enter') {
      // On a button these keys press it.
      if (!isRow(event.target) || selection.current === null) return
      const { current } = selection
      if (event.key === ' ' || ctrl) setSelection((from) => select(from, ids, current, ctrl ? 'toggle' : 'only'))
      else if (isGroup(current)) toggleGroup(current)
      else toggleDetails()
    } else if (ctrl || !command(event.key)) {
      return
    }
    event.preventDefault()
  }
}

function toggleDetails(): void {
  showDetails(!usePrefs.getState().details)
}

/** @returns whether the key was a command. */
function command(key: string): boolean {
  const { selection } = useGrid.getState()
  const those = downloadsOf(targets(selection))
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
      if (one !== null) (isGroup(one) ? showGroup : showInFolder)(one)
      return true
    case 'f2':
    case 'e': {
      const view = one === null ? undefined : useStore.getState().mirror.rows.get(one)
      if (view && actionsOf(view).includes('newLink')) {
        openDialog({ kind: key === 'F2' ? 'edit' : 'relink', id: view.id })
      } else if (view) tellNotNow(key === 'F2' ? 'edit' : 'newLink', [view.id])
      return true
    }
    case 'v':
      openDialog({ kind: 'add', text: '' })
      return true
    case 'i':
      if (one !== null) toggleDetails()
      return true
    default:
      return false
  }
}

function isRow(target: EventTarget): target is HTMLElement {
  return target instanceof HTMLElement && target.role === 'row'
}

function rowAt(grid: HTMLElement, index: number): HTMLElement | null {
  return grid.querySelector<HTMLElement>(`[data-index="${index}"]`)
}

/** From the row into its buttons and back. */
function walk(grid: HTMLElement, index: number, by: 1 | -1): void {
  const row = rowAt(grid, index)
  if (row === null) return
  const stops = [row, ...row.querySelectorAll<HTMLElement>('button')]
  const at = stops.findIndex((stop) => stop === document.activeElement)
  stops[Math.min(Math.max(at + by, 0), stops.length - 1)]?.focus()
}
