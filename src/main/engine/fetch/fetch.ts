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
import { hedgeCandidate, hopeless, judgeStep, tooSlow, trial } from './pace'
import type { Clock, Remote } from '../ports'
import { GaveUp, type Patience, type Scheduler } from '../scheduler'
import type { Claim, Segment, Segments } from './segments'
import type { Release } from '../slots'
import type { Throttle } from '../throttle'
import { isTheirs, judgeMirror } from './mixing'
import { compareSamples } from './samples'
import type { Source } from './source'
import type { Sources } from './sources'
import { VitalSigns } from './vitals'
import { ClaimWriter } from './writer'

/** Where the bytes of one generation come from, and where they go. */
export interface Generation {
  readonly id: DownloadId
  readonly generation: string
  readonly sources: Sources
  /** What it was begun with. */
  readonly remote: Remote
  /** True when the whole is compared with a strong digest at the end. */
  readonly checked: boolean
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
  /** One server is not asked any more, while others go on. */
  dropped(source: Source, error: DownloadError): void
  /** The head of an answer that was accepted. */
  answered(response: HttpResponse): void
  /** Something for the journal. */
  note(event: JournalEvent): void
  /** Told once: how to look inside while it runs. */
  running(look: () => FetchLook): void
}

/** One fetch from inside. */
export interface FetchLook {
  /** Host and port of the server that most connections go to. */
  readonly host: string
  readonly connections: readonly ConnectionLook[]
  readonly vitals: Vitals
}

/** The probe's answer together with the connection slot that it holds. */
export interface FirstAnswer {
  readonly source: Source
  readonly response: HttpResponse
  readonly release: Release
  /** Aborted when the connection should go to another download. */
  readonly control: AbortController
}

/** An answer that is open, and where its bytes go. */
interface Opened {
  readonly source: Source
  readonly response: HttpResponse
  readonly claim: Claim
  readonly release: Release
}

/** ms between two looks at how the connections do. */
const supervision = 250
/** ms that a server may take to notice that a connection has ended. */
const settling = 1000
/** ms that a free connection of one server is waited for while there are others. */
const slotWait = 1000
/** ms in which another server has to send its samples. */
const joinTime = 20_000
/** How often a server may deliver next to nothing before it is not asked any more. */
const strikesOut = 3

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
  /** Ends what waits for a server that is not needed any more. */
  readonly #complete = new AbortController()
  readonly #outer: AbortSignal
  readonly #open = new Set<Connection>()
  readonly #hedged = new WeakSet<Connection>()
  /** Loops that wait for their next attempt, with its time. */
  readonly #waiting = new Map<symbol, Wait>()
  readonly #loops = new Set<Promise<void>>()
  /** The loops that have not decided to end, by their patience. */
  readonly #trying = new Set<Patience>()
  /** How many loops ended because nothing worked. */
  #left = 0
  readonly #room = (host: string) => this.#env.scheduler.room(host)
  /** Wakes loops that have nothing to do when something changes. */
  #idle = new AbortController()
  #arrived = 0
  #opened = 0
  /** Connections that the slow start aims at. */
  #aim = 1
  readonly #vitals: VitalSigns
  /** Loops that get to know another server. */
  #joining = 0
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
    if (first && claim) first.source.opened()
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

  #spawn(first: (Opened & FirstAnswer) | null): void {
    const loop = this.#loop(first)
      .catch((error: unknown) => this.#stop.abort(networkFailure(error)))
      .finally(() => {
        this.#loops.delete(loop)
        this.#announce()
      })
    this.#loops.add(loop)
  }

  /** One connection after the other, until nothing is left to do. */
  async #loop(first: (Opened & FirstAnswer) | null): Promise<void> {
    const begun = { retries: 0, latency: null }
    let source: Source | null = first?.source ?? null
    const patience = this.#env.scheduler.patience(() => source?.host ?? '')
    this.#trying.add(patience)
    try {
      for (let opened = first; !this.#signal.aborted; opened = null) {
        const control = opened?.control ?? new AbortController()
        try {
          if (opened) await this.#receive(opened, control, patience, begun).finally(() => opened?.source.closed())
          else if (this.#g.segments.claimable) {
            source = null
            source = await this.#choose()
            if (source) await this.#ask(source, control, patience)
          } else if (!(await this.#help())) return
        } catch (error) {
          if (this.#signal.aborted) return
          if (control.signal.aborted) continue // it was stopped on purpose
          if (this.#g.segments.complete) return // without it
          if (!(await this.#goesOn(source, networkFailure(error), patience))) return
        }
      }
    } finally {
      this.#trying.delete(patience)
    }
  }

  /**
   * Waits for a server that can be asked, and counts a connection to it.
   * @returns `null` when meanwhile there is nothing left to ask for
   * @throws DownloadFailure when none is left
   */
  async #choose(): Promise<Source | null> {
    const { sources, segments, connections } = this.#g
    const me = Symbol('loop')
    try {
      for (;;) {
        this.#signal.throwIfAborted()
        if (!segments.claimable) return null
        const live = sources.live()
        if (live.length === 0) throw sources.exhausted()
        const source = sources.choose(this.#room, segments.written > 0, connections.count)
        if (source) {
          // Counted at once, so that all do not run to the same one.
          source.opened()
          source.joining = source.state.kind === 'unused'
          return source
        }
        const rests = live.flatMap(({ resting }) => resting ?? [])
        if (rests.length === live.length) this.#waiting.set(me, soonest(rests))
        else this.#waiting.delete(me)
        this.#announce()
        await this.#pause(supervision)
      }
    } finally {
      if (this.#waiting.delete(me)) this.#announce()
    }
  }

  /** Waits until another attempt is due. @returns false when this loop, or all of it, is over */
  async #goesOn(source: Source | null, failed: DownloadFailure, patience: Patience): Promise<boolean> {
    if (!this.#g.resumable || !source) {
      this.#stop.abort(failed)
      return false
    }
    const { sources, segments } = this.#g
    source.lastFailure = this.#env.clock.monotonic()
    this.#vitals.failed(failed.error.code, this.#env.clock.monotonic())
    if (this.#loops.size > 1) this.#listener.note({ code: 'RETRY', error: failed.error.code, times: 1 })
    const others = isTheirs(failed.error) ? sources.live().filter((other) => other !== source) : []
    if (others.some(({ state }) => state.kind === 'used') || (others.length > 0 && segments.written > 0)) {
      this.#setAside(source, failed)
      return true
    }
    // Nothing is there yet, so nothing is lost by beginning with another one.
    if (others.length > 0) {
      this.#stop.abort(failure(failed.error.code, 'restart', failed.error.detail, { cause: failed }))
      return false
    }
    const me = Symbol('loop')
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
      if (failed.error.retry !== 'later' || this.#open.size === 0) this.#giveUp(source, failed)
      return false
    } finally {
      this.#waiting.delete(me)
      this.#announce()
    }
  }

  /** The last server that could finish this generation failed for good; another one may begin a new one. */
  #giveUp(source: Source, failed: DownloadFailure): void {
    const { code, retry, detail } = failed.error
    const another = retry !== 'restart' && isTheirs(failed.error) && this.#g.sources.spare().length > 0
    if (another) this.#drop(source, failed.error)
    if (another) this.#stop.abort(failure(code, 'restart', detail, { cause: failed }))
    else this.#stop.abort(retry === 'later' ? new GaveUp(failed) : failed)
  }

  /** Leaves one server alone for a while, or for good, while others go on. */
  #setAside(source: Source, failed: DownloadFailure): void {
    const { sources } = this.#g
    if (failed.error.retry !== 'later') {
      this.#drop(source, failed.error)
      return
    }
    if (source.resting || source.state.kind === 'dropped') return
    source.resting = { until: null, reason: failed.error }
    source.patience
      .afterFailure(failed, this.#signal, (until, reason) => {
        source.resting = { until, reason }
        this.#announce()
      })
      .catch((error: unknown) => {
        if (!this.#signal.aborted && sources.live().includes(source)) this.#drop(source, networkFailure(error).error)
      })
      .finally(() => {
        source.resting = null
        this.#wake()
      })
  }

  #drop(source: Source, error: DownloadError): void {
    this.#g.sources.drop(source, error)
    this.#listener.dropped(source, error)
    // What it says is no longer what it said: nothing more of that, even if it was asked before.
    if (error.retry === 'restart') for (const each of this.#open) if (each.source === source) each.stop('dropped')
    this.#wake()
  }

  /** Finds out whether another server has the same file, and may deliver ranges of it. */
  async #join(source: Source, control: AbortController): Promise<void> {
    const { sources, segments, remote, checked, part } = this.#g
    const release = await this.#slot(source, control)
    if (!release) return
    const late = AbortSignal.timeout(joinTime)
    const signal = AbortSignal.any([this.#signal, control.signal, this.#complete.signal, late])
    try {
      const found = await compareSamples(segments.snapshot(), remote.total, part, (start, end) =>
        source.sample(start, end, signal),
      )
      if (source.state.kind !== 'unused') return
      const verdict = judgeMirror(remote, found, checked)
      if (verdict === 'same') sources.joined(source, found)
      else sources.hold(source)
    } catch (error) {
      throw late.aborted ? failure('TIMEOUT', 'later', 'three samples took too long', { cause: error }) : error
    } finally {
      release()
    }
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
        this.#wake()
      }
    }
  }

  /** Opens a range for the next claim and writes it. */
  async #connect(source: Source, control: AbortController, patience: Patience): Promise<void> {
    const { segments, resumable } = this.#g
    if (!resumable) throw failure('CONNECTION_LOST', 'later', 'the answer ended before the file did')
    const release = await this.#slot(source, control)
    if (!release) return
    const signal = AbortSignal.any([this.#signal, control.signal])
    const claim = source.state.kind === 'used' ? segments.claim() : null
    if (!claim) {
      release()
      return
    }
    let response: HttpResponse
    const asked = this.#env.clock.monotonic()
    try {
      response = await source.open(claim.position, claim.end, signal)
    } catch (error) {
      claim.release()
      // Asked while the slot is held: nobody else takes it before the limit is lowered.
      const wait = await this.#refused(source, networkFailure(error).error).finally(release)
      if (wait === null) throw error
      await this.#env.clock.sleep(wait, this.#signal)
      return
    }
    const latency = this.#env.clock.monotonic() - asked
    this.#vitals.answered(latency)
    this.#listener.answered(response)
    await this.#receive({ source, response, claim, release }, control, patience, {
      retries: patience.failures,
      latency,
    })
  }

  /** @returns ms until the next attempt when the host wants no more connections; `null` when it is a failure */
  async #refused({ host }: Source, cause: DownloadError): Promise<number | null> {
    if (this.#signal.aborted) return null
    const { scheduler, clock } = this.#env
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
    { source, response, claim, release }: Opened,
    control: AbortController,
    patience: Patience,
    begun: Omit<Origin, 'number'>,
  ): Promise<void> {
    const { part, segments } = this.#g
    const { clock, scheduler, throttle } = this.#env
    const signal = AbortSignal.any([this.#signal, control.signal])
    const origin = { ...begun, number: ++this.#opened }
    const connection = new Connection(source, response, claim, claim.end, control, clock, origin)
    const since = clock.monotonic()
    this.#open.add(connection)
    const ended = scheduler.answers(source.host)
    this.#announce()
    let empty = true
    try {
      await connection.receive(part, {
        arrived: (bytes) => {
          empty = false
          this.#arrived += bytes
          source.arrived(bytes, since)
          this.#listener.arrived(bytes)
          return throttle.passed(bytes, signal)
        },
        written: (bytes) => {
          patience.reset()
          this.#wrote(bytes)
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

  #wrote(bytes: number): void {
    this.#env.checkpointer.wrote(this, bytes)
    if (this.#g.segments.complete) this.#complete.abort(new Error('nothing is left to do'))
  }

  /** @returns `null` when it took so long that another server may be better */
  async #slot(source: Source, control: AbortController): Promise<Release | null> {
    const { id, sources, connections } = this.#g
    const patient = new AbortController()
    const timer = sources.live().length > 1 ? setTimeout(() => patient.abort(), slotWait) : undefined
    try {
      return await this.#env.scheduler.connection(
        {
          host: source.host,
          owner: id,
          atLeast: connections.kind === 'chosen' ? connections.count : 1,
          onYield: () => control.abort(new Error('another download has no connection')),
        },
        AbortSignal.any([this.#signal, this.#complete.signal, patient.signal]),
      )
    } catch (error) {
      if (patient.signal.aborted && !this.#signal.aborted) return null
      throw error
    } finally {
      clearTimeout(timer)
    }
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
    const { part, sources, segments, connections } = this.#g
    const source = sources.choose(this.#room, segments.written > 0, connections.count)
    if (source?.state.kind !== 'used') return this.#pause(supervision)
    this.#hedged.add(slow)
    const control = new AbortController()
    const release = await this.#slot(source, control)
    if (!release) {
      this.#hedged.delete(slow)
      return
    }
    const since = this.#env.clock.monotonic()
    try {
      const { position, end } = slow.claim
      if (!this.#open.has(slow) || position === end) return
      slow.onEnd(() => control.abort(new Error('it was faster after all')))
      const signal = AbortSignal.any([this.#signal, control.signal])
      const response = await source.open(position, end, signal)
      const passed = (count: number) => this.#env.throttle.passed(count, signal)
      const bytes = await readIntoMemory(response, end - position, passed)
      if (!this.#open.has(slow)) return
      source.arrived(bytes.length, since)
      const claim = await slow.inherit()
      const writer = new ClaimWriter(part, claim, this.#env.clock, (count) => this.#wrote(count))
      try {
        void writer.push(bytes.subarray(claim.position - position, claim.end - position))
        await writer.finish()
      } finally {
        claim.release()
        this.#wake()
      }
    } catch (error) {
      if (this.#signal.aborted || control.signal.aborted) return
      const failed = networkFailure(error)
      if (failed.error.retry === 'later') return
      if (!isTheirs(failed.error) || sources.live().every((other) => other === source)) throw error
      this.#drop(source, failed.error)
    } finally {
      release()
    }
  }

  /** Looks after the connections: more of them while that pays, new ones for those that crawl. */
  async #supervise(finished: AbortSignal): Promise<void> {
    const { connections, segments, sources } = this.#g
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
      this.#replaceSlow()
      const now = clock.monotonic()
      // Each server is worth a connection of its own.
      const servers = Math.min(connections.count, sources.live().length)
      if (segments.written > 0 && this.#loops.size < servers) {
        this.#grow(servers)
        step = { ...step, open: Math.max(step.open, this.#loops.size), since: now, arrived: [] }
      }
      if (this.#open.size > 0 && this.#left > 0) {
        this.#grow(this.#loops.size + this.#left)
        this.#left = 0
      }
      const news = this.#arrived - seen
      seen = this.#arrived
      if (!ramping) continue
      if (this.#open.size < Math.min(step.open, this.#loops.size - this.#joining)) {
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
    const { connections, resumable, sources } = this.#g
    const open = [...this.#open]
    const openNow = open.reduce((sum, connection) => sum + connection.age, 0)
    return {
      host: sources.all.toSorted((a, b) => b.connections - a.connections)[0]?.host ?? '',
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

  /** New connections for those that crawl, faster servers for those that can be better used there, none for hopeless ones. */
  #replaceSlow(): void {
    const { sources } = this.#g
    const open = [...this.#open]
    const servers = new Set(open.map(({ source }) => source))
    for (const server of servers) {
      const own = open.filter(({ source }) => source === server)
      for (const index of tooSlow(own.map(({ pulse }) => pulse))) {
        own[index]?.stop('too slow')
        this.#listener.note({ code: 'REPLACED', times: 1 })
      }
    }
    for (const index of hopeless(open.map(({ pulse }) => pulse))) {
      const connection = open[index]
      if (!connection || connection.source.connections > 1) continue
      const { source } = connection
      connection.stop('next to nothing came')
      const failed = failure('TIMEOUT', 'later', 'next to nothing came while others delivered')
      if (++source.strikes < strikesOut) this.#setAside(source, failed)
      else this.#drop(source, failed.error)
    }
    const slow = sources.slowest(this.#room)
    const moving = slow && open.filter(({ source, pulse }) => source === slow && pulse.age > trial)
    moving?.toSorted((a, b) => a.pulse.rate - b.pulse.rate)[0]?.stop('another server is faster')
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
    this.#listener.phase({ kind: 'waiting', ...soonest([...this.#waiting.values()]) })
  }
}

type Wait = { readonly until: number | null; readonly reason: DownloadError }

function soonest(waits: readonly Wait[]): Wait {
  return waits.reduce((a, b) => ((a.until ?? Infinity) <= (b.until ?? Infinity) ? a : b))
}
