import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Log, TargetLock, TargetLocks } from '../engine/ports'

/**
 * @param folder the same for every program of this user, whatever profile it has
 * @param log told when there can be no locks: then downloads do without
 */
export function createTargetLocks(folder: string, log: Log): TargetLocks {
  return {
    take(target, source) {
      try {
        return takeLock(folder, `target ${canonical(target)}`, source)
      } catch (error) {
        log('warn', 'no lock on the target', { target, error: String(error) })
        return { kind: 'held', release: () => undefined }
      }
    },
  }
}

/** Two ways to the same place are one; so are two spellings where the system sees it so. */
function canonical(target: string): string {
  const folder = path.dirname(target)
  const name = path.basename(target).normalize('NFC')
  const folded = process.platform === 'win32' || process.platform === 'darwin' ? name.toLowerCase() : name
  try {
    return path.join(realpathSync(folder), folded)
  } catch {
    return path.join(folder, folded)
  }
}

/**
 * Takes a lock that ends with its process, however that ends. Node has no file locks; an exclusive transaction of
 * SQLite is one, on every system.
 * @param folder where lock files are kept; created
 * @param key what is locked
 * @param note told to whoever comes next
 * @returns the lock, or who has it
 * @throws what the folder throws when it cannot be written
 */
function takeLock(folder: string, key: string, note: string): TargetLock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const name = path.join(folder, createHash('sha256').update(key).digest('hex').slice(0, 32))
  const file = `${name}.lock`
  for (let tries = 0; ; tries++) {
    const before = birth(file)
    let database: Database.Database | undefined
    try {
      database = new Database(file, { timeout: 0 })
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database?.close()
      const code = (error as { code?: string }).code ?? ''
      // It was removed while we took it.
      if (/^SQLITE_(IOERR|READONLY|CANTOPEN)/.test(code) && tries < 100) continue
      if (code !== 'SQLITE_BUSY') throw error
      return { kind: 'taken', ...holder(`${name}.holder`) }
    }
    // Its last holder may have removed the file after we opened it: then the lock is one on nothing.
    if (before === null || birth(file) !== before) {
      database.close()
      continue
    }
    const held = database
    writeFileSync(`${name}.holder`, `process ${process.pid}\n${note}`, { mode: 0o600 })
    return {
      kind: 'held',
      release() {
        // Windows keeps open files: there they stay.
        for (const ending of ['.holder', '.lock-journal', '.lock']) removeIfPossible(name + ending)
        held.close()
      },
    }
  }
}

function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // it is of no further meaning
  }
}

function birth(file: string): string | null {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stat ? `${stat.ino}@${stat.birthtimeNs}` : null
}

function holder(file: string): { by: string; note: string } {
  try {
    const [by = '', ...note] = readFileSync(file, 'utf8').split('\n')
    return { by, note: note.join('\n') }
  } catch {
    return { by: 'another process', note: '' }
  }
}
