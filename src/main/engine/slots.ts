/** Gives a slot back. Calling it twice does nothing. */
export type Release = () => void

/** Somebody who wants a slot. There may be a hundred thousand: one object each, without a promise and a signal. */
export interface Waiter<Rank> {
  /** What decides when it is its turn; read whenever it matters. When it changes while it waits, call `admit`. */
  readonly rank: Rank
  /** Whether it wants none any more: then it is passed over, and `left` is called. */
  readonly over: boolean
  grant(release: Release): void
  left(): void
}

/** A counting semaphore whose limit may change at any time: lowest rank first, then first come. */
export class Slots<Rank> {
  readonly #limit: () => number
  readonly #compare: (a: Rank, b: Rank) => number
  readonly #may: (rank: Rank, holders: Iterable<Rank>) => boolean
  readonly #stale: () => boolean
  readonly #beyond: (rank: Rank) => boolean
  /** In the order in which they get slots; equal ones as they came. */
  #waiting: Waiter<Rank>[] = []
  readonly #holders = new Set<{ readonly rank: Rank }>()

  /**
   * @param limit how many may be taken at once; asked again at every change
   * @param compare negative when `a` goes first
   * @param may whether one may have a slot beside those that have one; when that changes otherwise, call `admit`
   * @param stale whether ranks may have changed with time alone; asked whenever a slot is free
   * @param beyond whether one may have a slot although none is free; such ones go first in `compare`
   */
  constructor(
    limit: () => number,
    compare: (a: Rank, b: Rank) => number,
    may: (rank: Rank, holders: Iterable<Rank>) => boolean = () => true,
    stale: () => boolean = () => false,
    beyond: (rank: Rank) => boolean = () => false,
  ) {
    this.#limit = limit
    this.#compare = compare
    this.#may = may
    this.#stale = stale
    this.#beyond = beyond
  }

  /** Waits for a slot, which may be granted before this returns. */
  wait(waiter: Waiter<Rank>): void {
    // While there is a free slot, nobody who waits may have it: they were all asked when it became free.
    const room = this.#holders.size < this.#limit() || this.#beyond(waiter.rank)
    if (room && this.#may(waiter.rank, this.#ranks())) waiter.grant(this.#hold(waiter.rank))
    else this.#waiting.splice(this.#placeOf(waiter), 0, waiter)
  }

  /** Lets waiters in after the limit has risen, when others may have a slot now, or when ranks have changed. */
  admit(): void {
    this.#sort()
    this.#grant()
  }

  #grant(): void {
    for (;;) {
      const next = this.#next()
      const [waiter] = next === -1 ? [] : this.#waiting.splice(next, 1)
      if (!waiter) return
      if (waiter.over) this.#forget(waiter)
      else waiter.grant(this.#hold(waiter.rank))
    }
  }

  /** @returns the place of the first that may have a slot now, or wants none any more; -1 for nobody */
  #next(): number {
    const full = this.#holders.size >= this.#limit()
    const [first] = this.#waiting
    if (!first || (full && !this.#beyond(first.rank))) return -1
    const holders = [...this.#ranks()]
    for (const [place, { rank, over }] of this.#waiting.entries()) {
      if (full && !this.#beyond(rank)) return -1
      if (over || this.#may(rank, holders)) return place
    }
    return -1
  }

  /** Where one has gone others may have gone with it: all are taken out at once. */
  #forget(one: Waiter<Rank>): void {
    const gone = this.#waiting.filter((waiter) => waiter.over)
    if (gone.length > 0) this.#waiting = this.#waiting.filter((waiter) => !waiter.over)
    for (const waiter of [one, ...gone]) waiter.left()
  }

  /** Costs hardly more than a look at each, because they are nearly in order; not done for every slot all the same. */
  #sort(): void {
    this.#waiting.sort((a, b) => this.#compare(a.rank, b.rank))
  }

  /** After all that go first, and after its equals. */
  #placeOf(waiter: Waiter<Rank>): number {
    const { rank } = waiter
    let low = 0
    let high = this.#waiting.length
    const last = this.#waiting[high - 1]
    // Most are added at the end.
    if (last && this.#compare(last.rank, rank) <= 0) low = high
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#waiting[middle]
      if (other && this.#compare(other.rank, rank) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  *#ranks(): Iterable<Rank> {
    for (const { rank } of this.#holders) yield rank
  }

  #hold(rank: Rank): Release {
    // One of its own for each: two may share their rank.
    const holder = { rank }
    this.#holders.add(holder)
    return () => {
      if (!this.#holders.delete(holder)) return
      if (this.#stale()) this.#sort()
      this.#grant()
    }
  }
}
