import type { Migration } from './migration'

/** Cookies that servers set in downloads, sealed by the system. */
export const cookies: Migration = {
  version: 13,
  name: 'cookies',
  sql: `
    CREATE TABLE cookies (
      download INTEGER PRIMARY KEY REFERENCES downloads (id) ON DELETE CASCADE,
      jar      BLOB NOT NULL
    ) STRICT;
  `,
}
