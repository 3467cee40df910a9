import type { Inspection } from '../../../shared/inspection'
import type { ByteRange } from '../../../shared/verification'

/** One cell of the map: shares of its bytes, which add up to at most 1; the rest is open. */
export interface Cell {
  /** On the disk and committed: no crash takes it away. */
  readonly safe: number
  /** Written to the file. */
  readonly written: number
  /** Arrived, on its way to the file. */
  readonly inFlight: number
  /** A connection's next byte belongs here. */
  readonly head: boolean
}

/**
 * The map of a file in so many cells of equal size.
 * @param total bytes of the file, more than 0
 */
export function cellsOf(
  { committed, pieces, connections }: Pick<Inspection, 'committed' | 'pieces' | 'connections'>,
  total: number,
  count: number,
): Cell[] {
  const safe = new Float64Array(count)
  const written = new Float64Array(count)
  const taken = new Float64Array(count)
  const size = total / count
  const book = (into: Float64Array, start: number, end: number) => {
    for (let cell = Math.floor(start / size); cell < count && cell * size < end; cell++) {
      into[cell] = (into[cell] ?? 0) + Math.min(end, (cell + 1) * size) - Math.max(start, cell * size)
    }
  }
  for (const piece of committed) book(safe, piece.start, piece.written)
  for (const piece of pieces) {
    book(written, piece.start, piece.written)
    book(taken, piece.start, piece.taken)
  }
  const heads = new Set(connections.map(({ position }) => Math.min(count - 1, Math.floor(position / size))))
  return Array.from({ length: count }, (_, cell) => {
    const onFile = (written[cell] ?? 0) / size
    // A commit may be newer than the look at the pieces, never the other way round for long.
    const kept = Math.min((safe[cell] ?? 0) / size, Math.max(onFile, 0))
    const arrived = Math.max((taken[cell] ?? 0) / size, onFile)
    return { safe: kept, written: onFile - kept, inFlight: arrived - onFile, head: heads.has(cell) }
  })
}

/**
 * Which cells of the map of a completed file have a damaged byte, or a byte of a damaged block.
 * @param total bytes of the file, more than 0
 */
export function damagedCells(ranges: readonly ByteRange[], total: number, count: number): Set<number> {
  const size = total / count
  const found = new Set<number>()
  for (const { start, end } of ranges) {
    for (let cell = Math.floor(start / size); cell < count && cell * size < end; cell++) found.add(cell)
  }
  return found
}

/** The whole file as one cell. */
export function shares(inspection: Pick<Inspection, 'committed' | 'pieces' | 'connections'>, total: number): Cell {
  return cellsOf(inspection, total, 1)[0] ?? { safe: 0, written: 0, inFlight: 0, head: false }
}
