import type { DownloadErrorCode } from '../../../shared/errors'
import type { Vitals } from '../../../shared/inspection'

/** ms for which a failure counts as recent. */
const recent = 60_000
/** Failures that are remembered: more in a minute say nothing more. */
const mostFailures = 500

/** Measures what can make one run slow. Times are ms of a clock that never goes backwards. */
export class VitalSigns {
  readonly #since: number
  #requests = 0
  #latency = 0
  #diskWait = 0
  #limitWait = 0
  #openTime = 0
  #failures: { readonly error: DownloadErrorCode; readonly at: number }[] = []
  #lastStep: Vitals['lastStep'] = null

  constructor(now: number) {
    this.#since = now
  }

  /** @param ms from a request to the head of its answer */
  answered(ms: number): void {
    this.#requests++
    this.#latency += ms
  }

  /** @param ms that a connection was held back by the disk */
  held(ms: number): void {
    this.#diskWait += ms
  }

  /** @param ms that a connection was held back by a limit of speed */
  limited(ms: number): void {
    this.#limitWait += ms
  }

  /** @param ms that a connection was open which has ended */
  closed(ms: number): void {
    this.#openTime += ms
  }

  failed(error: DownloadErrorCode, now: number): void {
    this.#failures.push({ error, at: now })
    if (this.#failures.length > mostFailures) this.#failures.shift()
  }

  /** A step on the way to more connections was measured; speeds in bytes per second. */
  stepped(step: NonNullable<Vitals['lastStep']>): void {
    this.#lastStep = step
  }

  /** @param openNow ms that the connections which are open now have been open, all together */
  look(now: number, openNow: number): Omit<Vitals, 'allowed' | 'aimedAt' | 'chosen' | 'single' | 'limits'> {
    const times = new Map<DownloadErrorCode, number>()
    for (const { error, at } of this.#failures) {
      if (now - at < recent) times.set(error, (times.get(error) ?? 0) + 1)
    }
    return {
      age: now - this.#since,
      lastStep: this.#lastStep,
      requests: this.#requests,
      latency: this.#latency,
      diskWait: this.#diskWait,
      limitWait: this.#limitWait,
      openTime: this.#openTime + openNow,
      failures: [...times].map(([error, count]) => ({ error, times: count })).sort((a, b) => b.times - a.times),
    }
  }
}
