import Database from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export type Lock = { readonly kind: 'held'; release(): void } | { readonly kind: 'taken'; readonly by: string }

/**
 * Takes a lock that ends with its process, however that ends. Node has no file locks; an exclusive transaction of
 * SQLite is one, on every system.
 * @param folder where lock files are kept; created
 * @param key what is locked
 * @returns the lock, or who has it
 */
export function takeLock(folder: string, key: string): Lock {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, createHash('sha256').update(key).digest('hex').slice(0, 32))
  const database = new Database(`${file}.lock`, { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
    return { kind: 'taken', by: holder(`${file}.holder`) }
  }
  writeFileSync(`${file}.holder`, `process ${process.pid}`, { mode: 0o600 })
  return { kind: 'held', release: () => database.close() }
}

function holder(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return 'another process'
  }
}
