import type Database from 'better-sqlite3'
import type { DownloadId } from '../../shared/download'
import { foldText } from '../../shared/history'
import type { BlocksOf, DownloadRecord, DownloadStore, NewDownload } from '../engine/ports'
import { needingSpace, unsynced } from './database'
import { columns, createReader, errorText, select, toRow, verificationText } from './download-row'
import { createGroupStore } from './groups'
import { createBlockWriter } from './integrity'
import { createLogSync } from './log-sync'

/** Rows that are read at a time. */
const page = 1000

/**
 * The downloads table; see `download-row` for what stands in it.
 * @param database opened by `openDatabase`: each transaction but `commit`'s is on the medium when its call returns
 * @param log syncs what was committed
 * @throws RequestFailure E_DB_DAMAGED from every method that meets a row it cannot read
 */
export function createDownloadStore(database: Database.Database, log = createLogSync(database)): DownloadStore {
  const insert = database.prepare(
    `INSERT INTO downloads (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
  )
  const update = database.prepare(
    `UPDATE downloads SET ${columns.map((c) => `${c} = @${c}`).join(', ')} WHERE id = @id`,
  )
  const remove = database.prepare('DELETE FROM downloads WHERE id = ?')
  const promise = database.prepare('INSERT INTO promises (download, value) VALUES (?, ?)')
  const one = database.prepare(`${select} FROM downloads WHERE id = ?`).raw()
  const all = database.prepare(`${select} FROM downloads ORDER BY id`).raw()
  const unfinished = database
    .prepare(`${select} FROM downloads WHERE state <> 'done' AND id > ? ORDER BY id LIMIT ${page}`)
    .raw()
  const finished = database
    .prepare(`${select} FROM downloads WHERE state = 'done' AND id < ? ORDER BY id DESC LIMIT ?`)
    .raw()

  // Letters beyond ASCII have a case too, which SQLite does not know.
  database.function('fold', { deterministic: true }, (text) => foldText(String(text)))
  const history = (words: number) =>
    database
      .prepare(
        `${select} FROM downloads WHERE state = 'done' AND (finished_at, id) < (?, ?)
       ${words === 0 ? '' : `AND ${Array.from({ length: words }, () => `instr(fold(name || ' ' || url), ?) > 0`).join(' AND ')}`}
       ORDER BY finished_at DESC, id DESC LIMIT ?`,
      )
      .raw()
  const finishedBefore = database
    .prepare(`SELECT id FROM downloads WHERE state = 'done' AND finished_at < ? ORDER BY id`)
    .pluck()
  const groups = createGroupStore(database)
  const read = createReader(groups)
  const insertOne = ({ promised, ...download }: NewDownload): DownloadRecord => {
    if (download.group) groups.keep(download.group)
    const { lastInsertRowid } = insert.run(toRow(download))
    if (promised) promise.run(lastInsertRowid, JSON.stringify(promised))
    return { ...download, id: Number(lastInsertRowid) }
  }
  const insertMany = database.transaction((downloads: readonly NewDownload[]) => downloads.map(insertOne))
  const saveAll = database.transaction((records: readonly DownloadRecord[]) => {
    for (const record of records) update.run({ ...toRow(record), id: record.id })
  })
  const addBlocks = createBlockWriter(database)
  const commitAll = database.transaction((records: readonly DownloadRecord[], sums: readonly BlocksOf[]) => {
    for (const record of records) update.run({ ...toRow(record), id: record.id })
    for (const each of sums) addBlocks(each.id, each.generation, each.sums)
  })
  const updateState = database.prepare('UPDATE downloads SET state = ?, error = ?, verification = ? WHERE id = ?')
  const saveStates = database.transaction((records: readonly DownloadRecord[]) => {
    for (const { id, state } of records) updateState.run(state.kind, errorText(state), verificationText(state), id)
  })
  const removeAll = database.transaction((ids: readonly DownloadId[]) => {
    for (const id of ids) remove.run(id)
  })

  return {
    unfinished() {
      const records: DownloadRecord[] = []
      // In pieces: a hundred thousand rows at a time are as much memory again, which the process keeps.
      for (let last = 0, more = true; more;) {
        const rows = unfinished.all(last)
        for (const found of rows) records.push(read(found))
        last = records.at(-1)?.id ?? 0
        more = rows.length === page
      }
      return records
    },
    all: () => all.all().map(read),
    finished: (before, count) => finished.all(before ?? Number.MAX_SAFE_INTEGER, count).map(read),
    get(id) {
      const found = one.get(id)
      return found === undefined ? null : read(found)
    },
    history(words, after, count) {
      const { at, id } = after ?? { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }
      return history(words.length)
        .all(at, id, ...words, count)
        .map(read)
    },
    finishedBefore: (at) => finishedBefore.all(at) as DownloadId[],
    insert: (download) => insertOne(download),
    insertAll: (downloads) => insertMany(downloads),
    save: (records) => needingSpace(() => saveAll(records)),
    saveStates: (records) => needingSpace(() => saveStates(records)),
    commit(records, sums = []) {
      needingSpace(() => unsynced(database, () => commitAll(records, sums)))
      return log.synced()
    },
    remove: (ids) => removeAll(ids),
  }
}
