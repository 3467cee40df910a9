import { memo, useEffect, useRef, type MouseEvent, type PointerEvent, type RefObject } from 'react'
import type { DownloadId, DownloadView } from '../../shared/download'
import { useDownload } from '../store'
import { formatBytes, formatDateTime, formatDuration, formatSpeed, formatWhen, t } from '../text'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { openOrShow } from './actions'
import type { ColumnName } from './columns'
import { useGrid } from './gridState'
import { KindIcon } from './KindIcon'
import { ProgressCell } from './ProgressCell'
import { RowActions } from './RowActions'
import type { How } from './selection'
import { secondsLeft, statusKeys, statusOf } from './status'
import { StatusLine, statusId } from './StatusLine'
import './Row.css'

interface Props {
  readonly id: DownloadId
  readonly index: number
  readonly top: number
  readonly columns: readonly ColumnName[]
  /** The row that Tab leads to. */
  readonly tabbable: boolean
  /** Set when the keyboard is to go to the current row as soon as that row is there. */
  readonly focusRef: RefObject<boolean>
  readonly onSelect: (id: DownloadId, how: How) => void
  readonly onDrag: (event: PointerEvent, id: DownloadId) => void
}

/** Takes its download from the store by id: progress of one row draws one row. */
export const Row = memo(function Row({ id, index, top, columns, tabbable, focusRef, onSelect, onDrag }: Props) {
  const view = useDownload(id)
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

  if (view === undefined) return null
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
      aria-label={view.name}
      aria-describedby={statusId(id)}
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={tabIndex}
      data-index={index}
      data-dragged={dragged || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onMouseDown={press}
      onPointerDown={(event) => (isButton(event.target) ? undefined : onDrag(event, id))}
      onClick={() => {
        if (pressed.current) onSelect(id, 'only')
        pressed.current = false
      }}
      onDoubleClick={(event) => (isButton(event.target) ? undefined : openOrShow(id))}
      onFocus={() => (current ? undefined : onSelect(id, 'move'))}
    >
      {columns.map((name) => (
        <Cell key={name} name={name} view={view} columns={columns} tabIndex={tabIndex} />
      ))}
      <div className="cell-actions" role="gridcell">
        <RowActions view={view} tabIndex={tabIndex} current={current} />
      </div>
    </div>
  )
})

interface CellProps {
  readonly name: ColumnName
  readonly view: DownloadView
  readonly columns: readonly ColumnName[]
  readonly tabIndex: 0 | -1
}

function Cell({ name, view, columns, tabIndex }: CellProps) {
  switch (name) {
    case 'name':
      return (
        <div className="cell-name" role="gridcell">
          <KindIcon name={view.name} />
          <div className="name-lines">
            <span className="name">
              <MiddleEllipsis text={view.name} />
            </span>
            <StatusLine view={view} tabIndex={tabIndex} withStatus={!columns.includes('status')} />
          </div>
        </div>
      )
    case 'status': {
      const status = statusOf(view)
      return (
        <div className="cell" role="gridcell">
          <span className={`status status-${status}`} id={statusId(view.id)}>
            {t(statusKeys[status])}
          </span>
          {view.priority !== 'normal' && view.state.kind !== 'done' && (
            <span className="cell-minor">{t(`priority.${view.priority}.short`)}</span>
          )}
        </div>
      )
    }
    case 'progress':
      return (
        <div className="cell" role="gridcell">
          <ProgressCell view={view} />
        </div>
      )
    default:
      return (
        <div className="cell cell-figure numbers" role="gridcell" {...hintOf(name, view)}>
          {figureOf(name, view)}
        </div>
      )
  }
}

function figureOf(name: Exclude<ColumnName, 'name' | 'status' | 'progress'>, view: DownloadView): string {
  switch (name) {
    case 'size':
      return view.total === null ? '' : formatBytes(view.total)
    case 'speed':
      // While it connects there is no speed to speak of.
      return view.state.kind === 'active' && view.state.phase.kind === 'transferring'
        ? formatSpeed(view.bytesPerSecond)
        : ''
    case 'timeLeft': {
      const seconds = secondsLeft(view)
      return seconds === null ? '' : formatDuration(seconds)
    }
    case 'added':
      return formatWhen(view.addedAt)
  }
}

function hintOf(name: ColumnName, view: DownloadView): { title?: string } {
  return name === 'added' ? { title: formatDateTime(view.addedAt) } : {}
}

/** Buttons answer to the mouse themselves. */
function isButton(target: EventTarget): boolean {
  return target instanceof Element && target.closest('button') !== null
}
