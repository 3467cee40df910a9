import type { DownloadErrorCode } from '../../../shared/errors'
import type { Vitals } from '../../../shared/inspection'

/** ms for which anything counts: what was long ago says nothing of the speed now. */
const recent = 60_000
/** ms of one step in which things are added up. */
const step = 1000
/** Failures that are remembered: more in a minute say nothing more. */
const mostFailures = 500

/** What is added up, in ms but for the requests. */
type Sums = Record<'requests' | 'latency' | 'diskWait' | 'limitWait' | 'openTime', number>

/** Measures what can make one run slow, over the last minute. */
export class VitalSigns {
  readonly #since: number
  readonly #now: () => number
  /** By the number of the step since the clock's start. */
  readonly #steps = new Map<number, Sums>()
  #failures: { readonly error: DownloadErrorCode; readonly at: number }[] = []
  #lastStep: Vitals['lastStep'] = null

  /** @param now ms of a clock that never goes backwards */
  constructor(now: () => number) {
    this.#since = now()
    this.#now = now
  }

  /** @param ms from a request to the head of its answer */
  answered(ms: number): void {
    this.#step(Math.floor(this.#now() / step)).requests++
    this.#spread('latency', ms)
  }

  /** @param ms that a connection was held back by the disk */
  held(ms: number): void {
    this.#spread('diskWait', ms)
  }

  /** @param ms that a connection was held back by a limit of speed */
  limited(ms: number): void {
    this.#spread('limitWait', ms)
  }

  /** @param ms that a connection was open which has ended */
  closed(ms: number): void {
    this.#spread('openTime', ms)
  }

  /** Books ms that end now in the steps in which they passed. */
  #spread(into: keyof Sums, ms: number): void {
    const now = this.#now()
    const begin = Math.max(now - ms, now - recent)
    for (let at = begin; at < now;) {
      const number = Math.floor(at / step)
      const until = Math.min(now, (number + 1) * step)
      this.#step(number)[into] += until - at
      at = until
    }
  }

  #step(number: number): Sums {
    let sums = this.#steps.get(number)
    if (!sums) {
      const oldest = Math.floor((this.#now() - recent) / step)
      for (const each of this.#steps.keys()) if (each < oldest) this.#steps.delete(each)
      this.#steps.set(number, (sums = { requests: 0, latency: 0, diskWait: 0, limitWait: 0, openTime: 0 }))
    }
    return sums
  }

  failed(error: DownloadErrorCode): void {
    this.#failures.push({ error, at: this.#now() })
    if (this.#failures.length > mostFailures) this.#failures.shift()
  }

  /** A step on the way to more connections was measured; speeds in bytes per second. */
  stepped(step: NonNullable<Vitals['lastStep']>): void {
    this.#lastStep = step
  }

  /** @param ages ms for which the connections that are open now have been open */
  look(ages: readonly number[]): Omit<Vitals, 'allowed' | 'aimedAt' | 'chosen' | 'single' | 'limits'> {
    const now = this.#now()
    const times = new Map<DownloadErrorCode, number>()
    for (const { error, at } of this.#failures) {
      if (now - at < recent) times.set(error, (times.get(error) ?? 0) + 1)
    }
    const oldest = Math.floor((now - recent) / step)
    const sums = { requests: 0, latency: 0, diskWait: 0, limitWait: 0, openTime: 0 }
    for (const [number, each] of this.#steps) {
      if (number < oldest) continue
      for (const name of Object.keys(sums) as (keyof Sums)[]) sums[name] += each[name]
    }
    for (const age of ages) sums.openTime += Math.min(age, recent)
    return {
      ...sums,
      age: now - this.#since,
      lastStep: this.#lastStep,
      failures: [...times].map(([error, count]) => ({ error, times: count })).sort((a, b) => b.times - a.times),
    }
  }
}
