import type Database from 'better-sqlite3'
import { z } from 'zod'
import { hostRuleSchema, type HostRule } from '../../shared/host-rules'

/** A rule as it is stored. */
export interface StoredRule {
  readonly rule: HostRule
  /** Its encrypted headers, user name and password; `null` when there are none, or the system encrypts nothing. */
  readonly sealed: Uint8Array | null
}

/** The user's rules for hosts. Every method that writes has committed durably when it returns. */
export interface HostRuleStore {
  /** In the order in which they were made; what a newer version wrote and this one cannot read is left out. */
  all(): StoredRule[]
  /** Adds a rule, or replaces the one with its id. */
  put(stored: StoredRule): void
  remove(id: string): void
}

const row = z.object({ rule: z.string(), sealed: z.instanceof(Uint8Array).nullable() })

export function createHostRuleStore(database: Database.Database): HostRuleStore {
  const all = database.prepare('SELECT rule, sealed FROM host_rules ORDER BY rowid')
  const put = database.prepare(
    `INSERT INTO host_rules (id, rule, sealed) VALUES (@id, @rule, @sealed)
     ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, sealed = excluded.sealed`,
  )
  const remove = database.prepare('DELETE FROM host_rules WHERE id = ?')
  return {
    all: () =>
      all.all().flatMap((found) => {
        const { rule, sealed } = row.parse(found)
        const parsed = hostRuleSchema.safeParse(parse(rule))
        return parsed.success ? [{ rule: parsed.data, sealed }] : []
      }),
    put: ({ rule, sealed }) => void put.run({ id: rule.id, rule: JSON.stringify(rule), sealed }),
    remove: (id) => void remove.run(id),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
