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
  readonly #may: (rank: Rank, holders: Iterable<Rank>) => boolean
  readonly #waiting: Waiter<Rank>[] = []
  readonly #holders = new Set<() => Rank>()

  /**
   * @param limit how many may be taken at once; asked again at every change
   * @param compare negative when `a` goes first
   * @param may whether one may have a slot beside those that have one; when that changes otherwise, call `admit`
   */
  constructor(
    limit: () => number,
    compare: (a: Rank, b: Rank) => number,
    may: (rank: Rank, holders: Iterable<Rank>) => boolean = () => true,
  ) {
    this.#limit = limit
    this.#compare = compare
    this.#may = may
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
          resolve(this.#hold(rank))
        },
      }
      const onAbort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        reject(signal.reason as Error)
      }
      // While there is a free slot, nobody who waits may have it: they were all asked when it became free.
      if (this.#holders.size < this.#limit() && this.#may(rank(), this.#ranks())) {
        waiter.grant()
        return
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(waiter)
    })
  }

  /** Lets waiters in after the limit has risen, or when others may have a slot now. */
  admit(): void {
    while (this.#holders.size < this.#limit()) {
      const next = this.#first()
      if (next === null) return
      this.#waiting.splice(next, 1)[0]?.grant()
    }
  }

  #first(): number | null {
    const holders = [...this.#ranks()]
    let first: number | null = null
    let best: Rank | undefined
    for (const [index, waiter] of this.#waiting.entries()) {
      const rank = waiter.rank()
      if (!this.#may(rank, holders)) continue
      if (best === undefined || this.#compare(rank, best) < 0) [first, best] = [index, rank]
    }
    return first
  }

  *#ranks(): Iterable<Rank> {
    for (const rank of this.#holders) yield rank()
  }

  #hold(rank: () => Rank): Release {
    // One of its own for each: two may share their function.
    const holder = () => rank()
    this.#holders.add(holder)
    return () => {
      if (this.#holders.delete(holder)) this.admit()
    }
  }
}
