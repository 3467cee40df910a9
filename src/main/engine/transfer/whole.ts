import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import type { Disk } from '../files/disk'
import { removeIfThere } from '../files/file'
import { partName } from '../files/filename'
import { markOrigin } from '../files/origin-mark'
import { isBeginningOf, writeWholeFile } from '../files/whole-file'
import { contentBytes } from '../http/headers'
import type { HttpResponse } from '../http/http'
import type { Links } from '../http/link-header'
import { readAhead } from '../http/read-ahead'
import type { DownloadRecord, Remote } from '../ports'
import type { Job, OpenPart, TransferEnv } from './job'
import { giveName, originOf, type Completed } from './publish'

/** Bytes up to which a file may arrive whole before anything of it is written. */
export const mostWhole = 256 * 1024
/** ms in which it has to: a quarter of what may be lost between two checkpoints. */
const moment = 250

/**
 * Whether a file is small and simple enough to be taken in one piece: then it needs no part that is kept, no claims and no
 * checkpoint. What is to be verified, or comes from several servers, goes the long way.
 */
export function mayComeWhole(
  job: Job,
  env: TransferEnv,
  response: HttpResponse,
  remote: Remote,
  { duplicates, description }: Links,
): boolean {
  const { record } = job
  const { total } = remote
  return (
    total !== null &&
    total > 0 &&
    total <= mostWhole &&
    record.part.kind === 'none' &&
    (response.status === 200 || contentBytes(response.status, response.headers) === total) &&
    duplicates.length === 0 &&
    description === null &&
    record.checksum === null &&
    (remote.digests ?? []).length === 0 &&
    !env.looksBeside() &&
    env.limits(new URL(response.url).host).length === 0 &&
    env.integrity.promised(record.id) === null
  )
}

/** @returns the whole file, or the answer as if nobody had looked: see `readAhead` */
export async function receiveWhole(job: Job, response: HttpResponse, total: number): Promise<Buffer | HttpResponse> {
  const came = await readAhead(response, total, moment)
  if (Buffer.isBuffer(came)) job.arrived(total)
  return came
}

/**
 * Puts a file that is all there on the medium and gives it its name. One commit says what it will be, when its bytes are
 * synced; the caller's says that it is. No claim comes before: until then a crash costs what arrived in a moment.
 * @throws DownloadFailure as `publish`, and of the disk; nothing is left of it then
 */
export async function storeWhole(
  job: Job,
  env: TransferEnv,
  { name, remote, body }: { readonly name: string; readonly remote: Remote; readonly body: Buffer },
  signal: AbortSignal,
): Promise<Completed> {
  const { record } = job
  const generation = await freeGeneration(env.disk, record, name, body)
  const file = path.join(record.folder, partName(name, generation))
  const inode = await writeWholeFile(
    env.disk,
    file,
    body,
    env.keepServerDate() ? (remote.modified ?? null) : null,
    () => markOrigin(file, originOf(job), env.log),
  )
  if (signal.aborted) await removeIfThere(file)
  signal.throwIfAborted()
  job.phase({ kind: 'publishing' })
  const { length } = body
  const part: OpenPart = {
    kind: 'open',
    generation,
    path: file,
    inode,
    segments: [{ start: 0, end: length, written: length }],
  }
  const unverified = { kind: 'unverified', reason: 'no-checksum' } as const
  return giveName(job, part, length, unverified, env, { name, remote }, new Map([[0, crc32(body)]]))
}

/**
 * The same for every attempt of one download: what a crash left before anything was committed is known by its name, and by
 * its bytes, which are the beginning of what is to be written. It is removed then. Anything else stays.
 */
async function freeGeneration(disk: Disk, record: DownloadRecord, name: string, body: Buffer): Promise<string> {
  const { id, addedAt, url, folder } = record
  const own = crc32(`${id} ${addedAt} ${url}`).toString(16).padStart(8, '0')
  const file = path.join(folder, partName(name, own))
  if (!(await disk.exists(file))) return own
  if (await isBeginningOf(file, body)) {
    await removeIfThere(file)
    return own
  }
  return randomBytes(4).toString('hex')
}
