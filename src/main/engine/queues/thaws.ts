import type { DownloadId } from '../../../shared/download'
import type { Hold } from '../../../shared/holds'
import type { Entries, Entry } from '../downloads/entries'
import type { Clock } from '../ports'
import { earliest } from './gate'

/** ms between two looks at an object that takes days to be restored. */
const longest = 10 * 60_000

export interface ThawsEnv {
  readonly entries: Entries
  readonly clock: Clock
  /** ms between the first looks. */
  readonly shortest: number
  /** Somebody waits, or waits no more. */
  readonly changed: () => void
}

/**
 * Archived objects that are being restored. Their downloads wait in the queue and take no slot; after a while each runs,
 * and finds its object readable or rests again: the longer it has taken, the longer. Nothing of this is stored, because a
 * download that begins finds out by itself.
 */
export class Thaws {
  readonly #env: ThawsEnv
  /** Until when they rest, in ms since the epoch. */
  readonly #until = new Map<DownloadId, number>()

  constructor(env: ThawsEnv) {
    this.#env = env
    // Whoever pauses and resumes one, or restarts it, wants it looked at now.
    env.entries.subscribe(({ upserts, removals }) => {
      if (this.#until.size === 0) return
      for (const id of upserts) if (env.entries.get(id)?.record.state.kind !== 'queued') this.#until.delete(id)
      for (const id of removals) this.#until.delete(id)
    })
  }

  /**
   * Lets a queued one rest until its object is looked at again.
   * @param asked when its restoration was asked for, ms since the epoch
   */
  rest(entry: Entry, asked: number): void {
    const now = this.#env.clock.now()
    const pause = Math.max(this.#env.shortest, Math.min((now - asked) / 10, longest))
    this.#until.set(entry.record.id, now + pause)
    this.#env.changed()
  }

  hold(id: DownloadId): Hold | null {
    const until = this.#until.get(id)
    return until === undefined || until <= this.#env.clock.now() ? null : { kind: 'restore', until }
  }

  /**
   * When the next one is looked at, ms since the epoch; `null` when none rests.
   * @param since ms since the epoch: whose rest had ended by then has been looked at
   */
  next(since: number): number | null {
    return earliest([...this.#until.values()].filter((until) => until > since))
  }
}
