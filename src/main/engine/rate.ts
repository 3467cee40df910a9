/**
 * Speeds, limits and times left. All of it is arithmetic on times that the caller hands in: ms of a clock that never
 * goes backwards, from an arbitrary start (fault 63).
 */

const slotMs = 250
const slots = 20

/** Bytes per second over the last five seconds, cheap enough to be told of every chunk. */
export class SpeedMeter {
  /** Bytes of each quarter of a second, as a ring. */
  readonly #bytes = new Float64Array(slots)
  /** All of them together; whole numbers, so that nothing is lost by adding and taking away. */
  #sum = 0
  /** Number of the newest quarter since the clock's start; -1 before the first byte. */
  #newest = -1
  /** When this stretch of movement began: right after a start or a standstill the window is not full yet. */
  #began = 0

  /**
   * @param bytes how many arrived
   * @param now ms, monotonic
   */
  add(bytes: number, now: number): void {
    this.#advance(now)
    if (this.#sum === 0) this.#began = now
    const slot = this.#newest % slots
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes
    this.#sum += bytes
  }

  /**
   * @param now ms, monotonic
   * @returns bytes per second; falls to 0 within five seconds when nothing arrives
   */
  rate(now: number): number {
    this.#advance(now)
    const sum = this.#sum
    if (sum === 0) return 0
    // the newest quarter is not over yet: count only the part of it that is
    const windowMs = (slots - 1) * slotMs + (Math.max(now, this.#newest * slotMs) - this.#newest * slotMs)
    const elapsed = Math.min(now - this.#began, windowMs)
    // half a second at least: the first chunk alone would show absurd speeds
    return (sum / Math.max(elapsed, 2 * slotMs)) * 1000
  }

  #advance(now: number): void {
    const slot = Math.floor(now / slotMs)
    if (slot <= this.#newest) return
    if (this.#newest < 0 || slot - this.#newest >= slots) {
      this.#bytes.fill(0)
      this.#sum = 0
    } else {
      for (let passed = this.#newest + 1; passed <= slot; passed++) {
        this.#sum -= this.#bytes[passed % slots] ?? 0
        this.#bytes[passed % slots] = 0
      }
    }
    this.#newest = slot
  }
}

/**
 * A limit on bytes per second. Bytes are taken when they have arrived already, so the bucket may owe: whoever takes then
 * waits until the debt is paid. Several connections may share one bucket; the waits add up to the limit.
 */
export class TokenBucket {
  #rate: number
  readonly #saved: number
  /** Bytes that may pass at once; negative: bytes that passed too early. */
  #tokens: number
  #at: number | null = null

  /**
   * @param rate bytes per second, more than 0; Infinity is no limit
   * @param saved ms whose bytes it keeps at most while nobody takes
   */
  constructor(rate: number, saved: number) {
    this.#rate = checkedRate(rate)
    this.#saved = saved
    this.#tokens = this.#burst()
  }

  /**
   * Changes the limit from now on. A debt becomes one of the same time: the bytes of a fast line would stop a slow one for
   * minutes.
   * @param rate bytes per second, more than 0; Infinity is no limit and forgives the debt
   * @param now ms, monotonic
   */
  setRate(rate: number, now: number): void {
    this.#fill(now)
    const before = this.#rate
    this.#rate = checkedRate(rate)
    if (rate === Infinity || before === Infinity) this.#tokens = 0
    else this.#tokens = Math.min(this.#tokens * (rate / before), this.#burst())
  }

  /**
   * @param bytes how many passed
   * @param now ms, monotonic
   * @returns ms to wait before anything more is read; 0 when within the limit
   */
  take(bytes: number, now: number): number {
    if (this.#rate === Infinity) return 0
    this.#fill(now)
    this.#tokens -= bytes
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#rate) * 1000
  }

  #burst(): number {
    return this.#rate === Infinity ? 0 : (this.#rate * this.#saved) / 1000
  }

  #fill(now: number): void {
    const passed = Math.max(0, now - (this.#at ?? now))
    this.#at = Math.max(now, this.#at ?? now)
    if (this.#rate !== Infinity) this.#tokens = Math.min(this.#burst(), this.#tokens + (passed / 1000) * this.#rate)
  }
}

function checkedRate(rate: number): number {
  if (!(rate > 0)) throw new RangeError(`A rate of ${rate} bytes per second moves nothing`)
  return rate
}

/**
 * @param total bytes; null when unknown
 * @param received bytes so far
 * @param rate bytes per second
 * @returns seconds until the rest is there; null when nobody can know (no total, no movement); 0 when nothing is left
 */
export function timeLeft(total: number | null, received: number, rate: number): number | null {
  if (total === null) return null
  if (received >= total) return 0
  return rate > 0 ? (total - received) / rate : null
}
