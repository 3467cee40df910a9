/** ms of one measurement. */
const window = 2000
/** Held back by limits for less than this share of its time, a download is as fast as its connections. */
const freeShare = 0.1
/** Held back for more than this share, it would be as fast with one connection fewer. */
const heldShare = 0.5
/** Held back for more than this share, it would be as fast with half of them. */
const restingShare = 0.9
/** ms for which it is remembered that fewer connections were too few. */
const memory = 60_000

/**
 * How many connections a download can use that limits of speed hold back: what its own limit leaves idle can make others
 * faster. Fewer step by step, and for a minute not again as few as once were too few. (What the kernel has buffered comes
 * at once after each wait, so that a share of waiting says which way to go, but not how far.)
 */
export class Appetite {
  #useful = Infinity
  #since: number
  #looked: number
  /** ms in this window, of all connections together: held back, and open. */
  #heldBack = 0
  #open = 0
  /** Connections that a limit of speed holds back now. */
  #holds = 0
  #counted: number
  #tooFew = { connections: 0, until: -Infinity }

  /** @param now ms of the monotonic clock */
  constructor(now: number) {
    this.#since = this.#looked = this.#counted = now
  }

  /**
   * A limit of speed begins to hold a connection back, or ends to.
   * @param now ms of the monotonic clock
   */
  holds(held: boolean, now: number): void {
    this.#count(now)
    this.#holds += held ? 1 : -1
  }

  /** Whether limits of speed decide how fast it is, now or in the last measurement: then its speed says nothing of the server. */
  get limited(): boolean {
    return this.#useful !== Infinity || this.#heldBack > freeShare * this.#open
  }

  /**
   * To be asked several times a second.
   * @param now ms of the monotonic clock
   * @param open connections that are open
   * @returns connections that it can use, at least 1; Infinity while more of them make it faster
   */
  look(now: number, open: number): number {
    this.#count(now)
    this.#open += open * (now - this.#looked)
    this.#looked = now
    if (now - this.#since < window) return this.#useful
    const share = this.#heldBack / this.#open
    this.#since = now
    this.#heldBack = this.#open = 0
    if (Number.isFinite(share) && open > 0) this.#judge(share, open, now)
    return this.#useful
  }

  /** A hold counts while it lasts: one may be longer than a window. */
  #count(now: number): void {
    this.#heldBack += this.#holds * (now - this.#counted)
    this.#counted = now
  }

  #judge(share: number, open: number, now: number): void {
    if (share < freeShare) {
      if (this.#useful <= open) this.#tooFew = { connections: open, until: now + memory }
      this.#useful = Infinity
      return
    }
    const fewer = share > restingShare ? Math.ceil(open / 2) : share > heldShare ? open - 1 : open
    const least = now < this.#tooFew.until ? this.#tooFew.connections + 1 : 1
    this.#useful = Math.max(least, Math.min(open, fewer))
  }
}
