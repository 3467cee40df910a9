import { judgeStep } from './pace'

/** What the slow start sees at a look. */
export interface Seen {
  /** ms of the monotonic clock. */
  readonly now: number
  /** Bytes that arrived since the last look. */
  readonly news: number
  /** Connections that are open. */
  readonly open: number
  /** Connections that could be. */
  readonly able: number
}

/** A step that was measured: connections and bytes per second, of the step before too. */
export interface Step {
  readonly next: number
  readonly rate: number
  /** `null` for the first. */
  readonly from: number | null
  readonly to: number
  readonly before: number
}

/** The slow start of one fetch: 1, 2, 4, 8 … connections while each step pays (`pace` judges). */
export class SlowStart {
  readonly #limit: number
  #ramping: boolean
  #step

  /**
   * @param limit connections at most
   * @param ramping false when the user named the number
   * @param now ms of the monotonic clock
   */
  constructor(limit: number, ramping: boolean, now: number) {
    this.#limit = limit
    this.#ramping = ramping
    this.#step = { open: 1, last: 0, before: 0, since: now, arrived: [] as number[] }
  }

  /** Connections were opened for another reason: the step is measured anew, with them. */
  widened(open: number, now: number): void {
    this.#step = { ...this.#step, open: Math.max(this.#step.open, open), since: now, arrived: [] }
  }

  /** @returns the step that is over now, if one is; `next` is the number of connections from now on */
  look({ now, news, open, able }: Seen): Step | null {
    if (!this.#ramping) return null
    const step = this.#step
    if (open < Math.min(step.open, able)) {
      this.#step = { ...step, since: now, arrived: [] } // measured only while all of them are open
      return null
    }
    step.arrived.push(news)
    const judged = judgeStep({ ...step, elapsed: now - step.since }, this.#limit)
    if (!judged) return null
    const { next, rate } = judged
    this.#ramping = next > step.open
    this.#step = { open: next, last: step.open, before: rate, since: now, arrived: [] }
    return { next, rate, from: step.last > 0 ? step.last : null, to: step.open, before: step.before }
  }

  /** Whether further steps may follow. */
  get over(): boolean {
    return !this.#ramping
  }
}
