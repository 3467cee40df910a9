import { constants, writeSync, writevSync } from 'node:fs'
import { lstat, mkdir, open, stat, statfs, unlink, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { failure } from '../../../shared/errors'
import { WrittenSums } from '../integrity/written-sums'
import { diskFailure, isDiskError } from './disk-errors'
import { syncFolder } from './folder-sync'
import { identityOf, isSameFile } from './identity'
import { WriteMode } from './write-mode'

/**
 * A partial file, open for writing by position.
 * After a failed `sync` the file takes no more writes: the kernel may have dropped the dirty pages and would say yes to
 * the next sync (design of the durability protocol, rule 3).
 */
export interface PartFile {
  readonly path: string
  /** Tells this file from another one of the same name: see `identityOf`. */
  readonly inode: string
  /** Length in bytes when it was opened. */
  readonly size: number
  /** Sums of what was written through this handle. */
  readonly sums: WrittenSums
  /**
   * Writes all bytes; loops over short writes.
   * @param buffers written one after the other; they must stay as they are until it is done
   * @param position offset in bytes of the first one
   * @returns nothing when it is done already, as on a quick disk; else a promise
   * @throws DownloadFailure NOSPACE, IO, FILE_TOO_BIG, … by the promise
   */
  write(buffers: readonly Buffer[], position: number): Promise<void> | undefined
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
export const noFollow = (constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0

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
export async function makeFolder(folder: string): Promise<void> {
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
 * @param identity what the store remembers of it
 * @returns `null` when it is gone or another file stands in its place (fault 44)
 * @throws DownloadFailure ACCESS, IO, …
 */
export async function openPart(file: string, identity: string): Promise<PartFile | null> {
  try {
    const handle = await open(file, constants.O_RDWR | noFollow)
    if (isSameFile(identity, await handle.stat({ bigint: true }))) return await partFile(handle, file)
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
  const mode = new WriteMode()
  const sums = new WrittenSums()
  /** Syncs under way: a write may have to wait for one, so that it is not made in this thread. */
  let syncing = 0
  const writeHere = (buffers: readonly Buffer[], position: number): void => {
    let rest = buffers as Buffer[]
    for (let at = position; rest.length > 0;) {
      const bytes =
        rest.length === 1 ? writeSync(handle.fd, rest[0]!, 0, rest[0]!.length, at) : writevSync(handle.fd, rest, at)
      at += bytes
      rest = dropFront(rest, bytes)
    }
  }
  const writeElsewhere = async (buffers: readonly Buffer[], position: number): Promise<void> => {
    let rest = buffers as Buffer[]
    for (let at = position; rest.length > 0;) {
      const { bytesWritten } = await handle.writev(rest, at)
      at += bytesWritten
      rest = dropFront(rest, bytesWritten)
    }
  }
  return {
    path: file,
    inode: identityOf(stat),
    size: Number(stat.size),
    sums,
    write(buffers, position) {
      if (broken) return Promise.reject(diskFailure(broken))
      sums.add(buffers, position)
      const began = performance.now()
      const done = () => mode.took(performance.now() - began)
      const failed = (error: unknown) => {
        throw diskFailure(error)
      }
      if (!mode.here || syncing > 0) return writeElsewhere(buffers, position).then(done, failed)
      try {
        writeHere(buffers, position)
        done()
        return undefined
      } catch (error) {
        return Promise.reject(diskFailure(error))
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
      syncing++
      try {
        await handle.datasync()
      } catch (error) {
        broken = error
        throw failure('IO', 'no', `the disk did not confirm a write: ${(error as Error).message}`, { cause: error })
      } finally {
        syncing--
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

/** @throws DownloadFailure NOSPACE when fewer bytes are free where a folder is */
export async function requireSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) {
    throw failure('NOSPACE', 'no', `${bytes} bytes are needed, ${bavail * bsize} are free`)
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

/** Removes a file; one that is not there is fine. */
export async function removeIfThere(file: string): Promise<void> {
  try {
    await unlink(file)
  } catch (error) {
    if (!isDiskError(error, 'ENOENT', 'ENOTDIR')) throw diskFailure(error)
  }
}
