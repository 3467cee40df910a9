import {
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  fsync,
  futimes,
  futimesSync,
  open,
  openSync,
  write,
  writeSync,
} from 'node:fs'
import { open as openHandle } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { failure } from '../../../shared/errors'
import { diskFailure, isDiskError } from './disk-errors'
import { makeFolder, noFollow, removeIfThere } from './file'
import { identityOf } from './identity'
import { quickly } from './quickly'

const [opened, closed, synced, dated] = [promisify(open), promisify(close), promisify(fsync), promisify(futimes)]
const written = promisify(write)
const looked = (fd: number) =>
  new Promise<ReturnType<typeof bigStat>>((resolve, reject) =>
    fstat(fd, { bigint: true }, (error, stat) => (error ? reject(error) : resolve(stat))),
  )
const bigStat = (fd: number) => fstatSync(fd, { bigint: true })

/**
 * Creates a file, all bytes of which are there, and puts it on the medium. Never follows a link, never takes over an
 * existing file (fault 68). It has the rights that any new file gets.
 * @param file full path; its folder is made
 * @param modified its date, ms since the epoch; `null` leaves the time of the write
 * @param meanwhile what is to be done with the file while the disk syncs it
 * @returns its identity: see `identityOf`
 * @throws DownloadFailure NOSPACE, PATH, ACCESS, IO, …; nothing is left of it then
 */
export async function writeWholeFile(
  file: string,
  body: Buffer,
  modified: number | null,
  meanwhile: () => Promise<void>,
): Promise<string> {
  try {
    const fd = await create(file)
    try {
      for (let at = 0; at < body.length;) at += await writeSome(file, fd, body, at)
      if (modified !== null) {
        const date = modified / 1000
        await quickly(
          file,
          () => futimesSync(fd, date, date),
          () => dated(fd, date, date),
        )
      }
      const stat = await quickly(
        file,
        () => bigStat(fd),
        () => looked(fd),
      )
      await Promise.all([sync(fd), meanwhile()])
      return identityOf(stat)
    } catch (error) {
      await removeIfThere(file)
      throw error
    } finally {
      await quickly(
        file,
        () => closeSync(fd),
        () => closed(fd),
      )
    }
  } catch (error) {
    throw diskFailure(error)
  }
}

/** Whether a file has nothing but the first of these bytes: one that a crash cut off does. A link to one does not count. */
export async function isBeginningOf(file: string, body: Buffer): Promise<boolean> {
  try {
    const handle = await openHandle(file, constants.O_RDONLY | noFollow)
    try {
      const stat = await handle.stat()
      if (!stat.isFile() || stat.size > body.length) return false
      return (await handle.readFile()).equals(body.subarray(0, stat.size))
    } finally {
      await handle.close()
    }
  } catch {
    return false
  }
}

async function create(file: string): Promise<number> {
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | noFollow
  const attempt = () =>
    quickly(
      file,
      () => openSync(file, flags, 0o666),
      () => opened(file, flags, 0o666),
    )
  try {
    return await attempt()
  } catch (error) {
    if (!isDiskError(error, 'ENOENT')) throw error
    await makeFolder(path.dirname(file))
    return attempt()
  }
}

function writeSome(file: string, fd: number, body: Buffer, at: number): number | Promise<number> {
  const rest = body.length - at
  return quickly(
    file,
    () => writeSync(fd, body, at, rest, at),
    async () => (await written(fd, body, at, rest, at)).bytesWritten,
  )
}

async function sync(fd: number): Promise<void> {
  try {
    await synced(fd)
  } catch (error) {
    throw failure('IO', 'no', `the disk did not confirm a write: ${(error as Error).message}`, { cause: error })
  }
}
