import { useEffect, useRef } from 'react'
import type { Inspection } from '../../../shared/inspection'
import { formatPercent, t } from '../../text'
import { cellsOf, shares } from './cells'
import './SegmentMap.css'

/** CSS pixels of a cell with its gap. */
const CELL = 11
const GAP = 2
const ROWS = 5

const kinds = ['safe', 'written', 'inFlight', 'head', 'open'] as const

interface Props {
  readonly inspection: Inspection
  /** Bytes; `null` while nobody knows. */
  readonly total: number | null
  readonly complete: boolean
}

/** Which bytes are where: each cell is filled as far as its part of the file is there. */
export function SegmentMap({ inspection, total, complete }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const legend = useRef<HTMLUListElement>(null)
  useEffect(() => {
    const element = canvas.current
    if (element === null) return
    const paint = () => draw(element, legend.current, inspection, total, complete)
    paint()
    const observer = new ResizeObserver(paint)
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    scheme.addEventListener('change', paint)
    return () => {
      observer.disconnect()
      scheme.removeEventListener('change', paint)
    }
  }, [inspection, total, complete])
  return (
    <div className="map">
      <canvas ref={canvas} className="map-canvas" role="img" aria-label={alternative(inspection, total, complete)} />
      <ul className="map-legend" ref={legend} aria-hidden="true">
        {kinds.map((kind) => (
          <li key={kind}>
            <span className={`map-swatch map-${kind}`} data-kind={kind} />
            {t(`map.${kind}`)}
          </li>
        ))}
      </ul>
    </div>
  )
}

function alternative(inspection: Inspection, total: number | null, complete: boolean): string {
  if (complete) return t('map.complete')
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

function draw(
  canvas: HTMLCanvasElement,
  legend: HTMLElement | null,
  inspection: Inspection,
  total: number | null,
  complete: boolean,
): void {
  const context = canvas.getContext('2d')
  if (context === null) return
  const scale = devicePixelRatio
  const columns = Math.max(1, Math.floor((canvas.clientWidth + GAP) / CELL))
  canvas.width = Math.round(canvas.clientWidth * scale)
  canvas.height = Math.round(canvas.clientHeight * scale)
  context.scale(scale, scale)
  // The legend has the colours of the theme: a canvas knows none.
  const color = (kind: (typeof kinds)[number]) => {
    const swatch = legend?.querySelector(`[data-kind="${kind}"]`)
    return swatch ? getComputedStyle(swatch).backgroundColor : 'gray'
  }
  const [safe, written, inFlight, head, open] = kinds.map(color) as [string, string, string, string, string]
  const count = columns * ROWS
  const known = total !== null && total > 0
  const cells = known && !complete ? cellsOf(inspection, total, count) : null
  for (let index = 0; index < count; index++) {
    const x = (index % columns) * CELL
    const y = Math.floor(index / columns) * CELL
    const size = CELL - GAP
    const cell = cells?.[index]
    context.fillStyle = complete ? safe : open
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
