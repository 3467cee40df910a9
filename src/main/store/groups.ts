import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { Group } from '../../shared/download'

const row = z.object({ id: z.string(), name: z.string(), folder: z.string() })

/** The groups of the store's downloads, each one object however many members it has. */
export interface GroupStore {
  get(id: string | null): Group | null
  /** Keeps a group that is not known yet. Call it in the transaction that inserts its first member. */
  keep(group: Group): void
}

/** @param database those whose members have all been removed are forgotten now, not with every removal */
export function createGroupStore(database: Database.Database): GroupStore {
  database.exec('DELETE FROM groups WHERE id NOT IN (SELECT group_id FROM downloads WHERE group_id IS NOT NULL)')
  const insert = database.prepare('INSERT OR IGNORE INTO groups (id, name, folder) VALUES (@id, @name, @folder)')
  const known = new Map(
    z
      .array(row)
      .parse(database.prepare('SELECT * FROM groups').all())
      .map((g) => [g.id, g]),
  )
  return {
    get: (id) => (id === null ? null : (known.get(id) ?? null)),
    keep(group) {
      insert.run(group)
      if (!known.has(group.id)) known.set(group.id, group)
    },
  }
}
