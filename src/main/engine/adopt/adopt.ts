import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, open, readdir, readFile, rename, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { failure } from '../../../shared/errors'
import { readIntoMemory } from '../fetch/hedge'
import type { Segment } from '../fetch/segments'
import { diskFailure, isDiskError } from '../files/disk-errors'
import { noFollow, removeIfThere } from '../files/file'
import { syncFolder } from '../files/folder-sync'
import { partName } from '../files/filename'
import { identityOf } from '../files/identity'
import type { HttpClient } from '../http/http'
import { judgeRange } from '../http/judge'
import type { Clock, Log, Remote, Session } from '../ports'
import { parseAria2, type Aria2Control } from './aria2'
import { asSegments, before, fullRuns, inBoth, samplesOf, type Run } from './runs'

/** Samples to compare with the server, at most, each of 64 KiB. */
const mostSamples = 16
/** Bytes at the end of a file without a control file that are not believed: the other program may have died there. */
const edge = 1024 * 1024

export interface AdoptEnv {
  readonly http: HttpClient
  readonly clock: Clock
  readonly log: Log
}

/** A partial file that has become a part of ours; its claims are synced. */
export interface Adopted {
  readonly generation: string
  readonly path: string
  readonly inode: string
  readonly segments: readonly Segment[]
}

interface Place {
  readonly folder: string
  readonly name: string
}

/**
 * Takes over a partial file of another program: `.crdownload` and `.part` of browsers, what `wget -c` would go on with,
 * and aria2's with its control file beside it. What another program claims was not synced for us and may belong to
 * another version. So only blocks without holes count, without the edges; the file is synced; and samples are compared
 * with the server. The file is renamed, or copied where the folder is on another disk.
 * @param file the partial file
 * @param remote what the server has said of the whole, which can be asked for in ranges
 * @throws DownloadFailure ADOPT when it does not fit; it is as it was then. Failures of disk and network
 */
export async function adoptFile(
  file: string,
  place: Place,
  remote: Remote,
  session: Session,
  env: AdoptEnv,
  signal: AbortSignal,
): Promise<Adopted> {
  const control = await readControl(`${file}.aria2`)
  const generation = randomBytes(4).toString('hex')
  const target = path.join(place.folder, partName(place.name, generation))
  const runs = await provenRuns(file, control, remote, session, env, signal)
  try {
    await rename(file, target)
  } catch (error) {
    if (!isDiskError(error, 'EXDEV')) throw diskFailure(error)
    await copyFile(file, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  }
  if (control !== null) await removeIfThere(`${file}.aria2`)
  return settle(target, generation, runs, remote.total!)
}

/**
 * Takes over a part of ours that no download knows, because the database was lost or the file came from elsewhere:
 * `name.<generation>.part` in the folder. Without claims of its own it is judged like one of another program.
 * @param isFree false for parts of other downloads
 * @returns `null` when there is none that fits, or too little to gain
 */
export async function adoptOrphan(
  place: Place,
  isFree: (file: string) => boolean,
  remote: Remote,
  session: Session,
  env: AdoptEnv,
  signal: AbortSignal,
): Promise<Adopted | null> {
  // To look through the folder for each of many small files takes longer than to fetch them.
  if ((remote.total ?? 0) < edge) return null
  for (const entry of await readdir(place.folder).catch(() => [])) {
    const generation = /\.([0-9a-f]{8})\.part$/.exec(entry)?.[1]
    const file = path.join(place.folder, entry)
    if (generation === undefined || entry !== partName(place.name, generation) || !isFree(file)) continue
    try {
      const runs = await provenRuns(file, null, remote, session, env, signal)
      return await settle(file, generation, runs, remote.total!)
    } catch (error) {
      signal.throwIfAborted()
      env.log('info', 'a partial file does not fit', { file, error: (error as Error).message })
    }
  }
  return null
}

async function readControl(file: string): Promise<Aria2Control | null> {
  try {
    const control = parseAria2(await readFile(file))
    if (control === null) throw unfit(`${file} is not a control file of one download`)
    return control
  } catch (error) {
    if (isDiskError(error, 'ENOENT')) return null
    throw diskFailure(error)
  }
}

/** What of a file may be claimed, once it is synced. */
async function provenRuns(
  file: string,
  control: Aria2Control | null,
  remote: Remote,
  session: Session,
  env: AdoptEnv,
  signal: AbortSignal,
): Promise<Run[]> {
  const total = remote.total ?? 0
  const handle = await openPartial(file)
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw unfit(`${file} is not a file`)
    if (stat.size > total) throw unfit(`${file} has ${stat.size} bytes, the whole has ${total}`)
    if (control !== null && control.total !== total) {
      throw unfit(`aria2 was fetching ${control.total} bytes, the server has ${total}`)
    }
    const full = await fullRuns(handle, stat.size, signal)
    // Only a file that has its length already may have its last byte, too.
    const believed =
      control === null ? before(full, stat.size < total ? stat.size - edge : total) : inBoth(full, control.runs)
    if (believed.length === 0) throw unfit(`there is too little in ${file} to go on with`)
    await handle.sync()
    for (const sample of samplesOf(believed, mostSamples)) await compare(sample, handle, remote, session, env, signal)
    return believed
  } catch (error) {
    signal.throwIfAborted()
    throw diskFailure(error)
  } finally {
    await handle.close()
  }
}

async function openPartial(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDWR | noFollow)
  } catch (error) {
    throw diskFailure(error)
  }
}

async function compare(
  { start, end }: Run,
  handle: FileHandle,
  remote: Remote,
  session: Session,
  env: AdoptEnv,
  signal: AbortSignal,
): Promise<void> {
  const { validator } = remote
  const response = await env.http.open({ url: session.ranges(remote.url), session, start, end, validator }, signal)
  try {
    judgeRange(response, remote, start, end, env.clock.now())
    const theirs = await readIntoMemory(response, end - start)
    const { buffer } = await handle.read(Buffer.alloc(end - start), 0, end - start, start)
    if (!theirs.equals(buffer)) throw unfit(`the bytes from ${start} are not those of the server`)
  } finally {
    response.discard()
  }
}

/** Makes the file a part: its rights, its length, its name on the medium. */
async function settle(file: string, generation: string, runs: readonly Run[], total: number): Promise<Adopted> {
  try {
    const handle = await open(file, constants.O_RDWR | noFollow)
    try {
      if (process.platform !== 'win32') await handle.chmod(0o600)
      await handle.truncate(total)
      await handle.sync()
      await syncFolder(path.dirname(file))
      const inode = identityOf(await handle.stat({ bigint: true }))
      return { generation, path: file, inode, segments: asSegments(runs, total) }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw diskFailure(error)
  }
}

function unfit(detail: string) {
  return failure('ADOPT', 'no', detail)
}
