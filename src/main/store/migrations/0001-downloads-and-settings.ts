import type { Migration } from './migration'

/** Downloads with their checkpoints, and the user's settings. */
export const downloadsAndSettings: Migration = {
  version: 1,
  name: 'downloads and settings',
  sql: `
    CREATE TABLE downloads (
      id            INTEGER PRIMARY KEY AUTOINCREMENT,
      url           TEXT NOT NULL,
      folder        TEXT NOT NULL,
      requested_name TEXT,
      name          TEXT NOT NULL,
      on_conflict   TEXT NOT NULL CHECK (on_conflict IN ('rename', 'overwrite', 'fail')),
      connections   INTEGER,
      part_size     INTEGER,
      checksum      TEXT,
      secret_kind   TEXT NOT NULL CHECK (secret_kind IN ('none', 'sealed', 'forgotten')),
      secret        BLOB,
      state         TEXT NOT NULL CHECK (state IN ('queued', 'active', 'paused', 'failed', 'done')),
      error         TEXT,
      verification  TEXT,
      remote        TEXT,
      part          TEXT NOT NULL,
      notice        TEXT,
      added_at      INTEGER NOT NULL,
      finished_at   INTEGER,
      final_bytes   INTEGER
    ) STRICT;
    CREATE INDEX downloads_unfinished ON downloads (id) WHERE state <> 'done';
    CREATE TABLE settings (
      name  TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT;
  `,
}
