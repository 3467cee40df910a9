import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef } from 'react'
import type { DownloadId } from '../../shared/download'
import { t } from '../text'
import { useWindow, wasRevealed } from '../windowState'
import { setSelection, useGrid } from './gridState'
import { Row } from './Row'
import { prune, select, type How } from './selection'
import { useGridKeys } from './useGridKeys'

/** As in Row.css. */
const ROW_HEIGHT = 64

/** Only what is on screen exists; the rest is height. */
export function Grid({ ids }: { readonly ids: readonly DownloadId[] }) {
  const scroller = useRef<HTMLDivElement>(null)
  const wantsFocus = useRef(false)
  const current = useGrid((state) => state.selection.current)
  const currentIndex = current === null ? -1 : ids.indexOf(current)
  const lastIndex = useRef(-1)
  const dialogOpen = useWindow((state) => state.dialog !== null)

  const rangeExtractor = useCallback(
    (range: Range) => {
      // The row with the keyboard stays when it scrolls out of sight: otherwise the keyboard would be lost.
      const visible = defaultRangeExtractor(range)
      if (currentIndex === -1 || visible.includes(currentIndex)) return visible
      return currentIndex < range.startIndex ? [currentIndex, ...visible] : [...visible, currentIndex]
    },
    [currentIndex],
  )

  // eslint-disable-next-line react-hooks/incompatible-library -- rows are memoised by hand, with plain values only
  const virtualizer = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => ids[index] ?? index,
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

  const onSelect = useCallback((id: DownloadId, how: How) => setSelection((from) => select(from, ids, id, how)), [ids])

  useEffect(() => {
    // Removed rows leave the selection. When the keyboard was on one of them, it goes to the row in its place.
    setSelection((from) => prune(from, ids, lastIndex.current))
  }, [ids])

  useEffect(() => {
    lastIndex.current = currentIndex
    if (currentIndex === -1 || dialogOpen) return
    const frame = requestAnimationFrame(() => {
      if (document.activeElement !== document.body) return
      scroller.current?.querySelector<HTMLElement>(`[data-index="${currentIndex}"]`)?.focus({ preventScroll: true })
    })
    return () => cancelAnimationFrame(frame)
  }, [currentIndex, dialogOpen])

  const revealed = useWindow((state) => state.revealed)
  useEffect(() => {
    const index = revealed === null ? -1 : ids.indexOf(revealed)
    if (index === -1) return
    goTo(index, 'only')
    wasRevealed()
  }, [revealed, ids, goTo])

  const onKeyDown = useGridKeys({ ids, goTo, pageSize: () => pageSize(scroller.current) })
  return (
    <div className="grid-scroller" ref={scroller}>
      <div
        className="grid"
        role="grid"
        aria-label={t('list.label')}
        aria-rowcount={ids.length}
        aria-multiselectable="true"
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {virtualizer.getVirtualItems().map((item) => (
          <Row
            key={item.key}
            id={ids[item.index] ?? 0}
            index={item.index}
            top={item.start}
            tabbable={currentIndex === -1 ? item.index === 0 : item.index === currentIndex}
            wantsFocus={wantsFocus}
            onSelect={onSelect}
            measure={virtualizer.measureElement}
          />
        ))}
      </div>
    </div>
  )
}

function pageSize(scroller: HTMLElement | null): number {
  return Math.max(1, Math.floor((scroller?.clientHeight ?? 0) / ROW_HEIGHT) - 1)
}
