import { hostRuleFor } from '../../shared/host-rules'
import type { EngineOptions } from './api'
import { Addresses } from './downloads/addresses'
import { Carrying } from './downloads/carrying'
import { Checking } from './downloads/checking'
import { Entries } from './downloads/entries'
import { Listing } from './downloads/listing'
import { Names } from './downloads/names'
import { Orders } from './downloads/orders'
import { Removals } from './downloads/removals'
import { Runner } from './downloads/runner'
import { Sessions } from './downloads/sessions'
import { Errands } from './errands'
import { createCheckpointer } from './fetch/checkpoint'
import { Disk } from './files/disk'
import { Outages } from './outages'
import { Gates } from './queues/gates'
import { SpaceWatch } from './queues/space-watch'
import { Rests } from './queues/rests'
import { volumeOf } from './queues/volumes'
import { Recorder } from './recorder/recorder'
import { createScheduler, type Scheduler } from './scheduler'
import { Throttle } from './throttle'

/** The parts of an engine, each with a state of its own. */
export type Parts = ReturnType<typeof assemble>

/**
 * Makes the parts of an engine and tells them of each other: here and nowhere else. Nothing is loaded, and nothing runs
 * yet.
 */
export function assemble(options: EngineOptions) {
  const { clock, log, store } = options
  const outages = new Outages((back) => rests.end((rest) => rest.kind === 'server' && rest.host === back))
  const scheduler: Scheduler = createScheduler({
    limits: () => {
      const { concurrentDownloads, connectionsPerHost, attempts } = options.settings()
      return {
        downloads: concurrentDownloads,
        perHost: connectionsPerHost,
        ...(attempts === null ? {} : { attempts }),
      }
    },
    queueSlots: (queue) => gates.get(queue).slots,
    rule: (host) => hostRuleFor(options.rules(), host),
    policy: options.retry,
    clock,
    random: options.random,
    hosts: options.hosts,
    reachability: options.reachability,
    outages,
  })
  const disk = new Disk()
  const throttle = new Throttle(clock, options.grain)
  const recorder = new Recorder(options.traces, clock, log)
  const entries: Entries = new Entries({ store, recorder, log, held: (id) => removals.has(id) })
  const sessions = new Sessions(options)
  const errands = new Errands((id) => entries.emit([id]), clock)
  const orders = new Orders({
    entries,
    sessions,
    clock,
    start: (some) => runner.startAll(some),
    rested: (some) => rests.end((_rest, id) => some.some(({ record }) => record.id === id)),
  })
  const checking = new Checking(entries, sessions, errands, recorder, options)
  const carrying = new Carrying({
    entries,
    sessions,
    errands,
    options,
    pause: (ids) => orders.pause(ids),
    start: (some) => runner.startAll(some),
  })
  const removals: Removals = new Removals({ entries, store, clock, log, pause: (ids) => orders.pause(ids), errands })
  const space = new SpaceWatch({
    entries,
    clock,
    volumeOf,
    margin: () => options.settings().spaceMargin,
    compare: (a, b) => runner.compare(a, b),
    changed: () => gates.look(),
  })
  const rests: Rests = new Rests({ entries, clock, changed: () => gates.look() })
  const gates: Gates = new Gates({
    store: options.queues,
    entries,
    clock,
    pausesOn: () => {
      const { pauseOnBattery, pauseOnMetered } = options.settings()
      return { battery: pauseOnBattery, metered: pauseOnMetered }
    },
    waits: (id) => space.hold(id) ?? rests.hold(id),
    next: (since) => rests.next(since),
    admit: () => scheduler.limitsChanged(),
    pause: (ids) => orders.pause(ids),
  })
  const runner: Runner = new Runner({
    options,
    entries,
    sessions,
    names: new Names(entries, options.targets, disk),
    scheduler,
    checkpointer: createCheckpointer(options.checkpoints, clock, (claims) => entries.claimed(claims)),
    throttle,
    recorder,
    disk,
    gates,
    space,
    outages,
    rests,
    add: (requests) => orders.add(requests),
  })
  const addresses = new Addresses({
    options,
    entries,
    sessions,
    resume: (ids) => orders.resume(ids),
    note: (id, event) => recorder.note(id, event),
  })
  const listing = new Listing({ store, entries, removals, gates, errands, recorder, scheduler, clock })
  return {
    entries,
    orders,
    removals,
    checking,
    carrying,
    errands,
    addresses,
    listing,
    runner,
    scheduler,
    throttle,
    recorder,
    gates,
    rests,
    space,
  }
}
