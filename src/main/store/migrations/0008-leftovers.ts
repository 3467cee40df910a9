import type { Migration } from './migration'

/** Sums of committed bytes that make no whole block. */
export const leftovers: Migration = {
  version: 8,
  name: 'leftovers',
  sql: `
    CREATE TABLE leftovers (
      download   INTEGER NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
      generation TEXT NOT NULL,
      start      INTEGER NOT NULL,
      "end"      INTEGER NOT NULL,
      crc32      INTEGER NOT NULL,
      PRIMARY KEY (download, start)
    ) STRICT, WITHOUT ROWID;
  `,
}
