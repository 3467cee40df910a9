import type { Migration } from './migration'

/** Further addresses of a download, as a JSON array. */
export const mirrors: Migration = {
  version: 3,
  name: 'mirrors',
  sql: `ALTER TABLE downloads ADD COLUMN mirrors TEXT NOT NULL DEFAULT '[]'`,
}
