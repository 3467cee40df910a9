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
  readonly #stale: () => boolean
  /** In the order in which they get slots; equal ones as they came. */
  #waiting: Waiter<Rank>[] = []
  readonly #holders = new Set<() => Rank>()

  /**
   * @param limit how many may be taken at once; asked again at every change
   * @param compare negative when `a` goes first
   * @param may whether one may have a slot beside those that have one; when that changes otherwise, call `admit`
   * @param stale whether ranks may have changed with time alone; asked whenever a slot is free
   */
  constructor(
    limit: () => number,
    compare: (a: Rank, b: Rank) => number,
    may: (rank: Rank, holders: Iterable<Rank>) => boolean = () => true,
    stale: () => boolean = () => false,
  ) {
    this.#limit = limit
    this.#compare = compare
    this.#may = may
    this.#stale = stale
  }

  /**
   * Waits for a slot.
   * @param rank asked again whenever it matters: when it has changed while somebody waits, call `admit`
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
      this.#waiting.splice(this.#placeOf(waiter), 0, waiter)
    })
  }

  /** Lets waiters in after the limit has risen, when others may have a slot now, or when ranks have changed. */
  admit(): void {
    this.#sort()
    this.#grant()
  }

  #grant(): void {
    while (this.#holders.size < this.#limit()) {
      const holders = [...this.#ranks()]
      const next = this.#waiting.findIndex(({ rank }) => this.#may(rank(), holders))
      if (next === -1) return
      this.#waiting.splice(next, 1)[0]?.grant()
    }
  }

  /** Costs hardly more than a look at each, because they are nearly in order; not done for every slot all the same. */
  #sort(): void {
    const ranked = this.#waiting.map((waiter) => ({ waiter, rank: waiter.rank() }))
    this.#waiting = ranked.sort((a, b) => this.#compare(a.rank, b.rank)).map(({ waiter }) => waiter)
  }

  /** After all that go first, and after its equals. */
  #placeOf(waiter: Waiter<Rank>): number {
    const rank = waiter.rank()
    let low = 0
    let high = this.#waiting.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#waiting[middle]
      if (other && this.#compare(other.rank(), rank) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  *#ranks(): Iterable<Rank> {
    for (const rank of this.#holders) yield rank()
  }

  #hold(rank: () => Rank): Release {
    // One of its own for each: two may share their function.
    const holder = () => rank()
    this.#holders.add(holder)
    return () => {
      if (!this.#holders.delete(holder)) return
      if (this.#stale()) this.#sort()
      this.#grant()
    }
  }
}
