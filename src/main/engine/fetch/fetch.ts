import { failure } from '../../../shared/errors'
import { diskFailure } from '../files/disk-errors'
import type { HttpResponse } from '../http/http'
import { networkFailure } from '../http/network-errors'
import type { Patience } from '../scheduler'
import type { Release } from '../slots'
import type { Checkpointed, SyncedClaims } from './checkpoint'
import { Crew } from './crew'
import type { FetchContext, FetchEnv, FetchListener, FetchLook, FirstAnswer, Generation } from './generation'
import { Hedging } from './hedging'
import { join } from './joining'
import { Receiving, type Opened } from './receiving'
import { replaceSlow } from './replacing'
import { Setbacks } from './setbacks'
import { SlowStart, type Step } from './slow-start'
import type { Source } from './source'
import { soonest, Waits } from './waits'

/** ms between two looks at how the connections do. */
const supervision = 250
/** ms that a free connection of one server is waited for while there are others. */
const slotWait = 1000

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
  readonly #context: FetchContext
  readonly #outer: AbortSignal
  readonly #stop = new AbortController()
  readonly #complete = new AbortController()
  readonly #crew = new Crew()
  readonly #waits: Waits
  readonly #receiving: Receiving
  readonly #setbacks: Setbacks
  readonly #hedging: Hedging
  /** Connections that the slow start aims at. */
  #aim = 1
  /** Loops that get to know another server. */
  #joining = 0

  constructor(generation: Generation, env: FetchEnv, listener: FetchListener, signal: AbortSignal) {
    this.#g = generation
    this.#outer = signal
    const context: FetchContext = {
      generation,
      env,
      listener,
      signal: AbortSignal.any([signal, this.#stop.signal]),
      complete: this.#complete.signal,
      stop: (reason) => this.#stop.abort(reason),
    }
    this.#context = context
    const waits = new Waits(context, () => ({ open: receiving.open.size, loops: this.#crew.size }))
    const receiving: Receiving = new Receiving({
      context,
      waits,
      checkpointed: this,
      completed: () => this.#complete.abort(new Error('nothing is left to do')),
    })
    const setbacks = new Setbacks(context, waits, this.#crew, receiving)
    this.#waits = waits
    this.#receiving = receiving
    this.#setbacks = setbacks
    this.#hedging = new Hedging({
      context,
      waits,
      receiving,
      setbacks,
      choose: () => this.#next(),
      slot: (source, control) => this.#slot(source, control),
    })
  }

  async run(first: FirstAnswer | null): Promise<void> {
    const { segments, connections, resumable } = this.#g
    const { env, listener, signal } = this.#context
    listener.phase({ kind: 'transferring' })
    listener.running(() => this.#look())
    if (connections.kind === 'chosen') this.#aim = connections.count
    const claim = first ? segments.claim() : null
    // The first answer was asked for before there was a generation: the end of this one ends it too.
    const end = () => first?.control.abort(signal.reason)
    signal.addEventListener('abort', end, { once: true })
    if (first && claim) first.source.opened()
    this.#spawn(first && claim ? { ...first, claim } : null)
    const finished = new AbortController()
    const supervised = resumable ? this.#supervise(finished.signal) : null
    if (connections.kind === 'chosen') this.#grow(connections.count)
    await this.#crew.over()
    // Node keeps a combined signal for ever that somebody listens to, and with it everything that this fetch had.
    signal.removeEventListener('abort', end)
    finished.abort(new Error('finished'))
    await supervised
    await env.checkpointer.flush(this)
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
    this.#context.listener.committed(segments)
  }

  broken(error: unknown): void {
    this.#stop.abort(diskFailure(error))
  }

  /** Starts loops until there are `count`, as long as there is something for them to do. */
  #grow(count: number): void {
    while (this.#g.resumable && this.#crew.size < count && this.#g.segments.claimable) this.#spawn(null)
  }

  #spawn(first: (Opened & FirstAnswer) | null): void {
    const loop = () => this.#loop(first).catch((error: unknown) => this.#stop.abort(networkFailure(error)))
    this.#crew.hire(loop, () => this.#waits.announce())
  }

  /** One connection after the other, until nothing is left to do. */
  async #loop(first: (Opened & FirstAnswer) | null): Promise<void> {
    const { signal, env } = this.#context
    const begun = { retries: 0, latency: null }
    let source: Source | null = first?.source ?? null
    const patience = env.scheduler.patience(() => source?.host ?? '')
    this.#crew.joins(patience)
    try {
      for (let opened = first; !signal.aborted; opened = null) {
        const control = opened?.control ?? new AbortController()
        try {
          if (opened) {
            await this.#receiving.receive(opened, control, patience, begun).finally(() => opened?.source.closed())
          } else if (this.#g.segments.claimable) {
            source = null
            source = await this.#choose()
            if (source) await this.#ask(source, control, patience)
          } else if (!(await this.#hedging.help())) return
        } catch (error) {
          if (signal.aborted) return
          if (control.signal.aborted) continue // it was stopped on purpose
          if (this.#g.segments.complete) return // without it
          if (!(await this.#setbacks.goesOn(source, networkFailure(error), patience))) return
        }
      }
    } finally {
      this.#crew.ends(patience)
    }
  }

  /**
   * Waits for a server that can be asked, and counts a connection to it.
   * @returns `null` when meanwhile there is nothing left to ask for
   * @throws DownloadFailure when none is left
   */
  async #choose(): Promise<Source | null> {
    const { sources, segments } = this.#g
    const me = Symbol('loop')
    try {
      for (;;) {
        this.#context.signal.throwIfAborted()
        if (!segments.claimable) return null
        const live = sources.live()
        // Whoever was not asked yet can only be compared with bytes that are there.
        const nothingToCompare = segments.written === 0 && this.#receiving.open.size === 0
        if (live.every(({ state }) => state.kind === 'unused' && nothingToCompare)) throw sources.exhausted()
        const source = this.#next()
        if (source) {
          // Counted at once, so that all do not run to the same one.
          source.opened()
          source.joining = source.state.kind === 'unused'
          return source
        }
        const rests = live.flatMap(({ resting }) => resting ?? [])
        if (rests.length === live.length) this.#waits.begin(me, soonest(rests))
        else this.#waits.end(me)
        await this.#waits.pause(supervision)
      }
    } finally {
      this.#waits.end(me)
    }
  }

  #next(): Source | null {
    const { sources, segments, connections } = this.#g
    return sources.choose((host) => this.#context.env.scheduler.room(host), segments.written > 0, connections.count)
  }

  /** One connection to a server that was chosen, which ends its being counted. */
  async #ask(source: Source, control: AbortController, patience: Patience): Promise<void> {
    const { joining } = source
    if (joining) this.#joining++
    try {
      await source.ready()
      if (joining) await this.#join(source, control)
      else await this.#connect(source, control, patience)
    } finally {
      source.closed()
      if (joining) {
        this.#joining--
        source.joining = false
        this.#waits.wake()
      }
    }
  }

  async #join(source: Source, control: AbortController): Promise<void> {
    const release = await this.#slot(source, control)
    if (!release) return
    try {
      await join(source, this.#context, control)
    } finally {
      release()
    }
  }

  /** Opens a range for the next claim and writes it. */
  async #connect(source: Source, control: AbortController, patience: Patience): Promise<void> {
    const { segments, resumable } = this.#g
    const { env, listener } = this.#context
    if (!resumable) throw failure('CONNECTION_LOST', 'later', 'the answer ended before the file did')
    const release = await this.#slot(source, control)
    if (!release) return
    const signal = AbortSignal.any([this.#context.signal, control.signal])
    const claim = source.state.kind === 'used' && !signal.aborted ? segments.claim() : null
    if (!claim) return release()
    let response: HttpResponse
    const asked = env.clock.monotonic()
    try {
      response = await source.open(claim.position, claim.end, signal)
    } catch (error) {
      claim.release()
      // Asked while the slot is held: nobody else takes it before the limit is lowered.
      const wait = await this.#setbacks.refused(source, networkFailure(error).error).finally(release)
      if (wait === null) throw error
      await env.clock.sleep(wait, this.#context.signal)
      return
    }
    const latency = env.clock.monotonic() - asked
    this.#receiving.vitals.answered(latency)
    listener.answered(response)
    await this.#receiving.receive({ source, response, claim, release }, control, patience, {
      retries: patience.failures,
      latency,
    })
  }

  /** @returns `null` when it took so long that another server may be better */
  async #slot(source: Source, control: AbortController): Promise<Release | null> {
    const { id, sources, connections } = this.#g
    const { env, signal, complete } = this.#context
    const patient = new AbortController()
    const timer = sources.live().length > 1 ? setTimeout(() => patient.abort(), slotWait) : undefined
    try {
      return await env.scheduler.connection(
        {
          host: source.host,
          owner: id,
          atLeast: connections.kind === 'chosen' ? connections.count : 1,
          onYield: () => control.abort(new Error('another download has fewer connections')),
        },
        AbortSignal.any([signal, complete, patient.signal]),
      )
    } catch (error) {
      if (patient.signal.aborted && !signal.aborted) return null
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  /** Looks after the connections: more of them while that pays, new ones for those that crawl. */
  async #supervise(finished: AbortSignal): Promise<void> {
    const { connections, segments, sources } = this.#g
    const { clock, scheduler } = this.#context.env
    const slowStart = new SlowStart(connections.count, connections.kind === 'upTo', clock.monotonic())
    const { open } = this.#receiving
    let seen = this.#receiving.arrived
    while (!finished.aborted) {
      try {
        await clock.sleep(supervision, finished)
      } catch {
        break
      }
      scheduler.uses(this.#g.id, this.#receiving.appetite.look(clock.monotonic(), this.#receiving.open.size))
      replaceSlow(this.#context, this.#receiving, this.#setbacks)
      const now = clock.monotonic()
      // Each server is worth a connection of its own.
      const servers = Math.min(connections.count, sources.live().length)
      if (segments.written > 0 && this.#crew.size < servers) {
        this.#grow(servers)
        slowStart.widened(this.#crew.size, now)
      }
      if (open.size > 0) this.#grow(this.#crew.size + this.#crew.takeLeft())
      const news = this.#receiving.arrived - seen
      seen = this.#receiving.arrived
      const step = slowStart.look({ now, news, open: open.size, able: this.#crew.size - this.#joining })
      if (step) this.#widen(step, slowStart.over)
    }
    scheduler.uses(this.#g.id, Infinity)
  }

  /** @param last whether no further step follows */
  #widen({ next, rate, from, to, before }: Step, last: boolean): void {
    // What our own limit allows is not what the line or the server gives.
    const { appetite, vitals } = this.#receiving
    if (!appetite.limited) {
      if (from !== null) vitals.stepped({ from, to, before, after: rate })
      if (last && next < this.#g.connections.count) {
        this.#context.listener.note({ code: 'ENOUGH', connections: next, bytesPerSecond: rate })
      }
    }
    this.#aim = next
    this.#grow(next)
  }

  #look(): FetchLook {
    const { connections, resumable, sources } = this.#g
    const open = [...this.#receiving.open]
    const host = sources.all.toSorted((a, b) => b.connections - a.connections)[0]?.host ?? ''
    return {
      host,
      connections: open.map((connection) => connection.look),
      vitals: {
        ...this.#receiving.vitals.look(open.map(({ age }) => age)),
        allowed: connections.count,
        aimedAt: this.#aim,
        limits: this.#context.env.limits(host),
        chosen: connections.kind === 'chosen',
        single: !resumable,
      },
    }
  }
}
