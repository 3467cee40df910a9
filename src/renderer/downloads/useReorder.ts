import { useCallback, useRef, type PointerEvent, type RefObject } from 'react'
import { useStore } from '../store'
import { moveBefore, sortedOtherwise } from './actions'
import { useGrid } from './gridState'
import type { RowId } from './groups'
import { dropTarget } from './queue'
import { targets } from './selection'
import { downloadsOf, groupMembers, useListing } from './useListing'
import { usePrefs } from './viewPrefs'

/** CSS pixels that a press may shake without being a drag. */
const SLACK = 6
/** Near the edge of the list it scrolls by itself: CSS pixels of the zone, and at most in one frame. */
const EDGE = 36
const FASTEST = 18

/** Rows are dragged to another place of the queue with the mouse; Alt and arrow keys do the same. */
export function useReorder(
  scroller: RefObject<HTMLElement | null>,
  rowHeight: number,
): (event: PointerEvent, id: RowId) => void {
  const stop = useRef<(() => void) | null>(null)
  return useCallback(
    (event, id) => {
      if (event.button !== 0 || event.shiftKey || event.ctrlKey || event.metaKey || event.pointerType === 'touch')
        return
      stop.current?.()
      const from = { x: event.clientX, y: event.clientY }
      let pointer = from.y
      let frame = 0
      const dragging = () => useGrid.getState().drag !== null

      const place = () => {
        const element = scroller.current
        if (element === null || !dragging()) return
        const box = element.getBoundingClientRect()
        const beyond = Math.max(pointer - (box.bottom - EDGE), 0) - Math.max(box.top + EDGE - pointer, 0)
        element.scrollTop += (FASTEST * Math.max(-EDGE, Math.min(EDGE, beyond))) / EDGE
        const { ids } = useListing.getState()
        const { rows } = useStore.getState().mirror
        const at = Math.round((pointer - box.top + element.scrollTop) / rowHeight)
        // Not below the first one that is done: there is no queue.
        let index = Math.min(Math.max(at, 0), ids.length)
        while (
          index > 0 &&
          dropTarget(rows, ids, index, groupMembers) === null &&
          dropTarget(rows, ids, index - 1, groupMembers) === null
        )
          index--
        useGrid.setState(({ drag }) => ({ drag: drag === null ? null : { ...drag, index } }))
        frame = requestAnimationFrame(place)
      }
      const begin = () => {
        const { rows } = useStore.getState().mirror
        const { selection } = useGrid.getState()
        const chosen = selection.ids.has(id) ? targets(selection) : [id]
        if (downloadsOf(chosen).every((each) => rows.get(each)?.state.kind === 'done')) return end()
        if (usePrefs.getState().sort !== null) {
          end()
          sortedOtherwise()
          return
        }
        useGrid.setState({ drag: { ids: new Set(chosen), index: 0 } })
        place()
      }
      const move = (moved: globalThis.PointerEvent) => {
        pointer = moved.clientY
        if (!dragging() && Math.hypot(moved.clientX - from.x, moved.clientY - from.y) > SLACK) begin()
      }
      const drop = () => {
        const { drag } = useGrid.getState()
        const { ids } = useListing.getState()
        end()
        if (drag === null) return
        const { rows } = useStore.getState().mirror
        const movable = downloadsOf([...drag.ids]).filter((each) => rows.get(each)?.state.kind !== 'done')
        moveBefore(movable, dropTarget(rows, ids, drag.index, groupMembers))
      }
      const cancel = (pressed: KeyboardEvent) => {
        if (pressed.key !== 'Escape' || !dragging()) return
        pressed.stopPropagation()
        end()
      }
      const end = () => {
        cancelAnimationFrame(frame)
        window.removeEventListener('pointermove', move)
        window.removeEventListener('pointerup', drop)
        window.removeEventListener('pointercancel', end)
        window.removeEventListener('keydown', cancel, true)
        stop.current = null
        useGrid.setState({ drag: null })
      }
      stop.current = end
      window.addEventListener('pointermove', move)
      window.addEventListener('pointerup', drop)
      window.addEventListener('pointercancel', end)
      window.addEventListener('keydown', cancel, true)
    },
    [scroller, rowHeight],
  )
}
