import { failure, type DownloadError, type DownloadFailure } from '../../../shared/errors'
import { fetchGeneration } from '../fetch/fetch'
import { isStrong } from '../fetch/mixing'
import { writtenBytes, type Segments } from '../fetch/segments'
import { networkFailure } from '../http/network-errors'
import { Keeping } from '../integrity/keeping'
import { expectedDigests } from '../integrity/verify'
import type { DownloadRecord, Part } from '../ports'
import { isResumable } from '../remote'
import { GaveUp } from '../scheduler'
import { begin, type Beginning, type Ended } from './begin'
import { readDescription } from './description'
import { finish } from './finish'
import { notice, openPartOf, tellDropped, type Job, type OpenPart, type TransferEnv } from './job'
import { recoverPublished, type Completed } from './publish'
import { resume } from './resume'

/** How often in one run everything begins again because of a server, while there are others. */
const mostRounds = 5

/** Bytes that may be thrown away without asking. */
const askAbove = 64 * 1024 * 1024

/**
 * Runs one download from where it stands to its published file.
 * @param signal ends it early, with everything written so far committed
 * @throws DownloadFailure when it cannot go on, or the signal's reason
 */
export async function transfer(job: Job, env: TransferEnv, signal: AbortSignal): Promise<Completed> {
  if ('path' in job.record.part) job.holdName(job.record.name)
  const wasPublishing = job.record.part.kind === 'finalizing'
  const published = await recoverPublished(job, env)
  if (published) return published
  if (wasPublishing) job.save({ notice: notice(env, 'RESTARTED_PART_LOST') })
  const keeping = new Keeping(job, env)
  try {
    return await attempts(job, env, keeping, signal)
  } finally {
    await keeping.end()
  }
}

async function attempts(job: Job, env: TransferEnv, keeping: Keeping, signal: AbortSignal): Promise<Completed> {
  const patience = env.scheduler.patience(() => job.sources.own.host)
  let fresh = false
  let singleStream = false
  /** New generations because a file had changed. */
  let changes = 0
  let alone = false
  let rounds = 0
  let farthest = 0
  const portal = new Portal(env)
  const onWritten = (bytes: number) => {
    if (bytes > farthest) {
      patience.reset()
      portal.passed()
    }
    farthest = Math.max(farthest, bytes)
  }
  for (;;) {
    try {
      const fetched = await fetchInto(job, env, keeping, { fresh, singleStream, alone, onWritten }, signal)
      if ('completed' in fetched) return fetched.completed
      fresh = false
      const completed = await finish(job, env, keeping, fetched, signal)
      if (completed) return completed
    } catch (error) {
      signal.throwIfAborted()
      const failed = thawing(job.record, networkFailure(error), env)
      const { code, retry } = failed.error
      const { sources } = job
      env.log('warn', 'transfer interrupted', { id: job.record.id, ...failed.error })
      if (retry === 'restart' && code === 'RANGE' && !singleStream) {
        singleStream = true
        job.save({ notice: notice(env, 'RESTARTED_NO_RANGES') })
      } else if (code === 'HASH' && sources.all.length > 1 && ++rounds < mostRounds) {
        const next = blame(job, env, failed.error)
        if (next === 'nobody') throw failed
        alone = next === 'alone'
      } else if (retry === 'restart' && code !== 'CHANGED' && code !== 'RANGE' && ++rounds < mostRounds) {
        const lost = committedBytes(job.record.part)
        if (lost > askAbove)
          throw failure(code, 'no', `${failed.error.detail}; another server has it from the beginning`)
        if (lost > 0) job.save({ notice: notice(env, 'RESTARTED_MIRROR') })
        alone = false
      } else if (retry === 'restart' && (code === 'CHANGED' || code === 'RANGE') && changes < sources.all.length) {
        // Once for each server.
        const lost = committedBytes(job.record.part)
        if (lost > askAbove) {
          throw failure('CHANGED_LARGE', 'no', `${failed.error.detail}; ${lost} bytes would be fetched again`)
        }
        changes++
        job.save({ notice: notice(env, 'RESTARTED_CHANGED') })
      } else if (failed.error.page === true && portal.waits()) {
        const until = env.clock.now() + portalPause
        job.phase({ kind: 'waiting', until, reason: { code: 'PORTAL', retry: 'later', detail: failed.error.detail } })
        await env.clock.sleep(portalPause, signal)
        fresh = false
        continue
      } else if (retry === 'later' && !(failed instanceof GaveUp)) {
        await patience.afterFailure(failed, signal, (until, reason) => job.phase({ kind: 'waiting', until, reason }))
        fresh = false // what cannot go on is found out when the part is opened
        continue
      } else {
        throw retry === 'restart' ? failure(code, 'no', failed.error.detail, { cause: failed }) : failed
      }
      fresh = true
      // The same bytes again, only by another way, are no progress.
      if (code === 'CHANGED' || code === 'HASH') farthest = 0
    }
  }
}

/** ms between two looks whether the file is there again instead of a web page. */
const portalPause = 30_000

/**
 * How long web pages are waited out that come where the file was: a hotel's or a train's network answers everything with
 * its own page until somebody has logged in. Nothing of them is written, and no attempt is counted.
 */
class Portal {
  readonly #env: TransferEnv
  /** When the first one came since the last byte of the file, in ms of the monotonic clock. */
  #since: number | null = null

  constructor(env: TransferEnv) {
    this.#env = env
  }

  waits(): boolean {
    const now = this.#env.clock.monotonic()
    this.#since ??= now
    return now - this.#since < this.#env.portalWait()
  }

  passed(): void {
    this.#since = null
  }
}

/**
 * The file has another digest: finds out whom to ask for all of it again. Who gave all bytes is proven wrong. When
 * several gave some, the one that gave most is asked for all.
 */
function blame(job: Job, env: TransferEnv, error: DownloadError): 'alone' | 'others' | 'nobody' {
  const { sources } = job
  const contributors = sources.contributors()
  const [only, another] = contributors ?? []
  if (only && !another) {
    sources.drop(only, error)
    tellDropped(job, env, only, error)
    if (sources.beginners(false).every(({ state }) => state.kind === 'dropped')) return 'nobody'
    job.save({ notice: notice(env, 'RESTARTED_HASH') })
    return 'others'
  }
  job.save({ notice: notice(env, 'RESTARTED_HASH') })
  return 'alone'
}

interface Attempt extends Beginning {
  /** Begin a new generation although an old one is there. */
  readonly fresh: boolean
  /** Told how much there is now. Only more than any attempt had is progress: not the same bytes again and again. */
  readonly onWritten: (bytes: number) => void
}

/** Fetches all bytes into the part, new or old, and closes it; a small file may have its name already. */
async function fetchInto(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<OpenPart | Ended> {
  const resumed = attempt.fresh ? null : await resume(job, env, keeping, signal)
  const begun = resumed ? null : await begin(job, env, keeping, attempt, signal)
  if (begun && 'completed' in begun) return begun
  const { file, segments, remote } = (resumed ?? begun)!
  try {
    if (resumed) job.sources.resumed(job.record.url, remote, segments.written > 0)
    const resumable = isResumable(remote)
    if (!resumable && begun && segments.total !== 0)
      job.save({ notice: job.record.notice ?? notice(env, 'NOT_RESUMABLE') })
    job.progress(segments)
    await readDescription(job, env, remote, signal)
    const keeper = keeping.of(openPartOf(job), remote, file.sums)
    if (!segments.complete) {
      await fetchGeneration(
        {
          id: job.record.id,
          generation: openPartOf(job).generation,
          sources: job.sources,
          remote,
          checked: expectedDigests(job.record, env.integrity).some(isStrong),
          part: file,
          segments,
          connections: connectionCount(job.record, segments, env),
          resumable,
        },
        env,
        {
          phase: (phase) => job.phase(phase),
          connections: (count) => job.connections(count),
          answered: (response) => job.answered(response),
          committed: (claims) => keeper.committed(claims),
          ...job.recorder,
          dropped: (source, error) => tellDropped(job, env, source, error),
          arrived: (bytes) => {
            attempt.onWritten(segments.written)
            job.arrived(bytes)
          },
        },
        begun?.first ?? null,
        signal,
      )
    }
    if (remote.total === null) {
      job.save({ remote: { ...remote, total: segments.written }, notice: notice(env, 'LENGTH_UNVERIFIED') })
    }
    return openPartOf(job)
  } finally {
    begun?.first?.release()
    job.connections(0)
    await file.close()
  }
}

/** A file below the threshold is asked for once: more connections would cost more than they bring. */
function connectionCount({ connections, threshold }: DownloadRecord, { total }: Segments, env: TransferEnv) {
  if (threshold !== null && total !== null && total < threshold) return { kind: 'chosen', count: 1 } as const
  return connections === null
    ? ({ kind: 'upTo', count: env.connections() } as const)
    : ({ kind: 'chosen', count: connections } as const)
}

function committedBytes(part: Part): number {
  return part.kind === 'open' ? writtenBytes(part.segments) : 0
}

/** Deep archives take two days; what is frozen after that was not thawed. */
const longestThaw = 72 * 60 * 60 * 1000

/** An archived object that the user asked to restore is waited for. */
function thawing({ notice }: DownloadRecord, failed: DownloadFailure, { clock }: TransferEnv): DownloadFailure {
  const asked = notice?.code === 'RESTORE_ASKED' && clock.now() - notice.at < longestThaw
  if (!asked || failed.error.code !== 'CLOUD_ARCHIVED') return failed
  return failure('CLOUD_RESTORING', 'no', failed.error.detail, { cause: failed })
}
