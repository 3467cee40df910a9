import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { t } from '../text'
import { ContextMenu, type Point } from '../ui/Menu'
import { useWindow, wasRevealed } from '../windowState'
import { gridTemplate, reaches, shownColumns, type ColumnName } from './columns'
import { setSelection, useGrid } from './gridState'
import type { RowId } from './groups'
import { HeaderRow } from './HeaderRow'
import { Row } from './Row'
import { rowMenu } from './rowMenu'
import { prune, select, targets, type How } from './selection'
import { Slots } from './slots'
import { useGridKeys } from './useGridKeys'
import { groupOf, placeOf, setFilter, unfoldFor, useListing } from './useListing'
import { useReorder } from './useReorder'
import { usePrefs } from './viewPrefs'

/** As in Row.css. */
const ROW_HEIGHT = 54

const noPlace = { place: 0, of: 0 }

/** Only what is on screen exists; the rest is height. */
export function Grid({ ids }: { readonly ids: readonly RowId[] }) {
  const tree = useListing((state) => state.grouped)
  const scroller = useRef<HTMLDivElement>(null)
  const wantsFocus = useRef(false)
  const current = useGrid((state) => state.selection.current)
  const drop = useGrid((state) => state.drag?.index ?? null)
  const currentIndex = current === null ? -1 : ids.indexOf(current)
  const lastIndex = useRef(-1)
  const dialogOpen = useWindow((state) => state.dialog !== null)
  const [menu, setMenu] = useState<Point | null>(null)
  const { columns, names, template } = useColumns(scroller)

  const rangeExtractor = useCallback(
    (range: Range) => {
      // The row with the keyboard stays when it scrolls out of sight: otherwise the keyboard would be lost.
      const visible = defaultRangeExtractor(range)
      if (currentIndex === -1 || visible.includes(currentIndex)) return visible
      return currentIndex < range.startIndex ? [currentIndex, ...visible] : [...visible, currentIndex]
    },
    [currentIndex],
  )

  // The same function as long as the rows are the same: with another one all 50,000 would be measured anew.
  const getItemKey = useCallback((index: number) => ids[index] ?? index, [ids])
  // eslint-disable-next-line react-hooks/incompatible-library -- rows are memoised by hand, with plain values only
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey,
    overscan: 6,
    rangeExtractor,
  })

  const goTo = useCallback(
    (index: number, how: How) => {
      const id = ids[index]
      if (id === undefined) return
      wantsFocus.current = true
      virtualizer.scrollToIndex(index)
      setSelection((from) => select(from, ids, id, how))
    },
    [ids, virtualizer],
  )

  const onSelect = useCallback((id: RowId, how: How) => setSelection((from) => select(from, ids, id, how)), [ids])
  const onDrag = useReorder(scroller, ROW_HEIGHT)

  useEffect(() => {
    // Removed rows leave the selection. When the keyboard was on one of them, it goes to the row in its place.
    setSelection((from) => prune(from, ids, lastIndex.current))
  }, [ids])

  useEffect(() => {
    lastIndex.current = currentIndex
    if (currentIndex === -1 || dialogOpen || menu !== null) return
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return
      scroller.current?.querySelector<HTMLElement>(`[data-index="${currentIndex}"]`)?.focus({ preventScroll: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [currentIndex, dialogOpen, menu])

  // The order comes back from the engine, some frames after the key.
  useEffect(() => {
    const { moved, selection } = useGrid.getState()
    if (currentIndex !== -1 && moved === selection.current) virtualizer.scrollToIndex(currentIndex)
  }, [currentIndex, virtualizer])

  const revealed = useWindow((state) => state.revealed)
  useEffect(() => {
    const index = revealed === null ? -1 : ids.indexOf(revealed)
    if (index === -1) {
      // Not in the part of the list that is looked at.
      if (revealed !== null && useListing.getState().filter !== 'all') setFilter('all')
      else if (revealed !== null) unfoldFor(revealed)
      return
    }
    goTo(index, 'only')
    wasRevealed()
  }, [revealed, ids, goTo])

  // The details take room from the list: what they are about stays in sight.
  const details = usePrefs((prefs) => prefs.details)
  useEffect(() => {
    const { current: shown } = useGrid.getState().selection
    const index = details && shown !== null ? useListing.getState().ids.indexOf(shown) : -1
    if (index === -1) return
    // The list has its new height in the next frame, and knows it in the one after.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => virtualizer.scrollToIndex(index))
    })
    return () => cancelAnimationFrame(frame)
  }, [details, virtualizer])

  // What was just added is brought into sight, wherever the order puts it; not under the hands of somebody who is at
  // work in the list while another program adds something.
  const added = useListing((state) => state.added)
  /** What was added in the form is where the keyboard goes on, once the form is gone. */
  const brought = useRef(false)
  useEffect(() => {
    const [first] = added
    if (first === undefined) return
    const atWork = virtualizer.isScrolling || scroller.current?.contains(document.activeElement) === true
    const { ids: rows, addedHere } = useListing.getState()
    if (atWork && !addedHere) return
    const index = Math.max(rows.indexOf(first), rows.indexOf(groupOf(first) ?? first))
    const row = rows[index]
    if (row === undefined) return
    virtualizer.scrollToIndex(index)
    if (!addedHere) return
    setSelection((from) => select(from, rows, row, 'only'))
    brought.current = true
  }, [added, virtualizer])

  useEffect(() => {
    if (!brought.current || dialogOpen || currentIndex === -1) return
    // The form that closes gives the keyboard back to where it was, in the frame before.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        brought.current = false
        scroller.current?.querySelector<HTMLElement>(`[data-index="${currentIndex}"]`)?.focus({ preventScroll: true })
      })
    })
    return () => cancelAnimationFrame(frame)
  }, [added, currentIndex, dialogOpen])

  const items = virtualizer.getVirtualItems()
  const [slots] = useState(() => new Slots())
  const slotOf = slots.assign(
    items.map(({ index }) => ids[index] ?? 0),
    current,
  )
  // While the list moves, elements stay where they are in the document: one that is moved there is laid out anew.
  const drawn = items.map((item, at) => ({ ...item, slot: slotOf[at] ?? 0 }))
  if (virtualizer.isScrolling) drawn.sort((a, b) => a.slot - b.slot)
  const onKeyDown = useGridKeys({ ids, goTo, pageSize: () => pageSize(scroller.current), openMenu: setMenu })
  return (
    <div
      className="grid"
      role={tree ? 'treegrid' : 'grid'}
      aria-label={t('list.label')}
      aria-rowcount={ids.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      style={{ '--columns': template, ...reaches(columns) } as React.CSSProperties}
    >
      <div className="grid-head" role="rowgroup">
        <HeaderRow columns={columns} />
      </div>
      <div className="grid-scroller" ref={scroller} onWheel={endMove} onPointerDown={endMove}>
        <div
          className="grid-body"
          role="rowgroup"
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
          onContextMenu={(event) => {
            event.preventDefault()
            // The menu key brings its own, at the row.
            if (event.button === 2) setMenu({ x: event.clientX, y: event.clientY })
          }}
        >
          {drawn.map((item) => (
            <Row
              key={item.slot}
              id={ids[item.index] ?? 0}
              index={item.index}
              top={item.start}
              columns={names}
              tree={tree}
              {...(tree ? placeOf(item.index) : noPlace)}
              tabbable={currentIndex === -1 ? item.index === 0 : item.index === currentIndex}
              focusRef={wantsFocus}
              onSelect={onSelect}
              onDrag={onDrag}
            />
          ))}
          {drop !== null && (
            <div className="drop-line" style={{ transform: `translateY(${drop * ROW_HEIGHT}px)` }} aria-hidden="true" />
          )}
        </div>
      </div>
      {menu !== null && current !== null && (
        <ContextMenu
          label={t('menu.label')}
          at={menu}
          entries={rowMenu(targets(useGrid.getState().selection), current)}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  )
}

/** The columns that there is room for, now. */
function useColumns(scroller: React.RefObject<HTMLElement | null>) {
  const [width, setWidth] = useState(() => window.innerWidth)
  const hidden = usePrefs((prefs) => prefs.hidden)
  const widths = usePrefs((prefs) => prefs.widths)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  const columns = useMemo(() => shownColumns({ hidden, widths }, width), [hidden, widths, width])
  // The same array as long as the same columns are there: a new width alone draws no row.
  const key = columns.map(({ name }) => name).join(' ')
  const names = useMemo(() => key.split(' ') as readonly ColumnName[], [key])
  return { columns, names, template: gridTemplate(columns) }
}

function endMove(): void {
  if (useGrid.getState().moved !== null) useGrid.setState({ moved: null })
}

function pageSize(scroller: HTMLElement | null): number {
  return Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / ROW_HEIGHT) - 1)
}
