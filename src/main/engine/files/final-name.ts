import { constants } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import path from 'node:path'
import { failure } from '../../../shared/errors'
import type { Disk } from './disk'
import { diskFailure, isDiskError } from './disk-errors'
import { noFollow, removeIfThere } from './file'
import { syncFolder } from './folder-sync'

/**
 * Gives a finished file the rights that any new file gets, never an executable bit, and its date.
 * @param bytes the length that it must have
 * @param modified ms since the epoch; `null` leaves the time of the last write
 * @throws DownloadFailure INTERNAL when it has another length, IO, …
 */
export async function finishFile(file: string, bytes: number, modified: number | null): Promise<void> {
  try {
    const handle = await open(file, constants.O_RDWR | noFollow)
    try {
      const { size } = await handle.stat()
      if (size !== bytes) throw failure('INTERNAL', 'no', `${file} has ${size} bytes in place of ${bytes}`)
      if (process.platform !== 'win32') await handle.chmod(0o666 & ~process.umask())
      if (modified !== null) await handle.utimes(modified / 1000, modified / 1000)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw diskFailure(error)
  }
}

/**
 * Gives the finished part its final name without ever replacing another file, and makes that durable.
 * `link` fails when the name is taken, which no rename on POSIX does; where there are no hard links (FAT, exFAT), an
 * exclusive placeholder takes the name first.
 * @param part its present name, which holds its generation: no other part ever has it
 * @returns false when the name is taken
 * @throws DownloadFailure RENAME, the part still there
 */
export async function publishNew(disk: Disk, part: string, final: string): Promise<boolean> {
  try {
    await disk.link(part, final)
  } catch (error) {
    if (isDiskError(error, 'EEXIST')) return false
    if (!isDiskError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw renameFailure(error)
    return publishByPlaceholder(part, final)
  }
  await finishRename(final, () => disk.unlink(part))
  return true
}

/** Gives the finished part its final name, replacing what stands there, as the user chose. */
export async function publishOver(part: string, final: string): Promise<void> {
  await finishRename(final, () => rename(part, final))
}

/** What a placeholder holds: so it is known again after a crash, and never taken for somebody's file. */
const placeholderText = (part: string): string => `${path.basename(part)} is getting this name.\n`

async function publishByPlaceholder(part: string, final: string): Promise<boolean> {
  try {
    if (await isPlaceholder(part, final)) await removeIfThere(final) // of a run that crashed
    const handle = await open(final, 'wx')
    try {
      await handle.writeFile(placeholderText(part))
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isDiskError(error, 'EEXIST')) return false
    throw renameFailure(error)
  }
  try {
    await rename(part, final)
  } catch (error) {
    if (await isPlaceholder(part, final).catch(() => false)) await removeIfThere(final)
    throw renameFailure(error)
  }
  await finishRename(final, () => Promise.resolve())
  return true
}

async function isPlaceholder(part: string, final: string): Promise<boolean> {
  const text = placeholderText(part)
  try {
    const handle = await open(final, constants.O_RDONLY | noFollow)
    try {
      return (await handle.stat()).size === Buffer.byteLength(text) && (await handle.readFile('utf8')) === text
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ELOOP', 'EACCES', 'EISDIR')) return false
    throw error
  }
}

async function finishRename(final: string, step: () => Promise<void> | void): Promise<void> {
  try {
    await step()
    await syncFolder(path.dirname(final))
  } catch (error) {
    throw renameFailure(error)
  }
}

function renameFailure(error: unknown) {
  return failure('RENAME', 'no', (error as Error).message, { cause: error })
}
