import { failure } from '../../../shared/errors'
import type { HttpResponse } from '../http/http'
import type { Patience } from '../scheduler'
import type { Release } from '../slots'
import { Appetite } from './appetite'
import type { Checkpointed } from './checkpoint'
import { Connection, type Origin } from './connection'
import type { FetchContext } from './generation'
import type { Claim } from './segments'
import type { Source } from './source'
import { VitalSigns } from './vitals'
import type { Waits } from './waits'

/** An answer that is open, and where its bytes go. */
export interface Opened {
  readonly source: Source
  readonly response: HttpResponse
  readonly claim: Claim
  readonly release: Release
}

export interface ReceivingOptions {
  readonly context: FetchContext
  readonly waits: Waits
  /** What is checkpointed when bytes were written. */
  readonly checkpointed: Checkpointed
  /** Told once, when every byte is written. */
  readonly completed: () => void
}

/** The open connections of one fetch, and what arrived by them. */
export class Receiving {
  readonly vitals: VitalSigns
  readonly appetite: Appetite
  readonly #o: ReceivingOptions
  readonly #open = new Set<Connection>()
  #arrived = 0
  #opened = 0
  #lastEnd = -Infinity

  constructor(options: ReceivingOptions) {
    this.#o = options
    const { clock } = options.context.env
    this.vitals = new VitalSigns(() => clock.monotonic())
    this.appetite = new Appetite(options.context.env.clock.monotonic())
  }

  get open(): ReadonlySet<Connection> {
    return this.#open
  }

  /** Bytes that arrived so far. */
  get arrived(): number {
    return this.#arrived
  }

  /** When a connection was last closed, ms of the monotonic clock. */
  get lastEnd(): number {
    return this.#lastEnd
  }

  /**
   * Writes an answer to its place until it ends.
   * @param begun how its connection came to be
   * @throws DownloadFailure of the network or the disk, or why it was stopped
   */
  async receive(
    { source, response, claim, release }: Opened,
    control: AbortController,
    patience: Patience,
    begun: Omit<Origin, 'number'>,
  ): Promise<void> {
    const { context, waits } = this.#o
    const { part, segments } = context.generation
    const { clock, scheduler } = context.env
    const gate = context.env.gate(source.host)
    const signal = AbortSignal.any([context.signal, control.signal])
    const origin = { ...begun, number: ++this.#opened }
    const connection = new Connection(source, response, claim, claim.end, control, clock, origin)
    const since = clock.monotonic()
    this.#open.add(connection)
    const answer = scheduler.answers(source.host)
    waits.announce()
    let empty = true
    let how: 'whole' | 'lost' | 'stopped' = 'whole'
    try {
      await connection.receive(
        part,
        { gate, signal, came: answer.came },
        {
          arrived: (bytes) => {
            empty = false
            this.#arrived += bytes
            source.arrived(bytes, since)
            context.listener.arrived(bytes)
          },
          written: (bytes) => {
            patience.reset()
            this.wrote(bytes)
          },
          held: (ms) => this.vitals.held(ms),
          limited: (held, ms) => {
            if (!held) this.vitals.limited(ms)
            this.appetite.holds(held, clock.monotonic())
          },
        },
      )
      if (claim.end === Infinity) segments.finishAt(claim.position)
      // Without this it would be asked again at once, for ever.
      else if (empty) throw failure('CONNECTION_LOST', 'later', 'the answer to a range had no byte')
    } catch (error) {
      how = signal.aborted ? 'stopped' : 'lost'
      throw error
    } finally {
      this.#open.delete(connection)
      this.vitals.closed(connection.age)
      this.#lastEnd = clock.monotonic()
      gate.close()
      answer.end(how)
      release()
      waits.announce()
      waits.wake()
    }
  }

  /** Bytes are in their place. */
  wrote(bytes: number): void {
    const { context, checkpointed, completed } = this.#o
    context.env.checkpointer.wrote(checkpointed, bytes)
    if (context.generation.segments.complete) completed()
  }
}
