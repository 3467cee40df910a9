import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { failure, type DownloadError, type DownloadFailure } from '../../../shared/errors'
import { adoptFile, adoptOrphan } from '../adopt/adopt'
import type { FirstAnswer } from '../fetch/generation'
import { isTheirs } from '../fetch/mixing'
import { Segments, writtenBytes } from '../fetch/segments'
import type { Source } from '../fetch/source'
import { createPart, exists, openPart, removeIfThere } from '../files/file'
import { fileNameFrom, partName, safeFileName } from '../files/filename'
import { standsAt } from '../files/identity'
import { singleValue } from '../http/headers'
import { parseLinks } from '../http/link-header'
import { networkFailure } from '../http/network-errors'
import { unexpectedPage } from '../http/unexpected-page'
import type { Keeping } from '../integrity/keeping'
import type { DownloadRecord, Remote, Session } from '../ports'
import { isResumable } from '../remote'
import type { ConnectionRequest } from '../scheduler'
import { takeDuplicates } from './description'
import { defaultPartSize, notice, tellDropped, type Job, type Opened, type TransferEnv } from './job'
import type { Completed } from './publish'
import { mayComeWhole, receiveWhole, storeWhole } from './whole'

/** ms that an address may say nothing before the next one is asked as well. */
const headStart = 3000

/** How a generation is begun. */
export interface Beginning {
  /** Use one connection and no ranges: they proved not to work. */
  readonly singleStream: boolean
  /** All bytes come from one server. */
  readonly alone: boolean
}

/** A generation that was begun, and the answer that its first bytes come from; `null` when there is none left to read. */
export type Begun = Opened & { readonly first: FirstAnswer | null }

/** A small file that came at once and has its name already. */
export interface Ended {
  readonly completed: Completed
}

/**
 * Begins a generation: the first GET is the probe, and its body is used. The new part is committed before the old one
 * is deleted (rule 4 of the durability protocol). A partial file that nobody has is taken over instead.
 * @throws DownloadFailure of the server or the disk; nothing is left open then
 */
export async function begin(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  { singleStream, alone }: Beginning,
  signal: AbortSignal,
): Promise<Begun | Ended> {
  job.phase({ kind: 'probing' })
  const { record } = job
  const asked = await askFirst(job, env, alone, signal)
  const { source, release } = asked.first
  let { first } = asked
  const undo: (() => unknown)[] = [() => first.response.discard(), release]
  try {
    const links = parseLinks(first.response.headers['link'], first.response.url)
    const remote: Remote = {
      ...asked.remote,
      ...(links.description === null ? {} : { description: links.description }),
      ...(singleStream ? { ranges: false } : {}),
      ...(source.address === record.url ? {} : { address: source.address }),
      ...(alone ? { alone } : {}),
    }
    const disposition = singleValue(first.response.headers['content-disposition'])
    if (mayComeWhole(job, env, first.response, remote, links)) {
      const name = await chooseName(job, disposition, remote, 'list')
      await job.reserve(remote.total)
      const came = await receiveWhole(job, first.response, remote.total ?? 0)
      if (Buffer.isBuffer(came)) {
        release()
        signal.throwIfAborted()
        source.arrived(came.length, env.clock.monotonic())
        return { completed: await storeWhole(job, env, { name, remote, body: came }, signal) }
      }
      signal.throwIfAborted()
      first = { ...first, response: came }
    }
    const { response } = first
    const name = await chooseName(job, disposition, remote, 'programs')
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
    await job.reserve(remote.total)
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
    takeDuplicates(job, links)
    env.log('info', 'generation begun', { id: record.id, generation, total: remote.total, ranges: remote.ranges })
    if (!segments.complete) return { file, segments, remote, first }
    response.discard()
    release()
    return { file, segments, remote, first: null }
  } catch (error) {
    for (const step of undo) await step()
    throw error
  }
}

interface Asked {
  readonly first: FirstAnswer
  readonly remote: Remote
}

/**
 * Asks one address after the other until one has the file: the next one when one has failed, or says nothing for a
 * while. Who answers well first is taken.
 * @throws DownloadFailure of the most hopeful one
 */
async function askFirst(job: Job, env: TransferEnv, alone: boolean, signal: AbortSignal): Promise<Asked> {
  const sources = job.sources.beginners(alone)
  const [only] = sources
  if (only && sources.length === 1) return ask(only, job, env, signal)
  const failures: DownloadFailure[] = []
  const controls = sources.map(() => new AbortController())
  const stop = (except: number) => {
    for (const [index, control] of controls.entries()) if (index !== except) control.abort(new Error('not needed'))
  }
  let turn = Promise.resolve()
  const attempts = sources.map((source, index) => {
    const over = AbortSignal.any([signal, controls[index]!.signal])
    const settled = new AbortController()
    const asked = turn.then(async () => {
      try {
        over.throwIfAborted()
        return await ask(source, job, env, over)
      } catch (error) {
        over.throwIfAborted()
        const failed = networkFailure(error)
        failures.push(failed)
        if (!isTheirs(failed.error)) stop(index)
        else if (sources.length > 1) failedFirst(source, failed.error, job, env)
        throw failed
      } finally {
        settled.abort(new Error('answered'))
      }
    })
    turn = turn.then(() => env.clock.sleep(headStart, AbortSignal.any([over, settled.signal]))).catch(() => undefined)
    return asked
  })
  const winner = await Promise.any(attempts).catch(() => null)
  signal.throwIfAborted()
  if (winner === null) {
    const ours = failures.find(({ error }) => !isTheirs(error))
    throw ours ?? failures.find(({ error }) => error.retry === 'later') ?? failures[0]!
  }
  stop(sources.indexOf(winner.first.source))
  // Two may have answered at the same moment.
  for (const attempt of attempts)
    void attempt.then(
      (asked) => asked !== winner && giveBack(asked),
      () => undefined,
    )
  return winner
}

function failedFirst(source: Source, error: DownloadError, job: Job, env: TransferEnv): void {
  source.lastFailure = env.clock.monotonic()
  if (error.retry === 'later') return
  job.sources.drop(source, error)
  tellDropped(job, env, source, error)
}

function giveBack({ first: { response, release } }: Asked): void {
  response.discard()
  release()
}

async function ask(source: Source, job: Job, env: TransferEnv, signal: AbortSignal): Promise<Asked> {
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
    const page = unexpectedPage(response.headers, { address: source.address, name: job.record.requestedName })
    if (page !== null) {
      response.discard()
      throw page
    }
    return { first: { source, response, release, control }, remote }
  } catch (error) {
    release()
    throw error
  }
}

/** Takes over a partial file, if there is one: the named one of another program, or one of ours that was forgotten. */
async function adopt(
  job: Job,
  env: TransferEnv,
  name: string,
  remote: Remote,
  session: Session,
  signal: AbortSignal,
): Promise<Begun | null> {
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

/** The name that the user knows a download by, when it was given another address since; else `null`. */
function nameOfEarlierAddress({ name, url }: DownloadRecord): string | null {
  return name === fileNameFrom({ contentDisposition: null, url }) ? null : name
}

/** The name to show and to publish under, once the server has answered. */
async function chooseName(
  job: Job,
  disposition: string | null,
  remote: Remote,
  among: 'list' | 'programs',
): Promise<string> {
  const { record } = job
  if ('path' in record.part) return record.name // a restart keeps its name
  const wanted = safeFileName(
    record.requestedName ??
      fileNameFrom({
        contentDisposition: disposition,
        url: remote.url,
        known: nameOfEarlierAddress(record),
        contentType: remote.contentType,
      }),
  )
  if (record.onConflict === 'overwrite') {
    job.holdName(wanted)
    return wanted
  }
  const free = await job.freeName(wanted, among)
  if (record.onConflict === 'fail' && free !== wanted) {
    throw failure('CONFLICT', 'no', `${path.join(record.folder, wanted)} exists already`)
  }
  return free
}
