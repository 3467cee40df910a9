import path from 'node:path'
import type { DownloadId } from '../../../shared/download'
import { within } from '../deadline'
import { removeIfThere } from '../files/file'
import { standsAt } from '../files/identity'
import type { Clock, DownloadRecord, DownloadStore, Log } from '../ports'
import type { Errands } from '../errands'
import type { Entries } from './entries'

export interface RemovalsEnv {
  readonly entries: Entries
  readonly store: DownloadStore
  readonly clock: Clock
  readonly log: Log
  readonly pause: (ids: readonly DownloadId[]) => void
  readonly errands: Errands
}

/** ms for a run that was paused to end: a connection or a disk that hangs does not hold a removal. */
const patience = 10_000

interface Batch {
  /** Those that wanted to go on. */
  readonly going: ReadonlySet<DownloadId>
  readonly ids: Set<DownloadId>
  readonly timer: AbortController
}

/**
 * Takes downloads off the list: for good, or so that they may still come back. Until their time is over nothing of those
 * is deleted: whatever ends the program in between, they are there at the next start.
 */
export class Removals {
  readonly #env: RemovalsEnv
  readonly #batches = new Map<DownloadId, Batch>()
  readonly #committing = new Set<Promise<void>>()

  constructor(env: RemovalsEnv) {
    this.#env = env
  }

  /** Whether it was taken off and may still come back. */
  has(id: DownloadId): boolean {
    return this.#batches.has(id)
  }

  /**
   * Forgets downloads and deletes their partial files.
   * @param deleteFile also delete completed files
   */
  async remove(ids: readonly DownloadId[], deleteFile: boolean): Promise<void> {
    const { entries, store, pause, errands, clock, log } = this.#env
    // Paused first: what is still queued would begin again as soon as its run has ended.
    pause(ids)
    await errands.stop(ids)
    await Promise.all(
      ids.map(async (id) => {
        const running = entries.get(id)?.running
        if (running && !(await within(patience, running, clock))) {
          log('error', 'removed before its run has ended', { id })
        }
        // Of a completed one there is only its file.
        const record = entries.get(id)?.record ?? (deleteFile ? store.get(id) : null)
        if (record) await removeFile(record, deleteFile)
      }),
    )
    entries.remove(ids)
  }

  /**
   * Pauses downloads and takes them off the list.
   * @param ms until they are removed for good; completed files stay
   */
  removeLater(ids: readonly DownloadId[], ms: number): void {
    const { entries, store, clock, pause } = this.#env
    const there = ids.filter((id) => !this.has(id) && (entries.get(id) ?? store.get(id)))
    const going = entries
      .pick(there)
      .filter(({ record: { state } }) => state.kind === 'queued' || state.kind === 'active')
      .map(({ record }) => record.id)
    pause(there)
    const batch: Batch = { ids: new Set(there), going: new Set(going), timer: new AbortController() }
    for (const id of there) this.#batches.set(id, batch)
    clock.sleep(ms, batch.timer.signal).then(
      () => this.#end(batch),
      () => undefined, // all of them came back, or the program ends
    )
    entries.notify({ upserts: [], removals: there })
  }

  /** Takes those back that are still held. @returns them, and those of them that wanted to go on */
  take(ids: readonly DownloadId[]): { readonly back: DownloadId[]; readonly going: DownloadId[] } {
    const back: DownloadId[] = []
    const going: DownloadId[] = []
    for (const id of ids) {
      const batch = this.#batches.get(id)
      if (!batch?.ids.delete(id)) continue
      this.#batches.delete(id)
      if (batch.ids.size === 0) batch.timer.abort(new Error('nothing is held'))
      back.push(id)
      if (batch.going.has(id)) going.push(id)
    }
    return { back, going }
  }

  /** Deletes everything that is held, at once. */
  async flush(): Promise<void> {
    for (const batch of new Set(this.#batches.values())) {
      batch.timer.abort(new Error('now'))
      this.#end(batch)
    }
    await Promise.all(this.#committing)
  }

  #end(batch: Batch): void {
    const ids = [...batch.ids]
    batch.ids.clear() // from here on nothing comes back
    const committing = this.#removeNow(ids).finally(() => {
      for (const id of ids) this.#batches.delete(id)
      this.#committing.delete(committing)
    })
    this.#committing.add(committing)
  }

  async #removeNow(ids: readonly DownloadId[]): Promise<void> {
    try {
      await this.remove(ids, false)
    } catch (error) {
      this.#env.log('error', 'could not be removed', { ids, error: String(error) })
      this.#env.entries.emit(ids) // they are still there
    }
  }
}

/** Never a file that is not ours, whatever its name. */
async function removeFile(record: DownloadRecord, deleteFile: boolean): Promise<void> {
  const { part, state } = record
  const file = 'path' in part ? part.path : path.join(record.folder, record.name)
  const wanted = state.kind !== 'done' || deleteFile
  if (wanted && 'inode' in part && (await standsAt(file, part.inode))) await removeIfThere(file)
}
