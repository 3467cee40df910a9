import { memo, useEffect, useRef, type MouseEvent, type RefObject } from 'react'
import type { DownloadId } from '../../shared/download'
import { useDownload } from '../store'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { open } from './actions'
import { Details } from './Details'
import { Pace, Progress } from './Figures'
import { useGrid } from './gridState'
import { KindIcon } from './KindIcon'
import { RowActions } from './RowActions'
import type { How } from './selection'
import { StatusLine, statusId } from './StatusLine'
import './Row.css'

interface Props {
  readonly id: DownloadId
  readonly index: number
  readonly top: number
  /** The row that Tab leads to. */
  readonly tabbable: boolean
  /** Set when the keyboard is to go to the current row as soon as that row is there. */
  readonly wantsFocus: RefObject<boolean>
  readonly onSelect: (id: DownloadId, how: How) => void
  readonly measure: (element: HTMLElement | null) => void
}

/** Takes its download from the store by id: progress of one row draws one row. */
export const Row = memo(function Row({ id, index, top, tabbable, wantsFocus, onSelect, measure }: Props) {
  const view = useDownload(id)
  const selected = useGrid((state) => state.selection.ids.has(id))
  const current = useGrid((state) => state.selection.current === id)
  const expanded = useGrid((state) => state.expanded.has(id))
  const element = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (!current || !wantsFocus.current) return
    wantsFocus.current = false
    element.current?.focus({ preventScroll: true })
  }, [current, wantsFocus])

  useEffect(() => {
    // Only unfolded rows differ in height; measuring the others would cost a layout for each that scrolls in.
    if (expanded) measure(element.current)
  }, [expanded, measure])

  if (view === undefined) return null
  const tabIndex = tabbable ? 0 : -1
  const detailsId = `details-${id}`
  const press = (event: MouseEvent) => {
    if (isInner(event.target) || event.button > 0) return
    // The browser moves the focus by itself, and knows that a mouse needs no focus ring.
    onSelect(id, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only')
  }
  return (
    <div
      ref={element}
      className="row"
      role="row"
      aria-label={view.name}
      aria-describedby={statusId(id)}
      aria-rowindex={index + 1}
      aria-selected={selected}
      tabIndex={tabIndex}
      data-index={index}
      data-expanded={expanded || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={press}
      onDoubleClick={(event) => (isInner(event.target) ? undefined : open(id))}
      onFocus={() => (current ? undefined : onSelect(id, 'move'))}
    >
      <div className="row-main">
        <div className="cell-name" role="gridcell">
          <KindIcon name={view.name} />
          <div className="name-lines">
            <span className="name">
              <MiddleEllipsis text={view.name} />
            </span>
            <StatusLine view={view} tabIndex={tabIndex} />
          </div>
        </div>
        <div className="cell-progress" role="gridcell">
          <Progress view={view} />
        </div>
        <div className="cell-pace numbers" role="gridcell">
          <Pace view={view} />
        </div>
        <div className="cell-actions" role="gridcell">
          <RowActions view={view} tabIndex={tabIndex} expanded={expanded} detailsId={detailsId} />
        </div>
      </div>
      {expanded && <Details view={view} id={detailsId} />}
    </div>
  )
})

/** Parts of a row that answer to the mouse themselves. */
function isInner(target: EventTarget): boolean {
  return target instanceof Element && target.closest('.details, button') !== null
}
