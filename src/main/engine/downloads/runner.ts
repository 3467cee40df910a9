import path from 'node:path'
import { transition, type DownloadId } from '../../../shared/download'
import { failure, type DownloadError } from '../../../shared/errors'
import { hostRuleFor, type HostRule } from '../../../shared/host-rules'
import type { SpeedLimitLook } from '../../../shared/inspection'
import type { AddRequest, EngineOptions } from '../api'
import type { Checkpointer } from '../fetch/checkpoint'
import { Source } from '../fetch/source'
import { Sources } from '../fetch/sources'
import type { Disk } from '../files/disk'
import { networkFailure } from '../http/network-errors'
import { isOutage, type Outages } from '../outages'
import type { Credentials, DownloadRecord, Part } from '../ports'
import type { Gates } from '../queues/gates'
import { comparePlaces, type Turn } from '../queues/order'
import type { SpaceWatch } from '../queues/space-watch'
import { pauseAfter, type Rests } from '../queues/rests'
import { SpeedMeter } from '../rate'
import type { Recorder } from '../recorder/recorder'
import type { Scheduler } from '../scheduler'
import { linkExpiry } from '../signed-link'
import type { Release, Waiter } from '../slots'
import type { Scope, Throttle } from '../throttle'
import type { Job, TransferEnv } from '../transfer/job'
import { transfer } from '../transfer/transfer'
import { filesDescribedBy } from './described'
import type { Entries, Entry } from './entries'
import type { Names } from './names'
import type { Sessions } from './sessions'

export interface RunnerEnv {
  readonly options: EngineOptions
  readonly entries: Entries
  readonly sessions: Sessions
  readonly names: Names
  readonly scheduler: Scheduler
  readonly checkpointer: Checkpointer
  readonly throttle: Throttle
  readonly recorder: Recorder
  readonly disk: Disk
  /** What queued ones wait for. */
  readonly gates: Gates
  readonly space: SpaceWatch
  readonly outages: Outages
  readonly rests: Rests
  /** Adds what a finished document describes. */
  readonly add: (requests: readonly AddRequest[]) => Promise<DownloadId[]>
}

/** How long an archived object that takes days to be restored is left alone, and a server that is away; ms. */
const thawing = { share: 1 / 10, longest: 10 * 60_000 }
const away = { share: 1 / 4, longest: 5 * 60_000 }

/** Lets queued downloads run, each from its slot to its published file. */
export class Runner {
  readonly #env: RunnerEnv
  readonly #line: Line = {
    holds: (entry) => this.#env.gates.holdOf(entry.record) !== null,
    ruleOf: (entry) => this.#ruleOf(entry),
    closed: () => this.#closed,
    run: (entry, turn, release) => this.#begin(entry, turn, release),
  }
  readonly #rules = new WeakMap<Entry, { all: readonly HostRule[]; url: string; rule: HostRule | null }>()
  #closed = false

  constructor(env: RunnerEnv) {
    this.#env = env
  }

  /** In the order of the queue: who asks first gets the slots that are free. */
  startAll(entries: readonly Entry[]): void {
    const turns = entries.flatMap((entry) => (this.#mayWait(entry) ? { entry, turn: this.#turn(entry) } : []))
    const { scheduler } = this.#env
    turns.sort((a, b) => scheduler.compareTurns(a.turn, b.turn) || comparePlaces(a.entry.record, b.entry.record))
    for (const { entry, turn } of turns) this.#start(entry, turn)
  }

  /** @returns negative when `a` goes first */
  compare(a: Entry, b: Entry): number {
    return this.#env.scheduler.compareTurns(this.#turn(a), this.#turn(b)) || comparePlaces(a.record, b.record)
  }

  #turn(entry: Entry): InLine {
    return new InLine(entry, this.#line)
  }

  /** The rule of the host that its address names. Asked of everybody who waits: what was found is kept. */
  #ruleOf(entry: Entry): HostRule | null {
    const all = this.#env.options.rules()
    if (all.length === 0) return null
    const { url } = entry.record
    const known = this.#rules.get(entry)
    if (known?.all === all && known.url === url) return known.rule
    const rule = hostRuleFor(all, new URL(url))
    this.#rules.set(entry, { all, url, rule })
    return rule
  }

  /** Ends all runs; nothing begins any more. */
  close(): void {
    this.#closed = true
    for (const entry of this.#env.entries.all()) entry.control?.abort(new Error('closing'))
  }

  /** Lets a queued download run; after its last run has ended, so that a part never has two writers (fault 61). */
  #start(entry: Entry, turn = this.#turn(entry)): void {
    if (!this.#mayWait(entry)) return
    entry.waiting = true
    this.#env.scheduler.download(turn)
  }

  #mayWait({ record, running, waiting }: Entry): boolean {
    return record.state.kind === 'queued' && !running && !waiting && !this.#closed
  }

  #begin(entry: Entry, turn: InLine, release: Release): void {
    const control = new AbortController()
    entry.control = control
    entry.running = this.#run(entry, release, control.signal).finally(() => {
      entry.running = null
      entry.control = null
      entry.segments = null
      entry.connections = 0
      this.#env.recorder.ended(entry.record.id)
      if (entry.record.state.kind === 'done') this.#env.entries.completed(entry.record.id)
      else this.#start(entry, turn)
    })
  }

  async #run(entry: Entry, release: Release, signal: AbortSignal): Promise<void> {
    const { entries, sessions, names, throttle, options } = this.#env
    const { log, clock } = options
    try {
      try {
        await Promise.resolve() // who gave the slot goes on first
        signal.throwIfAborted()
        entries.started(entry)
        throttle.set(`download ${entry.record.id}`, entry.record.limit)
        entry.meter = new SpeedMeter()
        entry.credentials ??= await sessions.unseal(entry.record.secret)
        const { finalPath, bytes, verification } = await transfer(
          this.#job(entry, this.#sources(entry, entry.credentials)),
          this.#transferEnv(entry),
          signal,
        )
        await entries.commit(entry, {
          name: path.basename(finalPath),
          part: published(entry.record.part),
          finalBytes: bytes,
          finishedAt: clock.now(),
          state: transition(entry.record.state, { kind: 'finish', verification }),
        })
        names.release(entry) // at once: whoever sees that it is done may take the name
        log('info', 'done', { id: entry.record.id, bytes })
        await this.#follow(entry.record, finalPath)
      } finally {
        names.release(entry)
        throttle.set(`download ${entry.record.id}`, null)
        release()
      }
    } catch (error) {
      if (signal.aborted) return
      const { error: cause } = networkFailure(error)
      if (cause.code === 'CLOUD_RESTORING') {
        log('info', 'still being restored', { id: entry.record.id })
        entries.requeued(entry)
        const now = clock.now()
        const pause = pauseAfter(now - (entry.record.notice?.at ?? now), {
          ...thawing,
          shortest: this.#shortest(10_000),
        })
        this.#env.rests.begin(entry, { kind: 'restore', until: now + pause })
        return
      }
      if (this.#waitsForServer(entry, cause)) return
      log('error', 'failed', { id: entry.record.id, ...cause })
      if (cause.code === 'NOSPACE' && this.#env.space.waitsFor(entry)) entries.requeued(entry)
      else entries.fail(entry, cause)
    }
  }

  /** @returns whether its server is only away for a while, as far as one can know: then it comes back by itself */
  #waitsForServer(entry: Entry, error: DownloadError): boolean {
    const { entries, outages, rests, options } = this.#env
    const { log, clock, settings } = options
    const host = entry.sources?.own.host ?? new URL(entry.record.url).host
    if (settings().serverWait === 0 || !isOutage(error)) return false
    if (entry.record.remote === null && !outages.met(host)) return false
    const now = clock.now()
    entry.awaySince ??= now
    const lasted = now - entry.awaySince
    if (lasted >= settings().serverWait) {
      entry.awaySince = null
      return false
    }
    outages.began(host)
    const pause = pauseAfter(lasted, { ...away, shortest: this.#shortest(30_000) })
    const until = now + Math.max(pause, error.retryAfter ?? 0)
    log('info', 'its server is away', { id: entry.record.id, until, ...error })
    entries.requeued(entry)
    rests.begin(entry, { kind: 'server', host, until, reason: error })
    return true
  }

  /** Whoever has no pauses between attempts wants none here. */
  #shortest(ms: number): number {
    return Math.min(this.#env.options.retry.cap, ms)
  }

  /** A Metalink document is no end in itself: the files that it describes are added. */
  async #follow(document: DownloadRecord, file: string): Promise<void> {
    const { followsMetalinks, log } = this.#env.options
    if (!followsMetalinks) return
    try {
      const files = await filesDescribedBy(document, file)
      if (files.length > 0) await this.#env.add(files)
    } catch (error) {
      log('warn', 'the Metalink document could not be followed', { id: document.id, error: String(error) })
    }
  }

  #transferEnv(entry: Entry): TransferEnv {
    const { scheduler, checkpointer, throttle, disk } = this.#env
    const { http, clock, digester, integrity, log, settings } = this.#env.options
    return {
      http,
      disk,
      clock,
      digester,
      integrity,
      log,
      scheduler,
      checkpointer,
      gate: (host) => throttle.gate(entry.record.id, this.#scopes(entry, host)),
      limits: (host) =>
        this.#scopes(entry, host)().flatMap((scope) => {
          const rate = throttle.rate(scope)
          if (rate === null) return []
          return [{ scope: scope.split(' ')[0] as SpeedLimitLook['scope'], rate, used: throttle.used(scope) }]
        }),
      connections: () => settings().connections,
      looksBeside: () => settings().checksumFiles,
      keepServerDate: () => settings().keepServerDate,
      portalWait: () => settings().portalWait,
    }
  }

  /** The limits of speed of one of its connections. Asked at every read: what it found is kept until something changes. */
  #scopes(entry: Entry, host: string): () => readonly Scope[] {
    const { rules } = this.#env.options
    let known: { readonly rules: unknown; readonly queue: number; readonly scopes: readonly Scope[] } | null = null
    return () => {
      const { id, queue } = entry.record
      const all = rules()
      if (known?.rules === all && known.queue === queue) return known.scopes
      const rule = hostRuleFor(all, host)
      const scopes: Scope[] = ['all', `queue ${queue}`, `download ${id}`]
      if (rule) scopes.push(`rule ${rule.id}`)
      known = { rules: all, queue, scopes }
      return scopes
    }
  }

  /** New ones for each run: who was dropped gets another chance. */
  #sources(entry: Entry, credentials: Credentials): Sources {
    const { entries, sessions, scheduler } = this.#env
    const { http, clock } = this.#env.options
    const sources = new Sources(
      (address, publicOnly) =>
        new Source({
          address,
          publicOnly,
          session: () => {
            // Keys of a cloud account sign only what the user named.
            if (publicOnly && !/^https?:/.test(address)) throw failure('SCHEME', 'no', 'a mirror of another scheme')
            return sessions.at(entry, address, credentials)
          },
          mirror: address !== entry.record.url,
          http,
          clock,
          patience: scheduler.patience(() => new URL(address).host),
        }),
      () => entries.emit([entry.record.id]),
    )
    sources.set(entry.record.url, entry.record.mirrors)
    entry.sources = sources
    return sources
  }

  #job(entry: Entry, sources: Sources): Job {
    const { entries, names, sessions, recorder, options } = this.#env
    const { id } = entry.record
    return {
      get record() {
        return entry.record
      },
      sources,
      referrer: entry.credentials?.headers.find(([name]) => name.toLowerCase() === 'referer')?.[1] ?? null,
      save: (change) => entries.save(entry, change),
      commit: (change, sums) => entries.commit(entry, change, sums ? { id, ...sums } : null),
      phase: (phase) => entries.phase(entry, phase),
      progress: (segments) => {
        entry.segments = segments
      },
      arrived: (bytes) => {
        entry.awaySince = null
        entry.meter?.add(bytes, options.clock.monotonic())
        recorder.arrived(id, bytes)
      },
      answered: (response) => {
        recorder.answered(id, response)
        sessions.remember(entry)
      },
      recorder: {
        note: (event) => recorder.note(id, event),
        running: (look) => recorder.running(id, look),
      },
      connections: (count) => {
        entry.connections = count
      },
      freeName: (wanted, among) => names.free(entry, wanted, among),
      isFree: (file) => !entry.alone && names.isFree(file),
      holdName: (name) => names.hold(entry, name),
      reserve: (total) => this.#env.space.reserve(entry, total),
    }
  }
}

/** What one that waits has to know. */
interface Line {
  holds(entry: Entry): boolean
  ruleOf(entry: Entry): HostRule | null
  closed(): boolean
  run(entry: Entry, turn: InLine, release: Release): void
}

/**
 * One that waits for a slot. Asked often, of all that wait: it says how things are, and finds out what costs something when
 * that is wanted.
 */
class InLine implements Waiter<Turn>, Turn {
  readonly #entry: Entry
  readonly #line: Line
  #expiryOf: string | null = null
  #expiry: number | null = null

  constructor(entry: Entry, line: Line) {
    this.#entry = entry
    this.#line = line
  }

  get rank(): Turn {
    return this
  }

  get priority() {
    return this.#entry.record.priority
  }

  get position() {
    return this.#entry.record.position
  }

  get queue() {
    return this.#entry.record.queue
  }

  get expiresAt() {
    const { url } = this.#entry.record
    if (this.#expiryOf !== url) {
      this.#expiryOf = url
      this.#expiry = linkExpiry(url)
    }
    return this.#expiry
  }

  get rule() {
    return this.#line.ruleOf(this.#entry)
  }

  get atOnce() {
    return this.#entry.atOnce
  }

  get held() {
    return this.#line.holds(this.#entry)
  }

  get over() {
    return this.#entry.record.state.kind !== 'queued' || this.#line.closed()
  }

  grant(release: Release): void {
    this.#entry.waiting = false
    this.#line.run(this.#entry, this, release)
  }

  left(): void {
    this.#entry.waiting = false
  }
}

function published(part: Part): Part {
  if (part.kind === 'finalizing') return { kind: 'published', inode: part.inode, generation: part.generation }
  throw failure('INTERNAL', 'no', `published from a part that is ${part.kind}`)
}
