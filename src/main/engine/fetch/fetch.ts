import type { DownloadId, Phase } from '../../../shared/download'
import { failure, type DownloadError, type DownloadFailure } from '../../../shared/errors'
import type { ConnectionLook, JournalEvent, Vitals } from '../../../shared/inspection'
import type { Checkpointed, Checkpointer, SyncedClaims } from './checkpoint'
import { Connection, type Origin } from './connection'
import { diskFailure } from '../files/disk-errors'
import type { PartFile } from '../files/file'
import { readIntoMemory } from './hedge'
import type { HttpResponse } from '../http/http'
import { networkFailure } from '../http/network-errors'
import { hedgeCandidate, judgeStep, tooSlow } from './pace'
import type { Clock } from '../ports'
import type { RangeSource } from './range-source'
import { GaveUp, type Patience, type Scheduler } from '../scheduler'
import type { Claim, Segment, Segments } from './segments'
import type { Release } from '../slots'
import type { Throttle } from '../throttle'
import { VitalSigns } from './vitals'
import { ClaimWriter } from './writer'

/** Where the bytes of one generation come from, and where they go. */
export interface Generation {
  readonly id: DownloadId
  readonly generation: string
  readonly source: RangeSource
  readonly part: PartFile
  readonly segments: Segments
  readonly connections: ConnectionCount
  /** False when a broken connection means starting again from byte 0; then there is one connection. */
  readonly resumable: boolean
}

export type ConnectionCount =
  /** The user named the number: all at once, and the host's limit rises to it. */
  | { readonly kind: 'chosen'; readonly count: number }
  /** As many as pay, up to the number. */
  | { readonly kind: 'upTo'; readonly count: number }

export interface FetchEnv {
  readonly scheduler: Scheduler
  readonly checkpointer: Checkpointer
  readonly clock: Clock
  /** The limit of speed of the whole program. */
  readonly throttle: Throttle
}

/** What the fetch tells while it runs. */
export interface FetchListener {
  phase(phase: Phase): void
  /** Bytes that arrived from the network. */
  arrived(bytes: number): void
  /** Connections that are open now. */
  connections(count: number): void
  /** Claims that were committed. */
  committed(segments: readonly Segment[]): void
  /** The head of an answer that was accepted. */
  answered(response: HttpResponse): void
  /** Something for the journal. */
  note(event: JournalEvent): void
  /** Told once: how to look inside while it runs. */
  running(look: () => FetchLook): void
}

/** One fetch from inside. */
export interface FetchLook {
  /** Host and port of its requests. */
  readonly host: string
  readonly connections: readonly ConnectionLook[]
  readonly vitals: Vitals
}

/** The probe's answer together with the connection slot that it holds. */
export interface FirstAnswer {
  readonly response: HttpResponse
  readonly release: Release
  /** Aborted when the connection should go to another download. */
  readonly control: AbortController
}

/** ms between two looks at how the connections do. */
const supervision = 250
/** ms that a server may take to notice that a connection has ended. */
const settling = 1000

/**
 * Fetches everything that a generation still lacks, over several connections, and checkpoints it.
 * @param first an answer to `bytes=0-` that is already open and judged, when the generation is new
 * @param signal ends it early; what was written is checkpointed all the same
 * @returns when every byte is written and committed
 * @throws DownloadFailure with `retry: 'restart'` when this generation cannot be finished, else what stopped it
 */
export async function fetchGeneration(
  generation: Generation,
  env: FetchEnv,
  listener: FetchListener,
  first: FirstAnswer | null,
  signal: AbortSignal,
): Promise<void> {
  await new Fetch(generation, env, listener, signal).run(first)
}

class Fetch implements Checkpointed {
  readonly #g: Generation
  readonly #env: FetchEnv
  readonly #listener: FetchListener
  /** Ends every connection: the caller's wish, or the first failure that is final. */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #outer: AbortSignal
  readonly #open = new Set<Connection>()
  readonly #hedged = new WeakSet<Connection>()
  /** Loops that wait for their next attempt, with its time. */
  readonly #waiting = new Map<symbol, { until: number | null; reason: DownloadError }>()
  readonly #loops = new Set<Promise<void>>()
  /** The loops that have not decided to end, by their patience. */
  readonly #trying = new Set<Patience>()
  /** How many loops ended because nothing worked. */
  #left = 0
  /** Wakes loops that have nothing to do when something changes. */
  #idle = new AbortController()
  #arrived = 0
  #opened = 0
  /** Connections that the slow start aims at. */
  #aim = 1
  readonly #vitals: VitalSigns
  /** When a connection was last closed, ms of the monotonic clock. */
  #lastEnd = -Infinity

  constructor(generation: Generation, env: FetchEnv, listener: FetchListener, signal: AbortSignal) {
    this.#g = generation
    this.#env = env
    this.#listener = listener
    this.#outer = signal
    this.#vitals = new VitalSigns(env.clock.monotonic())
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
  }

  async run(first: FirstAnswer | null): Promise<void> {
    const { segments, connections, resumable } = this.#g
    this.#listener.phase({ kind: 'transferring' })
    this.#listener.running(() => this.#look())
    if (connections.kind === 'chosen') this.#aim = connections.count
    const claim = first ? segments.claim() : null
    // The first answer was asked for before there was a generation: the end of this one ends it too.
    if (first) this.#signal.addEventListener('abort', () => first.control.abort(this.#signal.reason), { once: true })
    this.#spawn(first && claim ? { ...first, claim } : null)
    const finished = new AbortController()
    const supervised = resumable ? this.#supervise(finished.signal) : null
    if (connections.kind === 'chosen') this.#grow(connections.count)
    while (this.#loops.size > 0) await Promise.all(this.#loops)
    finished.abort(new Error('finished'))
    await supervised
    await this.#env.checkpointer.flush(this)
    this.#outer.throwIfAborted()
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason
    if (!segments.complete) throw failure('INTERNAL', 'no', 'connections ended before the file was complete')
  }

  async sync() {
    const { id, generation, part, segments } = this.#g
    const copy = segments.snapshot()
    await part.sync()
    return { id, generation, segments: copy }
  }

  committed({ segments }: SyncedClaims): void {
    this.#listener.committed(segments)
  }

  broken(error: unknown): void {
    this.#stop.abort(diskFailure(error))
  }

  /** Starts loops until there are `count`, as long as there is something for them to do. */
  #grow(count: number): void {
    while (this.#g.resumable && this.#loops.size < count && this.#g.segments.claimable) this.#spawn(null)
  }

  #spawn(first: (FirstAnswer & { claim: Claim }) | null): void {
    const loop = this.#loop(first)
      .catch((error: unknown) => this.#stop.abort(networkFailure(error)))
      .finally(() => {
        this.#loops.delete(loop)
        this.#announce()
      })
    this.#loops.add(loop)
  }

  /** One connection after the other, until nothing is left to do. */
  async #loop(first: (FirstAnswer & { claim: Claim }) | null): Promise<void> {
    const patience = this.#env.scheduler.patience(() => this.#g.source.host)
    const begun = { retries: 0, latency: null }
    this.#trying.add(patience)
    try {
      for (let opened = first; !this.#signal.aborted; opened = null) {
        const control = opened?.control ?? new AbortController()
        try {
          if (opened) await this.#receive(opened.response, opened.claim, opened.release, control, patience, begun)
          else if (this.#g.segments.claimable) await this.#connect(control, patience)
          else if (!(await this.#help())) return
        } catch (error) {
          if (this.#signal.aborted) return
          if (control.signal.aborted) continue // it was stopped on purpose
          if (!(await this.#goesOn(networkFailure(error), patience))) return
        }
      }
    } finally {
      this.#trying.delete(patience)
    }
  }

  /** Waits until another attempt is due. @returns false when this loop, or all of it, is over */
  async #goesOn(failed: DownloadFailure, patience: Patience): Promise<boolean> {
    if (!this.#g.resumable) {
      this.#stop.abort(failed)
      return false
    }
    const me = Symbol('loop')
    this.#vitals.failed(failed.error.code, this.#env.clock.monotonic())
    if (this.#loops.size > 1) this.#listener.note({ code: 'RETRY', error: failed.error.code, times: 1 })
    if (failed.error.retry === 'later' && this.#open.size === 0 && this.#trying.size > 1) {
      // Nothing works at the moment: one that tries again is enough to find out when something does.
      this.#trying.delete(patience) // at once, so that never the last two leave together
      this.#left++
      return false
    }
    try {
      await patience.afterFailure(failed, this.#signal, (until, reason) => {
        this.#waiting.set(me, { until, reason })
        this.#announce()
      })
      return true
    } catch {
      if (this.#signal.aborted) return false
      // Others that go on may well finish without this one.
      if (failed.error.retry !== 'later') this.#stop.abort(failed)
      else if (this.#open.size === 0) this.#stop.abort(new GaveUp(failed))
      return false
    } finally {
      this.#waiting.delete(me)
      this.#announce()
    }
  }

  /** Opens a range for the next claim and writes it. */
  async #connect(control: AbortController, patience: Patience): Promise<void> {
    const { segments, source, resumable } = this.#g
    if (!resumable) throw failure('CONNECTION_LOST', 'later', 'the answer ended before the file did')
    const release = await this.#slot(control)
    const claim = segments.claim()
    if (!claim) {
      release()
      return
    }
    let response: HttpResponse
    const asked = this.#env.clock.monotonic()
    try {
      response = await source.open(claim.position, claim.end, AbortSignal.any([this.#signal, control.signal]))
    } catch (error) {
      claim.release()
      // Asked while the slot is held: nobody else takes it before the limit is lowered.
      const wait = await this.#refused(networkFailure(error).error).finally(release)
      if (wait === null) throw error
      await this.#env.clock.sleep(wait, this.#signal)
      return
    }
    const latency = this.#env.clock.monotonic() - asked
    this.#vitals.answered(latency)
    this.#listener.answered(response)
    await this.#receive(response, claim, release, control, patience, { retries: patience.failures, latency })
  }

  /** @returns ms until the next attempt when the host wants no more connections; `null` when it is a failure */
  async #refused(cause: DownloadError): Promise<number | null> {
    if (this.#signal.aborted) return null
    const { scheduler, clock } = this.#env
    const { host } = this.#g.source
    // A server needs a moment to see that a connection has ended: then it is no sign of its limit.
    const settled = clock.monotonic() - this.#lastEnd > settling
    const known = scheduler.host(host)?.learned
    const wait = await scheduler.refused(host, cause, settled, this.#signal)
    const learned = scheduler.host(host)?.learned
    if (learned && learned !== known) {
      this.#listener.note({ code: 'LIMIT', host, connections: learned.connections, error: cause.code })
    }
    return wait
  }

  async #receive(
    response: HttpResponse,
    claim: Claim,
    release: Release,
    control: AbortController,
    patience: Patience,
    begun: Omit<Origin, 'number'>,
  ): Promise<void> {
    const { part, segments, source } = this.#g
    const { checkpointer, clock, scheduler, throttle } = this.#env
    const signal = AbortSignal.any([this.#signal, control.signal])
    const origin = { ...begun, number: ++this.#opened }
    const connection = new Connection(response, claim, claim.end, control, clock, origin)
    this.#open.add(connection)
    const ended = scheduler.answers(source.host)
    this.#announce()
    let empty = true
    try {
      await connection.receive(part, {
        arrived: (bytes) => {
          empty = false
          this.#arrived += bytes
          this.#listener.arrived(bytes)
          return throttle.passed(bytes, signal)
        },
        written: (bytes) => {
          patience.reset()
          checkpointer.wrote(this, bytes)
        },
        held: (ms) => this.#vitals.held(ms),
      })
      if (claim.end === Infinity) segments.finishAt(claim.position)
      // Without this it would be asked again at once, for ever.
      else if (empty) throw failure('CONNECTION_LOST', 'later', 'the answer to a range had no byte')
    } finally {
      this.#open.delete(connection)
      this.#vitals.closed(connection.age)
      this.#lastEnd = clock.monotonic()
      ended()
      release()
      this.#announce()
      this.#wake()
    }
  }

  #slot(control: AbortController): Promise<Release> {
    const { id, source, connections } = this.#g
    return this.#env.scheduler.connection(
      {
        host: source.host,
        owner: id,
        atLeast: connections.kind === 'chosen' ? connections.count : 1,
        onYield: () => control.abort(new Error('another download has no connection')),
      },
      this.#signal,
    )
  }

  /**
   * What a loop does that has nothing to claim: it fetches the last piece of a slow connection as well, or waits for a
   * change. @returns false when there is nothing to wait for
   */
  async #help(): Promise<boolean> {
    if (!this.#g.resumable || this.#g.segments.complete || this.#open.size === 0) return false
    const open = [...this.#open].filter((connection) => !this.#hedged.has(connection))
    const index = hedgeCandidate(open.map((connection) => connection.pulse))
    const slow = index === null ? undefined : open[index]
    if (slow) await this.#hedge(slow)
    else await this.#pause(supervision)
    return true
  }

  /**
   * Fetches the rest of a slow connection's claim into memory, and writes it when that is done first. Only then is the
   * claim taken over: there is never a second writer.
   */
  async #hedge(slow: Connection): Promise<void> {
    const { source, part } = this.#g
    this.#hedged.add(slow)
    const control = new AbortController()
    const release = await this.#slot(control)
    try {
      const { position, end } = slow.claim
      if (!this.#open.has(slow) || position === end) return
      slow.onEnd(() => control.abort(new Error('it was faster after all')))
      const signal = AbortSignal.any([this.#signal, control.signal])
      const response = await source.open(position, end, signal)
      const passed = (count: number) => this.#env.throttle.passed(count, signal)
      const bytes = await readIntoMemory(response, end - position, passed)
      if (!this.#open.has(slow)) return
      const claim = await slow.inherit()
      const writer = new ClaimWriter(part, claim, this.#env.clock, (count) => this.#env.checkpointer.wrote(this, count))
      try {
        void writer.push(bytes.subarray(claim.position - position, claim.end - position))
        await writer.finish()
      } finally {
        claim.release()
        this.#wake()
      }
    } catch (error) {
      if (this.#signal.aborted || control.signal.aborted) return
      if (networkFailure(error).error.retry !== 'later') throw error
    } finally {
      release()
    }
  }

  /** Looks after the connections: more of them while that pays, new ones for those that crawl. */
  async #supervise(finished: AbortSignal): Promise<void> {
    const { connections } = this.#g
    const { clock } = this.#env
    let step = { open: 1, last: 0, before: 0, since: clock.monotonic(), arrived: [] as number[] }
    let seen = this.#arrived
    let ramping = connections.kind === 'upTo'
    while (!finished.aborted) {
      try {
        await clock.sleep(supervision, finished)
      } catch {
        return
      }
      const open = [...this.#open]
      for (const index of tooSlow(open.map((connection) => connection.pulse))) {
        open[index]?.stop('too slow')
        this.#listener.note({ code: 'REPLACED', times: 1 })
      }
      if (open.length > 0 && this.#left > 0) {
        this.#grow(this.#loops.size + this.#left)
        this.#left = 0
      }
      const now = clock.monotonic()
      const news = this.#arrived - seen
      seen = this.#arrived
      if (!ramping) continue
      if (open.length < Math.min(step.open, this.#loops.size)) {
        step = { ...step, since: now, arrived: [] } // measured only while all of them are open
        continue
      }
      step.arrived.push(news)
      const judged = judgeStep({ ...step, elapsed: now - step.since }, connections.count)
      if (!judged) continue
      const { next, rate } = judged
      ramping = next > step.open
      if (step.last > 0) this.#vitals.stepped({ from: step.last, to: step.open, before: step.before, after: rate })
      if (!ramping && next < connections.count) {
        this.#listener.note({ code: 'ENOUGH', connections: next, bytesPerSecond: rate })
      }
      step = { open: next, last: step.open, before: rate, since: now, arrived: [] }
      this.#aim = next
      this.#grow(next)
    }
  }

  #look(): FetchLook {
    const { connections, resumable, source } = this.#g
    const open = [...this.#open]
    const openNow = open.reduce((sum, connection) => sum + connection.age, 0)
    return {
      host: source.host,
      connections: open.map((connection) => connection.look),
      vitals: {
        ...this.#vitals.look(this.#env.clock.monotonic(), openNow),
        allowed: connections.count,
        aimedAt: this.#aim,
        chosen: connections.kind === 'chosen',
        single: !resumable,
      },
    }
  }

  async #pause(ms: number): Promise<void> {
    try {
      await this.#env.clock.sleep(ms, AbortSignal.any([this.#signal, this.#idle.signal]))
    } catch {
      // something changed
    }
  }

  #wake(): void {
    this.#idle.abort(new Error('a connection ended'))
    this.#idle = new AbortController()
  }

  #announce(): void {
    this.#listener.connections(this.#open.size)
    if (this.#signal.aborted) return
    if (this.#waiting.size === 0 || this.#waiting.size < this.#loops.size || this.#open.size > 0) {
      this.#listener.phase({ kind: 'transferring' })
      return
    }
    const next = [...this.#waiting.values()].reduce((a, b) => ((a.until ?? Infinity) <= (b.until ?? Infinity) ? a : b))
    this.#listener.phase({ kind: 'waiting', ...next })
  }
}
