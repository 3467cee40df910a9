import type { Patience } from '../scheduler'

/** The loops of one fetch: each has one connection after the other. */
export class Crew {
  readonly #loops = new Set<Promise<void>>()
  /** Those that have not decided to end, by their patience. */
  readonly #trying = new Set<Patience>()
  /** How many ended because nothing worked. */
  #left = 0

  get size(): number {
    return this.#loops.size
  }

  /**
   * Begins a loop.
   * @param work never rejects
   * @param ended told when it is over
   */
  hire(work: () => Promise<void>, ended: () => void): void {
    const loop = work().finally(() => {
      this.#loops.delete(loop)
      ended()
    })
    this.#loops.add(loop)
  }

  /** A loop begins to try. */
  joins(patience: Patience): void {
    this.#trying.add(patience)
  }

  /** A loop ends. */
  ends(patience: Patience): void {
    this.#trying.delete(patience)
  }

  /** Nothing works at the moment: one that tries again is enough to find out when something does. @returns whether it ends */
  leave(patience: Patience): boolean {
    if (this.#trying.size < 2) return false
    this.#trying.delete(patience) // at once, so that never the last two leave together
    this.#left++
    return true
  }

  /** How many have left since this was asked last. */
  takeLeft(): number {
    const left = this.#left
    this.#left = 0
    return left
  }

  /** Resolves when all are over, those too that begin meanwhile. */
  async over(): Promise<void> {
    while (this.#loops.size > 0) await Promise.all(this.#loops)
  }
}
