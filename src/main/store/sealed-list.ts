import type Database from 'better-sqlite3'
import { z } from 'zod'
import { accountSchema, type Account } from '../../shared/accounts'
import { hostRuleSchema, type HostRule } from '../../shared/host-rules'

/** Something that the user made, with its secret. */
export interface Sealed<T> {
  readonly value: T
  /** The secret, encrypted; `null` when there is none, or the system encrypts nothing. */
  readonly sealed: Uint8Array | null
}

/** A short list of such things. Every method that writes has committed durably when it returns. */
export interface SealedList<T> {
  /** In the order in which they were made; what a newer version wrote and this one cannot read is left out. */
  all(): Sealed<T>[]
  /** Adds one, or replaces the one with its id. */
  put(stored: Sealed<T>): void
  remove(id: string): void
}

/** The user's cloud accounts; sealed is the secret half of their keys. */
export function createAccountStore(database: Database.Database): SealedList<Account> {
  return createSealedList(database, 'accounts', 'account', accountSchema)
}

/** The user's rules for hosts; sealed are headers, user name and password. */
export function createHostRuleStore(database: Database.Database): SealedList<HostRule> {
  return createSealedList(database, 'host_rules', 'rule', hostRuleSchema)
}

function createSealedList<T extends { readonly id: string }>(
  database: Database.Database,
  table: string,
  column: string,
  schema: z.ZodType<T>,
): SealedList<T> {
  const row = z.object({ value: z.string(), sealed: z.instanceof(Uint8Array).nullable() })
  const all = database.prepare(`SELECT ${column} AS value, sealed FROM ${table} ORDER BY rowid`)
  const put = database.prepare(
    `INSERT INTO ${table} (id, ${column}, sealed) VALUES (@id, @value, @sealed)
     ON CONFLICT (id) DO UPDATE SET ${column} = excluded.${column}, sealed = excluded.sealed`,
  )
  const remove = database.prepare(`DELETE FROM ${table} WHERE id = ?`)
  return {
    all: () =>
      all.all().flatMap((found) => {
        const { value, sealed } = row.parse(found)
        const parsed = schema.safeParse(parse(value))
        return parsed.success ? [{ value: parsed.data, sealed }] : []
      }),
    put: ({ value, sealed }) => void put.run({ id: value.id, value: JSON.stringify(value), sealed }),
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
