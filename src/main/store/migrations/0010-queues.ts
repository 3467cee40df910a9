import type { Migration } from './migration'

/** Named queues beside the default one, appointments of single downloads, and pages of what is finished. */
export const queues: Migration = {
  version: 10,
  name: 'queues',
  sql: `
    CREATE TABLE queues (
      id       INTEGER PRIMARY KEY AUTOINCREMENT,
      name     TEXT NOT NULL,
      slots    INTEGER,
      speed    INTEGER,
      folder   TEXT,
      schedule TEXT,
      stopped  INTEGER NOT NULL DEFAULT 0,
      start_at INTEGER,
      stop_at  INTEGER
    ) STRICT;
    INSERT INTO queues (id, name) VALUES (1, '');
    ALTER TABLE downloads ADD COLUMN queue INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE downloads ADD COLUMN start_at INTEGER;
    ALTER TABLE downloads ADD COLUMN stop_at INTEGER;
    ALTER TABLE downloads ADD COLUMN only_now INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX downloads_finished ON downloads (finished_at, id) WHERE state = 'done';
  `,
}
