import { useEffect, useRef, type MouseEvent, type PointerEvent, type ReactNode, type RefObject } from 'react'
import type { ColumnName } from './columns'
import { useGrid } from './gridState'
import type { RowId } from './groups'
import type { How } from './selection'
import './Row.css'

/** What the grid says to a row, of whatever kind. */
export interface RowProps {
  readonly id: RowId
  readonly index: number
  readonly top: number
  readonly columns: readonly ColumnName[]
  /** There are groups: rows say how deep they are. */
  readonly tree: boolean
  /** Place among those of its level, from 1, and how many they are; 0 without groups. */
  readonly place: number
  readonly of: number
  /** The row that Tab leads to. */
  readonly tabbable: boolean
  /** Set when the keyboard is to go to the current row as soon as that row is there. */
  readonly focusRef: RefObject<boolean>
  readonly onSelect: (id: RowId, how: How) => void
  readonly onDrag: (event: PointerEvent, id: RowId) => void
}

interface Props {
  readonly row: RowProps
  readonly label: string
  /** Id of the element with its state. */
  readonly describedBy: string
  /** 2 for members of groups. */
  readonly level: 1 | 2
  /** Of a group. */
  readonly expanded?: boolean
  readonly onOpen: () => void
  readonly children: (inner: { readonly tabIndex: 0 | -1; readonly current: boolean }) => ReactNode
}

/** A row's place, and how mouse and keyboard choose, drag and open it. */
export function RowFrame({ row, label, describedBy, level, expanded, onOpen, children }: Props) {
  const { id, index, top, tree, place, of, tabbable, focusRef, onSelect, onDrag } = row
  const selected = useGrid((state) => state.selection.ids.has(id))
  const current = useGrid((state) => state.selection.current === id)
  const dragged = useGrid((state) => state.drag?.ids.has(id) === true)
  const element = useRef<HTMLDivElement>(null)
  /** A press on one of several chosen rows may begin a drag of them all: it chooses when it ends. */
  const pressed = useRef(false)

  useEffect(() => {
    if (!current || !focusRef.current) return
    focusRef.current = false
    element.current?.focus({ preventScroll: true })
  }, [current, focusRef])

  const tabIndex = tabbable ? 0 : -1
  const press = (event: MouseEvent) => {
    pressed.current = false
    if (isButton(event.target)) return
    if (event.button === 2) {
      if (!selected) onSelect(id, 'only')
      return
    }
    if (event.button !== 0) return
    const how = event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only'
    // The browser moves the focus by itself, and knows that a mouse needs no focus ring.
    if (how === 'only' && selected) pressed.current = true
    else onSelect(id, how)
  }
  return (
    <div
      ref={element}
      className="row"
      role="row"
      aria-label={label}
      aria-describedby={describedBy}
      aria-rowindex={index + 2}
      aria-selected={selected}
      {...(tree ? { 'aria-posinset': place, 'aria-setsize': of, 'aria-level': level, 'aria-expanded': expanded } : {})}
      tabIndex={tabIndex}
      data-index={index}
      data-level={level}
      data-dragged={dragged || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={press}
      onPointerDown={(event) => (isButton(event.target) ? undefined : onDrag(event, id))}
      onClick={() => {
        if (pressed.current) onSelect(id, 'only')
        pressed.current = false
      }}
      onDoubleClick={(event) => (isButton(event.target) ? undefined : onOpen())}
      onFocus={() => (current ? undefined : onSelect(id, 'move'))}
    >
      {children({ tabIndex, current })}
    </div>
  )
}

/** Buttons answer to the mouse themselves. */
function isButton(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button') !== null
}
