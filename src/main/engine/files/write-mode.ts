/** ms that a write may take on average; more of them hold up every connection of the thread. */
const acceptable = 10
/** Weight of the newest write in the average. */
const weight = 1 / 8

/**
 * Whether the next write is made in this thread or handed to another one. In this thread is cheapest by far
 * (`docs/performance.md`), but a disk that takes its time would hold up every connection: so only while it is quick, which
 * it has to prove first.
 */
export class WriteMode {
  #average = 2 * acceptable

  /** True when the next write is best made in this thread. */
  get here(): boolean {
    return this.#average < acceptable
  }

  /** @param ms that a write took, here or there */
  took(ms: number): void {
    this.#average += weight * (ms - this.#average)
  }
}
