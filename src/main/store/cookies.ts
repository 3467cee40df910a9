import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { CookieStore } from '../engine/ports'
import { unsynced } from './database'

const row = z.object({ jar: z.instanceof(Uint8Array) })

/**
 * Cookies of downloads, as the system sealed them. What cannot be read counts as absent: then a server sets them anew.
 * @param database opened by `openDatabase`
 */
export function createCookieStore(database: Database.Database): CookieStore {
  // Another process may have removed the download in the meantime: then there is nothing to keep.
  const write = database.prepare(
    `INSERT OR REPLACE INTO cookies (download, jar) SELECT id, @jar FROM downloads WHERE id = @id`,
  )
  const forget = database.prepare('DELETE FROM cookies WHERE download = ?')
  const read = database.prepare('SELECT jar FROM cookies WHERE download = ?')
  return {
    read(id) {
      const found = row.safeParse(read.get(id))
      return found.success ? found.data.jar : null
    },
    write: (id, jar) =>
      unsynced(database, () => void (jar === null ? forget.run(id) : write.run({ id, jar: Buffer.from(jar) }))),
  }
}
