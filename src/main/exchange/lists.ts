import { readFile, stat, writeFile } from 'node:fs/promises'
import { kinds, type Category } from '../../shared/categories'
import type { ListImport } from '../../shared/contract'
import { RequestFailure } from '../../shared/errors'
import { defaultQueue } from '../../shared/queues'
import type { Engine } from '../engine/engine'
import type { AddRequest, FinishedRequest } from '../engine/api'
import { nobody } from '../engine/session/session'
import { listed, parseList, printList, type ListedDownload } from './list-file'

/** Bytes: a million downloads have some 400 MB. */
const largest = 512 * 1024 * 1024

/**
 * The list as a file, and back.
 * @param categories those that there are now
 */
export function createLists(engine: Engine, categories: () => readonly Category[]) {
  return {
    /**
     * Writes the whole list, without secrets.
     * @returns how many downloads it has
     * @throws RequestFailure E_LIST
     */
    async exportList(file: string): Promise<number> {
      const names = new Map(engine.queues().map(({ id, name }) => [id, id === defaultQueue ? '' : name]))
      const called = new Map(categories().map((category) => [category.id, portableName(category)]))
      const downloads = engine
        .records()
        .map((record) => listed(record, names.get(record.queue) ?? '', called.get(record.category ?? '') ?? null))
      try {
        await writeFile(file, printList(downloads))
      } catch (error) {
        throw new RequestFailure({ code: 'E_LIST', detail: String(error) })
      }
      return downloads.length
    },

    /**
     * Adds what is not in the list yet. What was queued is queued, everything else that is not completed is paused.
     * @throws RequestFailure E_LIST; nothing was added then
     */
    async importList(file: string): Promise<ListImport> {
      const downloads = parseList(await read(file))
      const known = new Set(engine.records().map((record) => keyOf(listed(record, '', null))))
      const fresh = downloads.filter((download) => {
        const key = keyOf(download)
        return !known.has(key) && known.add(key)
      })
      const queues = new Map(engine.queues().map(({ id, name }) => [name, id]))
      const open = fresh.filter(({ state }) => state !== 'done')
      const byName = new Map(categories().map((category) => [portableName(category), category.id]))
      const category = ({ category: name }: ListedDownload) => (name === null ? null : (byName.get(name) ?? null))
      const ids = await engine.addAll(
        open.map((each) => requestOf(each, queues.get(each.queue) ?? defaultQueue, category(each))),
      )
      for (const priority of ['high', 'low'] as const) {
        engine.prioritize(
          ids.filter((_, index) => open[index]?.priority === priority),
          priority,
        )
      }
      engine.addFinished(fresh.filter(({ state }) => state === 'done').map((each) => finishedOf(each, category(each))))
      return { added: fresh.length, known: downloads.length - fresh.length }
    },
  }
}

/** What another computer knows a category by: ids of those that users make mean nothing there. */
function portableName({ id, name }: Category): string {
  return name === null || kinds.some((kind) => kind === id) ? id : name
}

async function read(file: string): Promise<string> {
  try {
    const { size } = await stat(file)
    if (size > largest) throw new Error(`${size} bytes`)
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RequestFailure({ code: 'E_LIST', detail: String(error) })
  }
}

function keyOf({ url, folder, name }: ListedDownload): string {
  return JSON.stringify([url, folder, name])
}

const mirrorsOf = ({ mirrors }: ListedDownload) => mirrors.map((url) => ({ url, from: 'user' as const }))

function requestOf(download: ListedDownload, queue: number, category: string | null): AddRequest {
  const { url, folder, name, onConflict, connections, checksum, state } = download
  return {
    url,
    mirrors: mirrorsOf(download),
    folder,
    name,
    onConflict,
    connections,
    partSize: null,
    threshold: null,
    checksum,
    credentials: nobody,
    account: null,
    queue,
    category,
    start: state === 'queued',
  }
}

function finishedOf(download: ListedDownload, category: string | null): FinishedRequest {
  const { url, folder, name, onConflict, priority, checksum, addedAt, finishedAt, bytes } = download
  return {
    url,
    mirrors: mirrorsOf(download),
    folder,
    name: name ?? '',
    onConflict,
    priority,
    checksum,
    category,
    addedAt,
    finishedAt: finishedAt ?? addedAt,
    bytes,
  }
}
