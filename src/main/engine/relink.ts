import { DownloadFailure, RequestFailure } from '../../shared/errors'
import { openPart, type PartFile } from './files/file'
import { readIntoMemory } from './fetch/hedge'
import type { HttpClient } from './http/http'
import { judgeLink } from './http/judge'
import type { Clock, DownloadRecord, Remote, Session } from './ports'
import type { Segment } from './fetch/segments'

/** Bytes of each sample. */
const sampleSize = 64 * 1024

export interface LinkEnv {
  readonly http: HttpClient
  readonly clock: Clock
  readonly session: Session
}

/**
 * Compares what another address leads to with the bytes that are already there: the length, and three samples (the
 * first written bytes, the last, and some between). The validator may differ, as it does between mirrors; then it is the
 * new one that guards the ranges from now on.
 * @returns what the record should remember of the new address; `null` when nothing is there yet to compare with
 * @throws RequestFailure E_LINK when it is another file, or cannot be asked for ranges; nothing was changed
 */
export async function checkLink(record: DownloadRecord, env: LinkEnv): Promise<Remote | null> {
  const { part, remote } = record
  if (part.kind !== 'open' || remote === null) return null
  const samples = pickSamples(part.segments)
  if (samples.length === 0) return null
  const file = await openPart(part.path, part.inode)
  if (!file) return null // the next run says so and begins again
  try {
    let found: Remote | null = null
    for (const sample of samples) found = await compare(sample, file, remote, env)
    return found
  } catch (error) {
    if (error instanceof DownloadFailure) throw different(error.error.detail)
    throw error
  } finally {
    await file.close()
  }
}

async function compare(sample: Sample, file: PartFile, remote: Remote, env: LinkEnv): Promise<Remote> {
  const { start, end } = sample
  const signal = AbortSignal.timeout(60_000)
  const response = await env.http.open(
    { url: env.session.url, session: env.session, start, end, validator: null },
    signal,
  )
  try {
    const found = judgeLink(response, start, end, env.clock.now())
    if (found.total !== remote.total) {
      throw different(`the file has ${remote.total} bytes, behind the new link are ${found.total}`)
    }
    const theirs = await readIntoMemory(response, end - start)
    if (!theirs.equals(await file.read(start, end - start))) {
      throw different(`the bytes from ${start} differ from those on the disk`)
    }
    return found
  } finally {
    response.discard()
  }
}

interface Sample {
  readonly start: number
  readonly end: number
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

function different(detail: string): RequestFailure {
  return new RequestFailure({ code: 'E_LINK', field: 'urls', detail })
}
