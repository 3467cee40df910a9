/** Gives a slot back. Calling it twice does nothing. */
export type Release = () => void

interface Waiter<Rank> {
  readonly rank: () => Rank
  grant(): void
}

/** A counting semaphore whose limit may change at any time: lowest rank first, then first come. */
export class Slots<Rank> {
  readonly #limit: () => number
  readonly #compare: (a: Rank, b: Rank) => number
  readonly #waiting: Waiter<Rank>[] = []
  #used = 0

  /**
   * @param limit how many may be taken at once; asked again at every change
   * @param compare negative when `a` goes first
   */
  constructor(limit: () => number, compare: (a: Rank, b: Rank) => number) {
    this.#limit = limit
    this.#compare = compare
  }

  /**
   * Waits for a slot.
   * @param rank asked whenever a slot is free: it may change while somebody waits
   * @throws the signal's reason when it aborts first
   */
  acquire(signal: AbortSignal, rank: () => Rank): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const waiter: Waiter<Rank> = {
        rank,
        grant: () => {
          signal.removeEventListener('abort', onAbort)
          resolve(this.#release())
        },
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiter)
      this.admit()
    })
  }

  /** Lets waiters in after the limit has risen. */
  admit(): void {
    while (this.#waiting.length > 0 && this.#used < this.#limit()) {
      this.#used++
      const next = this.#first()
      this.#waiting.splice(next, 1)[0]?.grant()
    }
  }

  #first(): number {
    let first = 0
    let rank = this.#waiting[0]?.rank()
    for (const [index, waiter] of this.#waiting.entries()) {
      const other = waiter.rank()
      if (rank !== undefined && this.#compare(other, rank) < 0) [first, rank] = [index, other]
    }
    return first
  }

  #release(): Release {
    let held = true
    return () => {
      if (!held) return
      held = false
      this.#used--
      this.admit()
    }
  }
}
