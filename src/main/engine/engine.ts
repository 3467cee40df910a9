import { readFile } from 'node:fs/promises'
import path from 'node:path'
import {
  transition,
  type Checksum,
  type DownloadEvent,
  type DownloadId,
  type DownloadView,
  type Mirror,
  type OnConflict,
  type Priority,
  type SourceView,
} from '../../shared/download'
import type { CheckReport } from '../../shared/verification'
import { maxMirrors } from '../../shared/limits'
import { failure, RequestFailure, type DownloadError } from '../../shared/errors'
import type { Inspection } from '../../shared/inspection'
import { createCheckpointer, type CheckpointPolicy, type SyncedClaims } from './fetch/checkpoint'
import { exists, removeIfThere } from './files/file'
import { fileNameFrom, numberedName, safeFileName } from './files/filename'
import { standsAt } from './files/identity'
import { isPrivateHost } from './http/address-class'
import type { HttpClient } from './http/http'
import { within } from './deadline'
import type { Reachability } from './reachability'
import { networkFailure } from './http/network-errors'
import { Checks } from './integrity/checks'
import { saidBy } from './integrity/expected'
import { longestMetalink, parseMetalink, type MetalinkFile } from './integrity/metalink'
import type { FileDigester } from './integrity/digester'
import type {
  Clock,
  Credentials,
  DownloadRecord,
  DownloadStore,
  IntegrityStore,
  Log,
  NewDownload,
  OpenSession,
  Part,
  Promised,
  Secret,
  SecretBox,
  TargetLocks,
  Session,
  TraceStore,
} from './ports'
import { SpeedMeter } from './rate'
import { Recorder } from './recorder/recorder'
import { comparePlaces, reorder, type Turn } from './queue'
import { withoutSecrets } from './public-url'
import { checkLink } from './relink'
import { Removals } from './removals'
import { createScheduler, type HostMemory, type RetryPolicy } from './scheduler'
import { linkExpiry } from './signed-link'
import { withoutRanges, writtenBytes, type Segments } from './fetch/segments'
import { Source } from './fetch/source'
import { Sources } from './fetch/sources'
import { isNobody, nobody } from './session/session'
import { Throttle } from './throttle'
import { transfer, type Job } from './transfer'

/** What a download ends with when its keys are the trouble. */
const keysHelp = new Set(['CLOUD_ACCOUNT', 'CLOUD_KEY_ID', 'CLOUD_SIGNATURE', 'CLOUD_TOKEN'])

export interface EngineSettings {
  /** Connections per download. */
  readonly connections: number
  /** Connections to one host, all downloads together. */
  readonly connectionsPerHost: number
  /** Downloads at a time. */
  readonly concurrentDownloads: number
  /** Bytes per second, all downloads together; `null` is no limit. */
  readonly speedLimit: number | null
  /** Look beside a download for a file with its checksum. */
  readonly checksumFiles: boolean
  /** Whether finished files get the server's time of their last change. */
  readonly keepServerDate: boolean
}

export interface EngineOptions {
  readonly store: DownloadStore
  readonly traces: TraceStore
  readonly integrity: IntegrityStore
  readonly http: HttpClient
  readonly openSession: OpenSession
  readonly digester: FileDigester
  readonly secrets: SecretBox
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Asked again whenever it matters; call `settingsChanged` after a change. */
  readonly settings: () => EngineSettings
  readonly retry: RetryPolicy
  readonly checkpoints: CheckpointPolicy
  /** What becomes of the unfinished downloads that the store has. */
  readonly onLoad: OnLoad
  /** Whether the files of a Metalink document are added when the document is there. */
  readonly followsMetalinks: boolean
  readonly hosts: HostMemory
  readonly targets: TargetLocks
  readonly reachability: Reachability
}

export type OnLoad =
  /** All belong to this engine, and what was queued or active goes on by itself. */
  | { readonly kind: 'continue' }
  /** Only the named ones belong to it (others run elsewhere), and they are paused until somebody resumes them. */
  | { readonly kind: 'hold'; readonly mine: (record: DownloadRecord) => boolean }

/** What may be chosen anew for a download that is not running. */
export type Choices = Pick<
  AddRequest,
  'onConflict' | 'connections' | 'partSize' | 'threshold' | 'checksum' | 'mirrors' | 'account'
>

export interface AddRequest {
  /** Without credentials; see `parseAddress`. */
  readonly url: string
  /** Further addresses of the same file, best first. */
  readonly mirrors: readonly Mirror[]
  /** Absolute path; created when missing. */
  readonly folder: string
  /** Chosen by the user; `null` takes the server's. */
  readonly name: string | null
  readonly onConflict: OnConflict
  readonly connections: number | null
  /** Bytes. */
  readonly partSize: number | null
  /** Bytes; see `DownloadRecord`. */
  readonly threshold: number | null
  readonly checksum: Checksum | null
  /** What a document says about the bytes. */
  readonly promised?: Promised | null
  readonly credentials: Credentials
  readonly account: string | null
  /** Path of a partial file of another program to go on with; it is taken over when the server has answered. */
  readonly adopt?: string
  /** True when it is to begin at byte 0, whatever partial files lie in the folder. */
  readonly alone?: boolean
  /** False adds it paused. */
  readonly start: boolean
}

export interface EngineChange {
  readonly upserts: readonly DownloadId[]
  readonly removals: readonly DownloadId[]
}

/** All downloads of one store. Every method that changes something has committed it when it returns or resolves. */
export interface Engine {
  /** @throws RequestFailure E_NAME */
  add(request: AddRequest): Promise<DownloadId>
  /** Adds many in one commit, in their order. @throws RequestFailure E_NAME; nothing was added then */
  addAll(requests: readonly AddRequest[]): Promise<DownloadId[]>
  /** Stops queued and active ones; others are left alone. */
  pause(ids: readonly DownloadId[]): void
  /** Queues paused and failed ones; others are left alone. */
  resume(ids: readonly DownloadId[]): void
  pauseAll(): void
  /** Queues all paused and failed ones. */
  resumeAll(): void
  /**
   * Forgets downloads and deletes their partial files.
   * @param options.deleteFile also delete completed files
   */
  remove(ids: readonly DownloadId[], options: { readonly deleteFile: boolean }): Promise<void>
  /**
   * Takes downloads off the list and pauses them; after `ms` they are removed, completed files stay. Until then, also
   * when the program is killed, nothing is deleted and `restore` brings them back.
   */
  removeLater(ids: readonly DownloadId[], ms: number): void
  /** Brings back what `removeLater` took off; what was queued or running goes on. Others are left alone. */
  restore(ids: readonly DownloadId[]): void
  /**
   * Moves unfinished downloads to another place of the queue, in the order that they have there.
   * @param before they come before this one; `null` means the end
   */
  move(ids: readonly DownloadId[], before: DownloadId | null): void
  /** Decides which downloads get slots before others. What runs already is not stopped for it. */
  prioritize(ids: readonly DownloadId[], priority: Priority): void
  /** Begins paused and failed ones again from byte 0; their partial files go when the new ones are there. */
  restart(ids: readonly DownloadId[]): void
  /**
   * Gives a paused or failed download another address of the same file, and queues it. Size and three samples of the
   * bytes on disk are compared first; nothing is changed when they differ.
   * @throws RequestFailure E_NOT_FOUND, E_STATE, E_LINK
   */
  relink(id: DownloadId, url: string): Promise<void>
  /**
   * Replaces the mirrors of a download that is not completed; one that is running uses them at once.
   * @throws RequestFailure E_NOT_FOUND
   */
  setMirrors(id: DownloadId, mirrors: readonly Mirror[]): void
  /**
   * Reads all of a download's file and compares it with what is known of it. Damage of a finished one is kept in its
   * state; damaged bytes of an unfinished one are fetched again when it goes on.
   * @throws RequestFailure E_NOT_FOUND, E_STATE, E_FILE_MISSING
   */
  verify(id: DownloadId): Promise<CheckReport>
  /**
   * Verifies, and puts right what is wrong: in a finished file only the bad blocks are written; an unfinished one goes on.
   * @throws RequestFailure as `verify`; E_CHANGED, E_REPAIR
   */
  repair(id: DownloadId): Promise<CheckReport>
  /** Gives a failed download new credentials and queues it. @throws RequestFailure E_NOT_FOUND, E_STATE */
  authorize(id: DownloadId, credentials: Credentials): Promise<void>
  /**
   * Asks the store of an archived object to make it readable, and queues the download, which waits for that.
   * @throws RequestFailure E_NOT_FOUND, E_STATE; DownloadFailure what the store says
   */
  thaw(id: DownloadId): Promise<void>
  /**
   * The cloud accounts were changed: sessions are opened anew, and what had stopped for want of keys goes on.
   * @param account its id
   */
  accountChanged(account: string): void
  /** Changes what the user chose for a download that is paused or failed. @throws RequestFailure E_NOT_FOUND, E_STATE */
  choose(id: DownloadId, choices: Choices): void
  list(): DownloadView[]
  /** Everything that is not completed. */
  unfinished(): DownloadRecord[]
  view(id: DownloadId): DownloadView | null
  /** Views of the active downloads only. */
  active(): DownloadView[]
  /** Everything that the details of a download show; `null` when there is no such download. */
  inspect(id: DownloadId): Inspection | null
  /** Told synchronously after every change but progress. */
  subscribe(listener: (change: EngineChange) => void): () => void
  settingsChanged(): void
  /**
   * The computer slept, so connections are dead although nothing says so: what can go on where it is begins anew at once,
   * instead of waiting for a timeout or for the next attempt. A wait that the server asked for is kept.
   */
  reconnect(): void
  /**
   * Checkpoints and stops everything; what was active goes on at the next start. A disk or a keyring that hangs is waited
   * for ten seconds: what it holds up is not checkpointed then, as after a power cut.
   */
  close(): Promise<void>
}

interface Entry {
  record: DownloadRecord
  credentials: Credentials | null
  /** By address. */
  readonly sessions: Map<string, Session>
  control: AbortController | null
  /** Takes over nothing. */
  alone: boolean
  /** On its name, while it runs. */
  lock: { readonly target: string; release(): void } | null
  running: Promise<void> | null
  segments: Segments | null
  /** Of the present run, or the last one. */
  sources: Sources | null
  meter: SpeedMeter
  connections: number
}

/**
 * Loads what is unfinished and lets it go on.
 * @throws what the store throws when it cannot be read
 */
export function createEngine(options: EngineOptions): Engine {
  return new DownloadEngine(options)
}

/** ms for everything to end by itself. */
const closing = 10_000

class DownloadEngine implements Engine {
  readonly #o: EngineOptions
  /** Everything that is not done. */
  readonly #entries = new Map<DownloadId, Entry>()
  readonly #listeners = new Set<(change: EngineChange) => void>()
  readonly #scheduler
  readonly #checkpointer
  readonly #throttle
  readonly #recorder: Recorder
  readonly #removals: Removals
  readonly #checks: Checks
  #closing = false
  /** Changes that wait for the next commit. */
  readonly #ready: {
    readonly entry: Entry
    readonly change: Partial<DownloadRecord>
    readonly resolve: () => void
    readonly reject: (error: unknown) => void
  }[] = []

  constructor(options: EngineOptions) {
    this.#o = options
    this.#checks = this.#newChecks()
    this.#scheduler = createScheduler({
      limits: () => {
        const { concurrentDownloads, connectionsPerHost } = options.settings()
        return { downloads: concurrentDownloads, perHost: connectionsPerHost }
      },
      policy: options.retry,
      clock: options.clock,
      random: options.random,
      hosts: options.hosts,
      reachability: options.reachability,
    })
    this.#throttle = new Throttle(options.clock)
    this.#throttle.set(options.settings().speedLimit)
    this.#checkpointer = createCheckpointer(options.checkpoints, options.clock, (claims) => this.#commit(claims))
    this.#recorder = new Recorder(options.traces, options.clock, options.log)
    this.#removals = new Removals(options.clock, (ids) => this.#removeNow(ids))
    this.#load(options.onLoad)
    this.#startAll([...this.#entries.values()])
  }

  #load(how: OnLoad): void {
    const moved: DownloadRecord[] = []
    for (const stored of this.#o.store.unfinished()) {
      let record = stored
      if (how.kind === 'hold') {
        if (!how.mine(stored)) continue
        if (stored.state.kind === 'active' || stored.state.kind === 'queued') {
          record = { ...stored, state: transition(stored.state, { kind: 'pause' }) }
        }
      } else if (stored.state.kind === 'active') {
        record = { ...stored, state: transition(stored.state, { kind: 'requeue' }) }
      }
      if (record !== stored) moved.push(record)
      this.#entries.set(record.id, newEntry(record))
      this.#recorder.changed(stored, record)
    }
    if (moved.length > 0) this.#o.store.save(moved)
  }

  async add(request: AddRequest): Promise<DownloadId> {
    const [id] = await this.addAll([request])
    return id!
  }

  async addAll(requests: readonly AddRequest[]): Promise<DownloadId[]> {
    const added: NewDownload[] = []
    for (const request of requests) added.push(await this.#newDownload(request))
    const last = this.#lastPosition()
    for (const [index, download] of added.entries()) added[index] = { ...download, position: last + index + 1 }
    const records = this.#o.store.insertAll(added)
    const entries = records.map((record, index) => {
      const entry = newEntry(record)
      entry.credentials = requests[index]?.credentials ?? null
      entry.alone = requests[index]?.alone ?? false
      this.#entries.set(record.id, entry)
      return entry
    })
    this.#emit(records.map(({ id }) => id))
    this.#startAll(entries)
    return records.map(({ id }) => id)
  }

  async #newDownload(request: AddRequest): Promise<NewDownload> {
    if (request.name !== null && request.name.trim() === '') {
      throw new RequestFailure({ code: 'E_NAME', field: 'name', detail: 'the name is empty' })
    }
    return {
      url: request.url,
      mirrors: distinctMirrors(request.url, request.mirrors),
      folder: path.resolve(request.folder),
      position: 0,
      priority: 'normal',
      requestedName: request.name,
      name: safeFileName(request.name ?? fileNameFrom({ contentDisposition: null, url: request.url })),
      onConflict: request.onConflict,
      connections: request.connections,
      partSize: request.partSize,
      threshold: request.threshold,
      checksum: request.checksum,
      secret: await this.#seal(request.credentials),
      account: request.account,
      state: request.start ? { kind: 'queued' } : { kind: 'paused' },
      remote: null,
      part: request.adopt === undefined ? { kind: 'none' } : { kind: 'foreign', file: path.resolve(request.adopt) },
      notice: null,
      addedAt: this.#o.clock.now(),
      finishedAt: null,
      finalBytes: null,
      promised: request.promised ?? null,
    }
  }

  pause(ids: readonly DownloadId[]): void {
    this.#move(ids, ['queued', 'active'], { kind: 'pause' }, (entries) => {
      for (const entry of entries) entry.control?.abort(new Error('paused'))
    })
  }

  resume(ids: readonly DownloadId[]): void {
    const wrong = this.#pick(ids).filter(
      ({ record: { state } }) => state.kind === 'failed' && state.error.code === 'HASH',
    )
    this.#forgetRemote(wrong) // its bytes are known to be wrong
    this.#move(ids, ['paused', 'failed'], { kind: 'resume' }, (entries) => this.#startAll(entries))
  }

  restart(ids: readonly DownloadId[]): void {
    const standing = this.#pick(ids).filter(
      ({ record: { state } }) => state.kind === 'failed' || state.kind === 'paused',
    )
    this.#forgetRemote(standing)
    this.resume(ids)
  }

  /** Without the old answer a new generation begins. */
  #forgetRemote(entries: readonly Entry[]): void {
    for (const entry of entries) entry.record = { ...entry.record, remote: null }
  }

  async relink(id: DownloadId, url: string): Promise<void> {
    const entry = this.#standing(id)
    await entry.running
    const { http, clock, openSession } = this.#o
    // What was given for one server is not told to another.
    const moved = new URL(url).origin !== new URL(entry.record.url).origin
    const credentials = moved
      ? nobody
      : (entry.credentials ?? (await this.#unseal(entry.record.secret).catch(() => nobody)))
    const account = moved ? null : entry.record.account
    const session = await openSession(url, credentials, account)
    const remote = await checkLink(entry.record, { http, clock, session })
    if (moved) entry.credentials = nobody
    entry.sessions.set(url, session)
    const mirrors = distinctMirrors(url, entry.record.mirrors)
    this.#save(this.#standing(id), { url, mirrors, account, remote, ...(moved ? { secret: { kind: 'none' } } : {}) })
    this.resume([id])
  }

  async verify(id: DownloadId): Promise<CheckReport> {
    return this.#checks.check(await this.#checkable(id), false)
  }

  async repair(id: DownloadId): Promise<CheckReport> {
    const report = await this.#checks.check(await this.#checkable(id), true)
    // What was found is fetched now; without `resume`, which begins a wrong file again from byte 0.
    if (report.kind === 'damaged') {
      this.#move([id], ['paused', 'failed'], { kind: 'resume' }, (entries) => {
        for (const entry of entries) this.#start(entry)
      })
    }
    return report
  }

  async #checkable(id: DownloadId): Promise<DownloadRecord> {
    const find = () => {
      const record = this.#entries.get(id)?.record ?? this.#o.store.get(id)
      if (!record) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
      const { kind } = record.state
      if (kind === 'active' || kind === 'queued') {
        throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is ${kind}` })
      }
      return record
    }
    find()
    await this.#entries.get(id)?.running // a run that has just ended still writes
    return find()
  }

  #newChecks(): Checks {
    const { digester, integrity, http, clock, openSession } = this.#o
    return new Checks({
      digester,
      integrity,
      http,
      clock,
      session: async ({ url, remote, secret, account }) =>
        // A mirror may have begun it; nothing that was given for the own address is told to that one.
        remote?.address === undefined
          ? openSession(url, await this.#unseal(secret), account)
          : openSession(remote.address, nobody, null),
      verified: (id, verification) => {
        const record = this.#o.store.get(id)
        if (record?.state.kind !== 'done') return
        this.#o.store.save([{ ...record, state: { kind: 'done', verification } }])
      },
      takeBack: (id, ranges) => {
        const entry = this.#entries.get(id)
        if (entry?.record.part.kind !== 'open' || entry.running) return
        const { part } = entry.record
        const segments = withoutRanges(part.segments, ranges)
        this.#save(entry, { part: { ...part, segments }, notice: { code: 'PART_DAMAGED', at: clock.now() } })
      },
      changed: (id) => this.#emit([id]),
    })
  }

  pauseAll(): void {
    this.pause([...this.#entries.keys()])
  }

  resumeAll(): void {
    this.resume([...this.#entries.keys()])
  }

  async remove(ids: readonly DownloadId[], { deleteFile }: { readonly deleteFile: boolean }): Promise<void> {
    // Paused first: what is still queued would begin again as soon as its run has ended.
    this.pause(ids)
    await this.#checks.stop(ids)
    await Promise.all(
      ids.map(async (id) => {
        await this.#entries.get(id)?.running
        const record = this.#entries.get(id)?.record ?? this.#o.store.get(id)
        if (!record) return
        const { part, state } = record
        const file = 'path' in part ? part.path : path.join(record.folder, record.name)
        const wanted = state.kind !== 'done' || deleteFile
        // Never a file that is not ours, whatever its name.
        if (wanted && 'inode' in part && (await standsAt(file, part.inode))) await removeIfThere(file)
      }),
    )
    for (const id of ids) this.#entries.delete(id)
    this.#recorder.forget(ids)
    this.#o.store.remove(ids)
    this.#notify({ upserts: [], removals: ids })
  }

  async #removeNow(ids: readonly DownloadId[]): Promise<void> {
    try {
      await this.remove(ids, { deleteFile: false })
    } catch (error) {
      this.#o.log('error', 'could not be removed', { ids, error: String(error) })
      this.#emit(ids) // they are still there
    }
  }

  removeLater(ids: readonly DownloadId[], ms: number): void {
    const there = ids.filter((id) => this.view(id) !== null)
    const going = this.#pick(there).filter(
      ({ record: { state } }) => state.kind === 'queued' || state.kind === 'active',
    )
    this.pause(there)
    this.#removals.hold(
      there,
      going.map(({ record }) => record.id),
      ms,
    )
    this.#notify({ upserts: [], removals: there })
  }

  restore(ids: readonly DownloadId[]): void {
    const { back, going } = this.#removals.take(ids)
    this.#emit(back)
    this.resume(going)
  }

  move(ids: readonly DownloadId[], before: DownloadId | null): void {
    const places = reorder(
      [...this.#entries.values()].map(({ record: { id, position } }) => ({ id, position })),
      ids,
      before,
    )
    this.#saveAll([...places].map(([id, position]) => [id, { position }]))
  }

  prioritize(ids: readonly DownloadId[], priority: Priority): void {
    this.#saveAll(ids.map((id) => [id, { priority }]))
  }

  async authorize(id: DownloadId, credentials: Credentials): Promise<void> {
    const secret = await this.#seal(credentials)
    const entry = this.#standing(id)
    entry.credentials = credentials
    entry.sessions.clear()
    this.#save(entry, { secret })
    this.resume([id])
  }

  async thaw(id: DownloadId): Promise<void> {
    const { record } = this.#standing(id)
    const credentials = await this.#unseal(record.secret)
    const session = await this.#o.openSession(record.url, credentials, record.account)
    const asked = session.restore?.()
    if (!asked) throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is of no archive` })
    const { status } = await this.#o.http.call({ ...asked, session, method: 'POST' }, AbortSignal.timeout(60_000))
    // 409: somebody asked before.
    if (status >= 400 && status !== 409)
      throw failure(`HTTP_${status}`, 'no', `status ${status} to the wish to restore`)
    this.#save(this.#standing(id), { notice: { code: 'RESTORE_ASKED', at: this.#o.clock.now() } })
    this.resume([id])
  }

  accountChanged(account: string): void {
    const mine = [...this.#entries.values()].filter(
      ({ record }) => record.account === account || record.account === null,
    )
    for (const entry of mine) if (!entry.running) entry.sessions.clear()
    const wanting = mine.filter(({ record: { state } }) => state.kind === 'failed' && keysHelp.has(state.error.code))
    this.resume(wanting.map(({ record }) => record.id))
  }

  setMirrors(id: DownloadId, mirrors: readonly Mirror[]): void {
    const entry = this.#entries.get(id)
    if (!entry) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no unfinished download ${id}` })
    entry.sources?.set(entry.record.url, distinctMirrors(entry.record.url, mirrors))
    this.#save(entry, { mirrors: distinctMirrors(entry.record.url, mirrors) })
  }

  choose(id: DownloadId, choices: Choices): void {
    const entry = this.#standing(id)
    entry.sessions.clear()
    this.#save(entry, { ...choices, mirrors: distinctMirrors(entry.record.url, choices.mirrors) })
  }

  #standing(id: DownloadId): Entry {
    const entry = this.#entries.get(id)
    if (!entry) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no unfinished download ${id}` })
    const { kind } = entry.record.state
    if (kind !== 'failed' && kind !== 'paused') {
      throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is ${kind}` })
    }
    return entry
  }

  unfinished(): DownloadRecord[] {
    return [...this.#entries.values()].map((entry) => entry.record)
  }

  list(): DownloadView[] {
    const listed = this.#o.store.all().filter(({ id }) => !this.#removals.has(id))
    return listed.map((record) => this.#viewOf(this.#entries.get(record.id)?.record ?? record))
  }

  view(id: DownloadId): DownloadView | null {
    if (this.#removals.has(id)) return null
    const record = this.#entries.get(id)?.record ?? this.#o.store.get(id)
    return record ? this.#viewOf(record) : null
  }

  active(): DownloadView[] {
    const views: DownloadView[] = []
    for (const { record } of this.#entries.values()) {
      if (record.state.kind === 'active') views.push(this.#viewOf(record))
    }
    return views
  }

  inspect(id: DownloadId): Inspection | null {
    const entry = this.#entries.get(id)
    const record = entry?.record ?? this.#o.store.get(id)
    if (!record) return null
    const looks = entry?.sources?.looks() ?? sourcesOf(record).map((view) => ({ ...view, ...nothingYet }))
    return {
      ...this.#recorder.inspect(record, entry?.segments ?? null, (host) => this.#scheduler.host(host)),
      sources: looks,
    }
  }

  subscribe(listener: (change: EngineChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  settingsChanged(): void {
    this.#throttle.set(this.#o.settings().speedLimit)
    this.#scheduler.limitsChanged()
  }

  reconnect(): void {
    const ids = [...this.#entries.values()]
      .filter(({ record }) => gainsByReconnecting(record))
      .map(({ record }) => record.id)
    this.#move(ids, ['active'], { kind: 'requeue' }, (entries) => {
      for (const entry of entries) entry.control?.abort(new Error('reconnecting'))
    })
  }

  async close(): Promise<void> {
    this.#closing = true
    const entries = [...this.#entries.values()]
    for (const entry of entries) entry.control?.abort(new Error('closing'))
    const ended = async () => {
      await Promise.all(entries.flatMap((entry) => entry.running ?? []))
      await this.#checks.stop()
      await this.#removals.flush()
    }
    if (!(await within(closing, ended(), this.#o.clock))) {
      const ids = entries.filter(({ running }) => running !== null).map(({ record }) => record.id)
      this.#o.log('error', 'closed without the end of what hangs', { ids })
    }
    this.#recorder.close()
    await within(closing, Promise.all([this.#o.digester.close(), this.#o.http.close()]), this.#o.clock)
  }

  /** Applies one event to those of the downloads that are in one of the states, in one commit. */
  #move(
    ids: readonly DownloadId[],
    from: readonly DownloadRecord['state']['kind'][],
    event: DownloadEvent,
    then: (entries: readonly Entry[]) => void,
  ): void {
    const moved = this.#pick(ids).filter((entry) => from.includes(entry.record.state.kind))
    if (moved.length === 0) return
    const records = moved.map(({ record }) => ({ ...record, state: transition(record.state, event) }))
    this.#o.store.save(records)
    for (const [index, entry] of moved.entries()) this.#become(entry, records[index] ?? entry.record)
    then(moved)
    this.#emit(moved.map((entry) => entry.record.id))
  }

  #pick(ids: readonly DownloadId[]): Entry[] {
    return ids.flatMap((id) => (this.#removals.has(id) ? [] : (this.#entries.get(id) ?? [])))
  }

  /** In the order of the queue: who asks first gets the slots that are free. */
  #startAll(entries: readonly Entry[]): void {
    const turns = entries.toSorted(
      (a, b) => this.#scheduler.compareTurns(turnOf(a.record), turnOf(b.record)) || comparePlaces(a.record, b.record),
    )
    for (const entry of turns) this.#start(entry)
  }

  #lastPosition(): number {
    let last = 0
    for (const { record } of this.#entries.values()) last = Math.max(last, record.position)
    return last
  }

  /** Lets a queued download run; after its last run has ended, so that a part never has two writers (fault 61). */
  #start(entry: Entry): void {
    if (entry.record.state.kind !== 'queued' || entry.running || this.#closing) return
    const control = new AbortController()
    entry.control = control
    entry.running = this.#run(entry, control.signal).finally(() => {
      entry.running = null
      entry.control = null
      entry.segments = null
      entry.connections = 0
      this.#recorder.ended(entry.record.id)
      if (entry.record.state.kind === 'done') this.#entries.delete(entry.record.id)
      else this.#start(entry)
    })
  }

  async #run(entry: Entry, signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#o
    try {
      const release = await this.#scheduler.download(() => turnOf(entry.record), signal)
      try {
        // Not stored: after a crash "queued" goes on as "active" would.
        this.#become(entry, { ...entry.record, state: transition(entry.record.state, { kind: 'start' }) })
        this.#emit([entry.record.id])
        entry.meter = new SpeedMeter()
        entry.credentials ??= await this.#unseal(entry.record.secret)
        const { finalPath, bytes, verification } = await transfer(
          this.#job(entry, this.#sources(entry, entry.credentials)),
          this.#env(),
          signal,
        )
        await this.#commitTogether(entry, {
          name: path.basename(finalPath),
          part: published(entry.record.part),
          finalBytes: bytes,
          finishedAt: clock.now(),
          state: transition(entry.record.state, { kind: 'finish', verification }),
        })
        log('info', 'done', { id: entry.record.id, bytes })
        await this.#follow(entry.record, finalPath)
      } finally {
        entry.lock?.release()
        entry.lock = null
        release()
      }
    } catch (error) {
      if (signal.aborted) return
      const { error: cause } = networkFailure(error)
      log('error', 'failed', { id: entry.record.id, ...cause })
      this.#fail(entry, cause)
    }
  }

  /** A Metalink document is no end in itself: the files that it describes are added, with what it promises of them. */
  async #follow(record: DownloadRecord, file: string): Promise<void> {
    if (!this.#o.followsMetalinks || !isMetalink(record)) return
    if ((record.finalBytes ?? Infinity) > longestMetalink) return
    try {
      const files = parseMetalink(await readFile(file, 'utf8'))
      const outside = !isPrivateHost(new URL(record.remote?.url ?? record.url).hostname)
      const allowed = (files ?? []).flatMap((each) => {
        // What a public server describes must not lead into the private network (fault 74).
        const urls = each.urls.filter((url) => !outside || !isPrivateHost(new URL(url).hostname))
        return urls.length === 0 ? [] : [described({ ...each, urls }, record)]
      })
      if (allowed.length > 0) await this.addAll(allowed)
    } catch (error) {
      this.#o.log('warn', 'the Metalink document could not be followed', { id: record.id, error: String(error) })
    }
  }

  /** A store that takes nothing, because its disk is full too, must not end the program: the next start tries again. */
  #fail(entry: Entry, error: DownloadError): void {
    try {
      this.#apply(entry, { kind: 'fail', error })
    } catch (refused) {
      this.#o.log('error', 'the failure could not be stored', { id: entry.record.id, error: String(refused) })
      entry.record = { ...entry.record, state: transition(entry.record.state, { kind: 'fail', error }) }
      this.#emit([entry.record.id])
    }
  }

  #env() {
    const { http, clock, digester, integrity, log, settings } = this.#o
    return {
      http,
      clock,
      digester,
      integrity,
      log,
      scheduler: this.#scheduler,
      checkpointer: this.#checkpointer,
      throttle: this.#throttle,
      connections: () => settings().connections,
      looksBeside: () => settings().checksumFiles,
      keepServerDate: () => settings().keepServerDate,
    }
  }

  /** New ones for each run: who was dropped gets another chance. */
  #sources(entry: Entry, credentials: Credentials): Sources {
    const { http, clock } = this.#o
    const sources = new Sources(
      (address, publicOnly) =>
        new Source({
          address,
          publicOnly,
          session: () => {
            // Keys of a cloud account sign only what the user named.
            if (publicOnly && !/^https?:/.test(address)) throw failure('SCHEME', 'no', 'a mirror of another scheme')
            return this.#session(entry, address, credentials)
          },
          mirror: address !== entry.record.url,
          http,
          clock,
          patience: this.#scheduler.patience(() => new URL(address).host),
        }),
      () => this.#emit([entry.record.id]),
    )
    sources.set(entry.record.url, entry.record.mirrors)
    entry.sources = sources
    return sources
  }

  /** One for the download's life and each address: what servers asked and set is known after a pause too. */
  async #session(entry: Entry, address: string, credentials: Credentials): Promise<Session> {
    const { url, account } = entry.record
    const known = entry.sessions.get(address)
    if (known) return known
    const { origin } = new URL(address)
    const home = address === url || (origin !== 'null' && origin === new URL(url).origin)
    const session = await this.#o.openSession(
      address,
      home ? credentials : strangers(credentials),
      address === url ? account : null,
    )
    entry.sessions.set(address, session)
    return session
  }

  #job(entry: Entry, sources: Sources): Job {
    return {
      get record() {
        return entry.record
      },
      sources,
      referrer: entry.credentials?.headers.find(([name]) => name.toLowerCase() === 'referer')?.[1] ?? null,
      save: (change) => this.#save(entry, change),
      commit: (change) => this.#commitTogether(entry, change),
      phase: (phase) => {
        const { state } = entry.record
        if (state.kind !== 'active' || JSON.stringify(state.phase) === JSON.stringify(phase)) return
        // Not stored: a phase has no meaning after a restart.
        entry.record = { ...entry.record, state: transition(state, { kind: 'phase', phase }) }
        this.#recorder.phase(entry.record.id, phase)
        this.#emit([entry.record.id])
      },
      progress: (segments) => {
        entry.segments = segments
      },
      arrived: (bytes) => {
        entry.meter.add(bytes, this.#o.clock.monotonic())
        this.#recorder.arrived(entry.record.id, bytes)
      },
      answered: (response) => this.#recorder.answered(entry.record.id, response),
      recorder: {
        note: (event) => this.#recorder.note(entry.record.id, event),
        running: (look) => this.#recorder.running(entry.record.id, look),
      },
      connections: (count) => {
        entry.connections = count
      },
      freeName: (wanted) => this.#freeName(entry, wanted),
      isFree: (file) =>
        !entry.alone &&
        [...this.#entries.values()].every(({ record: { part } }) => !('path' in part) || part.path !== file),
      holdName: (name) => {
        const holder = this.#lock(entry, name)
        if (holder) throw locked(holder.by, path.join(entry.record.folder, name))
      },
    }
  }

  async #freeName(entry: Entry, wanted: string): Promise<string> {
    const { id, folder, url } = entry.record
    for (let n = 0; ; n++) {
      const name = n === 0 ? wanted : numberedName(wanted, n)
      const theirs = [...this.#entries.values()].some(
        ({ record }) =>
          record.id !== id &&
          record.folder === folder &&
          'path' in record.part &&
          record.name.toLowerCase() === name.toLowerCase(),
      )
      if (theirs || this.#ours(entry, name) || (await exists(path.join(folder, name)))) continue
      if (this.#ours(entry, name)) continue // meanwhile
      const holder = this.#lock(entry, name)
      if (holder === null) return name
      // Another program has that name for something else: then there is a number. The same twice is a mistake.
      if (holder.note === withoutSecrets(url)) throw locked(holder.by, path.join(folder, name))
    }
  }

  /** @returns `null` when the name is locked for this download until its run ends, else who has it */
  #lock(entry: Entry, name: string): { readonly by: string; readonly note: string } | null {
    const { folder, url } = entry.record
    entry.lock?.release()
    entry.lock = null
    // Downloads of one list number each other's names; the last one wins that overwrites.
    if (this.#ours(entry, name)) return null
    const target = path.join(folder, name)
    const lock = this.#o.targets.take(target, withoutSecrets(url))
    if (lock.kind === 'taken') return lock
    entry.lock = { target, release: () => lock.release() }
    return null
  }

  /** Whether another download of this list has locked a name in the same folder. */
  #ours(entry: Entry, name: string): boolean {
    const target = path.join(entry.record.folder, name).toLowerCase()
    return [...this.#entries.values()].some((other) => other !== entry && other.lock?.target.toLowerCase() === target)
  }

  async #seal(credentials: Credentials): Promise<Secret> {
    if (isNobody(credentials)) return { kind: 'none' }
    const bytes = await this.#o.secrets.seal(JSON.stringify(credentials))
    return bytes ? { kind: 'sealed', bytes } : { kind: 'forgotten' }
  }

  async #unseal(secret: Secret): Promise<Credentials> {
    if (secret.kind === 'none') return nobody
    const text = secret.kind === 'sealed' ? await this.#o.secrets.open(secret.bytes) : null
    if (text === null) throw failure('CREDENTIALS', 'no', 'user name, password, headers or cookies were not kept')
    return { ...nobody, ...(JSON.parse(text) as Partial<Credentials>) } // older ones have no cookies
  }

  #apply(entry: Entry, event: DownloadEvent): void {
    this.#save(entry, { state: transition(entry.record.state, event) })
  }

  #save(entry: Entry, change: Partial<DownloadRecord>): void {
    const record = { ...entry.record, ...change }
    this.#o.store.save([record])
    this.#become(entry, record)
    this.#emit([record.id])
  }

  /** What is stored holds here, and the journal tells it. */
  #become(entry: Entry, record: DownloadRecord): void {
    this.#recorder.changed(entry.record, record)
    entry.record = record
  }

  /** Changes unfinished downloads in one commit. */
  #saveAll(changes: readonly (readonly [DownloadId, Partial<DownloadRecord>])[]): void {
    const entries = changes.flatMap(([id, change]) =>
      this.#pick([id]).map((entry) => ({ entry, record: { ...entry.record, ...change } })),
    )
    if (entries.length === 0) return
    this.#o.store.save(entries.map(({ record }) => record))
    for (const { entry, record } of entries) this.#become(entry, record)
    this.#emit(entries.map(({ record }) => record.id))
  }

  /** A commit waits for the disk: what becomes ready meanwhile goes into the next one together. */
  #commitTogether(entry: Entry, change: Partial<DownloadRecord>): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ready.length === 0) setImmediate(() => this.#commitReady())
      this.#ready.push({ entry, change, resolve, reject })
    })
  }

  #commitReady(): void {
    const ready = this.#ready.splice(0)
    const records = ready.map(({ entry, change }) => ({ ...entry.record, ...change }))
    try {
      this.#o.store.save(records)
    } catch (error) {
      for (const { reject } of ready) reject(error)
      return
    }
    for (const [index, { entry, resolve }] of ready.entries()) {
      this.#become(entry, records[index] ?? entry.record)
      resolve()
    }
    this.#emit(records.map(({ id }) => id))
  }

  /** Stores synced claims, unless their generation is over. */
  #commit(claims: readonly SyncedClaims[]): void {
    const changed: [Entry, DownloadRecord][] = []
    for (const { id, generation, segments } of claims) {
      const entry = this.#entries.get(id)
      const part = entry?.record.part
      if (!entry || part?.kind !== 'open' || part.generation !== generation) continue
      changed.push([entry, { ...entry.record, part: { ...part, segments } }])
    }
    if (changed.length === 0) return
    this.#o.store.save(changed.map(([, record]) => record))
    for (const [entry, record] of changed) entry.record = record
  }

  #viewOf(record: DownloadRecord): DownloadView {
    const entry = this.#entries.get(record.id)
    const { part } = record
    const committed = part.kind === 'open' ? writtenBytes(part.segments) : part.kind === 'finalizing' ? part.bytes : 0
    const running = record.state.kind === 'active'
    const check = this.#checks.progress(record.id)
    return {
      ...(check ? { check } : {}),
      id: record.id,
      url: record.url,
      name: record.name,
      folder: record.folder,
      state: record.state,
      total: record.finalBytes ?? record.remote?.total ?? null,
      received: record.finalBytes ?? entry?.segments?.written ?? committed,
      bytesPerSecond: running && entry ? entry.meter.rate(this.#o.clock.monotonic()) : 0,
      connections: running && entry ? entry.connections : 0,
      position: record.position,
      priority: record.priority,
      addedAt: record.addedAt,
      finishedAt: record.finishedAt,
      ranges: record.remote?.ranges ?? null,
      expiresAt: linkExpiry(record.url),
      notice: record.notice,
      sources: entry?.sources?.views() ?? sourcesOf(record),
    }
  }

  #emit(upserts: readonly DownloadId[]): void {
    this.#notify({ upserts, removals: [] })
  }

  #notify(change: EngineChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}

function isMetalink({ name, remote }: DownloadRecord): boolean {
  return /\.(meta4|metalink)$/i.test(name) || remote?.contentType?.split(';')[0]?.trim() === 'application/metalink4+xml'
}

/** What a document says is no more trusted than its server: addresses in it are `server`'s. */
function described({ name, size, digests, pieces, urls }: MetalinkFile, document: DownloadRecord): AddRequest {
  return {
    url: urls[0]!,
    mirrors: urls.slice(1, maxMirrors).map((url) => ({ url, from: 'server' })),
    folder: document.folder,
    name,
    onConflict: 'rename',
    connections: document.connections,
    partSize: document.partSize,
    threshold: document.threshold,
    checksum: null,
    promised: { size, digests: saidBy('metalink', digests), pieces },
    credentials: nobody,
    account: null,
    start: true,
  }
}

function turnOf({ priority, position, url }: DownloadRecord): Turn {
  return { priority, position, expiresAt: linkExpiry(url) }
}

const nothingYet = { received: 0, bytesPerSecond: 0, connections: 0, resting: null }

/** What is given to another server than the one it was given for: no secret. */
function strangers({ headers }: Credentials): Credentials {
  return { ...nobody, headers: headers.filter(([name]) => name.toLowerCase() === 'user-agent') }
}

/** Each address once, in the order given, without the download's own. */
function distinctMirrors(url: string, mirrors: readonly Mirror[]): Mirror[] {
  const byUrl = new Map(mirrors.toReversed().map((mirror) => [mirror.url, mirror]))
  byUrl.delete(url)
  return [...byUrl.values()].reverse()
}

function sourcesOf({ url, mirrors }: DownloadRecord): SourceView[] {
  if (mirrors.length === 0) return []
  return [url, ...mirrors.map((mirror) => mirror.url)].map((address) => ({
    url: address,
    host: new URL(address).host,
    state: { kind: 'unused' },
  }))
}

function published(part: Part): Part {
  if (part.kind === 'finalizing') return { kind: 'published', inode: part.inode, generation: part.generation }
  throw failure('INTERNAL', 'no', `published from a part that is ${part.kind}`)
}

function locked(by: string, target: string) {
  return failure('LOCKED', 'no', `${by} is downloading to ${target} already`)
}

function newEntry(record: DownloadRecord): Entry {
  return {
    record,
    credentials: null,
    sessions: new Map(),
    control: null,
    alone: false,
    lock: null,
    running: null,
    segments: null,
    sources: null,
    meter: new SpeedMeter(),
    connections: 0,
  }
}

function gainsByReconnecting({ state, remote }: DownloadRecord): boolean {
  if (state.kind !== 'active') return false
  const { phase } = state
  if (phase.kind === 'waiting') return phase.reason.retryAfter === undefined
  // What cannot go on where it is would begin again at byte 0; perhaps its connection has survived.
  return phase.kind === 'transferring' && remote !== null && remote.ranges && remote.validator !== null
}
