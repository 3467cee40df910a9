import type Database from 'better-sqlite3'
import { z } from 'zod'

const row = z.object({ connections: z.number().int().positive(), at: z.number() })

/** What was learned about hosts; the engine's `HostMemory`. */
export function createHostStore(database: Database.Database) {
  const one = database.prepare('SELECT connections, learned_at AS at FROM hosts WHERE host = ?')
  const put = database.prepare(
    `INSERT INTO hosts (host, connections, learned_at) VALUES (?, ?, ?)
     ON CONFLICT (host) DO UPDATE SET connections = excluded.connections, learned_at = excluded.learned_at`,
  )
  return {
    /** @returns `null` when nothing is known */
    read(host: string) {
      const found = row.safeParse(one.get(host))
      return found.success ? found.data : null
    },
    /** @param learned connections at a time, and when that was seen (ms since the epoch) */
    write(host: string, learned: { readonly connections: number; readonly at: number }): void {
      put.run(host, learned.connections, learned.at)
    },
  }
}
