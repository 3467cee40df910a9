import type { FileHandle } from 'node:fs/promises'
import type { Segment } from '../fetch/segments'

/** Bytes [start, end) of a file. */
export interface Run {
  readonly start: number
  readonly end: number
}

/** What is believed or not, in bytes. */
export const block = 64 * 1024
/** A hole, or what was never written, has at least one such page of zeros. */
const page = 4096
const zeros = Buffer.alloc(page)

/**
 * Which blocks of a file hold something. A block with a page of zeros is doubted, because a hole and a page that was
 * never written read like that, and so are its neighbours, where a write may have ended. Doubt costs a few bytes more to
 * fetch; real zeros are fetched again, too.
 * @param size length in bytes; an incomplete last block is doubted
 */
export async function fullRuns(handle: FileHandle, size: number, signal: AbortSignal): Promise<Run[]> {
  const count = Math.floor(size / block)
  const chunk = Buffer.allocUnsafe(16 * block)
  const full = new Uint8Array(count)
  for (let first = 0; first < count; first += 16) {
    signal.throwIfAborted()
    const blocks = Math.min(16, count - first)
    const { bytesRead } = await handle.read(chunk, 0, blocks * block, first * block)
    for (let n = 0; n < Math.floor(bytesRead / block); n++) {
      full[first + n] = Number(!hasZeroPage(chunk.subarray(n * block, (n + 1) * block)))
    }
  }
  const runs: Run[] = []
  for (let n = 0; n < count; n++) {
    if (full[n] === 0 || full[n - 1] === 0 || full[n + 1] === 0) continue
    const last = runs.at(-1)
    if (last?.end === n * block) runs[runs.length - 1] = { start: last.start, end: (n + 1) * block }
    else runs.push({ start: n * block, end: (n + 1) * block })
  }
  return runs
}

function hasZeroPage(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += page) {
    if (bytes[at] === 0 && bytes.compare(zeros, 0, page, at, at + page) === 0) return true
  }
  return false
}

/** What is in both; each list in order and without overlaps. */
export function inBoth(a: readonly Run[], b: readonly Run[]): Run[] {
  const common: Run[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [left, right] = [a[i]!, b[j]!]
    const start = Math.max(left.start, right.start)
    const end = Math.min(left.end, right.end)
    if (start < end) common.push({ start, end })
    if (left.end < right.end) i++
    else j++
  }
  return common
}

/** Without what lies at or behind a place. */
export function before(runs: readonly Run[], end: number): Run[] {
  return inBoth(runs, [{ start: 0, end }])
}

/** The runs as claims that cover a file of `total` bytes. */
export function asSegments(runs: readonly Run[], total: number): Segment[] {
  const segments: Segment[] = []
  const first = runs[0]?.start ?? total
  if (first > 0) segments.push({ start: 0, end: first, written: 0 })
  for (const [n, { start, end }] of runs.entries()) {
    segments.push({ start, end: runs[n + 1]?.start ?? total, written: end })
  }
  return segments
}

/**
 * Where to compare: the beginning and the end of what is there, and places evenly between.
 * @param most how many, at most
 */
export function samplesOf(runs: readonly Run[], most: number): Run[] {
  const blocks = runs.reduce((sum, { start, end }) => sum + Math.ceil((end - start) / block), 0)
  const count = Math.min(most, blocks)
  const wanted = new Set(
    Array.from({ length: count }, (_, n) => Math.round((n * (blocks - 1)) / Math.max(1, count - 1))),
  )
  const samples: Run[] = []
  let n = 0
  for (const { start, end } of runs) {
    for (let at = start; at < end; at += block, n++) {
      if (wanted.has(n)) samples.push({ start: at, end: Math.min(end, at + block) })
    }
  }
  return samples
}
