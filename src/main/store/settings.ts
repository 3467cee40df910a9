import type Database from 'better-sqlite3'
import { z } from 'zod'
import { settingsSchema, type Settings } from '../../shared/settings'

/** The user's settings, one row each, so that a version that knows more of them does not lose them. */
export interface SettingsStore {
  /** The stored values; the default where one is missing or is no longer allowed. */
  read(): Settings
  /**
   * Stores the given values, in one transaction, and returns all.
   * @param sealed encrypted values beside the settings; `null` deletes one
   */
  write(change: Partial<Settings>, sealed?: Readonly<Record<string, Uint8Array | null>>): Settings
  /** An encrypted value; `null` when there is none. */
  sealed(name: string): Uint8Array | null
}

const sealedSchema = z.object({ sealed: z.string() })

export function createSettingsStore(database: Database.Database): SettingsStore {
  const all = database.prepare('SELECT name, value FROM settings')
  const put = database.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )

  const drop = database.prepare('DELETE FROM settings WHERE name = ?')
  const one = database.prepare('SELECT value FROM settings WHERE name = ?').pluck()

  const read = (): Settings => {
    const found: Record<string, unknown> = {}
    for (const { name, value } of all.all() as { name: string; value: string }[]) {
      const field = (settingsSchema.shape as Record<string, { safeParse(v: unknown): { success: boolean } }>)[name]
      const parsed = parse(value)
      if (field?.safeParse(parsed).success) found[name] = parsed
    }
    return settingsSchema.parse(found)
  }
  const writeAll = database.transaction((change: Partial<Settings>, sealed: Record<string, Uint8Array | null>) => {
    for (const [name, value] of Object.entries(change)) put.run(name, JSON.stringify(value))
    for (const [name, bytes] of Object.entries(sealed)) {
      if (bytes === null) drop.run(name)
      else put.run(name, JSON.stringify({ sealed: Buffer.from(bytes).toString('base64') }))
    }
  })
  return {
    read,
    write(change, sealed = {}) {
      writeAll(change, sealed)
      return read()
    },
    sealed(name) {
      const value = sealedSchema.safeParse(parse(String(one.get(name))))
      return value.success ? Buffer.from(value.data.sealed, 'base64') : null
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
