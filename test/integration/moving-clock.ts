import type { Clock } from '../../src/main/engine/ports'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
  readonly timer: NodeJS.Timeout
}

/** Real time that a test may skip parts of, and whose wall it may set: sockets and disks run on as ever. */
export class MovingClock implements Clock {
  #skipped = 0
  #wall: number
  #sleepers = new Set<Sleeper>()

  /** @param wall what the clock on the wall shows now, ms since the epoch */
  constructor(wall = Date.now()) {
    this.#wall = wall - performance.now()
  }

  now(): number {
    return Math.floor(this.#wall + this.monotonic())
  }

  monotonic(): number {
    return performance.now() + this.#skipped
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const end = (settle: () => void) => {
        clearTimeout(sleeper.timer)
        this.#sleepers.delete(sleeper)
        signal.removeEventListener('abort', onAbort)
        settle()
      }
      const onAbort = () => end(() => reject(signal.reason as Error))
      const wake = () => end(resolve)
      const sleeper: Sleeper = {
        at: this.monotonic() + ms,
        wake,
        timer: setTimeout(wake, Math.min(ms, 2 ** 31 - 1)),
      }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Time passes at once: who sleeps until then wakes. */
  skip(ms: number): void {
    this.#skipped += ms
    for (const sleeper of this.#sleepers) if (sleeper.at <= this.monotonic()) sleeper.wake()
  }

  /** The computer sleeps: time passes on the wall, and no timer knows of it. */
  suspend(ms: number): void {
    this.#wall += ms
  }

  /** Somebody sets the clock on the wall. */
  set(now: number): void {
    this.#wall = now - this.monotonic()
  }
}
