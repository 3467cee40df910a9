import type { Clock } from './ports'
import { TokenBucket } from './rate'

/**
 * A limit of speed for everybody who shares it. Who reads faster is held back: nothing is read from its socket meanwhile,
 * and TCP tells the server. It is exact to one read, at most 64 KiB a connection.
 */
export class Throttle {
  readonly #clock: Clock
  readonly #bucket = new TokenBucket(Infinity)
  #rate: number | null = null
  /** Wakes those who are held when the limit changes. */
  #changed = new AbortController()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param rate bytes per second, more than 0; `null` is no limit. Counts at once, also for who is held back now. */
  set(rate: number | null): void {
    if (rate === this.#rate) return
    this.#rate = rate
    this.#bucket.setRate(rate ?? Infinity, this.#clock.monotonic())
    this.#changed.abort(new Error('another limit'))
    this.#changed = new AbortController()
  }

  /**
   * Counts bytes that arrived.
   * @param signal ends the waiting; it never rejects
   * @returns settles when more may be read; `undefined` when that is now
   */
  passed(bytes: number, signal: AbortSignal): Promise<void> | undefined {
    const wait = this.#bucket.take(bytes, this.#clock.monotonic())
    return wait > 0 ? this.#hold(wait, signal) : undefined
  }

  async #hold(first: number, signal: AbortSignal): Promise<void> {
    for (let wait = first; wait > 0 && !signal.aborted; wait = this.#bucket.take(0, this.#clock.monotonic())) {
      const { signal: changed } = this.#changed
      try {
        await this.#clock.sleep(wait, AbortSignal.any([signal, changed]))
        return
      } catch {
        // another limit, or nobody waits any more
      }
    }
  }
}
