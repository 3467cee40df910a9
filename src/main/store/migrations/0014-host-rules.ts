import type { Migration } from './migration'

/** Rules for single hosts; `sealed` is their encrypted headers, user name and password. */
export const hostRules: Migration = {
  version: 14,
  name: 'host-rules',
  sql: `CREATE TABLE host_rules (id TEXT PRIMARY KEY, rule TEXT NOT NULL, sealed BLOB) STRICT`,
}
