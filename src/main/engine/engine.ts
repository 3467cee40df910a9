import { transition } from '../../shared/download'
import { listedFinished } from '../../shared/history'
import type { Engine, EngineOptions, OnLoad } from './api'
import { within } from './deadline'
import { finishedDownload } from './downloads/adding'
import { assemble, type Parts } from './parts'
import type { DownloadRecord } from './ports'
import { reorder } from './queues/order'
import type { Scope } from './throttle'

export type { AddRequest, CarryRequest, Engine, EngineChange, EngineOptions, EngineSettings, OnLoad } from './api'

/** Completed downloads that leave the list in one commit. */
const cleaned = 500

/** ms for everything to end by itself. */
const closing = 10_000

/**
 * Loads what is unfinished and lets it go on. What the engine can be told and asked is in `api.ts`, who does it in
 * `parts.ts`.
 * @throws what the store throws when it cannot be read
 */
export function createEngine(options: EngineOptions): Engine {
  const parts = assemble(options)
  const { entries, orders, removals, checking, carrying, errands, addresses, listing } = parts
  const { runner, scheduler, throttle, gates, rests, space } = parts
  const limitSpeeds = () => setLimits(parts, options)

  limitSpeeds()
  entries.load((stored) => atStart(stored, options.onLoad))
  gates.look()
  entries.subscribe(() => gates.listChanged())
  runner.startAll(entries.all())

  const remove: Engine['remove'] = (ids, { deleteFile }) => removals.remove(ids, deleteFile)
  return {
    async add(request) {
      const [id] = await orders.add([request])
      return id!
    },
    addAll: (requests) => orders.add(requests),
    addFinished(downloads) {
      const records = options.store.insertAll(downloads.map(finishedDownload))
      // More than that no window lists.
      entries.emit(records.slice(-listedFinished).map(({ id }) => id))
    },

    pause: (ids) => orders.pause(ids),
    resume: (ids) => orders.resume(ids),
    restart: (ids) => orders.restart(ids),
    pauseAll: () => orders.pause(entries.all().map(({ record }) => record.id)),
    reconnect() {
      gates.look() // the clock went on meanwhile
      rests.end(({ kind }) => kind === 'server') // perhaps only the network was away
      orders.reconnect()
    },

    remove,
    removeLater: (ids, ms) => removals.removeLater(ids, ms),
    restore(ids) {
      const { back, going } = removals.take(ids)
      entries.emit(back)
      orders.resume(going)
    },
    async forgetFinished(at) {
      const ids = options.store.finishedBefore(at)
      // In pieces: downloads that run are not to wait for the end of a long list.
      for (let from = 0; from < ids.length; from += cleaned) {
        await remove(ids.slice(from, from + cleaned), { deleteFile: false })
      }
      return ids.length
    },

    verify: (id) => checking.check(id, false),
    async repair(id) {
      const report = await checking.check(id, true)
      // What was found is fetched now; `resume` would begin a wrong file again from byte 0.
      if (report.kind === 'damaged') orders.goOn([id])
      return report
    },
    digest: (id, algorithm) => checking.digest(id, algorithm),
    compare: (id, checksum) => checking.compare(id, checksum),
    carryOut: (id, target) => carrying.out(id, target),
    carryIn: (bundle, request) => carrying.in(bundle, request),
    stopErrand: (id) => errands.stop([id]),

    relink: (id, url, corrected) => addresses.relink(id, url, corrected),
    async authorize(id, credentials) {
      await addresses.identify(id, credentials)
      orders.resume([id])
    },
    knowsWho: (id) => addresses.knowsWho(id),
    identify: (id, credentials) => addresses.identify(id, credentials),
    thaw: (id) => addresses.thaw(id),
    accountChanged: (account) => addresses.accountChanged(account),
    setMirrors: (id, mirrors) => addresses.setMirrors(id, mirrors),
    choose: (id, choices) => addresses.choose(id, choices),

    categorize: (ids, category) => entries.saveAny(ids, { category }),
    startNow(ids) {
      orders.startNow(ids)
      gates.look()
    },
    limit(ids, rate) {
      entries.saveAll(ids.map((id) => [id, { limit: rate }]))
      for (const { record, control } of entries.pick(ids)) {
        if (control) throttle.set(`download ${record.id}`, rate)
      }
    },
    move(...moves) {
      const queue = entries.all().map(({ record: { id, position } }) => ({ id, position }))
      const places = reorder(queue, ...moves)
      entries.saveAll([...places].map(([id, position]) => [id, { position }]))
      scheduler.limitsChanged()
    },
    prioritize(ids, priority) {
      entries.saveAll(ids.map((id) => [id, { priority }]))
      scheduler.limitsChanged()
    },

    queues: () => gates.views(),
    addQueue(choices) {
      const id = gates.add(choices)
      limitSpeeds()
      return id
    },
    changeQueue(id, change) {
      gates.change(id, change)
      limitSpeeds()
    },
    removeQueue(id) {
      gates.remove(id)
      limitSpeeds()
    },
    moveToQueue: (ids, queue) => gates.move(ids, queue),
    appoint: (ids, times) => gates.appoint(ids, times),
    onlyNow: (ids) => gates.only(ids),
    power: (power) => gates.power(power),

    unfinished: () => entries.all().map(({ record }) => record),
    list: () => listing.all(),
    finished: (before, count) => listing.finished(before, count),
    records: () => listing.records(),
    history: (query, after, count) => listing.history(query, after, count),
    view: (id) => listing.one(id),
    active: () => listing.active(),
    inspect: (id) => listing.inspect(id),
    subscribe: (listener) => entries.subscribe(listener),

    settingsChanged() {
      limitSpeeds()
      scheduler.limitsChanged()
      gates.look()
      space.look()
    },
    close: () => close(parts, options),
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

/** Limits of the program, of queues and of rules for hosts; a download brings its own when it runs. */
function setLimits({ throttle, gates }: Parts, { settings, rules }: EngineOptions): void {
  throttle.set('all', settings().speedLimit)
  for (const { kind, limits } of [
    { kind: 'queue', limits: gates.views().map(({ id, limit }) => ({ id, limit })) },
    { kind: 'rule', limits: rules().map(({ id, speedLimit }) => ({ id, limit: speedLimit })) },
  ] as const) {
    throttle.setAll(kind, new Map(limits.map(({ id, limit }) => [`${kind} ${id}` as Scope, limit])))
  }
}

async function close(parts: Parts, { clock, log, digester, http }: EngineOptions): Promise<void> {
  const { carrying, errands, removals, recorder } = parts
  const entries = parts.entries.all()
  parts.gates.close()
  parts.space.close()
  parts.runner.close()
  const ended = async () => {
    await Promise.all(entries.flatMap((entry) => entry.running ?? []))
    carrying.stop()
    await errands.stop()
    await removals.flush()
  }
  if (!(await within(closing, ended(), clock))) {
    const ids = entries.filter(({ running }) => running !== null).map(({ record }) => record.id)
    log('error', 'closed without the end of what hangs', { ids })
  }
  recorder.close()
  await within(closing, Promise.all([digester.close(), http.close()]), clock)
}
