import Database from 'better-sqlite3'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { useWal } from './database'

export type Locks =
  | { readonly kind: 'held'; release(): void }
  /** One of them is somebody else's; none was taken then. */
  | { readonly kind: 'taken'; readonly key: string; readonly by: string; readonly note: string }

interface Row {
  readonly owner: string
  readonly name: string
  readonly note: string
}

/**
 * Locks that end with their process, however that ends. Node has no file locks; an exclusive transaction of SQLite is one,
 * on every system. Each owner holds one, on a file of its own, and a register says what it holds: so thousands of locks
 * cost no more than one.
 */
export class LockRegister {
  readonly #folder: string
  readonly #owner = randomUUID()
  readonly #life: Database.Database
  readonly #register: Database.Database
  readonly #held: Held
  /** Given back, but still in the register. */
  readonly #leftOver = new Set<string>()

  /**
   * @param folder where lock files are kept; created
   * @throws what the folder throws when it cannot be written
   */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    this.#folder = folder
    const life = begin(fileOf(folder, this.#owner), false)
    if (!life) throw new Error('a new lock is held already')
    this.#life = life
    try {
      this.#register = openRegister(folder)
      this.#held = statements(this.#register)
    } catch (error) {
      end(life, folder, this.#owner)
      throw error
    }
  }

  /**
   * Takes locks, all or none. What a process that lives no more had is free.
   * @param keys what is locked; only their hashes are stored, for addresses may hold secrets
   * @param note told to whoever comes next
   * @returns the locks, or which one another has, and who
   */
  take(keys: readonly string[], note = ''): Locks {
    const hashes = keys.map(hashOf)
    const { find, forget, put } = this.#held
    const takeAll = this.#register.transaction((): Locks => {
      for (const [index, hash] of hashes.entries()) {
        const row = find.get(hash) as Row | undefined
        if (!row || (row.owner === this.#owner && this.#leftOver.has(hash))) continue
        if (row.owner === this.#owner || lives(this.#folder, row.owner)) {
          return { kind: 'taken', key: keys[index]!, by: row.name, note: row.note }
        }
        forget.run(row.owner)
      }
      for (const hash of hashes) put.run(hash, this.#owner, `process ${process.pid}`, note)
      return { kind: 'held', release: () => this.#release(hashes) }
    })
    const locks = takeAll.immediate()
    if (locks.kind === 'held') for (const hash of hashes) this.#leftOver.delete(hash)
    return locks
  }

  /** @returns who has a lock that this process has not; `null` when it is free */
  look(key: string): { readonly by: string; readonly note: string } | null {
    const row = this.#held.find.get(hashOf(key)) as Row | undefined
    if (!row || row.owner === this.#owner || !lives(this.#folder, row.owner)) return null
    return { by: row.name, note: row.note }
  }

  /** A full disk keeps a row from going, which must not hurt the download: it goes with the next one that can. */
  #release(hashes: readonly string[]): void {
    for (const hash of hashes) this.#leftOver.add(hash)
    try {
      this.#register.transaction(() => {
        for (const hash of this.#leftOver) this.#held.drop.run(hash, this.#owner)
      })()
      this.#leftOver.clear()
    } catch {
      // Still held for others; they are told who has it.
    }
  }

  /** Gives everything back. */
  close(): void {
    try {
      this.#held.forget.run(this.#owner)
    } catch {
      // The folder is gone, or somebody writes for long: they end with the process anyway.
    }
    this.#register.close()
    end(this.#life, this.#folder, this.#owner)
  }
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex')
}

/**
 * Takes locks for as long as a command runs.
 * @param folder where lock files are kept; created
 * @param keys what is locked, all or nothing
 * @returns the locks, or which one another has, and who
 */
export function takeLocks(folder: string, keys: readonly string[]): Locks {
  const register = new LockRegister(folder)
  try {
    const taken = register.take(keys)
    if (taken.kind === 'held') return { kind: 'held', release: () => register.close() }
    register.close()
    return taken
  } catch (error) {
    register.close()
    throw error
  }
}

/** Locks mean nothing after a power cut, so nothing waits for the disk. */
function openRegister(folder: string): Database.Database {
  const register = new Database(path.join(folder, 'register.db'), { timeout: 5000 })
  try {
    useWal(register)
    register.pragma('synchronous = NORMAL')
    register.exec(
      'CREATE TABLE IF NOT EXISTS held (key TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, note TEXT NOT NULL) STRICT',
    )
    return register
  } catch (error) {
    register.close()
    throw error
  }
}

type Held = ReturnType<typeof statements>

function statements(register: Database.Database) {
  return {
    find: register.prepare('SELECT owner, name, note FROM held WHERE key = ?'),
    forget: register.prepare('DELETE FROM held WHERE owner = ?'),
    put: register.prepare('INSERT OR IGNORE INTO held (key, owner, name, note) VALUES (?, ?, ?, ?)'),
    drop: register.prepare('DELETE FROM held WHERE key = ? AND owner = ?'),
  }
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
  rmSync(fileOf(folder, owner), { force: true })
}
