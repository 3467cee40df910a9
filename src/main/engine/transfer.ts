import { randomBytes } from 'node:crypto'
import path from 'node:path'
import type { Notice, NoticeCode, Phase } from '../../shared/download'
import { DownloadFailure, failure, type DownloadError } from '../../shared/errors'
import type { ExpectedDigest } from '../../shared/verification'
import { diskFailure } from './files/disk-errors'
import { fetchGeneration } from './fetch/fetch'
import type { FetchEnv, FetchListener, FirstAnswer } from './fetch/generation'
import { createPart, exists, openPart, removeIfThere, type PartFile } from './files/file'
import { fileNameFrom, partName, safeFileName } from './files/filename'
import { adoptFile, adoptOrphan } from './adopt/adopt'
import { standsAt } from './files/identity'
import { singleValue } from './http/headers'
import type { HttpClient, HttpResponse } from './http/http'
import { networkFailure } from './http/network-errors'
import type { FileDigester } from './integrity/digester'
import { saidBy } from './integrity/expected'
import { lookBeside } from './integrity/sibling'
import { Keeping } from './integrity/keeping'
import { badPieces, compare, expectedDigests } from './integrity/verify'
import type { DownloadRecord, IntegrityStore, Log, Part, Remote, Session } from './ports'
import { isResumable } from './remote'
import { publish, recoverPublished, type Completed } from './publish'
import { isStrong, isTheirs } from './fetch/mixing'
import type { Source } from './fetch/source'
import type { Sources } from './fetch/sources'
import { GaveUp, type ConnectionRequest } from './scheduler'
import { clampToSize, coverFile, Segments, withoutRanges, writtenBytes } from './fetch/segments'

/** Smallest piece in bytes that is worth a connection of its own (AB Download Manager's figure). */
const defaultPartSize = 1024 * 1024

/** How often in one run everything begins again because of a server, while there are others. */
const mostRounds = 5

/** Bytes that may be thrown away without asking. */
const askAbove = 64 * 1024 * 1024

export interface TransferEnv extends FetchEnv {
  readonly http: HttpClient
  readonly digester: FileDigester
  readonly integrity: IntegrityStore
  readonly log: Log
  /** Whether a checksum may be looked for beside the download. */
  readonly looksBeside: () => boolean
  /** Connections per download where the user named none. */
  readonly connections: () => number
  /** Whether finished files get the server's time of their last change. */
  readonly keepServerDate: () => boolean
}

/** The engine's side of one running download: the only way to its record. */
export interface Job {
  readonly record: DownloadRecord
  /** Its own address and its mirrors. */
  readonly sources: Sources
  /** The page that the download came from; `null` when nobody said. */
  readonly referrer: string | null
  /** Changes the record and commits it at once. */
  save(change: Partial<DownloadRecord>): void
  /** Changes the record; others that are ready at the same moment share the commit. Resolves when it is durable. */
  commit(change: Partial<DownloadRecord>): Promise<void>
  phase(phase: Phase): void
  /** The byte state of the current generation, for the progress display. */
  progress(segments: Segments | null): void
  arrived(bytes: number): void
  connections(count: number): void
  /** The head of an answer, accepted or not. */
  answered(response: HttpResponse): void
  /** What happens to connections; see `FetchListener`. */
  readonly recorder: Pick<FetchListener, 'note' | 'running'>
  /**
   * A name that no file in the folder and no other download there has, and the lock on it until the run ends.
   * @throws DownloadFailure LOCKED when another program downloads the same to it
   */
  freeName(wanted: string): Promise<string>
  /** Whether no download has this partial file. */
  isFree(file: string): boolean
  /** Locks a name until the run ends. @throws DownloadFailure LOCKED when another program has it */
  holdName(name: string): void
}

type OpenPart = Extract<Part, { kind: 'open' }>

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
  let changedBefore = false
  let alone = false
  let rounds = 0
  let farthest = 0
  const onWritten = (bytes: number) => {
    if (bytes > farthest) patience.reset()
    farthest = Math.max(farthest, bytes)
  }
  for (;;) {
    try {
      const part = await fetchInto(job, env, keeping, { fresh, singleStream, alone, onWritten }, signal)
      fresh = false
      const completed = await finish(job, env, keeping, part, signal)
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
      } else if (retry === 'restart' && (code === 'CHANGED' || code === 'RANGE') && !changedBefore) {
        const lost = committedBytes(job.record.part)
        if (lost > askAbove) {
          throw failure('CHANGED_LARGE', 'no', `${failed.error.detail}; ${lost} bytes would be fetched again`)
        }
        changedBefore = true
        job.save({ notice: notice(env, 'RESTARTED_CHANGED') })
      } else if (retry === 'later' && !(failed instanceof GaveUp)) {
        await patience.afterFailure(failed, signal, (until, reason) => job.phase({ kind: 'waiting', until, reason }))
        fresh = false // what cannot go on is found out when the part is opened
        continue
      } else {
        throw retry === 'restart' ? failure(code, 'no', failed.error.detail, { cause: failed }) : failed
      }
      fresh = true
      farthest = 0
    }
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

interface Attempt {
  /** Begin a new generation although an old one is there. */
  readonly fresh: boolean
  /** Use one connection and no ranges: they proved not to work. */
  readonly singleStream: boolean
  /** All bytes of a new generation come from one server. */
  readonly alone: boolean
  /** Told how much there is now. Only more than any attempt had is progress: not the same bytes again and again. */
  readonly onWritten: (bytes: number) => void
}

/** Fetches all bytes into the part, new or old, and closes it. */
async function fetchInto(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<OpenPart> {
  const resumed = attempt.fresh ? null : await resume(job, env, keeping, signal)
  const begun = resumed ? null : await begin(job, env, keeping, attempt, signal)
  const { file, segments, remote } = (resumed ?? begun)!
  try {
    if (resumed) job.sources.resumed(job.record.url, remote, segments.written > 0)
    const resumable = isResumable(remote)
    if (!resumable && begun && segments.total !== 0)
      job.save({ notice: job.record.notice ?? notice(env, 'NOT_RESUMABLE') })
    job.progress(segments)
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

interface Opened {
  readonly file: PartFile
  readonly segments: Segments
  readonly remote: Remote
}

/** Takes up the generation of an earlier run. @returns `null` when it must begin again */
async function resume(job: Job, env: TransferEnv, keeping: Keeping, signal: AbortSignal): Promise<Opened | null> {
  const { part, remote, partSize } = job.record
  if (part.kind !== 'open' || remote === null) return null
  const done = writtenBytes(part.segments)
  if (done !== remote.total && !isResumable(remote)) {
    if (done > 0) job.save({ notice: notice(env, 'RESTARTED_NO_RANGES') })
    return null
  }
  if (!coverFile(part.segments, remote.total)) {
    job.save({ notice: notice(env, 'RESTARTED_CLAIMS_DAMAGED') })
    return null
  }
  const file = await openPart(part.path, part.inode)
  if (!file) {
    job.save({ notice: notice(env, 'RESTARTED_PART_LOST') })
    return null
  }
  try {
    let segments = part.segments
    if (remote.total !== null && file.size !== remote.total) {
      segments = clampToSize(segments, file.size)
      // Committed before the file has its length again: after a crash in between nothing would tell the hole.
      job.save({ part: { ...part, segments }, notice: notice(env, 'PART_TRUNCATED') })
      await file.resize(remote.total)
    }
    const damaged = await keeping.recheck({ ...part, segments }, remote, signal)
    if (damaged.length > 0) {
      if (!isResumable(remote)) {
        job.save({ notice: notice(env, 'RESTARTED_PART_LOST') })
        await file.close()
        return null
      }
      segments = withoutRanges(segments, damaged)
      job.save({ part: { ...part, segments }, notice: notice(env, 'PART_DAMAGED') })
    }
    const longest = keeping.longestPiece(remote)
    return { file, remote, segments: new Segments(remote.total, partSize ?? defaultPartSize, segments, longest) }
  } catch (error) {
    await file.close()
    signal.throwIfAborted()
    throw diskFailure(error)
  }
}

/**
 * Begins a generation: the first GET is the probe, and its body is used. The new part is committed before the old one
 * is deleted (rule 4 of the durability protocol).
 */
async function begin(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  { singleStream, alone }: Attempt,
  signal: AbortSignal,
): Promise<Opened & { first: FirstAnswer | null }> {
  job.phase({ kind: 'probing' })
  const { record } = job
  const asked = await askFirst(job, env, alone, signal)
  const { source, response, release } = asked.first
  const undo: (() => unknown)[] = [() => response.discard(), release]
  try {
    const remote: Remote = {
      ...asked.remote,
      ...(singleStream ? { ranges: false } : {}),
      ...(source.address === record.url ? {} : { address: source.address }),
      ...(alone ? { alone } : {}),
    }
    const name = await chooseName(job, singleValue(response.headers['content-disposition']), remote)
    const adopted =
      isResumable(remote) || record.part.kind === 'foreign'
        ? await adopt(job, env, name, remote, await source.ready(), signal)
        : null
    if (adopted !== null) {
      job.sources.begun(source, remote)
      response.discard()
      release()
      return adopted
    }
    const generation = randomBytes(4).toString('hex')
    const file = await createPart(path.join(record.folder, partName(name, generation)), remote.total)
    undo.unshift(() => file.close())
    const segments = new Segments(
      remote.total,
      record.partSize ?? defaultPartSize,
      undefined,
      keeping.longestPiece(remote),
    )
    const old = job.record.part
    await job.commit({
      name,
      remote,
      part: { kind: 'open', generation, path: file.path, inode: file.inode, segments: segments.snapshot() },
    })
    if ('path' in old && (await standsAt(old.path, old.inode))) await removeIfThere(old.path)
    job.sources.begun(source, remote)
    env.log('info', 'generation begun', { id: record.id, generation, total: remote.total, ranges: remote.ranges })
    if (!segments.complete) return { file, segments, remote, first: asked.first }
    response.discard()
    release()
    return { file, segments, remote, first: null }
  } catch (error) {
    for (const step of undo) await step()
    throw error
  }
}

/** Asks one address after the other until one has the file. @throws DownloadFailure of the most hopeful one */
async function askFirst(
  job: Job,
  env: TransferEnv,
  alone: boolean,
  signal: AbortSignal,
): Promise<{ first: FirstAnswer; remote: Remote }> {
  const failures: DownloadFailure[] = []
  const sources = job.sources.beginners(alone)
  for (const source of sources) {
    try {
      return await ask(source, job, env, signal)
    } catch (error) {
      signal.throwIfAborted()
      const failed = networkFailure(error)
      if (!isTheirs(failed.error) || sources.length === 1) throw failed
      source.lastFailure = env.clock.monotonic()
      failures.push(failed)
      if (failed.error.retry === 'later') continue
      job.sources.drop(source, failed.error)
      tellDropped(job, env, source, failed.error)
    }
  }
  throw failures.find(({ error }) => error.retry === 'later') ?? failures[0]!
}

async function ask(
  source: Source,
  job: Job,
  env: TransferEnv,
  signal: AbortSignal,
): Promise<{ first: FirstAnswer; remote: Remote }> {
  const control = new AbortController()
  await source.ready()
  const wanted: ConnectionRequest = {
    host: source.host,
    owner: job.record.id,
    atLeast: job.record.connections ?? 1,
    // Nothing is written yet, or the bytes cannot be asked for again: then this connection must not be given away.
    onYield: () => {
      if (job.record.remote !== null && isResumable(job.record.remote)) control.abort(new Error('yielded'))
    },
  }
  let release = await env.scheduler.connection(wanted, signal)
  try {
    const { response, remote } = await source.begin(AbortSignal.any([signal, control.signal]), (head) => {
      job.answered(head)
      const { host } = new URL(head.url)
      if (host === wanted.host) return
      release() // redirects led away from there
      release = env.scheduler.redirected({ ...wanted, host })
    })
    return { first: { source, response, release, control }, remote }
  } catch (error) {
    release()
    throw error
  }
}

/** The user is told which one, and why. */
function tellDropped(job: Job, env: TransferEnv, source: Source, error: DownloadError): void {
  env.log('warn', 'server dropped', { id: job.record.id, host: source.host, ...error })
  job.recorder.note({ code: 'DROPPED', host: source.host, error: error.code })
  if (job.record.notice === null) job.save({ notice: notice(env, 'MIRROR_DROPPED') })
}

/**
 * Checks what was fetched and gives it its final name.
 * @returns `null` when bytes were found that are to be fetched again
 * @throws DownloadFailure HASH when the file is not the expected one and nothing tells where, or not after repairs
 */
async function finish(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  part: OpenPart,
  signal: AbortSignal,
): Promise<Completed | null> {
  const { record } = job
  const { remote } = record
  const bytes = writtenBytes(part.segments)
  if (remote?.total !== bytes) throw failure('INTERNAL', 'no', `${bytes} bytes of ${remote?.total ?? '?'} at the end`)
  const expected = await knownDigests(job, env, signal)
  const promised = env.integrity.promised(record.id)
  if (promised !== null && promised.size !== null && promised.size !== bytes) {
    throw failure('HASH', 'no', `${promised.size} bytes were promised, ${bytes} came`)
  }
  const keeper = keeping.of(part, remote)
  job.phase({ kind: 'verifying' })
  try {
    const damaged = await keeper.settled(part.segments, bytes, signal)
    if (damaged.length > 0) {
      keeping.again(remote, part, damaged, 'PART_DAMAGED', 'the disk gives back other bytes than were written')
      return null
    }
    const result = await compare(expected, keeper, record, (algorithm) =>
      env.digester.digestRange(part.path, 0, bytes, algorithm, signal),
    )
    if (result.kind === 'fits') {
      signal.throwIfAborted()
      job.phase({ kind: 'publishing' })
      return await publish(job, part, bytes, result.verification, env)
    }
    const { algorithm, hex, source } = result.expected
    const problem = `${algorithm} (${source}) should be ${hex} and is ${result.found}`
    const pieces = promised?.pieces ?? null
    const wrong = pieces === null ? [] : await badPieces(part.path, bytes, pieces, env.digester, signal)
    if (wrong.length === 0) throw failure('HASH', 'no', problem)
    keeping.again(remote, part, wrong, 'PIECES_REPAIRED', problem)
    return null
  } catch (error) {
    signal.throwIfAborted()
    throw diskFailure(error)
  }
}

/** A file below the threshold is asked for once: more connections would cost more than they bring. */
function connectionCount({ connections, threshold }: DownloadRecord, { total }: Segments, env: TransferEnv) {
  if (threshold !== null && total !== null && total < threshold) return { kind: 'chosen', count: 1 } as const
  return connections === null
    ? ({ kind: 'upTo', count: env.connections() } as const)
    : ({ kind: 'chosen', count: connections } as const)
}

/** The digests that are known; when there are none, and the user allows it, one is looked for. */
async function knownDigests(job: Job, env: TransferEnv, signal: AbortSignal): Promise<ExpectedDigest[]> {
  const known = expectedDigests(job.record, env.integrity)
  if (known.length > 0 || !env.looksBeside()) return known
  job.phase({ kind: 'verifying' })
  const found = await lookBeside(await job.sources.own.ready(), env.http, signal)
  if (!found) return []
  const promised = env.integrity.promised(job.record.id) ?? { size: null, digests: [], pieces: null }
  env.integrity.promise(job.record.id, { ...promised, digests: saidBy('sibling', [found]) })
  return expectedDigests(job.record, env.integrity)
}

/** Takes over a partial file, if there is one: the named one of another program, or one of ours that was forgotten. */
async function adopt(
  job: Job,
  env: TransferEnv,
  name: string,
  remote: Remote,
  session: Session,
  signal: AbortSignal,
): Promise<(Opened & { first: null }) | null> {
  const { part, folder, partSize } = job.record
  if (part.kind !== 'none' && part.kind !== 'foreign') return null
  const place = { folder, name }
  if (part.kind === 'foreign' && !isResumable(remote))
    throw failure('ADOPT', 'no', 'the server cannot continue downloads')
  const theirs = part.kind === 'foreign' && (await exists(part.file)) ? part.file : null
  const adopted =
    theirs === null
      ? await adoptOrphan(place, (file) => job.isFree(file), remote, session, env, signal)
      : await adoptFile(theirs, place, remote, session, env, signal)
  if (adopted === null) {
    if (part.kind === 'foreign') throw failure('ADOPT', 'no', `${part.file} is not there`)
    return null
  }
  const { generation, path, inode, segments } = adopted
  job.save({
    name,
    remote,
    part: { kind: 'open', generation, path, inode, segments },
    notice: notice(env, 'ADOPTED'),
  })
  env.log('info', 'partial file taken over', { id: job.record.id, path, bytes: writtenBytes(segments) })
  const file = await openPart(path, inode)
  if (!file) throw failure('IO', 'later', `${path} is gone`)
  return { file, remote, segments: new Segments(remote.total, partSize ?? defaultPartSize, segments), first: null }
}

/** The name to show and to publish under, once the server has answered. */
async function chooseName(job: Job, disposition: string | null, remote: Remote): Promise<string> {
  const { record } = job
  if ('path' in record.part) return record.name // a restart keeps its name
  const wanted = safeFileName(
    record.requestedName ??
      fileNameFrom({ contentDisposition: disposition, url: remote.url, contentType: remote.contentType }),
  )
  if (record.onConflict === 'overwrite') {
    job.holdName(wanted)
    return wanted
  }
  const free = await job.freeName(wanted)
  if (record.onConflict === 'fail' && free !== wanted) {
    throw failure('CONFLICT', 'no', `${path.join(record.folder, wanted)} exists already`)
  }
  return free
}

function committedBytes(part: Part): number {
  return part.kind === 'open' ? writtenBytes(part.segments) : 0
}

function openPartOf(job: Job): OpenPart {
  const { part } = job.record
  if (part.kind !== 'open') throw new DownloadFailure({ code: 'INTERNAL', retry: 'no', detail: `part is ${part.kind}` })
  return part
}

/** Deep archives take two days; what is frozen after that was not thawed. */
const longestThaw = 72 * 60 * 60 * 1000

/** An archived object that the user asked to restore is waited for. */
function thawing({ notice }: DownloadRecord, failed: DownloadFailure, { clock }: TransferEnv): DownloadFailure {
  const asked = notice?.code === 'RESTORE_ASKED' && clock.now() - notice.at < longestThaw
  if (!asked || failed.error.code !== 'CLOUD_ARCHIVED') return failed
  return failure('CLOUD_RESTORING', 'later', failed.error.detail, { cause: failed })
}

function notice(env: TransferEnv, code: NoticeCode): Notice {
  return { code, at: env.clock.now() }
}
