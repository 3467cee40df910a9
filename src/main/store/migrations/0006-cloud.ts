import type { Migration } from './migration'

/** Whose keys sign a download's requests, and how small a file must be to come over one connection. */
export const cloud: Migration = {
  version: 6,
  name: 'cloud',
  sql: `
    ALTER TABLE downloads ADD COLUMN account TEXT;
    ALTER TABLE downloads ADD COLUMN threshold INTEGER;
  `,
}
