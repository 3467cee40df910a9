import type { DownloadId, DownloadView } from '../../../shared/download'
import { foldText, type HistoryPlace } from '../../../shared/history'
import type { Inspection } from '../../../shared/inspection'
import type { FinishedViews, HistoryViews } from '../api'
import type { Errands } from '../errands'
import type { Clock, DownloadRecord, DownloadStore } from '../ports'
import type { Gates } from '../queues/gates'
import type { Recorder } from '../recorder/recorder'
import type { Scheduler } from '../scheduler'
import type { Entries } from './entries'
import type { Removals } from './removals'
import { sourceLooks, viewOf } from './view'

export interface ListingEnv {
  readonly store: DownloadStore
  readonly entries: Entries
  readonly removals: Removals
  readonly gates: Gates
  readonly errands: Errands
  readonly recorder: Recorder
  readonly scheduler: Scheduler
  readonly clock: Clock
}

/** What is shown of downloads: unfinished ones as they are now, completed ones as the store has them. */
export class Listing {
  readonly #env: ListingEnv

  constructor(env: ListingEnv) {
    this.#env = env
  }

  /** All but those that were taken off the list, in the order in which they were added. */
  all(): DownloadView[] {
    const { store, removals } = this.#env
    const listed = store.all().filter(({ id }) => !removals.has(id))
    return listed.map((record) => this.#viewOf(this.#newest(record)))
  }

  /**
   * A page of completed ones, newest first.
   * @param before those that were added before this one; `null` begins with the newest
   */
  finished(before: DownloadId | null, count: number): FinishedViews {
    const { store, removals } = this.#env
    const records = store.finished(before, count)
    const listed = records.filter(({ id }) => !removals.has(id))
    return {
      views: listed.map((record) => this.#viewOf(this.#newest(record))),
      next: records.length < count ? null : (records.at(-1)?.id ?? null),
    }
  }

  records(): DownloadRecord[] {
    return this.#env.store.all().map((record) => this.#newest(record))
  }

  /**
   * A page of completed ones, last completed first.
   * @param query words that name or address have to contain
   */
  history(query: string, after: HistoryPlace | null, count: number): HistoryViews {
    const { store, removals } = this.#env
    const words = foldText(query).split(/\s+/).filter(Boolean)
    const records = store.history(words, after, count)
    const last = records.length < count ? undefined : records.at(-1)
    return {
      views: records.filter(({ id }) => !removals.has(id)).map((record) => this.#viewOf(record)),
      next: last ? { at: last.finishedAt ?? 0, id: last.id } : null,
    }
  }

  one(id: DownloadId): DownloadView | null {
    const { store, entries, removals } = this.#env
    if (removals.has(id)) return null
    const record = entries.get(id)?.record ?? store.get(id)
    return record ? this.#viewOf(record) : null
  }

  active(): DownloadView[] {
    return this.#env.entries.active().map(({ record }) => this.#viewOf(record))
  }

  /** Everything about one download, also about a completed one. */
  inspect(id: DownloadId): Inspection | null {
    const { store, entries, recorder, scheduler } = this.#env
    const entry = entries.get(id)
    const record = entry?.record ?? store.get(id)
    if (!record) return null
    return {
      ...recorder.inspect(record, entry?.segments ?? null, (host) => scheduler.host(host)),
      sources: sourceLooks(record, entry),
    }
  }

  #newest(record: DownloadRecord): DownloadRecord {
    return this.#env.entries.get(record.id)?.record ?? record
  }

  #viewOf(record: DownloadRecord): DownloadView {
    const { entries, gates, errands, clock } = this.#env
    const hold = record.state.kind === 'queued' ? gates.holdOf(record) : null
    return viewOf(record, entries.get(record.id), hold, errands.progress(record.id), clock.monotonic())
  }
}
