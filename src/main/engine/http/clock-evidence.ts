import { DownloadFailure, failure } from '../../../shared/errors'
import { parseHttpDate, singleValue, type Headers } from './headers'

/** ms: certificates live for weeks, so what is less than a day is no reason for one to look expired. */
const notable = 24 * 60 * 60 * 1000

/**
 * Whether this computer's clock is the reason for a certificate that looks expired (fault 64): servers say what time it
 * is with every answer (`Date`, RFC 9110 §6.6.1), and if the last one disagrees with our clock by more than a day, it is
 * our clock that is doubtful. A certificate of the future needs no evidence: no authority issues such. Nobody is asked
 * for the time, and no certificate is accepted because of it.
 */
export class ClockEvidence {
  /** What the last server said, and when: ms of a clock that nobody moves, so that it stays true when ours is moved. */
  #heard: { readonly date: number; readonly at: number } | null = null
  readonly #now: () => number
  readonly #monotonic: () => number

  constructor(now: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#now = now
    this.#monotonic = monotonic
  }

  /** @param headers of any answer */
  heard(headers: Headers): void {
    const date = parseHttpDate(singleValue(headers['date']) ?? '', this.#now())
    if (date === null) return
    // What a cache kept is as old as it says (RFC 9111 §5.1).
    const age = Number(singleValue(headers['age']) ?? 0)
    this.#heard = { date: date + (age > 0 ? age * 1000 : 0), at: this.#monotonic() }
  }

  /** ms by which our clock is ahead of the last server's. */
  get #ahead(): number {
    if (!this.#heard) return 0
    return this.#now() - (this.#heard.date + this.#monotonic() - this.#heard.at)
  }

  /** @returns the failure with the clock as its cause, where the evidence is there; else what was thrown */
  explain(thrown: unknown): unknown {
    if (!(thrown instanceof DownloadFailure)) return thrown
    const { code, detail } = thrown.error
    const ahead = this.#ahead
    if (code !== 'TLS' || ahead <= notable || !detail.startsWith('CERT_HAS_EXPIRED')) return thrown
    const days = Math.round(ahead / notable)
    return failure('TLS_CLOCK', 'no', `${detail}; our clock is ${days} days ahead of a server’s`, { cause: thrown })
  }
}
