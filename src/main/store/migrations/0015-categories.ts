import type { Migration } from './migration'

/** Categories that were chosen by hand. */
export const categories: Migration = {
  version: 15,
  name: 'categories',
  sql: `ALTER TABLE downloads ADD COLUMN category TEXT`,
}
