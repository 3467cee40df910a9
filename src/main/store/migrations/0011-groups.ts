import type { Migration } from './migration'

/** Downloads that were added together, and are one line in the list. */
export const groups: Migration = {
  version: 11,
  name: 'groups',
  sql: `
    CREATE TABLE groups (
      id     TEXT PRIMARY KEY,
      name   TEXT NOT NULL,
      folder TEXT NOT NULL
    ) STRICT;
    ALTER TABLE downloads ADD COLUMN group_id TEXT;
  `,
}
