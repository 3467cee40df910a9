import type { Migration } from './migration'

/** What happened to each download, how fast it was, and what the server last said. */
export const journal: Migration = {
  version: 4,
  name: 'journal',
  sql: `
    CREATE TABLE journal (
      seq      INTEGER PRIMARY KEY,
      download INTEGER NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
      at       INTEGER NOT NULL,
      event    TEXT NOT NULL
    ) STRICT;
    CREATE INDEX journal_download ON journal (download, seq);
    CREATE TABLE traces (
      download INTEGER PRIMARY KEY REFERENCES downloads (id) ON DELETE CASCADE,
      history  TEXT NOT NULL,
      answer   TEXT
    ) STRICT;
  `,
}
