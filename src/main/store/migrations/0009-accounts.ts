import type { Migration } from './migration'

/** Cloud accounts, as JSON, and the secret half of their keys, encrypted by the system. */
export const accounts: Migration = {
  version: 9,
  name: 'accounts',
  sql: `
    CREATE TABLE accounts (
      id      TEXT PRIMARY KEY,
      account TEXT NOT NULL,
      sealed  BLOB
    ) STRICT;
  `,
}
