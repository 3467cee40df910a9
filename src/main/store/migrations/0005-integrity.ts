import type { Migration } from './migration'

/** What is known about the bytes of downloads; and a file may be verified by several digests. */
export const integrity: Migration = {
  version: 5,
  name: 'integrity',
  sql: `
    CREATE TABLE blocks (
      download   INTEGER NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
      generation TEXT NOT NULL,
      block      INTEGER NOT NULL,
      crc32      INTEGER NOT NULL,
      PRIMARY KEY (download, generation, block)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE promises (
      download INTEGER PRIMARY KEY REFERENCES downloads (id) ON DELETE CASCADE,
      value    TEXT NOT NULL
    ) STRICT;
    UPDATE downloads
      SET verification = json_object(
        'kind', 'verified',
        'checks', json_array(json_object('algorithm', json_extract(verification, '$.algorithm'), 'source', 'user')))
      WHERE json_extract(verification, '$.kind') = 'verified';
    UPDATE downloads
      SET part = json_set(part, '$.verification', json(CASE
        WHEN checksum IS NULL THEN '{"kind":"unverified","reason":"no-checksum"}'
        ELSE json_object('kind', 'verified', 'checks',
          json_array(json_object('algorithm', json_extract(checksum, '$.algorithm'), 'source', 'user'))) END))
      WHERE json_extract(part, '$.kind') = 'finalizing';
  `,
}
