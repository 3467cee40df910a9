import type { SpeedHistory } from '../../../shared/inspection'

/** Stretches that are kept: enough for a graph, little enough for a row. */
const capacity = 240
const firstStep = 1000

/**
 * How fast a download was over its whole life, in bounded memory: when the stretches are used up, every two become one
 * and last twice as long. Only time in which it ran counts. Times are ms of a clock that never goes backwards.
 */
export class History {
  #step: number
  #bytes: number[]
  /** ms in which it ran, up to `#since`. */
  #ran: number
  /** When the present run began; `null` between runs. */
  #since: number | null = null

  constructor(saved: SpeedHistory | null = null) {
    this.#step = saved?.step ?? firstStep
    this.#bytes = [...(saved?.bytes ?? [])]
    this.#ran = this.#bytes.length * this.#step
  }

  begin(now: number): void {
    this.#since ??= now
  }

  /** Ends the present run; a stretch that it began is left as it is. */
  end(now: number): void {
    if (this.#since === null) return
    this.#ran += Math.max(0, now - this.#since)
    this.#since = null
  }

  /** @param bytes how many arrived */
  add(bytes: number, now: number): void {
    this.begin(now)
    const index = this.#reach(now)
    this.#bytes[index] = (this.#bytes[index] ?? 0) + bytes
  }

  /** As it is at `now`; a stretch in which nothing came is there too. */
  look(now: number): SpeedHistory {
    if (this.#since !== null) this.#reach(now)
    return { step: this.#step, bytes: [...this.#bytes] }
  }

  /** Makes room up to now. @returns the index of the present stretch */
  #reach(now: number): number {
    const ran = this.#ran + Math.max(0, now - (this.#since ?? now))
    let index = Math.floor(ran / this.#step)
    while (index >= capacity) {
      this.#halve()
      index = Math.floor(ran / this.#step)
    }
    while (this.#bytes.length <= index) this.#bytes.push(0)
    return index
  }

  #halve(): void {
    const bytes: number[] = []
    for (let at = 0; at < this.#bytes.length; at += 2) bytes.push((this.#bytes[at] ?? 0) + (this.#bytes[at + 1] ?? 0))
    this.#bytes = bytes
    this.#step *= 2
  }
}
