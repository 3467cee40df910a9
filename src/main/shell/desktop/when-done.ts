import { countdownTime, type Countdown, type FinalAction, type WhenDone } from '../../../shared/when-done'
import type { Figures } from './overview'

export interface WhenDoneParts {
  readonly notify: () => void
  /** Does it; nobody stopped it. */
  readonly act: (action: FinalAction) => void
  /** A countdown began or ended. */
  readonly tell: (countdown: Countdown | null) => void
}

/**
 * Waits until all is done: until the last one that was queued or active has come to its own end. What waits for its queue,
 * its time or space is not done, and who pauses or removes what is left does not want the computer to be shut down.
 */
export class WhenDoneWatch {
  readonly #parts: WhenDoneParts
  #busy = false
  #wanted: WhenDone = 'nothing'
  #countdown: Countdown | null = null
  #timer: NodeJS.Timeout | null = null

  constructor(parts: WhenDoneParts) {
    this.#parts = parts
  }

  get countdown(): Countdown | null {
    return this.#countdown
  }

  /** Another choice ends a countdown for the old one. */
  set(wanted: WhenDone): void {
    this.#wanted = wanted
    if (this.#countdown !== null && this.#countdown.action !== wanted) this.#end()
  }

  /** @param ended whether a download completed or failed with this change */
  changed({ active, queued }: Figures, ended: boolean): void {
    if (active + queued > 0) {
      this.#busy ||= active > 0
      if (this.#countdown !== null) this.#end() // somebody added one
      return
    }
    if (!this.#busy) return
    this.#busy = false
    if (!ended) return
    const wanted = this.#wanted
    if (wanted === 'nothing') return
    if (wanted === 'notify') this.#parts.notify()
    else this.#begin(wanted)
  }

  /** Does what the countdown is for at once. */
  now(): void {
    const countdown = this.#countdown
    if (countdown === null) return
    this.#end()
    this.#parts.act(countdown.action)
  }

  stop(): void {
    if (this.#countdown !== null) this.#end()
  }

  #begin(action: FinalAction): void {
    this.#countdown = { action, until: Date.now() + countdownTime }
    this.#timer = setTimeout(() => this.now(), countdownTime)
    this.#parts.tell(this.#countdown)
  }

  #end(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#countdown = null
    this.#parts.tell(null)
  }
}
