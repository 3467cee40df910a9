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
 * Connections to one host, shared fairly between downloads: the one that has fewest comes first, and a download that has
 * none gets one from the download that has most, instead of waiting until a long range has ended.
 */
export class HostSlots {
  readonly #limit: () => number
  readonly #holders = new Set<Holder>()
  #waiting: Waiter[] = []

  /** @param limit connections at a time; asked again at every change */
  constructor(limit: () => number) {
    this.#limit = limit
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

  /** Lets waiters in as far as the limit allows, and makes room for downloads that have no connection at all. */
  admit(): void {
    while (this.#waiting.length > 0 && this.#holders.size < this.#limit()) {
      const next = this.#waiting.reduce((best, w) => (this.#heldBy(w.owner) < this.#heldBy(best.owner) ? w : best))
      this.#waiting = this.#waiting.filter((waiter) => waiter !== next)
      next.grant()
    }
    const hungry = new Set(this.#waiting.map((w) => w.owner).filter((owner) => this.#heldBy(owner) === 0))
    const yielding = [...this.#holders].filter((holder) => holder.asked).length
    for (let missing = hungry.size - yielding; missing > 0; missing--) {
      if (!this.#askRichest()) return
    }
  }

  #askRichest(): boolean {
    const keeps = (owner: DownloadId) => [...this.#holders].filter((h) => h.owner === owner && !h.asked).length
    let richest: Holder | undefined
    for (const holder of this.#holders) {
      if (!holder.asked && (!richest || keeps(holder.owner) >= keeps(richest.owner))) richest = holder
    }
    if (!richest || keeps(richest.owner) < 2) return false
    richest.asked = true
    richest.yield()
    return true
  }

  #heldBy(owner: DownloadId): number {
    let count = 0
    for (const holder of this.#holders) if (holder.owner === owner) count++
    return count
  }

  #hold(holder: Holder): Release {
    this.#holders.add(holder)
    return () => {
      if (this.#holders.delete(holder)) this.admit()
    }
  }
}
