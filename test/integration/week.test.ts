import type { LookupFunction } from 'node:net'
import type { networkInterfaces } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { DownloadId } from '../../src/shared/download'
import { noChoices, weekdays, type QueueId, type Schedule, type TimeWindow } from '../../src/shared/queues'
import type { Engine } from '../../src/main/engine/engine'
import { type TestFile, type TestServer } from '../server'
import { FakeClock } from '../unit/fake-clock'
import { inEachTest, type Rig, sha256 } from './rig'

/**
 * A week of a program that nobody looks at. The clock is the test's; engine, store, sockets and files are real: whatever
 * can move without the clock has moved before time goes on. What the wall's clock shows in a zone is asked of Intl here,
 * not of the code that is tested.
 */

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const kibibyte = 1024

/** Bytes per second of the whole program. */
const rate = 2 * kibibyte
/** Smallest step of the clock: a portion of 64 KiB takes nearly as long. */
const step = 40 * second
/** The clock goes in steps that are two thousand times as long as the computer's. */
const grain = { portion: 32 * second, saved: step }
/** The most that passes at once while nothing runs. */
const longest = 15 * minute
/** Bytes that a limit may be over in an hour: a read of each connection, and what stood in the bucket. */
const slack = 8 * 64 * kibibyte

class WeekClock extends FakeClock {
  #wall: number

  constructor(start: number) {
    super()
    this.#wall = start
  }

  override now(): number {
    return this.#wall + this.monotonic()
  }

  /** The computer sleeps, or somebody sets its clock: no timer knows. */
  move(ms: number): void {
    this.#wall += ms
  }
}

interface Planned {
  readonly schedule: Schedule | null
  readonly slots: number | null
  /** Bytes per second. */
  readonly limit?: number
  readonly files: readonly TestFile[]
}

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const windows = (zone: string, days: TimeWindow['days'], from: string, to: string): Schedule => {
  const at = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  return { zone, windows: [{ days, from: at(from), to: at(to) }] }
}

/** Whether the clock on a wall shows a time of the schedule. */
function shown({ zone, windows: all }: Schedule, now: number): boolean {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone ?? 'UTC',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  const today = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1
  const time = Number(part('hour')) * 60 + Number(part('minute'))
  return all.some(({ days, from, to }) => {
    const has = (wanted: number) => days.some((each) => each === wanted)
    if (to > from) return has(today) && time >= from && time < to
    return (has(today) && time >= from) || (has(today === 1 ? 7 : today - 1) && time < to)
  })
}

describe('a week', () => {
  it.each([
    ['in which clocks go back in Europe', '2026-10-24T10:00:00Z', '2026-10-25T01:00:00Z'],
    ['in which clocks go forward in Europe', '2026-03-28T10:00:00Z', '2026-03-29T01:00:00Z'],
  ])(
    '%s, with sleeps, outages and a restart, ends with every file right and every limit kept',
    async (_, begins, moved) => {
      const start = Date.parse(begins)
      const clock = new WeekClock(start)
      const network = { up: true }
      const lookup: LookupFunction = (_name, options, answer) => {
        if (!network.up) return answer(Object.assign(new Error('no network'), { code: 'ENOTFOUND' }), '', 4)
        if (options.all) answer(null, [{ address: '127.0.0.1', family: 4 }])
        else answer(null, '127.0.0.1', 4)
      }
      const eth0 = { eth0: [{ address: '192.0.2.1', internal: false }] } as unknown as ReturnType<
        typeof networkInterfaces
      >
      const run = () =>
        rig.start({
          clock,
          settings: { concurrentDownloads: 3, speedLimit: rate, connections: 2 },
          network: { reach: { lookup, isPrivate: () => false } },
          interfaces: () => (network.up ? eth0 : {}),
          grain,
          checkpoints: { interval: minute, bytes: 8 * 1024 * kibibyte },
        })
      const files = (name: string, sizes: readonly number[]) =>
        sizes.map((mebibytes, n) => server.file(`/${name}${n}.bin`, { size: mebibytes * 1024 * kibibyte, seed: n + 1 }))
      const planned: Planned[] = [
        // Over the hours in which clocks are moved: an hour that comes twice, or not at all.
        { schedule: windows('Europe/Berlin', [7], '01:30', '03:15'), slots: null, files: files('sunday', [1]) },
        {
          schedule: windows('Europe/Berlin', [1, 2, 3, 4, 5], '23:00', '01:00'),
          slots: 1,
          files: files('night', [8, 12]),
        },
        {
          schedule: windows('America/New_York', [...weekdays], '12:00', '13:00'),
          slots: 2,
          files: files('noon', [3, 4, 5]),
        },
        { schedule: null, slots: null, limit: kibibyte, files: files('any', [2, 3]) },
      ]

      let engine: Engine = run()
      const queueOf = new Map<DownloadId, Planned>()
      const fileOf = new Map<DownloadId, TestFile>()
      const queues: QueueId[] = []
      for (const plan of planned) {
        const { schedule, slots, limit = null } = plan
        const queue = engine.addQueue({ ...noChoices, name: `${queues.length}`, schedule, slots, limit })
        queues.push(queue)
        const there = (url: string) => url.replace('127.0.0.1', 'files.example')
        const ids = await engine.addAll(plan.files.map(({ url }) => rig.request(there(url), { queue })))
        for (const [n, id] of ids.entries()) {
          queueOf.set(id, plan)
          fileOf.set(id, plan.files[n]!)
        }
      }
      const ids = [...fileOf.keys()]
      const appointed = ids.at(-1)!
      engine.appoint([appointed], { startAt: start + 2 * day, stopAt: null })

      /** Everything that needs no time has happened. */
      const settle = async () => {
        let before = ''
        // While something runs, a busy machine may need a while between two steps of the same thing.
        for (let same = 0, wanted = 3; same < wanted;) {
          await delay(1)
          wanted = engine.active().length > 0 ? 12 : 3
          const views = ids.map((id) => engine.view(id))
          const busy = views.some(
            (view) => view?.state.kind === 'active' && /verifying|publishing/.test(view.state.phase.kind),
          )
          const now = JSON.stringify(views.map((view) => [view?.state.kind, view?.received, view?.connections]))
          same = now === before && !busy ? same + 1 : 0
          before = now
        }
      }
      const outage = (up: boolean) => {
        network.up = up
        if (!up) server.resetConnections()
      }
      /** What happens to the computer in that week, by hours since its beginning. */
      const events: readonly (readonly [number, () => unknown])[] = [
        [13, () => outage(false)], // in the night of Sunday, before its window
        [14.75, () => outage(true)], // in the middle of it
        [30, () => (clock.move(5 * hour), engine.reconnect())], // sleeps
        [50, () => clock.move(-2 * hour)], // somebody sets the clock back, and right again
        [51, () => clock.move(2 * hour)],
        [
          60,
          async () => {
            await rig.stop()
            clock.move(3 * hour) // the computer is off
            engine = run()
          },
        ],
        [84.2, () => server.resetConnections()],
        [90, () => outage(false)],
        [90.5, () => (clock.move(8 * hour), engine.reconnect())], // sleeps without a network
        [91, () => outage(true)],
      ]
      const pending = [...events]
      /** Bytes of each hour: of all, and of the queue that has a limit of its own. */
      const hours = new Map<number, number>()
      const own = new Map<number, number>()
      let ownTotal = 0
      const ran = new Map<DownloadId, Set<number>>()
      let total = 0
      const end = start + 7 * day
      await settle()
      while (clock.now() < end) {
        const elapsed = clock.monotonic()
        const event = pending[0]
        if (event && elapsed >= event[0] * hour) {
          pending.shift()
          await event[1]()
          // A clock that was set is noticed within a minute; sleep and restart at once.
          await clock.pass(minute)
        } else {
          const events = event ? event[0] * hour - elapsed : end - clock.now()
          // While nothing runs only gates change anything.
          const gates = engine.queues().map(({ until }) => (until === null ? longest : until - clock.now()))
          const idle = Math.min(longest, ...gates.map((ms) => Math.max(1, ms)))
          await clock.pass(Math.min(events, engine.active().length > 0 ? Math.max(step, clock.next ?? step) : idle))
        }
        await settle()

        const active = engine.active()
        expect(active.length).toBeLessThanOrEqual(3)
        for (const plan of planned) {
          const going = active.filter(({ id }) => queueOf.get(id) === plan)
          expect(going.length).toBeLessThanOrEqual(plan.slots ?? 3)
          // A step ends on the minute at the earliest, so what runs was let in by the time that is shown now.
          if (plan.schedule && going.length > 0)
            expect(shown(plan.schedule, clock.now()), new Date(clock.now()).toISOString()).toBe(true)
        }
        for (const { id } of active) {
          if (!ran.has(id)) ran.set(id, new Set())
          ran.get(id)!.add(Math.floor(clock.now() / hour))
        }
        if (engine.view(appointed)?.state.kind === 'active') expect(clock.now()).toBeGreaterThanOrEqual(start + 2 * day)
        const received = ids.reduce((sum, id) => sum + (engine.view(id)?.received ?? 0), 0)
        const at = Math.floor(clock.monotonic() / hour)
        hours.set(at, (hours.get(at) ?? 0) + Math.max(0, received - total))
        total = received
        const those = ids.filter((id) => queueOf.get(id)?.limit !== undefined)
        const ofThose = those.reduce((sum, id) => sum + (engine.view(id)?.received ?? 0), 0)
        own.set(at, (own.get(at) ?? 0) + Math.max(0, ofThose - ownTotal))
        ownTotal = ofThose
        for (const id of ids) expect(engine.view(id)?.state.kind).not.toBe('failed')
      }

      for (const bytes of hours.values()) expect(bytes).toBeLessThanOrEqual((rate * hour) / second + slack)
      for (const bytes of own.values()) expect(bytes).toBeLessThanOrEqual((kibibyte * hour) / second + slack)
      // It is a limit, not a standstill.
      expect(Math.max(...hours.values())).toBeGreaterThan((0.5 * rate * hour) / second)
      const [sunday] = planned[0]!.files
      const sundayId = ids.find((id) => fileOf.get(id) === sunday)!
      const change = Math.floor(Date.parse(moved) / hour)
      expect([...ran.get(sundayId)!].some((at) => Math.abs(at - change) <= 1)).toBe(true)
      for (const id of ids) {
        const view = engine.view(id)!
        expect(view.state.kind, view.name).toBe('done')
        expect(await sha256(rig.path(view.name))).toBe(fileOf.get(id)!.sha256())
      }
    },
  )
})
