import type { ConnectionLook } from '../../../shared/inspection'
import { contentBytes } from '../http/headers'
import type { HttpResponse, Sink } from '../http/http'
import type { PartFile } from '../files/file'
import { type Limits, readLimited } from './limited'
import type { Pulse } from './pace'
import type { Clock } from '../ports'
import { SpeedMeter } from '../rate'
import type { Claim } from './segments'
import type { Source } from './source'
import { ClaimWriter } from './writer'

export interface ConnectionListener {
  /** Bytes from the network that the limits of speed let pass. */
  arrived(bytes: number): void
  /** Bytes on the file. */
  written(bytes: number): void
  /** Held back by the disk for this many ms. */
  held(ms: number): void
  /**
   * A limit of speed begins to hold it back, or ends to.
   * @param ms for which it did; 0 at the beginning
   */
  limited(held: boolean, ms: number): void
}

/** How a connection came to be: what its own measuring cannot tell. */
export interface Origin {
  /** Counts from 1 within one run. */
  readonly number: number
  /** Failures in a row before it. */
  readonly retries: number
  /** ms from the request to the head of the answer; `null` for the first one. */
  readonly latency: number | null
}

/** One open answer that fills one claim. */
export class Connection {
  readonly claim: Claim
  /** Who answers. */
  readonly source: Source
  readonly #response: HttpResponse
  readonly #control: AbortController
  readonly #clock: Clock
  readonly #since: number
  /** When a limit of speed last let it go. */
  #free: number
  /** Since when one holds it back; `null` when none does. */
  #heldSince: number | null = null
  readonly #meter = new SpeedMeter()
  /** Exclusive end that was asked for; the claim's end may have come nearer since. */
  readonly #asked: number
  readonly #origin: Origin
  #received = 0
  #heir: { resolve(claim: Claim): void; reject(error: unknown): void } | null = null
  #onEnd: (() => void) | null = null

  /**
   * @param source whose answer it is
   * @param asked exclusive end that was asked for
   * @param control aborts the answer
   */
  constructor(
    source: Source,
    response: HttpResponse,
    claim: Claim,
    asked: number,
    control: AbortController,
    clock: Clock,
    origin: Origin,
  ) {
    this.source = source
    this.#response = response
    this.claim = claim
    this.#asked = asked
    this.#control = control
    this.#clock = clock
    this.#since = clock.monotonic()
    this.#free = this.#since
    this.#origin = origin
  }

  /** ms since its answer began. */
  get age(): number {
    return this.#clock.monotonic() - this.#since
  }

  get look(): ConnectionLook {
    const { age } = this
    const { rate } = this.pulse
    return {
      ...this.#origin,
      origin: new URL(this.#response.url).origin,
      via: this.#response.via ?? null,
      protocol: 'HTTP/1.1', // undici speaks nothing else here (decision 16)
      age,
      bytesPerSecond: rate,
      received: this.#received,
      position: this.claim.position,
      end: this.claim.end === Infinity ? null : this.claim.end,
    }
  }

  get pulse(): Pulse {
    const now = this.#clock.monotonic()
    return {
      age: this.#heldSince === null ? now - this.#free : 0,
      rate: this.#meter.rate(now),
      rest: this.claim.end - this.claim.position,
    }
  }

  /** Ends it early; its claim becomes open. */
  stop(why: string): void {
    this.#control.abort(new Error(why))
  }

  /** Calls back when it has ended by itself; whoever inherits from it is not told. */
  onEnd(listener: () => void): void {
    this.#onEnd = listener
  }

  /**
   * Ends it early and takes its claim over, complete or not.
   * @throws DownloadFailure of the disk: what was taken and not written must not be given away
   */
  inherit(): Promise<Claim> {
    return new Promise((resolve, reject) => {
      this.#heir = { resolve, reject }
      this.stop('another connection was faster')
    })
  }

  /**
   * Writes the answer to the claim's place, to its end or to an early one; then the claim is over.
   * @param limits of speed
   * @throws DownloadFailure of the network or the disk, or why it was stopped
   */
  async receive(part: PartFile, limits: Limits, listener: ConnectionListener): Promise<void> {
    const { claim } = this
    const writer = new ClaimWriter(part, claim, this.#clock, (bytes) => listener.written(bytes))
    let left = contentBytes(this.#response.status, this.#response.headers)
    const sink: Sink = (bytes) => {
      if (writer.full || left === 0) return 'enough' // more than was asked for, or than was announced
      const chunk = bytes.length > left ? bytes.subarray(0, left) : bytes
      left -= chunk.length
      this.#received += chunk.length
      this.#meter.add(chunk.length, this.#clock.monotonic())
      listener.arrived(chunk.length)
      const disk = writer.push(chunk)
      if (disk) this.#timeHold(disk, listener)
      // The rest belongs to another connection now. Otherwise the body ends here by itself.
      return writer.full && claim.end < this.#asked ? 'enough' : disk
    }
    try {
      try {
        await readLimited(this.#response, sink, { ...limits, holds: (held) => this.#limited(held, listener) })
      } finally {
        // Also after a failure: nobody else may write here while a write is under way.
        await writer.finish().catch((error: unknown) => {
          claim.release()
          this.#heir?.reject(error)
          throw error
        })
      }
    } finally {
      this.#heir?.resolve(claim) // no effect after a rejection
      if (!this.#heir) {
        claim.release()
        this.#onEnd?.()
      }
    }
  }

  /** What is slow because of a limit is no reason to replace or to hedge it: its pulse begins anew after each hold. */
  #limited(held: boolean, listener: ConnectionListener): void {
    const now = this.#clock.monotonic()
    listener.limited(held, now - (this.#heldSince ?? now))
    this.#heldSince = held ? now : null
    this.#free = now
  }

  #timeHold(hold: Promise<void>, listener: ConnectionListener): void {
    const since = this.#clock.monotonic()
    const over = () => listener.held(this.#clock.monotonic() - since)
    hold.then(over, over)
  }
}
