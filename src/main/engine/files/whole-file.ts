import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { failure } from '../../../shared/errors'
import type { Disk, SmallFile } from './disk'
import { diskFailure, isDiskError } from './disk-errors'
import { makeFolder, noFollow, removeIfThere } from './file'
import { identityOf } from './identity'

/**
 * Creates a file, all bytes of which are there, and puts it on the medium. Never follows a link, never takes over an
 * existing file (fault 68). It has the rights that any new file gets.
 * @param name full path; its folder is made
 * @param modified its date, ms since the epoch; `null` leaves the time of the write
 * @param meanwhile what is to be done with the file while the disk syncs it
 * @returns its identity: see `identityOf`
 * @throws DownloadFailure NOSPACE, PATH, ACCESS, IO, …; nothing is left of it then
 */
export async function writeWholeFile(
  disk: Disk,
  name: string,
  body: Buffer,
  modified: number | null,
  meanwhile: () => Promise<void>,
): Promise<string> {
  try {
    const file = await create(disk, name)
    try {
      await file.write(body)
      if (modified !== null) await file.setDate(modified)
      const stat = await file.stat()
      await Promise.all([sync(file), meanwhile()])
      return identityOf(stat)
    } catch (error) {
      await removeIfThere(name)
      throw error
    } finally {
      await file.close()
    }
  } catch (error) {
    throw diskFailure(error)
  }
}

/** Whether a file has nothing but the first of these bytes: one that a crash cut off does. A link to one does not count. */
export async function isBeginningOf(file: string, body: Buffer): Promise<boolean> {
  try {
    const handle = await open(file, constants.O_RDONLY | noFollow)
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

async function create(disk: Disk, name: string): Promise<SmallFile> {
  const attempt = () => disk.open(name, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | noFollow, 0o666)
  try {
    return await attempt()
  } catch (error) {
    if (!isDiskError(error, 'ENOENT')) throw error
    await makeFolder(path.dirname(name))
    return attempt()
  }
}

async function sync(file: SmallFile): Promise<void> {
  try {
    await file.sync()
  } catch (error) {
    throw failure('IO', 'no', `the disk did not confirm a write: ${(error as Error).message}`, { cause: error })
  }
}
