import { failure } from '../../../shared/errors'
import type { PartFile } from '../files/file'
import type { Remote } from '../ports'
import type { Segment } from './segments'

/** Bytes of each sample. */
const sampleSize = 64 * 1024

interface Sample {
  readonly start: number
  readonly end: number
}

/** Fetches a piece of what another address leads to. `bytes` is `null` when it sends no ranges. */
export type FetchSample = (start: number, end: number) => Promise<{ remote: Remote; bytes: Buffer | null }>

/**
 * Compares what another address leads to with the bytes that are already there: the length, and three samples (the
 * first written bytes, the last, and some between).
 * @param segments what is written; something must be
 * @param total bytes of the file
 * @returns what the address leads to
 * @throws DownloadFailure OTHER_FILE when it is another file, or what `fetch` or the disk failed with
 */
export async function compareSamples(
  segments: readonly Segment[],
  total: number | null,
  part: PartFile,
  fetch: FetchSample,
): Promise<Remote> {
  let found: Remote | null = null
  for (const { start, end } of pickSamples(segments)) {
    const { remote, bytes } = await fetch(start, end)
    if (remote.total !== total) throw different(`the file has ${total} bytes, behind this address are ${remote.total}`)
    if (bytes === null) return remote
    if (!bytes.equals(await part.read(start, end - start))) throw different(`the bytes from ${start} differ`)
    found = remote
  }
  if (!found) throw failure('INTERNAL', 'no', 'nothing is there to compare with')
  return found
}

/** The first, the middle and the last of what is written. */
export function pickSamples(segments: readonly Segment[]): Sample[] {
  const written = segments.filter((s) => s.written > s.start)
  const first = written[0]
  const middle = written[Math.floor(written.length / 2)]
  const last = written.at(-1)
  if (!first || !middle || !last) return []
  const center = middle.start + Math.floor((middle.written - middle.start) / 2)
  const samples = [
    { start: first.start, end: Math.min(first.written, first.start + sampleSize) },
    { start: center, end: Math.min(middle.written, center + sampleSize) },
    { start: Math.max(last.start, last.written - sampleSize), end: last.written },
  ]
  return samples.filter(({ start, end }) => end > start)
}

function different(detail: string) {
  return failure('OTHER_FILE', 'no', detail)
}
