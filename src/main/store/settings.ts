import type Database from 'better-sqlite3'
import { settingsSchema, type Settings } from '../../shared/settings'

/** The user's settings, one row each, so that a version that knows more of them does not lose them. */
export interface SettingsStore {
  /** The stored values; the default where one is missing or is no longer allowed. */
  read(): Settings
  /** Stores the given values, in one transaction, and returns all. */
  write(change: Partial<Settings>): Settings
}

export function createSettingsStore(database: Database.Database): SettingsStore {
  const all = database.prepare('SELECT name, value FROM settings')
  const put = database.prepare(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  )

  const read = (): Settings => {
    const found: Record<string, unknown> = {}
    for (const { name, value } of all.all() as { name: string; value: string }[]) {
      const field = (settingsSchema.shape as Record<string, { safeParse(v: unknown): { success: boolean } }>)[name]
      const parsed = parse(value)
      if (field?.safeParse(parsed).success) found[name] = parsed
    }
    return settingsSchema.parse(found)
  }
  const writeAll = database.transaction((change: Partial<Settings>) => {
    for (const [name, value] of Object.entries(change)) put.run(name, JSON.stringify(value))
  })
  return {
    read,
    write(change) {
      writeAll(change)
      return read()
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
