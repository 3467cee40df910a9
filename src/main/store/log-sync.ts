import type Database from 'better-sqlite3'
import { close, fdatasync, fsync, open } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { failure, type DownloadFailure } from '../../shared/errors'
import { inRounds } from '../../shared/rounds'

const [openFile, closeFile, syncData, syncAll] = [
  promisify(open),
  promisify(close),
  promisify(fdatasync),
  promisify(fsync),
]

/** Makes commits durable without stopping the thread that made them. */
export interface LogSync {
  /**
   * Waits until everything that was committed before the call is on the medium.
   * @throws DownloadFailure IO, for good: the kernel may say yes the next time to what it has dropped
   */
  synced(): Promise<void>
  close(): void
}

/**
 * SQLite syncs its log inside the commit, and the engine's thread stands still meanwhile. A commit without a sync
 * (`unsynced`) has written the same bytes; a sync of the log by another thread makes it, and all before it, durable
 * (sqlite.org/wal.html: with synchronous=NORMAL a commit is in the log, and the log is what counts after a crash). Many
 * commits share a sync. POSIX locks are lost when any handle of a file is closed, but SQLite takes none on its log.
 * @param database in WAL mode; one in memory has nothing to sync
 */
export function createLogSync(database: Database.Database): LogSync {
  if (database.memory) return { synced: () => Promise.resolve(), close: () => undefined }
  const log = `${database.name}-wal`
  let handle: Promise<number> | null = null
  let broken: DownloadFailure | null = null
  const begin = async (): Promise<number> => {
    const fd = await openFile(log, 'r+')
    if (process.platform === 'win32') return fd
    // SQLite makes the log's name durable with its first sync, which may not have come yet.
    const folder = await openFile(path.dirname(log), 'r')
    await syncAll(folder).finally(() => closeFile(folder))
    return fd
  }
  const synced = inRounds(async () => {
    if (broken) throw broken
    handle ??= begin()
    try {
      await syncData(await handle)
    } catch (error) {
      const { message } = error as Error
      broken = failure('IO', 'no', `the disk did not confirm the list of downloads: ${message}`, { cause: error })
      throw broken
    }
  })
  return {
    synced,
    close() {
      void handle?.then(closeFile, () => undefined)
    },
  }
}
