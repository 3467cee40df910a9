import { constants } from 'node:fs'
import { link, lstat, mkdir, open, rename, stat, statfs, unlink, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { failure } from '../../../shared/errors'
import { diskFailure, isDiskError } from './disk-errors'

/**
 * A partial file, open for writing by position.
 * After a failed `sync` the file takes no more writes: the kernel may have dropped the dirty pages and would say yes to
 * the next sync (design of the durability protocol, rule 3).
 */
export interface PartFile {
  readonly path: string
  /** Inode number, as text because it may exceed 2^53. Tells this file from another one of the same name. */
  readonly inode: string
  /** Length in bytes when it was opened. */
  readonly size: number
  /**
   * Writes all bytes; loops over short writes.
   * @param buffers written one after the other
   * @param position offset in bytes of the first one
   * @throws DownloadFailure NOSPACE, IO, FILE_TOO_BIG, …
   */
  write(buffers: readonly Buffer[], position: number): Promise<void>
  /** Reads bytes that are there. @throws DownloadFailure IO, or when the file is shorter */
  read(position: number, length: number): Promise<Buffer>
  /**
   * `fdatasync`: when it returns, everything written before the call is on the medium.
   * @throws DownloadFailure IO for good
   */
  sync(): Promise<void>
  /** Cuts or extends the file to `length` bytes. */
  resize(length: number): Promise<void>
  close(): Promise<void>
}

// O_NOFOLLOW is missing on Windows, where O_EXCL does not follow links either.
const noFollow = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0

/**
 * Creates the partial file of a new generation and makes its directory entry durable.
 * Never follows a link, never takes over an existing file (fault 68). The length is reserved as a hole after the free
 * space was compared, so that slow disks do not freeze.
 * @param file full path
 * @param total length in bytes, or `null` when unknown
 * @throws DownloadFailure NOSPACE before anything is created; PATH, ACCESS, …
 */
export async function createPart(file: string, total: number | null): Promise<PartFile> {
  try {
    const folder = path.dirname(file)
    await makeFolder(folder)
    if (total !== null) await requireSpace(folder, total)
    const handle = await open(file, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | noFollow, 0o600)
    try {
      if (total !== null) await handle.truncate(total)
      await handle.sync()
      await syncFolder(folder)
      return await partFile(handle, file)
    } catch (error) {
      await handle.close()
      await removeIfThere(file)
      throw error
    }
  } catch (error) {
    throw diskFailure(error)
  }
}

/**
 * Creates a folder and those above it. Not by Node's recursive mkdir: that one never returns where a file system refuses
 * a name with ENOENT although the folder above is there, as /proc does.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (isDiskError(error, 'EEXIST') && (await stat(folder)).isDirectory()) return
    const above = path.dirname(folder)
    if (!isDiskError(error, 'ENOENT') || above === folder || (await exists(above))) throw error
    await makeFolder(above)
    await mkdir(folder)
  }
}

/**
 * Opens the partial file of an earlier run.
 * @param inode what the store remembers of it
 * @returns `null` when it is gone or another file stands in its place (fault 44)
 * @throws DownloadFailure ACCESS, IO, …
 */
export async function openPart(file: string, inode: string): Promise<PartFile | null> {
  try {
    const handle = await open(file, constants.O_RDWR | noFollow)
    const part = await partFile(handle, file)
    if (part.inode === inode) return part
    await handle.close()
    return null
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ELOOP')) return null
    throw diskFailure(error)
  }
}

async function partFile(handle: FileHandle, file: string): Promise<PartFile> {
  const stat = await handle.stat({ bigint: true })
  let broken: unknown
  return {
    path: file,
    inode: stat.ino.toString(),
    size: Number(stat.size),
    async write(buffers, position) {
      if (broken) throw diskFailure(broken)
      try {
        let rest = buffers as Buffer[]
        for (let at = position; rest.length > 0;) {
          const { bytesWritten } = await handle.writev(rest, at)
          at += bytesWritten
          rest = dropFront(rest, bytesWritten)
        }
      } catch (error) {
        throw diskFailure(error)
      }
    },
    async read(position, length) {
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
        if (bytesRead < length) throw new Error(`only ${bytesRead} of ${length} bytes at ${position}`)
        return buffer
      } catch (error) {
        throw diskFailure(error)
      }
    },
    async sync() {
      if (broken) throw diskFailure(broken)
      try {
        await handle.datasync()
      } catch (error) {
        broken = error
        throw failure('IO', 'no', `the disk did not confirm a write: ${(error as Error).message}`, { cause: error })
      }
    },
    async resize(length) {
      try {
        await handle.truncate(length)
      } catch (error) {
        throw diskFailure(error)
      }
    },
    close: () => handle.close(),
  }
}

function dropFront(buffers: Buffer[], bytes: number): Buffer[] {
  let left = bytes
  for (const [index, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(index + 1)]
    left -= buffer.length
  }
  return []
}

async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) {
    throw failure('NOSPACE', 'no', `${bytes} bytes are needed, ${bavail * bsize} are free`)
  }
}

/** Makes creations, renames and removals in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** True when something of that name exists, whatever it is. */
export async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file)
    return true
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return false
    throw diskFailure(error)
  }
}

/** Inode number of what stands at a path (a link itself, not its target), or `null`. */
export async function inodeOf(file: string): Promise<string | null> {
  try {
    return (await lstat(file, { bigint: true })).ino.toString()
  } catch (error) {
    if (isDiskError(error, 'ENOENT', 'ENOTDIR')) return null
    throw diskFailure(error)
  }
}

/** Removes a file; one that is not there is fine. */
export async function removeIfThere(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if (!isDiskError(error, 'ENOENT', 'ENOTDIR')) throw diskFailure(error)
  }
}

/** Gives a finished file the rights that any new file gets; never an executable bit. */
export async function releaseRights(file: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await open(file, constants.O_RDONLY | noFollow)
    try {
      await handle.chmod(0o666 & ~process.umask())
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw diskFailure(error)
  }
}

/**
 * Gives the finished part its final name without ever replacing another file, and makes that durable.
 * `link` fails when the name is taken, which no rename on POSIX does; where there are no hard links, an exclusive
 * placeholder takes the name first.
 * @returns false when the name is taken
 * @throws DownloadFailure RENAME, the part still there
 */
export async function publishNew(part: string, final: string): Promise<boolean> {
  try {
    await link(part, final)
  } catch (error) {
    if (isDiskError(error, 'EEXIST')) return false
    if (!isDiskError(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw renameFailure(error)
    return publishByPlaceholder(part, final)
  }
  await finishRename(final, () => unlink(part))
  return true
}

/** Gives the finished part its final name, replacing what stands there, as the user chose. */
export async function publishOver(part: string, final: string): Promise<void> {
  await finishRename(final, () => rename(part, final))
}

async function publishByPlaceholder(part: string, final: string): Promise<boolean> {
  try {
    await (await open(final, 'wx')).close()
  } catch (error) {
    if (isDiskError(error, 'EEXIST')) return false
    throw renameFailure(error)
  }
  await finishRename(final, () => rename(part, final))
  return true
}

async function finishRename(final: string, step: () => Promise<void>): Promise<void> {
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
