import type { Migration } from './migration'

/** Limits of speed of single downloads. */
export const limits: Migration = {
  version: 12,
  name: 'limits',
  sql: `ALTER TABLE downloads ADD COLUMN speed INTEGER`,
}
