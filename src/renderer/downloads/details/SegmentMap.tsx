import { useEffect, useMemo, useRef } from 'react'
import type { DownloadView } from '../../../shared/download'
import type { Inspection } from '../../../shared/inspection'
import type { Damage } from '../../../shared/verification'
import { formatPercent, t } from '../../text'
import { cellsOf, damagedCells, shares } from './cells'
import './SegmentMap.css'

/** CSS pixels of a cell with its gap. */
const CELL = 11
const GAP = 2
const ROWS = 5

const arriving = ['safe', 'written', 'inFlight', 'head', 'open'] as const
type Kind = (typeof arriving)[number] | 'damaged'

interface Props {
  readonly inspection: Inspection
  readonly view: DownloadView
}

/** What the map shows of a download: how its bytes arrive, or how those of a completed file are. */
type Shown =
  | { readonly kind: 'arriving'; readonly inspection: Inspection; readonly total: number | null }
  | { readonly kind: 'complete'; readonly total: number; readonly damage: Damage | null }

function shownOf({ state, total, received }: DownloadView, inspection: Inspection): Shown {
  if (state.kind !== 'done') return { kind: 'arriving', inspection, total }
  const { verification } = state
  return {
    kind: 'complete',
    total: total ?? received,
    damage: verification.kind === 'damaged' ? verification.damage : null,
  }
}

/** Which bytes are where: each cell is filled as far as its part of the file is there. */
export function SegmentMap({ inspection, view }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  const shown = useMemo(() => shownOf(view, inspection), [view, inspection])
  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const paint = () => draw(element, legend.current, shown)
    paint()
    const observer = new ResizeObserver(paint)
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', paint)
    return () => {
      observer.disconnect()
      scheme.removeEventListener('change', paint)
    }
  }, [shown])
  return (
    <div className="map">
      <canvas ref={canvas} className="map-canvas" role="img" aria-label={alternative(shown)} />
      <ul className="map-legend" ref={legend} aria-hidden="true">
        {kindsOf(shown).map((kind) => (
          <li key={kind}>
            <span className={`map-swatch map-${kind}`} data-kind={kind} />
            {t(`map.${kind}`)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function kindsOf(shown: Shown): readonly Kind[] {
  if (shown.kind === 'arriving') return arriving
  return shown.damage === null ? ['safe'] : ['safe', 'damaged']
}

function alternative(shown: Shown): string {
  if (shown.kind === 'complete') {
    const { damage } = shown
    if (damage === null) return t('map.complete')
    return damage.kind === 'blocks' ? t('map.damaged.text', { count: damage.count }) : t('map.damaged.nowhere')
  }
  const { inspection, total } = shown
  if (total === null || total === 0) return t('map.unknown')
  const { safe, written, inFlight } = shares(inspection, total)
  const percent = (share: number) => formatPercent(Math.floor(share * 100))
  return t('map.text', {
    safe: percent(safe),
    written: percent(written),
    inFlight: percent(inFlight),
    open: percent(1 - safe - written - inFlight),
    count: inspection.connections.length,
  })
}

function draw(canvas: HTMLCanvasElement, legend: HTMLElement | null, shown: Shown): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const scale = devicePixelRatio
  const columns = Math.max(1, Math.floor((canvas.clientWidth + GAP) / CELL))
  canvas.width = Math.round(canvas.clientWidth * scale)
  canvas.height = Math.round(canvas.clientHeight * scale)
  context.scale(scale, scale)
  // The legend has the colours of the theme: a canvas knows none.
  const color = (kind: Kind) => {
    const swatch = legend?.querySelector(`[data-kind="${kind}"]`)
    return swatch ? getComputedStyle(swatch).backgroundColor : 'gray'
  }
  const count = columns * ROWS
  if (shown.kind === 'complete') drawComplete(context, columns, count, shown, color)
  else drawArriving(context, columns, count, shown, color)
}

const size = CELL - GAP
const placeOf = (index: number, columns: number) =>
  [(index % columns) * CELL, Math.floor(index / columns) * CELL] as const

function drawComplete(
  context: CanvasRenderingContext2D,
  columns: number,
  count: number,
  { total, damage }: Extract<Shown, { kind: 'complete' }>,
  color: (kind: Kind) => string,
): void {
  const safe = color('safe')
  const bad = damage === null ? safe : color('damaged')
  // Nothing tells where: then no part of it is called right.
  const places = damage?.kind === 'blocks' && damage.ranges.length > 0 ? damage.ranges : [{ start: 0, end: total }]
  const damaged = damage === null || total === 0 ? new Set<number>() : damagedCells(places, total, count)
  for (let index = 0; index < count; index++) {
    const [x, y] = placeOf(index, columns)
    context.fillStyle = damaged.has(index) ? bad : safe
    context.fillRect(x, y, size, size)
  }
}

function drawArriving(
  context: CanvasRenderingContext2D,
  columns: number,
  count: number,
  { inspection, total }: Extract<Shown, { kind: 'arriving' }>,
  color: (kind: Kind) => string,
): void {
  const [safe, written, inFlight, head, open] = arriving.map(color) as [string, string, string, string, string]
  const cells = total !== null && total > 0 ? cellsOf(inspection, total, count) : null
  for (let index = 0; index < count; index++) {
    const [x, y] = placeOf(index, columns)
    const cell = cells?.[index]
    context.fillStyle = open
    context.fillRect(x, y, size, size)
    if (cell === undefined) continue
    let at = x
    for (const [share, fill] of [
      [cell.safe, safe],
      [cell.written, written],
      [cell.inFlight, inFlight],
    ] as const) {
      context.fillStyle = fill
      context.fillRect(at, y, share * size, size)
      at += share * size
    }
    if (!cell.head) continue
    context.fillStyle = head
    context.fillRect(Math.min(at, x + size - 2), y, 2, size)
    context.strokeStyle = head
    context.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1)
  }
}
