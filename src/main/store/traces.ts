import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { DownloadId } from '../../shared/download'
import { journalLength, type AnswerLook, type JournalEntry, type JournalEvent } from '../../shared/inspection'
import type { Trace, TraceStore } from '../engine/ports'
import { unsynced } from './database'

const entryRow = z.object({ at: z.number(), event: z.string() })
const eventSchema = z.looseObject({ code: z.string() }).transform((event) => event as unknown as JournalEvent)
const history = z.object({ step: z.number().positive(), bytes: z.array(z.number()) })
const answer = z
  .object({
    at: z.number(),
    status: z.number(),
    url: z.string(),
    headers: z.array(z.tuple([z.string(), z.string().nullable()])),
  })
  .transform((value): AnswerLook => value)
const traceRow = z.object({ history: z.string(), answer: z.string().nullable() })

/** Keeps nothing. */
export const noTraces: TraceStore = { write: () => undefined, journal: () => [], trace: () => null }

/**
 * Journals, speeds and last answers. Of no use to the engine itself: what cannot be read is left out instead of being
 * reported as damage.
 * @param database opened by `openDatabase`
 */
export function createTraceStore(database: Database.Database): TraceStore {
  // Another process may have removed the download in the meantime: then there is nothing to keep.
  const append = database.prepare(
    `INSERT INTO journal (download, at, event) SELECT id, @at, @event FROM downloads WHERE id = @id`,
  )
  const trim = database.prepare(
    `DELETE FROM journal WHERE download = @id AND seq <=
       (SELECT seq FROM journal WHERE download = @id ORDER BY seq DESC LIMIT 1 OFFSET ${journalLength})`,
  )
  const keep = database.prepare(
    `INSERT OR REPLACE INTO traces (download, history, answer) SELECT id, @history, @answer FROM downloads WHERE id = @id`,
  )
  const entries = database.prepare('SELECT at, event FROM journal WHERE download = ? ORDER BY seq')
  const trace = database.prepare('SELECT history, answer FROM traces WHERE download = ?')

  const write = database.transaction<TraceStore['write']>((added, traces) => {
    for (const { id, entry } of added) append.run({ id, at: entry.at, event: JSON.stringify(entry.event) })
    for (const id of new Set(added.map((each) => each.id))) trim.run({ id })
    for (const [id, kept] of traces) {
      const text = kept.answer === null ? null : JSON.stringify(kept.answer)
      keep.run({ id, history: JSON.stringify(kept.history), answer: text })
    }
  })
  return {
    write: (added, traces) => unsynced(database, () => write(added, traces)),
    journal: (id: DownloadId) =>
      entries.all(id).flatMap((found): JournalEntry[] => {
        const row = entryRow.safeParse(found)
        const event = row.success ? eventSchema.safeParse(parse(row.data.event)) : null
        return row.success && event?.success === true ? [{ at: row.data.at, event: event.data }] : []
      }),
    trace(id): Trace | null {
      const row = traceRow.safeParse(trace.get(id))
      if (!row.success) return null
      const speeds = history.safeParse(parse(row.data.history))
      if (!speeds.success) return null
      const head = answer.safeParse(row.data.answer === null ? null : parse(row.data.answer))
      return { history: speeds.data, answer: head.success ? head.data : null }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
