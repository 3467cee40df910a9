import type Database from 'better-sqlite3'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { openDatabase } from '../../src/main/store/database'

/**
 * Gives every test of a file a folder for a database of its own, and takes it away behind it.
 * @param take told of the folder and the database in it before each test; nothing is there yet
 * @returns opens that database, or another one, as often as one likes; closes all that are open
 */
export function databaseInEachTest(take: (made: { readonly folder: string; readonly file: string }) => void) {
  let made: { readonly folder: string; readonly file: string }
  const opened: Database.Database[] = []
  const open = (file = made.file): Database.Database => {
    const database = openDatabase(file)
    opened.push(database)
    return database
  }
  const close = () => {
    for (const database of opened.splice(0)) database.close()
  }
  beforeEach(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'longshore-store-'))
    made = { folder, file: path.join(folder, 'longshore.db') }
    take(made)
  })
  afterEach(async () => {
    close()
    await rm(made.folder, { recursive: true, force: true })
  })
  return { open, close }
}
