import { transition, type DownloadId, type DownloadView, type Mirror, type Priority } from '../../shared/download'
import { hostRuleFor } from '../../shared/host-rules'
import { listedFinished, type HistoryPlace } from '../../shared/history'
import type { Inspection } from '../../shared/inspection'
import type { QueueChoices, QueueId, QueueView } from '../../shared/queues'
import type { CheckReport, Checksum, ChecksumAlgorithm, Comparison } from '../../shared/verification'
import type {
  AddRequest,
  CarryRequest,
  Choices,
  Engine,
  EngineChange,
  EngineOptions,
  FinishedRequest,
  FinishedViews,
  HistoryViews,
  OnLoad,
} from './api'
import type { Bundle } from './carry/unpack'
import { within } from './deadline'
import { checkName, finishedDownload, newDownload } from './downloads/adding'
import { Addresses } from './downloads/addresses'
import { Carrying } from './downloads/carrying'
import { Checking } from './downloads/checking'
import { Entries, type Entry } from './downloads/entries'
import { Listing } from './downloads/listing'
import { Names } from './downloads/names'
import { Removals } from './downloads/removals'
import { Runner } from './downloads/runner'
import { Sessions } from './downloads/sessions'
import { Errands } from './errands'
import { createCheckpointer } from './fetch/checkpoint'
import type { Credentials, DownloadRecord, NewDownload } from './ports'
import type { Power } from './queues/gate'
import { Gates } from './queues/gates'
import { reorder, type Move } from './queues/order'
import { SpaceWatch } from './queues/space-watch'
import { Thaws } from './queues/thaws'
import { volumeOf } from './queues/volumes'
import { Recorder } from './recorder/recorder'
import { createScheduler } from './scheduler'
import { Throttle, type Scope } from './throttle'

export type { AddRequest, CarryRequest, Engine, EngineChange, EngineOptions, EngineSettings, OnLoad } from './api'

/**
 * Loads what is unfinished and lets it go on.
 * @throws what the store throws when it cannot be read
 */
export function createEngine(options: EngineOptions): Engine {
  return new DownloadEngine(options)
}

/** Completed downloads that leave the list in one commit. */
const cleaned = 500

/** ms for everything to end by itself. */
const closing = 10_000

class DownloadEngine implements Engine {
  readonly #o: EngineOptions
  readonly #entries: Entries
  readonly #sessions: Sessions
  readonly #runner: Runner
  readonly #removals: Removals
  readonly #checking: Checking
  readonly #carrying: Carrying
  readonly #errands: Errands
  readonly #gates: Gates
  readonly #space: SpaceWatch
  readonly #thaws: Thaws
  readonly #scheduler
  readonly #throttle
  readonly #recorder: Recorder
  readonly #addresses: Addresses
  readonly #listing: Listing

  constructor(options: EngineOptions) {
    this.#o = options
    const { clock, log, store } = options
    this.#scheduler = createScheduler({
      limits: () => {
        const { concurrentDownloads, connectionsPerHost, attempts } = options.settings()
        return {
          downloads: concurrentDownloads,
          perHost: connectionsPerHost,
          ...(attempts === null ? {} : { attempts }),
        }
      },
      queueSlots: (queue) => this.#gates.get(queue).slots,
      rule: (host) => hostRuleFor(options.rules(), host),
      policy: options.retry,
      clock,
      random: options.random,
      hosts: options.hosts,
      reachability: options.reachability,
    })
    this.#throttle = new Throttle(clock)
    this.#recorder = new Recorder(options.traces, clock, log)
    this.#entries = new Entries({ store, recorder: this.#recorder, log, held: (id) => this.#removals.has(id) })
    this.#sessions = new Sessions(options)
    this.#errands = new Errands((id) => this.#entries.emit([id]), clock)
    this.#checking = new Checking(this.#entries, this.#sessions, this.#errands, this.#recorder, options)
    this.#carrying = new Carrying({
      entries: this.#entries,
      sessions: this.#sessions,
      errands: this.#errands,
      options,
      pause: (ids) => this.pause(ids),
      start: (entries) => this.#runner.startAll(entries),
    })
    this.#removals = new Removals({
      entries: this.#entries,
      store,
      clock,
      log,
      pause: (ids) => this.pause(ids),
      errands: this.#errands,
    })
    this.#space = new SpaceWatch({
      entries: this.#entries,
      clock,
      volumeOf,
      margin: () => options.settings().spaceMargin,
      compare: (a, b) => this.#runner.compare(a, b),
      changed: () => this.#gates.look(),
    })
    this.#thaws = new Thaws({
      entries: this.#entries,
      clock,
      shortest: Math.min(options.retry.cap, 10_000),
      changed: () => this.#gates.look(),
    })
    this.#gates = new Gates({
      store: options.queues,
      entries: this.#entries,
      clock,
      pausesOn: () => {
        const { pauseOnBattery, pauseOnMetered } = options.settings()
        return { battery: pauseOnBattery, metered: pauseOnMetered }
      },
      waits: (id) => this.#space.hold(id) ?? this.#thaws.hold(id),
      next: () => this.#thaws.next(),
      admit: () => this.#scheduler.limitsChanged(),
      pause: (ids) => this.pause(ids),
    })
    this.#runner = new Runner({
      options,
      entries: this.#entries,
      sessions: this.#sessions,
      names: new Names(this.#entries, options.targets),
      scheduler: this.#scheduler,
      checkpointer: createCheckpointer(options.checkpoints, clock, (claims) => this.#entries.claimed(claims)),
      throttle: this.#throttle,
      recorder: this.#recorder,
      gates: this.#gates,
      space: this.#space,
      thaws: this.#thaws,
      add: (requests) => this.addAll(requests),
    })
    this.#addresses = new Addresses({
      options,
      entries: this.#entries,
      sessions: this.#sessions,
      resume: (ids) => this.resume(ids),
      note: (id, event) => this.#recorder.note(id, event),
    })
    this.#listing = new Listing({
      store,
      entries: this.#entries,
      removals: this.#removals,
      gates: this.#gates,
      errands: this.#errands,
      recorder: this.#recorder,
      scheduler: this.#scheduler,
      clock,
    })
    this.#limitSpeeds()
    this.#entries.load((stored) => atStart(stored, options.onLoad))
    this.#gates.look()
    this.#entries.subscribe(() => this.#gates.listChanged())
    this.#runner.startAll(this.#entries.all())
  }

  async add(request: AddRequest): Promise<DownloadId> {
    const [id] = await this.addAll([request])
    return id!
  }

  async addAll(requests: readonly AddRequest[]): Promise<DownloadId[]> {
    const added: NewDownload[] = []
    for (const request of requests) {
      checkName(request)
      added.push(newDownload(request, await this.#sessions.seal(request.credentials), this.#o.clock.now()))
    }
    const entries = this.#entries.insert(added)
    for (const [index, entry] of entries.entries()) {
      entry.credentials = requests[index]?.credentials ?? null
      entry.alone = requests[index]?.alone ?? false
    }
    const ids = entries.map(({ record }) => record.id)
    this.#entries.emit(ids)
    this.#runner.startAll(entries)
    return ids
  }

  pause(ids: readonly DownloadId[]): void {
    this.#entries.move(ids, ['queued', 'active'], { kind: 'pause' }, (entries) => {
      for (const entry of entries) entry.control?.abort(new Error('paused'))
    })
  }

  resume(ids: readonly DownloadId[]): void {
    const wrong = this.#entries
      .pick(ids)
      .filter(({ record: { state } }) => state.kind === 'failed' && state.error.code === 'HASH')
    this.#forgetRemote(wrong) // its bytes are known to be wrong
    this.#entries.move(ids, ['paused', 'failed'], { kind: 'resume' }, (entries) => this.#runner.startAll(entries))
  }

  categorize(ids: readonly DownloadId[], category: string | null): void {
    this.#entries.saveAny(ids, { category })
  }

  limit(ids: readonly DownloadId[], rate: number | null): void {
    this.#entries.saveAll(ids.map((id) => [id, { limit: rate }]))
    for (const { record, control } of this.#entries.pick(ids)) {
      if (control) this.#throttle.set(`download ${record.id}`, rate)
    }
  }

  restart(ids: readonly DownloadId[]): void {
    const standing = this.#entries
      .pick(ids)
      .filter(({ record: { state } }) => state.kind === 'failed' || state.kind === 'paused')
    this.#forgetRemote(standing)
    this.resume(ids)
  }

  /** Without the old answer a new generation begins. */
  #forgetRemote(entries: readonly Entry[]): void {
    for (const entry of entries) entry.record = { ...entry.record, remote: null }
  }

  relink(id: DownloadId, url: string): Promise<void> {
    return this.#addresses.relink(id, url)
  }

  async verify(id: DownloadId): Promise<CheckReport> {
    return this.#checking.check(id, false)
  }

  async repair(id: DownloadId): Promise<CheckReport> {
    const report = await this.#checking.check(id, true)
    // What was found is fetched now; without `resume`, which begins a wrong file again from byte 0.
    if (report.kind === 'damaged') {
      this.#entries.move([id], ['paused', 'failed'], { kind: 'resume' }, (entries) => this.#runner.startAll(entries))
    }
    return report
  }

  digest(id: DownloadId, algorithm: ChecksumAlgorithm): Promise<Checksum> {
    return this.#checking.digest(id, algorithm)
  }

  compare(id: DownloadId, checksum: Checksum): Promise<Comparison> {
    return this.#checking.compare(id, checksum)
  }

  carryOut(id: DownloadId, target: string): Promise<number> {
    return this.#carrying.out(id, target)
  }

  carryIn(bundle: Bundle, request: CarryRequest): Promise<DownloadId> {
    return this.#carrying.in(bundle, request)
  }

  stopErrand(id: DownloadId): Promise<void> {
    return this.#errands.stop([id])
  }

  pauseAll(): void {
    this.pause(this.#entries.all().map(({ record }) => record.id))
  }

  resumeAll(): void {
    this.resume(this.#entries.all().map(({ record }) => record.id))
  }

  remove(ids: readonly DownloadId[], { deleteFile }: { readonly deleteFile: boolean }): Promise<void> {
    return this.#removals.remove(ids, deleteFile)
  }

  removeLater(ids: readonly DownloadId[], ms: number): void {
    this.#removals.removeLater(ids, ms)
  }

  restore(ids: readonly DownloadId[]): void {
    const { back, going } = this.#removals.take(ids)
    this.#entries.emit(back)
    this.resume(going)
  }

  move(...moves: readonly Move[]): void {
    const queue = this.#entries.all().map(({ record: { id, position } }) => ({ id, position }))
    const places = reorder(queue, ...moves)
    this.#entries.saveAll([...places].map(([id, position]) => [id, { position }]))
    this.#scheduler.limitsChanged()
  }

  prioritize(ids: readonly DownloadId[], priority: Priority): void {
    this.#entries.saveAll(ids.map((id) => [id, { priority }]))
    this.#scheduler.limitsChanged()
  }

  queues(): QueueView[] {
    return this.#gates.views()
  }

  addQueue(choices: QueueChoices): QueueId {
    const id = this.#gates.add(choices)
    this.#limitSpeeds()
    return id
  }

  changeQueue(id: QueueId, change: Partial<QueueChoices>): void {
    this.#gates.change(id, change)
    this.#limitSpeeds()
  }

  removeQueue(id: QueueId): void {
    this.#gates.remove(id)
    this.#limitSpeeds()
  }

  moveToQueue(ids: readonly DownloadId[], queue: QueueId): void {
    this.#gates.move(ids, queue)
  }

  appoint(ids: readonly DownloadId[], times: Pick<DownloadRecord, 'startAt' | 'stopAt'>): void {
    this.#gates.appoint(ids, times)
  }

  onlyNow(ids: readonly DownloadId[]): void {
    this.#gates.only(ids)
  }

  power(power: Power): void {
    this.#gates.power(power)
  }

  async authorize(id: DownloadId, credentials: Credentials): Promise<void> {
    await this.identify(id, credentials)
    this.resume([id])
  }

  identify(id: DownloadId, credentials: Credentials): Promise<void> {
    return this.#addresses.identify(id, credentials)
  }

  thaw(id: DownloadId): Promise<void> {
    return this.#addresses.thaw(id)
  }

  accountChanged(account: string): void {
    this.#addresses.accountChanged(account)
  }

  setMirrors(id: DownloadId, mirrors: readonly Mirror[]): void {
    this.#addresses.setMirrors(id, mirrors)
  }

  choose(id: DownloadId, choices: Choices): void {
    this.#addresses.choose(id, choices)
  }

  unfinished(): DownloadRecord[] {
    return this.#entries.all().map((entry) => entry.record)
  }

  list(): DownloadView[] {
    return this.#listing.all()
  }

  finished(before: DownloadId | null, count: number): FinishedViews {
    return this.#listing.finished(before, count)
  }

  records(): DownloadRecord[] {
    return this.#listing.records()
  }

  addFinished(downloads: readonly FinishedRequest[]): void {
    const records = this.#o.store.insertAll(downloads.map(finishedDownload))
    // More than that no window lists.
    this.#entries.emit(records.slice(-listedFinished).map(({ id }) => id))
  }

  history(query: string, after: HistoryPlace | null, count: number): HistoryViews {
    return this.#listing.history(query, after, count)
  }

  async forgetFinished(at: number): Promise<number> {
    const ids = this.#o.store.finishedBefore(at)
    // In pieces: downloads that run are not to wait for the end of a long list.
    for (let from = 0; from < ids.length; from += cleaned) {
      await this.remove(ids.slice(from, from + cleaned), { deleteFile: false })
    }
    return ids.length
  }

  view(id: DownloadId): DownloadView | null {
    return this.#listing.one(id)
  }

  active(): DownloadView[] {
    return this.#listing.active()
  }

  inspect(id: DownloadId): Inspection | null {
    return this.#listing.inspect(id)
  }

  subscribe(listener: (change: EngineChange) => void): () => void {
    return this.#entries.subscribe(listener)
  }

  settingsChanged(): void {
    this.#limitSpeeds()
    this.#scheduler.limitsChanged()
    this.#gates.look()
    this.#space.look()
  }

  #limitSpeeds(): void {
    this.#throttle.set('all', this.#o.settings().speedLimit)
    for (const { kind, limits } of [
      { kind: 'queue', limits: this.#gates.views().map(({ id, limit }) => ({ id, limit })) },
      { kind: 'rule', limits: this.#o.rules().map(({ id, speedLimit }) => ({ id, limit: speedLimit })) },
    ] as const) {
      this.#throttle.setAll(kind, new Map(limits.map(({ id, limit }) => [`${kind} ${id}` as Scope, limit])))
    }
  }

  reconnect(): void {
    this.#gates.look() // the clock went on meanwhile
    const ids = this.#entries
      .all()
      .filter(({ record }) => gainsByReconnecting(record))
      .map(({ record }) => record.id)
    this.#entries.move(ids, ['active'], { kind: 'requeue' }, (entries) => {
      for (const entry of entries) entry.control?.abort(new Error('reconnecting'))
    })
  }

  async close(): Promise<void> {
    const entries = this.#entries.all()
    this.#gates.close()
    this.#space.close()
    this.#runner.close()
    const ended = async () => {
      await Promise.all(entries.flatMap((entry) => entry.running ?? []))
      this.#carrying.stop()
      await this.#errands.stop()
      await this.#removals.flush()
    }
    if (!(await within(closing, ended(), this.#o.clock))) {
      const ids = entries.filter(({ running }) => running !== null).map(({ record }) => record.id)
      this.#o.log('error', 'closed without the end of what hangs', { ids })
    }
    this.#recorder.close()
    await within(closing, Promise.all([this.#o.digester.close(), this.#o.http.close()]), this.#o.clock)
  }
}

/** What becomes of an unfinished download at the start; `null` leaves it to another program. */
function atStart(stored: DownloadRecord, how: OnLoad): DownloadRecord | null {
  const { state } = stored
  if (how.kind === 'hold') {
    if (!how.mine(stored)) return null
    if (state.kind !== 'active' && state.kind !== 'queued') return stored
    return { ...stored, state: transition(state, { kind: 'pause' }) }
  }
  return state.kind === 'active' ? { ...stored, state: transition(state, { kind: 'requeue' }) } : stored
}

function gainsByReconnecting({ state, remote }: DownloadRecord): boolean {
  if (state.kind !== 'active') return false
  const { phase } = state
  if (phase.kind === 'waiting') return phase.reason.retryAfter === undefined
  // What cannot go on where it is would begin again at byte 0; perhaps its connection has survived.
  return phase.kind === 'transferring' && remote !== null && remote.ranges && remote.validator !== null
}
