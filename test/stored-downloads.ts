import { mkdirSync } from 'node:fs'
import path from 'node:path'
import type { Settings } from '../src/shared/settings'
import { newDownload } from '../src/main/engine/downloads/adding'
import type { NewDownload } from '../src/main/engine/ports'
import { nobody } from '../src/main/engine/session/session'
import { openDatabase } from '../src/main/store/database'
import { createDownloadStore } from '../src/main/store/downloads'
import { createSettingsStore } from '../src/main/store/settings'

/**
 * A download as the program itself would have kept it: paused, with the defaults of the form.
 * @param name that the user chose; `null` takes the one in the address
 * @param addedAt ms since the epoch
 * @param change what is different
 */
export function storedDownload(
  { url, folder, name, addedAt }: { url: string; folder: string; name: string | null; addedAt: number },
  change: Partial<NewDownload> = {},
): NewDownload {
  const request = {
    url,
    mirrors: [],
    folder,
    name,
    onConflict: 'rename',
    connections: null,
    partSize: null,
    threshold: null,
    checksum: null,
    credentials: nobody,
    account: null,
    start: false,
  } as const
  return { ...newDownload(request, { kind: 'none' }, addedAt), ...change }
}

/** What makes it a completed one. @param finishedAt ms since the epoch */
export function completed(finishedAt: number, bytes: number): Partial<NewDownload> {
  const verification = { kind: 'unverified', reason: 'no-checksum' } as const
  return { state: { kind: 'done', verification }, finishedAt, finalBytes: bytes }
}

/** Downloads in one commit. */
const batch = 5000

/** Writes them into a database, in a folder that need not be there. */
export function writeStore(
  file: string,
  downloads: readonly NewDownload[],
  settings: Partial<Settings> | null = null,
): void {
  mkdirSync(path.dirname(file), { recursive: true })
  const database = openDatabase(file)
  try {
    if (settings) createSettingsStore(database).write(settings)
    const store = createDownloadStore(database)
    for (let at = 0; at < downloads.length; at += batch) store.insertAll(downloads.slice(at, at + batch))
  } finally {
    database.close()
  }
}
