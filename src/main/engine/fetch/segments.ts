/** One run of bytes of the file: [start, end), of which [start, written) is on disk. Offsets in bytes. */
export interface Segment {
  readonly start: number
  /** Exclusive; `Infinity` when the length of the file is unknown. */
  readonly end: number
  readonly written: number
}

/** The right of one connection to a run of bytes. Nobody else writes there until it is released. */
export interface Claim {
  /** Where the next byte from the network belongs. */
  readonly position: number
  /** Exclusive end; shrinks when another connection takes the second half. */
  readonly end: number
  /**
   * Books bytes that have arrived but are not written yet, so that they are not given away.
   * @param bytes how many arrived
   * @returns how many of them still belong to this claim; the rest is someone else's and must be dropped
   */
  take(bytes: number): number
  /** Books bytes as written, in the order in which they were taken. Call it only after the write has returned. */
  advance(bytes: number): void
  /** Ends the claim. Bytes taken but not written are open again. */
  release(): void
}

interface Node {
  start: number
  end: number
  written: number
  /** First byte that no connection has taken; equals `written` while nobody claims the node. */
  taken: number
  claimed: boolean
}

const alignment = 64 * 1024

/**
 * Owner of the byte state of one download: which bytes are written, and who may write which. No I/O.
 * Every byte belongs to exactly one segment; every segment has at most one claim.
 */
export class Segments {
  #nodes: Node[]
  readonly #minimum: number
  readonly #longest: number
  readonly total: number | null

  /**
   * @param total length of the file in bytes; `null` when unknown (then there is one segment and never a split)
   * @param minimum smallest piece in bytes that is worth a connection of its own
   * @param saved segments of an earlier run; they must cover [0, total) without gap or overlap
   * @param inOrder keep near the front: a connection takes no more than this many bytes at a time; default all there are
   * @throws RangeError when `saved` does not cover the file exactly
   */
  constructor(total: number | null, minimum: number, saved?: readonly Segment[], inOrder = Infinity) {
    this.total = total
    this.#longest = total === null ? Infinity : Math.max(inOrder, 2 * minimum)
    this.#minimum = Math.max(1, minimum)
    const end = total ?? Infinity
    const segments = saved ?? [{ start: 0, end, written: 0 }]
    assertCovers(segments, end)
    this.#nodes = segments.map((s) => ({ ...s, taken: s.written, claimed: false }))
    this.#coalesce()
  }

  /** Bytes on disk. */
  get written(): number {
    return this.#nodes.reduce((sum, node) => sum + (node.written - node.start), 0)
  }

  get complete(): boolean {
    return this.#nodes.every((node) => node.written === node.end)
  }

  /**
   * Takes the open segment with the lowest offset, else the second half of the largest claim's rest.
   * The cut lies beyond what the other connection has taken, and leaves both sides at least `minimum` bytes.
   * @returns `null` when nothing is left that is worth a connection
   */
  claim(): Claim | null {
    const open = this.#nodes.find((node) => !node.claimed && node.written < node.end)
    if (open) return this.#claimNode(this.#front(open))
    let victim: Node | undefined
    for (const node of this.#nodes) {
      if (node.claimed && (!victim || node.end - node.taken > victim.end - victim.taken)) victim = node
    }
    if (!victim || victim.end === Infinity) return null
    const rest = victim.end - victim.taken
    if (rest < 2 * this.#minimum) return null
    const half = victim.taken + Math.ceil(rest / 2)
    const aligned = Math.ceil(half / alignment) * alignment
    const cut = victim.end - aligned >= this.#minimum ? aligned : half
    const taken: Node = { start: cut, end: victim.end, written: cut, taken: cut, claimed: false }
    victim.end = cut
    this.#nodes.splice(this.#nodes.indexOf(victim) + 1, 0, taken)
    return this.#claimNode(taken)
  }

  /** True when `claim()` would give something. */
  get claimable(): boolean {
    return this.#nodes.some((node) =>
      node.claimed ? node.end !== Infinity && node.end - node.taken >= 2 * this.#minimum : node.written < node.end,
    )
  }

  /** Leaves the rest of a long open node to others. */
  #front(node: Node): Node {
    const cut = Math.ceil((node.written + this.#longest) / alignment) * alignment
    if (!(node.end - cut >= this.#minimum)) return node
    const rest: Node = { start: cut, end: node.end, written: cut, taken: cut, claimed: false }
    node.end = cut
    this.#nodes.splice(this.#nodes.indexOf(node) + 1, 0, rest)
    return node
  }

  /** Ends a file of unknown length where the server ended it. The last byte must have been written. */
  finishAt(length: number): void {
    const last = this.#nodes[0]
    if (!last || this.#nodes.length !== 1 || last.end !== Infinity || last.written !== length) {
      throw new RangeError(`cannot end at ${length}`)
    }
    last.end = length
  }

  /** What is on disk now, neighbours merged, so that its size does not grow with the number of cuts. */
  snapshot(): Segment[] {
    return coalesce(this.#nodes.map(({ start, end, written }) => ({ start, end, written })))
  }

  /** Every piece as it is now, with what is on its way to the file. */
  pieces(): (Segment & { readonly taken: number })[] {
    return this.#nodes.map(({ start, end, written, taken }) => ({ start, end, written, taken }))
  }

  #claimNode(node: Node): Claim {
    node.claimed = true
    node.taken = node.written
    let live = true
    const owner = (): Node => {
      if (!live) throw new Error('claim used after release')
      return node
    }
    return {
      get position() {
        return node.taken
      },
      get end() {
        return node.end
      },
      take(bytes) {
        const accepted = Math.min(bytes, owner().end - node.taken)
        node.taken += accepted
        return accepted
      },
      advance(bytes) {
        if (owner().written + bytes > node.taken) throw new RangeError('more written than taken')
        node.written += bytes
      },
      release: () => {
        if (!live) return
        live = false
        node.claimed = false
        node.taken = node.written
        this.#coalesce()
      },
    }
  }

  /** Merges neighbours that nobody claims when the left one is complete. */
  #coalesce(): void {
    const merged: Node[] = []
    for (const node of this.#nodes) {
      const left = merged.at(-1)
      if (left && !left.claimed && !node.claimed && left.written === left.end) {
        left.end = node.end
        left.written = node.written
        left.taken = node.written
      } else merged.push(node)
    }
    this.#nodes = merged
  }
}

/** Merges a complete segment with its right neighbour; the covered bytes stay the same. */
export function coalesce(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = []
  for (const segment of segments) {
    const left = merged.at(-1)
    if (left && left.written === left.end) merged[merged.length - 1] = { ...segment, start: left.start }
    else merged.push(segment)
  }
  return merged
}

/**
 * Takes back what lies beyond the end of the file that is really there (fault 45).
 * @param size length in bytes of the partial file on disk
 */
export function clampToSize(segments: readonly Segment[], size: number): Segment[] {
  return segments.map((s) => ({ ...s, written: Math.min(s.written, Math.max(s.start, size)) }))
}

/**
 * Takes back what turned out not to be what was written.
 * @param ranges bytes that are to be fetched again
 */
export function withoutRanges(
  segments: readonly Segment[],
  ranges: readonly { readonly start: number; readonly end: number }[],
): Segment[] {
  let kept = [...segments]
  for (const range of ranges) {
    kept = kept.flatMap((s) => {
      const start = Math.max(s.start, range.start)
      const end = Math.min(s.written, range.end)
      if (start >= end) return [s]
      const pieces = [
        { start: s.start, end: start, written: start },
        { start, end, written: start },
        { start: end, end: s.end, written: s.written },
      ]
      return pieces.filter((piece) => piece.end > piece.start)
    })
  }
  return coalesce(kept)
}

/** Bytes that the segments claim to be on disk. */
export function writtenBytes(segments: readonly Segment[]): number {
  return segments.reduce((sum, s) => sum + (s.written - s.start), 0)
}

/**
 * @param total length of the file; `null` when unknown
 * @returns whether the segments cover the file without gap or overlap, as `Segments` needs it
 */
export function coverFile(segments: readonly Segment[], total: number | null): boolean {
  return gapIn(segments, total ?? Infinity) === null
}

function assertCovers(segments: readonly Segment[], end: number): void {
  const gap = gapIn(segments, end)
  if (gap !== null) throw new RangeError(gap)
}

function gapIn(segments: readonly Segment[], end: number): string | null {
  let at = 0
  for (const s of segments) {
    const sane = s.start === at && s.end >= s.start && s.written >= s.start && s.written <= s.end
    if (!sane) return `segments do not cover the file at ${at}`
    at = s.end
  }
  return at === end ? null : `segments end at ${at}, the file at ${end}`
}
