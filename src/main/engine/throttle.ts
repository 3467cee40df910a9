import type { DownloadId } from '../../shared/download'
import type { Clock } from './ports'
import { SpeedMeter, TokenBucket } from './rate'

/** What a limit of speed is for: the program, or one queue, rule or download, by its id. */
export type Scope = 'all' | `queue ${number | string}` | `rule ${string}` | `download ${DownloadId}`

/** How evenly bytes pass, in ms of the narrowest limit's time. */
export interface Grain {
  /** Of a portion. */
  readonly portion: number
  /** What a limit saves at most while nobody takes. */
  readonly saved: number
}

/** Small enough to be even, large enough to be cheap; an idle time must not be followed by a visible peak. */
export const fineGrain: Grain = { portion: 20, saved: 100 }
/** Bytes of a portion at most. */
const largestPortion = 64 * 1024
/** ms in which what somebody got counts about a third: who got least lately is next. */
const fading = 2000
/** ms: a wait shorter than what a double tells apart is none. */
const noWait = 0.001

/** What one download got lately, of everything that is limited. */
interface Flow {
  bytes: number
  at: number
  gates: number
}

interface Limit {
  readonly rate: number
  readonly bucket: TokenBucket
  /** Of everything that counts in it. */
  readonly meter: SpeedMeter
}

interface Waiter {
  readonly gate: Gate
  /** Bytes that it has. */
  readonly wants: number
  /** @param bytes how many may pass, and were counted; 0 when it need not wait any more */
  go(bytes: number): void
}

/**
 * Limits of speed. Each scope that has one is a bucket, and what passes counts in every bucket that applies. What has come
 * waits with its connection until it is its turn, and passes in portions: nothing more is read from the socket meanwhile,
 * and TCP tells the server. Of those that may go on, the download that got least lately is first, whatever connections it
 * has: so every download gets an equal share of what limits it, and what one cannot use the others get (max-min fairness).
 *
 * Nothing passes that was not counted, and nothing is counted that does not pass: over any time a limit is exceeded by what
 * the bucket saved and one portion at most, 2.4 % of five seconds, whoever takes, how many and when.
 */
export class Throttle {
  readonly #clock: Clock
  readonly #grain: Grain
  readonly #buckets = new Map<Scope, Limit>()
  readonly #flows = new Map<DownloadId, Flow>()
  readonly #waiting = new Set<Waiter>()
  #alarm: { readonly at: number; readonly control: AbortController } | null = null

  /** @param grain another one only where time is not the computer's */
  constructor(clock: Clock, grain = fineGrain) {
    this.#clock = clock
    this.#grain = grain
  }

  /** @param rate bytes per second, more than 0; `null` is no limit. Counts at once, also for who is held back now. */
  set(scope: Scope, rate: number | null): void {
    const now = this.#clock.monotonic()
    const known = this.#buckets.get(scope)
    if (known?.rate === rate || (!known && rate === null)) return
    if (rate === null) this.#buckets.delete(scope)
    else {
      const bucket = known?.bucket ?? new TokenBucket(rate, this.#grain.saved)
      bucket.setRate(rate, now)
      this.#buckets.set(scope, { rate, bucket, meter: known?.meter ?? new SpeedMeter() })
    }
    this.#serve()
  }

  /** Sets the limits of all scopes of one kind, and lifts those that are not among them. */
  setAll(kind: 'queue' | 'rule', rates: ReadonlyMap<Scope, number | null>): void {
    for (const scope of [...this.#buckets.keys()]) {
      if (scope.startsWith(`${kind} `) && !rates.has(scope)) this.set(scope, null)
    }
    for (const [scope, rate] of rates) this.set(scope, rate)
  }

  /** Bytes per second that a scope may have; `null` where it has no limit. */
  rate(scope: Scope): number | null {
    return this.#buckets.get(scope)?.rate ?? null
  }

  /** Bytes per second that everybody in a limited scope has now; 0 where there is no limit. */
  used(scope: Scope): number {
    return this.#buckets.get(scope)?.meter.rate(this.#clock.monotonic()) ?? 0
  }

  /**
   * The way of one connection through the limits.
   * @param scopes what applies to it; asked again at every read
   */
  gate(download: DownloadId, scopes: () => readonly Scope[]): Gate {
    const now = this.#clock.monotonic()
    for (const [id, { gates, bytes, at }] of this.#flows) {
      if (gates === 0 && faded(bytes, now - at) < 1) this.#flows.delete(id)
    }
    const flow = this.#flows.get(download) ?? { bytes: 0, at: now, gates: 0 }
    this.#flows.set(download, flow)
    flow.gates++
    return new Gate({
      portion: this.#grain.portion,
      limits: () => (this.#buckets.size === 0 ? [] : scopes().flatMap((scope) => this.#buckets.get(scope) ?? [])),
      charge: (bytes) => this.#charge(flow, bytes),
      wait: (waiter, signal) => this.#wait(waiter, signal),
      now: () => this.#clock.monotonic(),
      lately: () => faded(flow.bytes, this.#clock.monotonic() - flow.at),
      close: () => {
        flow.gates--
      },
    })
  }

  #charge(flow: Flow, bytes: number): void {
    const now = this.#clock.monotonic()
    flow.bytes = faded(flow.bytes, now - flow.at) + bytes
    flow.at = now
  }

  #wait(waiter: Omit<Waiter, 'go'>, signal: AbortSignal): number | Promise<number> {
    if (signal.aborted) return 0
    let granted: number | null = null
    let resolve: ((bytes: number) => void) | null = null
    const go = (bytes: number) => {
      granted = bytes
      this.#waiting.delete(mine)
      signal.removeEventListener('abort', leave)
      resolve?.(bytes)
    }
    const leave = () => go(0)
    const mine: Waiter = { ...waiter, go }
    this.#waiting.add(mine)
    this.#serve()
    if (granted !== null) return granted
    signal.addEventListener('abort', leave, { once: true })
    return new Promise((settle) => (resolve = settle))
  }

  /** Lets go who may, the one that got least first, and sleeps until the next one may. */
  #serve(): void {
    for (;;) {
      let first: Waiter | null = null
      let soonest = Infinity
      for (const waiter of this.#waiting) {
        const wait = waiter.gate.wait
        if (wait > noWait) soonest = Math.min(soonest, wait)
        else if (!first || waiter.gate.lately < first.gate.lately) first = waiter
      }
      if (!first) {
        this.#wake(soonest)
        return
      }
      first.go(first.gate.charge(first.wants))
    }
  }

  #wake(wait: number): void {
    const at = this.#clock.monotonic() + wait
    if (this.#alarm && Math.abs(this.#alarm.at - at) < noWait) return
    this.#alarm?.control.abort(new Error('another time'))
    this.#alarm = null
    if (wait === Infinity) return
    const control = new AbortController()
    this.#alarm = { at, control }
    this.#clock.sleep(wait, control.signal).then(
      () => {
        this.#alarm = null
        this.#serve()
      },
      () => undefined, // another time
    )
  }
}

interface GateParts {
  /** ms of the narrowest limit's time. */
  readonly portion: number
  limits(): readonly Limit[]
  charge(bytes: number): void
  wait(waiter: Omit<Waiter, 'go'>, signal: AbortSignal): number | Promise<number>
  now(): number
  lately(): number
  close(): void
}

/** The way of one connection through the limits. */
export class Gate {
  readonly #parts: GateParts

  constructor(parts: GateParts) {
    this.#parts = parts
  }

  /** Bytes that may pass at once; Infinity without a limit. */
  get portion(): number {
    const rate = this.#parts.limits().reduce((least, limit) => Math.min(least, limit.rate), Infinity)
    return rate === Infinity
      ? rate
      : Math.max(1, Math.min(largestPortion, Math.round((rate * this.#parts.portion) / 1000)))
  }

  /** ms until every limit allows something. */
  get wait(): number {
    const now = this.#parts.now()
    return this.#parts.limits().reduce((longest, { bucket }) => Math.max(longest, bucket.take(0, now)), 0)
  }

  /** Bytes that its download got lately. */
  get lately(): number {
    return this.#parts.lately()
  }

  /**
   * Asks for bytes that have come to pass.
   * @param bytes how many there are, more than 0
   * @param signal ends the waiting; it never rejects
   * @returns how many of them may pass, and were counted; 0 only when the signal was aborted. At once when that is now
   */
  pass(bytes: number, signal: AbortSignal): number | Promise<number> {
    return this.#parts.limits().length === 0 ? bytes : this.#parts.wait({ gate: this, wants: bytes }, signal)
  }

  /**
   * Counts a portion in all limits.
   * @param bytes how many there are
   * @returns how many of them are in the portion
   */
  charge(bytes: number): number {
    const portion = Math.min(bytes, this.portion)
    const now = this.#parts.now()
    const limits = this.#parts.limits()
    for (const { bucket, meter } of limits) {
      bucket.take(portion, now)
      meter.add(portion, now)
    }
    if (limits.length > 0) this.#parts.charge(portion)
    return portion
  }

  /** The connection has ended. */
  close(): void {
    this.#parts.close()
  }
}

function faded(bytes: number, ms: number): number {
  return bytes * Math.exp(-Math.max(0, ms) / fading)
}
