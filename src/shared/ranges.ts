/**
 * Addresses that stand for many: `[001-100]`, `[1-9:2]`, `[a-z]`, as curl and aria2 write them. A number that begins
 * with 0 gives all of them its width; a range may run downwards; several in one line are combined, the last one fastest.
 */

type Piece = string | Range

interface Range {
  readonly from: number
  readonly step: number
  readonly count: number
  readonly print: (value: number) => string
}

/** An IPv6 address has colons and no hyphen, so it is not one of these. */
const range = /\[(?:(\d{1,9})-(\d{1,9})|([a-z])-([a-z])|([A-Z])-([A-Z]))(?::([1-9]\d{0,5}))?\]/g

function parse(line: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of line.matchAll(range)) {
    pieces.push(line.slice(end, match.index), rangeOf(match))
    end = match.index + match[0].length
  }
  pieces.push(line.slice(end))
  return pieces
}

function rangeOf(match: RegExpMatchArray): Range {
  const [, low = '', high = ''] = match
  const step = Number(match[7] ?? 1)
  if (low !== '') {
    const width = low.startsWith('0') ? low.length : 0
    return between(Number(low), Number(high), step, (value) => String(value).padStart(width, '0'))
  }
  const [first = '', last = ''] = [match[3] ?? match[5], match[4] ?? match[6]]
  return between(first.charCodeAt(0), last.charCodeAt(0), step, (value) => String.fromCharCode(value))
}

function between(from: number, to: number, step: number, print: Range['print']): Range {
  const count = Math.floor(Math.abs(to - from) / step) + 1
  return { from, step: to < from ? -step : step, count, print }
}

export function hasRange(line: string): boolean {
  return line.search(range) !== -1
}

/** How many addresses a line stands for: 1 without a range. */
export function countOf(line: string): number {
  return parse(line).reduce((count, piece) => (typeof piece === 'string' ? count : count * piece.count), 1)
}

/** The addresses that a line stands for. Ask `countOf` first: they may be very many. */
export function expand(line: string): string[] {
  return parse(line).reduce<string[]>(
    (all, piece) => {
      if (typeof piece === 'string') return all.map((start) => start + piece)
      const values = Array.from({ length: piece.count }, (_, n) => piece.print(piece.from + n * piece.step))
      return all.flatMap((start) => values.map((value) => start + value))
    },
    [''],
  )
}

/** The first and the last of them, without the others. */
export function ends(line: string): readonly [first: string, last: string] {
  const at = (which: (count: number) => number) =>
    parse(line)
      .map((piece) => (typeof piece === 'string' ? piece : piece.print(piece.from + which(piece.count) * piece.step)))
      .join('')
  return [at(() => 0), at((count) => count - 1)]
}
