import { DownloadFailure, failure, RequestFailure } from '../../shared/errors'
import { openPart } from './files/file'
import { readIntoMemory } from './fetch/hedge'
import { compareSamples } from './fetch/samples'
import { writtenBytes } from './fetch/segments'
import type { HttpClient } from './http/http'
import { judgeLink } from './http/judge'
import type { Clock, DownloadRecord, Remote, Session } from './ports'

export interface LinkEnv {
  readonly http: HttpClient
  readonly clock: Clock
  readonly session: Session
}

/**
 * Compares what another address leads to with the bytes that are already there (see `compareSamples`). The validator may
 * differ, as it does between mirrors; then it is the new one that guards the ranges from now on. Only where it is the
 * same resource, asked with another signature for one, does another strong ETag mean another version (RFC 9110 §8.8.3).
 * @returns what the record should remember of the new address; `null` when nothing is there yet to compare with
 * @throws RequestFailure E_LINK when it is another file, or cannot be asked for ranges; nothing was changed
 */
export async function checkLink(record: DownloadRecord, env: LinkEnv): Promise<Remote | null> {
  const { part, remote } = record
  if (part.kind !== 'open' || remote === null || writtenBytes(part.segments) === 0) return null
  const file = await openPart(part.path, part.inode)
  if (!file) return null // the next run says so and begins again
  try {
    const found = await compareSamples(part.segments, remote.total, file, (start, end) => fetchSample(start, end, env))
    const same = sameResource(found.url, remote.url) || (!remote.address && sameResource(env.session.url, record.url))
    if (same && found.validator?.kind === 'etag' && remote.validator?.kind === 'etag') {
      const [was, is] = [remote.validator.value, found.validator.value]
      if (was !== is)
        throw failure('OTHER_FILE', 'no', `the file there has another version now: ETag ${is}, not ${was}`)
    }
    return found
  } catch (error) {
    if (error instanceof DownloadFailure) {
      throw new RequestFailure({ code: 'E_LINK', field: 'urls', detail: error.error.detail })
    }
    throw error
  } finally {
    await file.close()
  }
}

/** The query may be a signature, a time or a name of somebody. */
function sameResource(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false
  const [one, other] = [new URL(a), new URL(b)]
  return one.origin === other.origin && one.pathname === other.pathname
}

async function fetchSample(start: number, end: number, { http, clock, session }: LinkEnv) {
  const signal = AbortSignal.timeout(60_000)
  const response = await http.open({ url: session.url, session, start, end, validator: null }, signal)
  try {
    const remote = judgeLink(response, start, end, clock.now())
    return { remote, bytes: await readIntoMemory(response, end - start) }
  } finally {
    response.discard()
  }
}
