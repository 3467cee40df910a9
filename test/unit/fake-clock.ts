import type { Clock } from '../../src/main/engine/ports'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #time = 0
  #sleepers: Sleeper[] = []

  now(): number {
    return 1_700_000_000_000 + this.#time
  }

  monotonic(): number {
    return this.#time
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const onAbort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        reject(signal.reason as Error)
      }
      const sleeper: Sleeper = {
        at: this.#time + ms,
        wake: () => {
          signal.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#sleepers.push(sleeper)
    })
  }

  /** When the next sleeper wakes, in ms from now; `null` when nobody sleeps. */
  get next(): number | null {
    return this.#sleepers.length === 0 ? null : Math.min(...this.#sleepers.map(({ at }) => at)) - this.#time
  }

  /** Moves the time, wakes who is due, and lets what follows from that happen. */
  async pass(ms: number): Promise<void> {
    this.#time += ms
    const due = this.#sleepers.filter(({ at }) => at <= this.#time)
    this.#sleepers = this.#sleepers.filter((sleeper) => !due.includes(sleeper))
    for (const { wake } of due) wake()
    await settled()
  }
}

/** Lets every promise that can go on do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A promise that the test settles. */
export interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

export function deferred(): Deferred {
  let resolve = (): void => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<void>((settle, fail) => {
    resolve = settle
    reject = fail
  })
  return { promise, resolve, reject }
}
