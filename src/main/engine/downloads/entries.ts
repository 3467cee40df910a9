import {
  transition,
  type DownloadEvent,
  type DownloadId,
  type DownloadState,
  type Phase,
} from '../../../shared/download'
import { RequestFailure, type DownloadError } from '../../../shared/errors'
import type { EngineChange } from '../api'
import type { SyncedClaims } from '../fetch/checkpoint'
import type { Segments } from '../fetch/segments'
import type { Sources } from '../fetch/sources'
import type { BlocksOf, Credentials, DownloadRecord, DownloadStore, Log, NewDownload, Session } from '../ports'
import type { SpeedMeter } from '../rate'
import type { Recorder } from '../recorder/recorder'

/**
 * One download that is not completed: what is stored of it, and what lives only as long as the program. There may be a
 * hundred thousand, of which few ever run at a time: what only a run needs is made by the run.
 */
export class Entry {
  record: DownloadRecord
  credentials: Credentials | null = null
  #sessions: Map<string, Session> | null = null
  /** Cookies that are kept of its own session; `undefined` when nobody has looked yet. */
  jar: string | null | undefined = undefined
  /** While they are being sealed. */
  sealing = false
  control: AbortController | null = null
  /** Takes over nothing. */
  alone = false
  /** The user wants it now: until it stands, it waits neither for a slot, nor for its time or its queue. */
  atOnce = false
  /** Since when its server gives nothing, ms since the epoch; `null` while it gives something. */
  awaySince: number | null = null
  /** On its name, while it runs. */
  lock: { readonly target: string; release(): void } | null = null
  /** Whether it stands in the line for a slot, perhaps without wanting one any more. */
  waiting = false
  running: Promise<void> | null = null
  segments: Segments | null = null
  /** Of the present run, or the last one. */
  sources: Sources | null = null
  /** Of the present run, or the last one. */
  meter: SpeedMeter | null = null
  connections = 0

  constructor(record: DownloadRecord) {
    this.record = record
  }

  /** By address. */
  get sessions(): Map<string, Session> {
    return (this.#sessions ??= new Map())
  }
}

export interface EntriesEnv {
  readonly store: DownloadStore
  readonly recorder: Recorder
  readonly log: Log
  /** Whether it was taken off the list and may still come back. */
  readonly held: (id: DownloadId) => boolean
}

/** A change that waits for the next commit. */
interface Ready {
  readonly entry: Entry
  readonly change: Partial<DownloadRecord>
  readonly sums: BlocksOf | null
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Everything that is not completed, and the only way to change it: what is committed to the store holds here, then the
 * journal and the listeners are told.
 */
export class Entries {
  readonly #env: EntriesEnv
  readonly #entries = new Map<DownloadId, Entry>()
  readonly #listeners = new Set<(change: EngineChange) => void>()
  /** Those that began to run, until somebody looks and they do no more: progress is asked for four times a second. */
  readonly #active = new Set<Entry>()
  /** Those with a partial file: of a hundred thousand that wait only a few. */
  readonly #parts = new Set<Entry>()
  #ready: Ready[] = []
  #committing = false

  constructor(env: EntriesEnv) {
    this.#env = env
  }

  /**
   * Takes up what the store has.
   * @param take what becomes of a stored record; `null` leaves it to somebody else
   */
  load(take: (stored: DownloadRecord) => DownloadRecord | null): void {
    const moved: DownloadRecord[] = []
    for (const stored of this.#env.store.unfinished()) {
      const record = take(stored)
      if (record === null) continue
      if (record !== stored) moved.push(record)
      this.#enter(record)
      this.#env.recorder.changed(stored, record)
    }
    if (moved.length > 0) this.#env.store.save(moved)
  }

  /** Adds downloads in one commit, at the end of the queue; nobody is told before `emit`. */
  insert(downloads: readonly NewDownload[]): Entry[] {
    let last = 0
    for (const { record } of this.#entries.values()) last = Math.max(last, record.position)
    const placed = downloads.map((download, index) => ({ ...download, position: last + index + 1 }))
    return this.#env.store.insertAll(placed).map((record) => this.#enter(record))
  }

  get(id: DownloadId): Entry | undefined {
    return this.#entries.get(id)
  }

  /** In the order in which they were added; those that may still come back too. */
  all(): Entry[] {
    return [...this.#entries.values()]
  }

  /** Those with a partial file under its own name. */
  withParts(): Iterable<Entry> {
    return this.#parts
  }

  /** Those that are active, in the order in which they began. */
  active(): Entry[] {
    return [...this.#active]
  }

  /** Those of the downloads that are on the list. */
  pick(ids: readonly DownloadId[]): Entry[] {
    return ids.flatMap((id) => (this.#env.held(id) ? [] : (this.#entries.get(id) ?? [])))
  }

  /** @throws RequestFailure E_NOT_FOUND when it is completed or was never there */
  unfinished(id: DownloadId): Entry {
    const entry = this.#entries.get(id)
    // A completed one is here until its run has ended.
    if (!entry || entry.record.state.kind === 'done')
      throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no unfinished download ${id}` })
    return entry
  }

  /** One that is paused or failed. @throws RequestFailure E_NOT_FOUND, E_STATE */
  standing(id: DownloadId): Entry {
    const entry = this.unfinished(id)
    const { kind } = entry.record.state
    if (kind !== 'failed' && kind !== 'paused') {
      throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is ${kind}` })
    }
    return entry
  }

  /** It is completed: only the store has it from now on. */
  completed(id: DownloadId): void {
    this.#leave(id)
  }

  /** Forgets downloads, completed ones too, and what the journal has of them. */
  remove(ids: readonly DownloadId[]): void {
    for (const id of ids) this.#leave(id)
    this.#env.recorder.forget(ids)
    this.#env.store.remove(ids)
    this.notify({ upserts: [], removals: ids })
  }

  /** Changes one at once. */
  save(entry: Entry, change: Partial<DownloadRecord>): void {
    const record = { ...entry.record, ...change }
    this.#env.store.save([record])
    this.#become(entry, record)
    this.emit([record.id])
  }

  /** Changes those of the downloads that are on the list in one commit. */
  saveAll(changes: readonly (readonly [DownloadId, Partial<DownloadRecord>])[]): void {
    const entries = changes.flatMap(([id, change]) =>
      this.pick([id]).map((entry) => ({ entry, record: { ...entry.record, ...change } })),
    )
    if (entries.length === 0) return
    this.#env.store.save(entries.map(({ record }) => record))
    for (const { entry, record } of entries) this.#become(entry, record)
    this.emit(entries.map(({ record }) => record.id))
  }

  /** Changes downloads, completed ones too, which only the store has. */
  saveAny(ids: readonly DownloadId[], change: Partial<DownloadRecord>): void {
    const { store } = this.#env
    const known = new Set(ids.filter((id) => this.#entries.has(id)))
    this.saveAll([...known].map((id) => [id, change]))
    const stored = ids.flatMap((id) => (known.has(id) || this.#env.held(id) ? [] : (store.get(id) ?? [])))
    if (stored.length === 0) return
    store.save(stored.map((record) => ({ ...record, ...change })))
    this.emit(stored.map(({ id }) => id))
  }

  /** Applies one event to those of the downloads that are in one of the states, in one commit. */
  move(
    ids: readonly DownloadId[],
    from: readonly DownloadState['kind'][],
    event: DownloadEvent,
    then: (entries: readonly Entry[]) => void,
  ): void {
    const moved = this.pick(ids).filter((entry) => from.includes(entry.record.state.kind))
    if (moved.length === 0) return
    const records = moved.map(({ record }) => ({ ...record, state: transition(record.state, event) }))
    this.#env.store.saveStates(records)
    for (const [index, entry] of moved.entries()) this.#become(entry, records[index] ?? entry.record)
    then(moved)
    this.emit(moved.map((entry) => entry.record.id))
  }

  /**
   * Changes one together with others that are ready at the same moment, or while the disk is busy with the last ones: it
   * would sync no earlier. Resolves when it is durable; nobody is told of it earlier.
   * @param sums of the blocks that it claims now
   */
  commit(entry: Entry, change: Partial<DownloadRecord>, sums: BlocksOf | null = null): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ready.push({ entry, change, sums, resolve, reject })
      if (this.#committing) return
      this.#committing = true
      setImmediate(() => void this.#commitAll())
    })
  }

  /** Stores synced claims, unless their generation is over. Resolves when they are durable. */
  async claimed(claims: readonly SyncedClaims[]): Promise<void> {
    const changed: [Entry, DownloadRecord][] = []
    for (const { id, generation, segments } of claims) {
      const entry = this.#entries.get(id)
      const part = entry?.record.part
      if (!entry || part?.kind !== 'open' || part.generation !== generation) continue
      changed.push([entry, { ...entry.record, part: { ...part, segments } }])
    }
    if (changed.length === 0) return
    const durable = this.#env.store.commit(changed.map(([, record]) => record))
    for (const [entry, record] of changed) entry.record = record
    await durable
  }

  /** A queued one begins to run. Not stored: after a crash "queued" goes on as "active" would. */
  started(entry: Entry): void {
    this.#become(entry, { ...entry.record, state: transition(entry.record.state, { kind: 'start' }) })
    this.#active.add(entry)
    this.emit([entry.record.id])
  }

  /** It waits for its turn again. Not stored: after a crash "active" goes on as "queued" would. */
  requeued(entry: Entry): void {
    this.#become(entry, { ...entry.record, state: transition(entry.record.state, { kind: 'requeue' }) })
    this.emit([entry.record.id])
  }

  /** Not stored: a phase has no meaning after a restart. */
  phase(entry: Entry, phase: Phase): void {
    const { id, state } = entry.record
    if (state.kind !== 'active' || JSON.stringify(state.phase) === JSON.stringify(phase)) return
    entry.record = { ...entry.record, state: transition(state, { kind: 'phase', phase }) }
    this.#env.recorder.phase(id, phase)
    this.emit([id])
  }

  /** A store that takes nothing, because its disk is full too, must not end the program: the next start tries again. */
  fail(entry: Entry, error: DownloadError): void {
    const state = transition(entry.record.state, { kind: 'fail', error })
    try {
      this.save(entry, { state })
    } catch (refused) {
      this.#env.log('error', 'the failure could not be stored', { id: entry.record.id, error: String(refused) })
      entry.record = { ...entry.record, state }
      this.#active.delete(entry)
      this.emit([entry.record.id])
    }
  }

  /** Told synchronously after every change but progress. @returns ends it */
  subscribe(listener: (change: EngineChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Something to show has changed. */
  emit(upserts: readonly DownloadId[]): void {
    this.notify({ upserts, removals: [] })
  }

  notify(change: EngineChange): void {
    for (const listener of this.#listeners) listener(change)
  }

  /** What is stored holds here, and the journal tells it. */
  #become(entry: Entry, record: DownloadRecord): void {
    this.#env.recorder.changed(entry.record, record)
    entry.record = record
    if (record.state.kind !== 'queued' && record.state.kind !== 'active') entry.atOnce = false
    this.#track(entry)
  }

  #enter(record: DownloadRecord): Entry {
    const entry = new Entry(record)
    this.#entries.set(record.id, entry)
    this.#track(entry)
    return entry
  }

  #leave(id: DownloadId): void {
    const entry = this.#entries.get(id)
    this.#entries.delete(id)
    if (entry) this.#parts.delete(entry)
  }

  #track(entry: Entry): void {
    if ('path' in entry.record.part && this.#entries.get(entry.record.id) === entry) this.#parts.add(entry)
    else this.#parts.delete(entry)
    if (entry.record.state.kind !== 'active') this.#active.delete(entry)
  }

  async #commitAll(): Promise<void> {
    while (this.#ready.length > 0) await this.#commitReady()
    this.#committing = false
  }

  async #commitReady(): Promise<void> {
    const ready = this.#ready.splice(0)
    const records = ready.map(({ entry, change }) => ({ ...entry.record, ...change }))
    try {
      const durable = this.#env.store.commit(
        records,
        ready.flatMap(({ sums }) => sums ?? []),
      )
      // At once: what is saved until it is durable builds on it.
      for (const [index, { entry }] of ready.entries()) this.#become(entry, records[index] ?? entry.record)
      await durable
    } catch (error) {
      for (const { reject } of ready) reject(error)
      return
    }
    for (const { resolve } of ready) resolve()
    this.emit(records.map(({ id }) => id))
  }
}
