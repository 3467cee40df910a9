import Database from 'better-sqlite3'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, unlinkSync } from 'node:fs'
import path from 'node:path'

export type Locks =
  | { readonly kind: 'held'; release(): void }
  /** One of them is somebody else's; none is held then. */
  | { readonly kind: 'taken'; readonly key: string; readonly by: string }

interface Row {
  readonly key: string
  readonly owner: string
  readonly name: string
}

/**
 * Takes locks that end with their process, however that ends. Node has no file locks; an exclusive transaction of SQLite
 * is one, on every system. Each owner holds one, on a file of its own, and a register says what it holds: so thousands of
 * locks cost no more than one.
 * @param folder where lock files are kept; created
 * @param keys what is locked, all or nothing
 * @returns the locks, or which one another has, and who
 */
export function takeLocks(folder: string, keys: readonly string[]): Locks {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const owner = randomUUID()
  const life = begin(fileOf(folder, owner), false)
  if (!life) throw new Error('a new lock is held already')
  const register = new Database(path.join(folder, 'register.db'), { timeout: 5000 })
  const release = () => {
    register.prepare('DELETE FROM locks WHERE owner = ?').run(owner)
    register.close()
    end(life, folder, owner)
  }
  try {
    register.exec(
      'CREATE TABLE IF NOT EXISTS locks (key TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL) STRICT',
    )
    const taken = register.transaction(() => takeAll(register, folder, owner, keys)).immediate()
    if (!taken) return { kind: 'held', release }
    release()
    return { kind: 'taken', ...taken }
  } catch (error) {
    register.close()
    end(life, folder, owner)
    throw error
  }
}

/** @returns the first key that somebody holds who lives; nothing was taken then */
function takeAll(register: Database.Database, folder: string, owner: string, keys: readonly string[]) {
  for (const other of register.prepare('SELECT DISTINCT owner FROM locks').pluck().all() as string[]) {
    if (!lives(folder, other)) register.prepare('DELETE FROM locks WHERE owner = ?').run(other)
  }
  // Addresses may hold secrets.
  const hashes = keys.map((key) => createHash('sha256').update(key).digest('hex'))
  const find = register.prepare('SELECT * FROM locks WHERE key = ?')
  for (const [index, hash] of hashes.entries()) {
    const row = find.get(hash) as Row | undefined
    if (row) return { key: keys[index]!, by: row.name }
  }
  const put = register.prepare('INSERT OR IGNORE INTO locks (key, owner, name) VALUES (?, ?, ?)')
  for (const hash of hashes) put.run(hash, owner, `process ${process.pid}`)
  return null
}

function fileOf(folder: string, owner: string): string {
  return path.join(folder, `${owner}.lock`)
}

/** @returns `null` when somebody holds it */
function begin(file: string, fileMustExist: boolean): Database.Database | null {
  const database = new Database(file, { timeout: 0, fileMustExist })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
    return null
  }
}

function lives(folder: string, owner: string): boolean {
  const file = fileOf(folder, owner)
  if (!existsSync(file)) return false
  const life = begin(file, true)
  if (!life) return true
  end(life, folder, owner)
  return false
}

function end(life: Database.Database, folder: string, owner: string): void {
  life.close()
  unlinkSync(fileOf(folder, owner))
}
