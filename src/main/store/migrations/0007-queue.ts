import type { Migration } from './migration'

/** The user's order of downloads, and which of them matter more. */
export const queue: Migration = {
  version: 7,
  name: 'queue',
  sql: `
    ALTER TABLE downloads ADD COLUMN position REAL NOT NULL DEFAULT 0;
    ALTER TABLE downloads ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal' CHECK (priority IN ('high', 'normal', 'low'));
    UPDATE downloads SET position = id;
  `,
}
