import path from 'node:path'
import type { ReportEvent } from '../../src/main/cli/report'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { openDatabase } from '../../src/main/store/database'
import { createDownloadStore } from '../../src/main/store/downloads'

/** What `--json` said so far; a running process may be in the middle of a line. */
export const eventsOf = ({ stdout }: { stdout: string }): ReportEvent[] =>
  stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReportEvent)

/** Bytes that are committed for the only download of a store of the command line. */
export function committedIn(store: string): number {
  const database = openDatabase(path.join(store, 'command-line.db'))
  try {
    const [record] = createDownloadStore(database).unfinished()
    return record?.part.kind === 'open' ? writtenBytes(record.part.segments) : 0
  } finally {
    database.close()
  }
}
