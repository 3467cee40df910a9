import type Database from 'better-sqlite3'
import { z } from 'zod'
import { accountSchema, type Account } from '../../shared/accounts'

/** An account as it is stored. */
export interface StoredAccount {
  readonly account: Account
  /** The encrypted secret half of its keys; `null` when there is none, or the system encrypts nothing. */
  readonly sealed: Uint8Array | null
}

/** The user's cloud accounts. Every method that writes has committed durably when it returns. */
export interface AccountStore {
  /** In the order in which they were made; what a newer version wrote and this one cannot read is left out. */
  all(): StoredAccount[]
  /** Adds an account, or replaces the one with its id. */
  put(stored: StoredAccount): void
  remove(id: string): void
}

const row = z.object({ account: z.string(), sealed: z.instanceof(Uint8Array).nullable() })

export function createAccountStore(database: Database.Database): AccountStore {
  const all = database.prepare('SELECT account, sealed FROM accounts ORDER BY rowid')
  const put = database.prepare(
    `INSERT INTO accounts (id, account, sealed) VALUES (@id, @account, @sealed)
     ON CONFLICT (id) DO UPDATE SET account = excluded.account, sealed = excluded.sealed`,
  )
  const remove = database.prepare('DELETE FROM accounts WHERE id = ?')
  return {
    all: () =>
      all.all().flatMap((found) => {
        const { account, sealed } = row.parse(found)
        const parsed = accountSchema.safeParse(parse(account))
        return parsed.success ? [{ account: parsed.data, sealed }] : []
      }),
    put: ({ account, sealed }) => void put.run({ id: account.id, account: JSON.stringify(account), sealed }),
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
