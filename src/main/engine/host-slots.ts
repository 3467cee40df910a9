import type { DownloadId } from '../../shared/download'
import type { Release } from './slots'

interface Holder {
  readonly owner: DownloadId
  readonly yield: () => void
  asked: boolean
}

interface Waiter {
  readonly owner: DownloadId
  grant(): void
}

/**
 * Connections to one host, shared evenly between the downloads that can use them: the one that has fewest comes first, and
 * one that has two fewer than another gets one of its, instead of waiting until a long range has ended. A difference of
 * one is let be: a connection that moves costs a request, and would move for ever.
 */
export class HostSlots {
  readonly #limit: () => number
  readonly #useful: (owner: DownloadId) => number
  readonly #holders = new Set<Holder>()
  #waiting: Waiter[] = []

  /**
   * @param limit connections at a time; asked again at every change
   * @param useful how many connections a download can use, at least 1: what it has beyond them goes to others first, and it
   *   gets no further ones from them. Asked again at every change; call `admit` when it has changed by itself
   */
  constructor(limit: () => number, useful: (owner: DownloadId) => number = () => Infinity) {
    this.#limit = limit
    this.#useful = useful
  }

  /** Connections that are held now. */
  get held(): number {
    return this.#holders.size
  }

  /** True when whoever asks gets one at once. */
  get room(): boolean {
    return this.#waiting.length === 0 && this.#holders.size < this.#limit()
  }

  get idle(): boolean {
    return this.#holders.size === 0 && this.#waiting.length === 0
  }

  /**
   * Waits for a connection.
   * @param onYield called at most once, when the connection should end early in favour of another download
   * @throws the signal's reason when it aborts first
   */
  acquire(owner: DownloadId, signal: AbortSignal, onYield: () => void): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const waiter: Waiter = {
        owner,
        grant: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(this.#hold({ owner, yield: onYield, asked: false }))
        },
      }
      const onAbort = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiter)
      this.admit()
    })
  }

  /** Counts a connection that is open already, even above the limit; see `acquire`. */
  take(owner: DownloadId, onYield: () => void): Release {
    const release = this.#hold({ owner, yield: onYield, asked: false })
    this.admit()
    return release
  }

  /** Lets waiters in as far as the limit allows, and asks for connections of those that have too many. */
  admit(): void {
    while (this.#waiting.length > 0 && this.#holders.size < this.#limit()) {
      const held = this.#held(() => true)
      const next = poorest(this.#hungry(held), held) ?? poorest(this.#waiting, held)
      if (!next) return
      this.#waiting = this.#waiting.filter((waiter) => waiter !== next)
      next.grant()
    }
    this.#even()
  }

  /** Moves connections in thought until they are shared evenly, and asks those that have to give one up. */
  #even(): void {
    if (this.#waiting.length === 0) return
    const has = this.#held(({ asked }) => !asked)
    // Those that were asked for before are on their way to whoever has least.
    let coming = this.#holders.size - sum(has.values())
    let waiting = this.#hungry(has)
    const givers: Holder[] = []
    for (;;) {
      const taker = poorest(waiting, has)
      if (!taker) break
      if (coming > 0) coming--
      else {
        const giver = this.#giverFor(taker.owner, has)
        if (!giver) break
        giver.asked = true
        has.set(giver.owner, (has.get(giver.owner) ?? 0) - 1)
        givers.push(giver)
      }
      has.set(taker.owner, (has.get(taker.owner) ?? 0) + 1)
      waiting = this.#hungry(has, waiting).filter((waiter) => waiter !== taker)
    }
    for (const giver of givers) giver.yield()
  }

  /** The connection that should go to a download: of who has more than it can use, else of who has most. */
  #giverFor(taker: DownloadId, has: ReadonlyMap<DownloadId, number>): Holder | null {
    const count = (owner: DownloadId) => has.get(owner) ?? 0
    const tooMany = (owner: DownloadId) => count(owner) > Math.max(1, this.#useful(owner))
    let giver: Holder | null = null
    for (const holder of this.#holders) {
      const { owner, asked } = holder
      if (asked || owner === taker || count(owner) < 2) continue
      if (!giver || (tooMany(owner) === tooMany(giver.owner) ? count(owner) >= count(giver.owner) : tooMany(owner)))
        giver = holder
    }
    if (!giver || count(taker) === 0 || tooMany(giver.owner)) return giver
    return count(giver.owner) - count(taker) >= 2 ? giver : null
  }

  /** Who waits and can use another connection. */
  #hungry(has: ReadonlyMap<DownloadId, number>, waiting: readonly Waiter[] = this.#waiting): Waiter[] {
    return waiting.filter(({ owner }) => (has.get(owner) ?? 0) < Math.max(1, this.#useful(owner)))
  }

  #held(which: (holder: Holder) => boolean): Map<DownloadId, number> {
    const counts = new Map<DownloadId, number>()
    for (const holder of this.#holders) if (which(holder)) counts.set(holder.owner, (counts.get(holder.owner) ?? 0) + 1)
    return counts
  }

  #hold(holder: Holder): Release {
    this.#holders.add(holder)
    return () => {
      if (this.#holders.delete(holder)) this.admit()
    }
  }
}

/** Of those with fewest connections the one that came first. */
function poorest(waiting: readonly Waiter[], has: ReadonlyMap<DownloadId, number>): Waiter | null {
  return waiting.reduce<Waiter | null>(
    (best, waiter) => (!best || (has.get(waiter.owner) ?? 0) < (has.get(best.owner) ?? 0) ? waiter : best),
    null,
  )
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}
