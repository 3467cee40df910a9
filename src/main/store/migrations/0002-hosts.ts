import type { Migration } from './migration'

/** How many connections a host has been seen to allow. */
export const hosts: Migration = {
  version: 2,
  name: 'hosts',
  sql: `
    CREATE TABLE hosts (
      host        TEXT PRIMARY KEY,
      connections INTEGER NOT NULL,
      learned_at  INTEGER NOT NULL
    ) STRICT;
  `,
}
