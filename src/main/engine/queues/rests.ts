import type { DownloadId } from '../../../shared/download'
import type { Hold } from '../../../shared/holds'
import type { Entries, Entry } from '../downloads/entries'
import type { Clock } from '../ports'
import { earliest } from './gate'

/** What comes back by itself after a pause. */
export type Rest = Extract<Hold, { readonly kind: 'restore' | 'server' }>

export interface RestsEnv {
  readonly entries: Entries
  readonly clock: Clock
  /** Somebody waits, or waits no more. */
  readonly changed: () => void
}

/**
 * Downloads that can only wait: for an archived object, for a server that is away. They stay in the queue and take no slot;
 * after a while each runs, and goes on or rests again. Nothing of this is stored, because a download that begins finds out
 * by itself.
 */
export class Rests {
  readonly #env: RestsEnv
  readonly #rests = new Map<DownloadId, Rest>()

  constructor(env: RestsEnv) {
    this.#env = env
    // Whoever pauses and resumes one, or restarts it, wants it looked at now.
    env.entries.subscribe(({ upserts, removals }) => {
      if (this.#rests.size === 0) return
      for (const id of upserts) if (env.entries.get(id)?.record.state.kind !== 'queued') this.#rests.delete(id)
      for (const id of removals) this.#rests.delete(id)
    })
  }

  /** Lets a queued one rest until its time. */
  begin({ record: { id } }: Entry, rest: Rest): void {
    this.#rests.set(id, rest)
    this.#env.changed()
  }

  /** Ends those that fit. */
  end(fits: (rest: Rest, id: DownloadId) => boolean): void {
    const over = [...this.#rests].filter(([id, rest]) => fits(rest, id))
    for (const [id] of over) this.#rests.delete(id)
    if (over.length > 0) this.#env.changed()
  }

  hold(id: DownloadId): Hold | null {
    const rest = this.#rests.get(id)
    return rest === undefined || rest.until <= this.#env.clock.now() ? null : rest
  }

  /**
   * When the next one is over, ms since the epoch; `null` when none rests.
   * @param since ms since the epoch: whose rest had ended by then has been looked at
   */
  next(since: number): number | null {
    return earliest([...this.#rests.values()].map(({ until }) => until).filter((until) => until > since))
  }
}

/**
 * The longer something has taken already, the longer it is left alone: a share of that.
 * @param lasted ms so far
 * @returns ms
 */
export function pauseAfter(lasted: number, bounds: { share: number; shortest: number; longest: number }): number {
  return Math.max(bounds.shortest, Math.min(lasted * bounds.share, bounds.longest))
}
