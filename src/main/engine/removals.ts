import type { DownloadId } from '../../shared/download'
import type { Clock } from './ports'

interface Batch {
  /** Those that wanted to go on. */
  readonly going: ReadonlySet<DownloadId>
  readonly ids: Set<DownloadId>
  readonly timer: AbortController
}

/**
 * Downloads that were taken off the list and may still come back. Until their time is over nothing of them is deleted:
 * whatever ends the program in between, they are there at the next start.
 */
export class Removals {
  readonly #clock: Clock
  readonly #commit: (ids: readonly DownloadId[]) => Promise<void>
  readonly #batches = new Map<DownloadId, Batch>()
  readonly #committing = new Set<Promise<void>>()

  /** @param commit deletes them for good; must not throw */
  constructor(clock: Clock, commit: (ids: readonly DownloadId[]) => Promise<void>) {
    this.#clock = clock
    this.#commit = commit
  }

  has(id: DownloadId): boolean {
    return this.#batches.has(id)
  }

  /**
   * @param going those of them that were queued or running
   * @param ms until they are deleted
   */
  hold(ids: readonly DownloadId[], going: readonly DownloadId[], ms: number): void {
    const batch: Batch = { ids: new Set(ids), going: new Set(going), timer: new AbortController() }
    for (const id of ids) {
      this.#batches.set(id, batch)
    }
    this.#clock.sleep(ms, batch.timer.signal).then(
      () => this.#end(batch),
      () => undefined, // all of them came back, or the program ends
    )
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
    const committing = this.#commit(ids).finally(() => {
      for (const id of ids) this.#batches.delete(id)
      this.#committing.delete(committing)
    })
    this.#committing.add(committing)
  }
}
