import type { DownloadId } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import type { Hold } from '../../../shared/holds'
import { defaultQueue, type Queue, type QueueChoices, type QueueId, type QueueView } from '../../../shared/queues'
import type { Entries } from '../downloads/entries'
import type { Clock, DownloadRecord, QueueStore } from '../ports'
import { afterAppointments, earliest, gateOf, holdOf, type Conditions, type Power } from './gate'
import { checkZone } from './schedule'

export interface GatesEnv {
  readonly store: QueueStore
  readonly entries: Entries
  readonly clock: Clock
  /** What of it keeps downloads from running. */
  readonly pausesOn: () => Power
  /** What a download waits for by itself: space on its volume, an archive. */
  readonly waits: (id: DownloadId) => Hold | null
  /** When the first of those waits that ends after `since` ends by itself, both ms since the epoch; `null` for none. */
  readonly next: (since: number) => number | null
  /** Who is held has changed. */
  readonly admit: () => void
  readonly pause: (ids: readonly DownloadId[]) => void
}

/** ms after which a wait looks at the clock again: no system tells a program that its clock was set. */
const longestNap = 60_000

/**
 * The queues, and what keeps downloads from running: their queue, their time, the user's choice of others, power, space.
 * One timer sleeps until the first change of all of them.
 */
export class Gates {
  readonly #env: GatesEnv
  #queues: ReadonlyMap<QueueId, QueueView>
  #power: Power = { battery: false, metered: false }
  #onlyNow = false
  /** Of the queued ones, as it was told last. */
  #told = new Map<DownloadId, string>()
  #nap = new AbortController()
  #looking = false
  #closed = false

  constructor(env: GatesEnv) {
    this.#env = env
    this.#queues = this.#gates(env.store.all())
  }

  /** The default one first. */
  views(): QueueView[] {
    return [...this.#queues.values()]
  }

  /** The default one for an unknown one. */
  get(id: QueueId): QueueView {
    return this.#queues.get(id) ?? this.#queues.get(defaultQueue)!
  }

  /** @returns its id. @throws RequestFailure E_ZONE */
  add(choices: QueueChoices): QueueId {
    checkZone(choices.schedule)
    const queue = this.#env.store.insert(choices)
    this.#take([...this.views(), queue])
    return queue.id
  }

  /** @throws RequestFailure E_QUEUE, E_ZONE */
  change(id: QueueId, change: Partial<QueueChoices>): void {
    checkZone(change.schedule ?? null)
    const queue = { ...this.#known(id), ...change }
    this.#env.store.save([queue])
    this.#take(this.views().map((each) => (each.id === id ? queue : each)))
  }

  /** Its downloads move to the default one. @throws RequestFailure E_QUEUE when it is that one, or none */
  remove(id: QueueId): void {
    this.#known(id)
    if (id === defaultQueue) throw new RequestFailure({ code: 'E_QUEUE', detail: 'the default queue stays' })
    this.#env.store.remove(id)
    const moved = this.#env.entries.all().filter(({ record }) => record.queue === id)
    for (const entry of moved) entry.record = { ...entry.record, queue: defaultQueue }
    this.#env.entries.emit(moved.map(({ record }) => record.id))
    this.#take(this.views().filter((each) => each.id !== id))
  }

  /** Moves unfinished downloads to another queue; their order stays. @throws RequestFailure E_QUEUE */
  move(ids: readonly DownloadId[], queue: QueueId): void {
    this.#known(queue)
    this.#env.entries.saveAll(ids.map((id) => [id, { queue }]))
    this.look()
  }

  /**
   * Sets when downloads start and are paused.
   * @param times ms since the epoch; `null` for none
   */
  appoint(ids: readonly DownloadId[], times: Pick<DownloadRecord, 'startAt' | 'stopAt'>): void {
    this.#env.entries.saveAll(ids.map((id) => [id, times]))
    this.look()
  }

  /** Lets these run and all others wait, until they have ended; for none it is over. */
  only(ids: readonly DownloadId[]): void {
    const wanted = new Set(ids)
    const changed = this.#env.entries.all().filter(({ record }) => record.onlyNow !== wanted.has(record.id))
    this.#env.entries.saveAll(changed.map(({ record }) => [record.id, { onlyNow: wanted.has(record.id) }]))
    this.look()
  }

  power(power: Power): void {
    this.#power = power
    this.look()
  }

  /** @returns what a queued or active download waits for apart from a slot, or would; `null` for nothing */
  holdOf(record: DownloadRecord): Hold | null {
    const atOnce = this.#env.entries.get(record.id)?.atOnce ?? false
    const hold = holdOf(record, this.get(record.queue), this.#conditions(), this.#env.clock.now(), atOnce)
    return hold ?? this.#env.waits(record.id)
  }

  /** Something was changed that may hold downloads or let them go. */
  look(): void {
    if (this.#looking || this.#closed) return
    this.#looking = true
    // What ends while it looks may have been looked at too early, and needs another look.
    const since = this.#env.clock.now()
    try {
      this.#keepAppointments()
      this.#endOnlyNow()
      this.#apply()
    } finally {
      this.#looking = false
    }
    this.#sleep(since)
  }

  /** The list has changed: those that the user wants now may be over. */
  listChanged(): void {
    if (this.#onlyNow) this.look()
  }

  close(): void {
    this.#closed = true
    this.#nap.abort(new Error('closing'))
  }

  #known(id: QueueId): Queue {
    const found = this.#queues.get(id)
    if (!found) throw new RequestFailure({ code: 'E_QUEUE', detail: `no queue ${id}` })
    const { hold: _hold, until: _until, ...queue } = found
    return queue
  }

  #take(queues: readonly Queue[]): void {
    this.#queues = this.#gates(queues)
    this.#env.entries.notify({ upserts: [], removals: [], queues: true })
    this.look()
  }

  #gates(queues: readonly Queue[]): ReadonlyMap<QueueId, QueueView> {
    const now = this.#env.clock.now()
    return new Map(queues.map((queue) => [queue.id, gateOf(queue, now)]))
  }

  #conditions(): Conditions {
    const { battery, metered } = this.#env.pausesOn()
    return {
      battery: battery && this.#power.battery,
      metered: metered && this.#power.metered,
      onlyNow: this.#onlyNow,
    }
  }

  #keepAppointments(): void {
    const now = this.#env.clock.now()
    const { entries, store, pause } = this.#env
    const before = this.views()
    const plain = before.map(({ id }) => this.#known(id))
    const after = plain.map((queue) => afterAppointments(queue, now))
    const kept = after.filter((queue, index) => queue !== plain[index])
    if (kept.length > 0) store.save(kept)
    this.#queues = this.#gates(after)
    if (JSON.stringify(before) !== JSON.stringify(this.views())) {
      entries.notify({ upserts: [], removals: [], queues: true })
    }
    const over = entries.all().filter(({ record: { stopAt } }) => stopAt !== null && stopAt <= now)
    if (over.length === 0) return
    const ids = over.map(({ record }) => record.id)
    pause(ids)
    entries.saveAll(ids.map((id) => [id, { startAt: null, stopAt: null }]))
  }

  #endOnlyNow(): void {
    const chosen = this.#env.entries.all().filter(({ record }) => record.onlyNow)
    this.#onlyNow = chosen.some(({ record: { state } }) => state.kind === 'queued' || state.kind === 'active')
    if (this.#onlyNow) return
    this.#env.entries.saveAll(
      chosen
        .filter(({ record }) => record.state.kind !== 'done')
        .map(({ record }) => [record.id, { onlyNow: false }] as const),
    )
  }

  /** Stops what may not run any more, lets in what may, and tells what has changed. */
  #apply(): void {
    const { entries, admit } = this.#env
    const stopping: DownloadId[] = []
    const told = new Map<DownloadId, string>()
    for (const { record } of entries.all()) {
      const { id, state } = record
      if (state.kind === 'queued') {
        const hold = this.holdOf(record)
        if (hold !== null) told.set(id, JSON.stringify(hold))
      } else if (state.kind === 'active' && interruptible.has(state.phase.kind) && this.holdOf(record) !== null) {
        stopping.push(id)
      }
    }
    entries.move(stopping, ['active'], { kind: 'requeue' }, (stopped) => {
      for (const entry of stopped) entry.control?.abort(new Error('held'))
    })
    admit()
    const changed = [...new Set([...told.keys(), ...this.#told.keys()])].filter(
      (id) => told.get(id) !== this.#told.get(id),
    )
    this.#told = told
    if (changed.length > 0) entries.emit(changed)
  }

  /**
   * Until something changes by itself; while nothing does, there is no timer.
   * @param since when the last look began, ms since the epoch
   */
  #sleep(since: number): void {
    this.#nap.abort(new Error('another look'))
    const now = this.#env.clock.now()
    const moments: (number | null)[] = [this.#env.next(since), ...this.views().map(({ until }) => until)]
    for (const { record } of this.#env.entries.all()) {
      if (record.stopAt !== null) moments.push(record.stopAt)
      if (record.startAt !== null && record.startAt > since) moments.push(record.startAt)
    }
    const next = earliest(moments)
    if (next === null || this.#closed) return
    this.#nap = new AbortController()
    this.#env.clock.sleep(Math.min(Math.max(0, next - now), longestNap), this.#nap.signal).then(
      () => this.look(),
      () => undefined, // somebody looked before
    )
  }
}

/** What is at its end is left to end: it needs neither network nor space. */
const interruptible = new Set(['probing', 'transferring', 'waiting'])
