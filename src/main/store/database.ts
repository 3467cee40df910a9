import Database from 'better-sqlite3'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { failure, RequestFailure } from '../../shared/errors'
import { migrations } from './migrations'

/** "LSHR": tells our database from any other SQLite file. */
const applicationId = 0x4c534852

/**
 * Opens the database, creates it when it is missing, and brings its schema up to date, all steps in one transaction, so
 * that a killed migration leaves the old schema (fault 80).
 * @param file path of the database; its folder is created
 * @throws RequestFailure E_DB_VERSION when a newer version wrote it, E_DB_DAMAGED when it cannot be read; in both cases
 *   nothing was written
 */
export function openDatabase(file: string): Database.Database {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  let database: Database.Database | undefined
  const trusted = wasClosed(file)
  try {
    database = new Database(file)
    check(database, file, trusted)
    useWal(database)
    // better-sqlite3 is built with synchronous=NORMAL in WAL mode: commits would not survive a power cut.
    database.pragma('synchronous = FULL')
    if (process.platform === 'darwin') database.pragma('fullfsync = 1')
    database.pragma('foreign_keys = ON')
    database.pragma('busy_timeout = 5000')
    migrate(database)
    return database
  } catch (error) {
    database?.close()
    throw damage(error, file)
  }
}

/**
 * Write-ahead logging is a property of the file: the first process switches it on. SQLite does not wait there for
 * another one that is doing the same (its busy handler could end in a deadlock), so we do.
 */
export function useWal(database: Database.Database): void {
  const deadline = performance.now() + 5000
  for (;;) {
    try {
      database.pragma('journal_mode = WAL')
      return
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY' || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

/** Bytes up to which a database is read through at every start: that takes some hundredths of a second. */
const small = 8 * 1024 * 1024

/**
 * A large list that was closed properly is not read through at the start, which would take longer than all else; one that
 * was not is. SQLite removes its log when the last program closes a database. Damage that comes between, of which SQLite
 * learns when it reads the page, is told then.
 */
function wasClosed(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > small && !existsSync(`${file}-wal`)
}

function check(database: Database.Database, file: string, trusted: boolean): void {
  const version = userVersion(database)
  const newest = migrations.length
  if (version > newest) {
    throw new RequestFailure({
      code: 'E_DB_VERSION',
      detail: `${file} has schema ${version}; this version of Longshore knows ${newest}`,
    })
  }
  const id = database.pragma('application_id', { simple: true })
  if (id !== applicationId && (version > 0 || id !== 0)) throw damaged(file, 'it belongs to another program')
  if (trusted) return
  const found = database.pragma('quick_check(1)', { simple: true })
  if (found !== 'ok') throw damaged(file, String(found))
}

/** One transaction, and one wait for the disk, however many steps: a new database makes them all. */
function migrate(database: Database.Database): void {
  if (userVersion(database) >= migrations.length) return
  const steps = database.transaction(() => {
    // Asked inside the transaction: another process may have been first.
    const from = userVersion(database)
    for (const { version, sql } of migrations) {
      if (version <= from) continue
      database.exec(sql)
      database.pragma(`user_version = ${version}`)
    }
    database.pragma(`application_id = ${applicationId}`)
  })
  steps.immediate()
}

function userVersion(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number
}

/** Turns SQLite's words for a broken file into ours; everything else passes through. */
export function damage(error: unknown, file: string): unknown {
  const code = (error as { code?: unknown } | undefined)?.code
  const broken = typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB|IOERR)/.test(code)
  return broken ? damaged(file, (error as Error).message) : error
}

function damaged(file: string, detail: string): RequestFailure {
  return new RequestFailure({ code: 'E_DB_DAMAGED', detail: `${file}: ${detail}` })
}

/**
 * Writes what a power cut may take back: the commit does not wait for the disk. It goes to the same log, and is on the
 * disk with the next commit that waits. The order of commits is kept, so nothing later is there without it.
 */
export function unsynced<T>(database: Database.Database, write: () => T): T {
  database.pragma('synchronous = NORMAL')
  try {
    return write()
  } finally {
    database.pragma('synchronous = FULL')
  }
}

/** A full disk is the same cause whichever file it keeps from growing. */
export function needingSpace<T>(write: () => T): T {
  try {
    return write()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'SQLITE_FULL') throw error
    throw failure('NOSPACE', 'no', `the list of downloads cannot grow: ${(error as Error).message}`, { cause: error })
  }
}
