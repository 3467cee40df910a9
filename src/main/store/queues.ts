import type Database from 'better-sqlite3'
import { z } from 'zod'
import { defaultQueue, noChoices, scheduleSchema, type Queue, type Schedule } from '../../shared/queues'
import type { QueueStore } from '../engine/ports'
import { needingSpace } from './database'

const row = z
  .object({
    id: z.number(),
    name: z.string(),
    slots: z.number().nullable(),
    speed: z.number().nullable(),
    folder: z.string().nullable(),
    schedule: z.string().nullable(),
    stopped: z.number(),
    start_at: z.number().nullable(),
    stop_at: z.number().nullable(),
  })
  .transform(({ speed, schedule, stopped, start_at, stop_at, ...same }): Queue => ({
    ...same,
    limit: speed,
    ...(schedule === null ? { schedule: null, stopped: stopped === 1 } : opened(schedule, stopped === 1)),
    startAt: start_at,
    stopAt: stop_at,
  }))

/** A schedule that cannot be read must not let run what it was to hold back: then the queue is stopped. */
function opened(text: string, stopped: boolean): { schedule: Schedule | null; stopped: boolean } {
  try {
    return { schedule: scheduleSchema.parse(JSON.parse(text)), stopped }
  } catch {
    return { schedule: null, stopped: true }
  }
}

const columns = ['name', 'slots', 'speed', 'folder', 'schedule', 'stopped', 'start_at', 'stop_at'] as const

function toRow(queue: Omit<Queue, 'id'>) {
  return {
    name: queue.name,
    slots: queue.slots,
    speed: queue.limit,
    folder: queue.folder,
    schedule: queue.schedule === null ? null : JSON.stringify(queue.schedule),
    stopped: queue.stopped ? 1 : 0,
    start_at: queue.startAt,
    stop_at: queue.stopAt,
  }
}

/**
 * The queues table.
 * @param database opened by `openDatabase`: each transaction is on the medium when its call returns
 */
export function createQueueStore(database: Database.Database): QueueStore {
  const all = database.prepare('SELECT * FROM queues ORDER BY id')
  const insert = database.prepare(
    `INSERT INTO queues (${columns.join(', ')}) VALUES (${columns.map((c) => `@${c}`).join(', ')})`,
  )
  const update = database.prepare(`UPDATE queues SET ${columns.map((c) => `${c} = @${c}`).join(', ')} WHERE id = @id`)
  const remove = database.prepare('DELETE FROM queues WHERE id = ? AND id <> ?')
  const move = database.prepare('UPDATE downloads SET queue = ? WHERE queue = ?')
  const removeOne = database.transaction((id: number) => {
    move.run(defaultQueue, id)
    remove.run(id, defaultQueue)
  })
  const saveAll = database.transaction((queues: readonly Queue[]) => {
    for (const queue of queues) update.run({ ...toRow(queue), id: queue.id })
  })

  return {
    all() {
      const found = all.all().flatMap((each) => row.safeParse(each).data ?? [])
      return found.some(({ id }) => id === defaultQueue) ? found : [{ id: defaultQueue, ...noChoices }, ...found]
    },
    insert: (queue) => ({ ...queue, id: Number(insert.run(toRow(queue)).lastInsertRowid) }),
    save: (queues) => needingSpace(() => saveAll(queues)),
    remove: (id) => removeOne(id),
  }
}
