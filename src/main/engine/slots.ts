/** Gives a slot back. Calling it twice does nothing. */
export type Release = () => void

interface Waiter {
  readonly rank: number
  grant(): void
}

/** A counting semaphore whose limit may change at any time: lowest rank first, then first come. */
export class Slots {
  readonly #limit: () => number
  readonly #waiting: Waiter[] = []
  #used = 0

  /** @param limit how many may be taken at once; asked again at every change */
  constructor(limit: () => number) {
    this.#limit = limit
  }

  /**
   * Waits for a slot.
   * @param rank lower ones go first
   * @throws the signal's reason when it aborts first
   */
  acquire(signal: AbortSignal, rank = 0): Promise<Release> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const waiter: Waiter = {
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
      const next = this.#waiting.reduce((best, waiter) => (waiter.rank < best.rank ? waiter : best))
      this.#waiting.splice(this.#waiting.indexOf(next), 1)
      next.grant()
    }
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
