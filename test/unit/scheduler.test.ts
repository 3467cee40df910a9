import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createScheduler,
  defaultRetryPolicy,
  retryDelay,
  type LearnedLimit,
  type RetryPolicy,
} from '../../src/main/engine/scheduler'
import { Outages } from '../../src/main/engine/outages'
import type { Release } from '../../src/main/engine/slots'
import { DownloadFailure, failure, type DownloadError } from '../../src/shared/errors'
import { networkFailure } from '../../src/main/engine/http/network-errors'
import { FakeClock, settled } from './fake-clock'

const later: DownloadError = { code: 'CONNECTION_LOST', retry: 'later', detail: '' }
const never = new AbortController().signal
const host = 'example.com'
const anyPolicy = fc.record({
  base: fc.integer({ min: 1, max: 5000 }),
  cap: fc.integer({ min: 1, max: 60_000 }),
  attempts: fc.integer({ min: 1, max: 50 }),
})

describe('the pause before another attempt', () => {
  const policy: RetryPolicy = { base: 500, cap: 30_000, attempts: 10 }

  it.each([
    [1, 500],
    [2, 1000],
    [3, 2000],
    [6, 16_000],
    [7, 30_000],
    [9, 30_000],
  ])('after %i failures is anything up to %i ms', (failures, bound) => {
    expect(retryDelay(policy, failures, later, 0)).toBe(0)
    expect(retryDelay(policy, failures, later, 0.5)).toBe(bound / 2)
    expect(retryDelay(policy, failures, later, 0.999999)).toBeLessThan(bound)
  })

  it('is never more than the cap, never less than 0, and ends with the budget', () => {
    fc.assert(
      fc.property(
        anyPolicy,
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (any, failures, random) => {
          const delay = retryDelay(any, failures, later, random)
          if (failures >= any.attempts) expect(delay).toBeNull()
          else {
            expect(delay).toBeGreaterThanOrEqual(0)
            expect(delay).toBeLessThanOrEqual(any.cap)
          }
        },
      ),
    )
  })

  it('26: is never shorter than the server asked for', () => {
    const asked = { ...later, retryAfter: 5000 }
    expect(retryDelay(policy, 1, asked, 0.9)).toBe(5000)
    expect(retryDelay(policy, 8, asked, 0.9)).toBe(27_000)
  })

  it.each(['no', 'restart'] as const)('there is none for an error with retry: %s', (retry) => {
    expect(retryDelay(policy, 1, { ...later, retry }, 0.5)).toBeNull()
  })

  it('by default grows from half a second to half a minute, ten attempts', () => {
    expect(defaultRetryPolicy).toEqual({ base: 500, cap: 30_000, attempts: 10 })
  })
})

interface Rig {
  limits?: { downloads: number; perHost: number }
  random?: () => number
  policy?: RetryPolicy
  memory?: Map<string, LearnedLimit>
}

function rig({ limits = { downloads: 2, perHost: 2 }, random = () => 0.5, policy, memory = new Map() }: Rig = {}) {
  const clock = new FakeClock()
  const network = { up: true }
  const back: string[] = []
  const outages = new Outages((name) => back.push(name))
  const queueSlots = new Map<number, number>()
  const scheduler = createScheduler({
    limits: () => limits,
    queueSlots: (queue) => queueSlots.get(queue) ?? null,
    rule: () => null,
    policy: policy ?? { base: 100, cap: 1000, attempts: 3 },
    clock,
    random,
    outages,
    hosts: { read: (name) => memory.get(name) ?? null, write: (name, learned) => void memory.set(name, learned) },
    reachability: {
      reaches: () => network.up,
      whenReached: async (_, signal) => {
        while (!network.up) await clock.sleep(1000, signal)
      },
    },
  })
  const releases: Release[] = []
  const connect = (owner: number, atLeast = 1, at = host) => {
    const yields: number[] = []
    void scheduler
      .connection({ host: at, owner, atLeast, onYield: () => yields.push(owner) }, never)
      .then((release) => releases.push(release))
    return yields
  }
  return { clock, limits, queueSlots, memory, network, outages, back, scheduler, releases, connect }
}

describe('patience', () => {
  const failed = failure('CONNECTION_LOST', 'later', 'reset')

  it('waits, says until when and why, and gives up after its attempts with the failure itself', async () => {
    const { clock, scheduler } = rig()
    const patience = scheduler.patience(() => host)
    const told: [number | null, string][] = []
    const after = () => patience.afterFailure(failed, never, (until, reason) => told.push([until, reason.code]))
    for (const pause of [50, 100]) {
      const now = clock.now()
      let over = false
      void after().then(() => (over = true))
      await settled()
      expect(told.at(-1)).toEqual([now + pause, 'CONNECTION_LOST'])
      await clock.pass(pause - 1)
      expect(over).toBe(false)
      await clock.pass(1)
      expect(over).toBe(true)
    }
    await expect(after()).rejects.toBe(failed)
    expect(told).toHaveLength(2)
  })

  it('begins again when something arrived', async () => {
    const { clock, scheduler } = rig()
    const patience = scheduler.patience(() => host)
    for (let n = 0; n < 20; n++) {
      const wait = patience.afterFailure(failed, never, () => undefined)
      expect(clock.next).toBe(50)
      await clock.pass(50)
      await wait
      patience.reset()
    }
  })

  it('is each connection’s own', async () => {
    const { clock, scheduler } = rig({ policy: { base: 100, cap: 1000, attempts: 2 } })
    const [first, second] = [scheduler.patience(() => host), scheduler.patience(() => host)]
    for (const patience of [first, second]) {
      const wait = patience.afterFailure(failed, never, () => undefined)
      await clock.pass(50)
      await wait
    }
    await expect(first.afterFailure(failed, never, () => undefined)).rejects.toBe(failed)
  })

  it('49: waits for a free place among the open files as often as it takes', async () => {
    const { clock, scheduler } = rig({ policy: { base: 100, cap: 5000, attempts: 2 } })
    const patience = scheduler.patience(() => host)
    const full = failure('TOO_MANY_FILES', 'later', 'EMFILE')
    for (let n = 0; n < 20; n++) {
      const told: number[] = []
      const wait = patience.afterFailure(full, never, (until) => told.push(until ?? 0))
      expect(told).toEqual([clock.now() + 2000])
      await clock.pass(2000)
      await wait
    }
    expect(patience.failures).toBe(0)
  })

  it('does not wait for what will not get better', async () => {
    const { clock, scheduler } = rig()
    const gone = failure('HTTP_404', 'no', 'gone')
    await expect(scheduler.patience(() => host).afterFailure(gone, never, () => undefined)).rejects.toBe(gone)
    expect(clock.next).toBeNull()
  })

  it('ends with the wish to go on', async () => {
    const { clock, scheduler } = rig()
    const control = new AbortController()
    const wait = scheduler.patience(() => host).afterFailure(failed, control.signal, () => undefined)
    control.abort(new Error('paused'))
    await expect(wait).rejects.toThrow('paused')
    expect(clock.next).toBeNull()
  })

  it('33: does not count failures while the network is away', async () => {
    const { clock, network, scheduler } = rig({ policy: { base: 100, cap: 1000, attempts: 1 } })
    const patience = scheduler.patience(() => host)
    network.up = false
    for (let n = 0; n < 5; n++) {
      const told: [number | null, string][] = []
      let over = false
      void patience
        .afterFailure(failed, never, (until, reason) => told.push([until, reason.code]))
        .then(() => (over = true))
      await clock.pass(60_000)
      expect(over).toBe(false)
      expect(told).toEqual([[null, 'OFFLINE']])
      network.up = true
      await clock.pass(1000)
      expect(over).toBe(true)
      network.up = false
    }
  })
})

describe('downloads', () => {
  it('get as many slots as the settings say, in the order of asking', async () => {
    const { limits, scheduler } = rig()
    const begun: number[] = []
    const releases: Release[] = []
    for (const n of [1, 2, 3, 4]) {
      scheduler.download({
        rank: { priority: 'normal', expiresAt: null, position: n, queue: 1, rule: null, held: false, atOnce: false },
        over: false,
        grant(release) {
          begun.push(n)
          releases.push(release)
        },
        left: () => undefined,
      })
    }
    await settled()
    expect(begun).toEqual([1, 2])
    releases[0]?.()
    await settled()
    expect(begun).toEqual([1, 2, 3])
    limits.downloads = 3
    scheduler.limitsChanged()
    await settled()
    expect(begun).toEqual([1, 2, 3, 4])
  })

  it('get no more of a queue than its own slots, and nothing while they are held', async () => {
    const { queueSlots, scheduler } = rig({ limits: { downloads: 3, perHost: 2 } })
    queueSlots.set(7, 1)
    const begun: number[] = []
    const releases = new Map<number, Release>()
    const held = new Set([4])
    for (const [n, queue] of [
      [1, 7],
      [2, 7],
      [3, 1],
      [4, 1],
      [5, 1],
      [6, 1],
    ] as const) {
      const rank = {
        priority: 'normal' as const,
        expiresAt: null,
        position: n,
        queue,
        rule: null,
        atOnce: false,
        get held() {
          return held.has(n)
        },
      }
      scheduler.download({
        rank,
        over: false,
        grant(release) {
          begun.push(n)
          releases.set(n, release)
        },
        left: () => undefined,
      })
    }
    await settled()
    expect(begun).toEqual([1, 3, 5])
    releases.get(3)?.()
    await settled()
    expect(begun).toEqual([1, 3, 5, 6])
    releases.get(1)?.()
    await settled()
    expect(begun).toEqual([1, 3, 5, 6, 2])
    releases.get(5)?.()
    held.clear()
    scheduler.limitsChanged()
    await settled()
    expect(begun).toEqual([1, 3, 5, 6, 2, 4])
  })
})

describe('connections to a host', () => {
  it('are as many as the settings say, for each host', async () => {
    const { releases, connect } = rig()
    for (let n = 0; n < 3; n++) connect(1)
    for (let n = 0; n < 3; n++) connect(1, 1, 'example.org')
    await settled()
    expect(releases).toHaveLength(4)
  })

  it('are as many as a download of it asks for explicitly, while it has any', async () => {
    const { releases, connect } = rig()
    for (let n = 0; n < 5; n++) connect(1, 4)
    await settled()
    expect(releases).toHaveLength(4)
    for (const release of releases) release()
    await settled()
    for (const release of releases.splice(0)) release()
    for (let n = 0; n < 5; n++) connect(2)
    await settled()
    expect(releases).toHaveLength(2)
  })

  it('rise with the settings', async () => {
    const { limits, releases, scheduler, connect } = rig()
    for (let n = 0; n < 5; n++) connect(1)
    await settled()
    limits.perHost = 5
    scheduler.limitsChanged()
    await settled()
    expect(releases).toHaveLength(5)
  })

  it('are taken from a download that has several for one that has none', async () => {
    const { releases, connect } = rig()
    const rich = [connect(1), connect(1)]
    await settled()
    connect(2)
    expect(rich.flat()).toEqual([1])
    releases[rich.findIndex((yields) => yields.length > 0)]?.()
    await settled()
    expect(releases).toHaveLength(3)
  })

  it('31: are as few as the host was seen to allow, for a day, even against an explicit wish', async () => {
    const memory = new Map([[host, { connections: 2, at: new FakeClock().now() }]])
    const { clock, releases, scheduler, connect } = rig({ memory, limits: { downloads: 1, perHost: 8 } })
    for (let n = 0; n < 4; n++) connect(1, 8)
    await settled()
    expect(releases).toHaveLength(2)
    await clock.pass(24 * 60 * 60 * 1000)
    scheduler.limitsChanged()
    await settled()
    expect(releases).toHaveLength(4)
  })

  it('63: a lesson of a day that our clock does not know yet is forgotten', async () => {
    const future = new FakeClock().now() + 10 * 365 * 24 * 60 * 60 * 1000
    const memory = new Map([[host, { connections: 2, at: future }]])
    const { releases, connect } = rig({ memory, limits: { downloads: 1, perHost: 8 } })
    for (let n = 0; n < 4; n++) connect(1)
    await settled()
    expect(releases).toHaveLength(4)
  })
})

describe('31: a connection that a host refuses', () => {
  const refused: DownloadError = { code: 'CONNECT', retry: 'later', detail: 'ECONNREFUSED' }

  /** Two connections, one with an answer under way, and the other one refused. */
  async function refusal(settled_ = true, alive = true) {
    const begun = rig({ limits: { downloads: 1, perHost: 8 } })
    begun.connect(1)
    begun.connect(1)
    await settled()
    const { came, end } = begun.scheduler.answers(host)
    const wait = begun.scheduler.refused(host, refused, settled_, never)
    if (alive) came()
    return { ...begun, came, end, wait }
  }

  it('while it goes on with the others is a limit', async () => {
    const { clock, end, memory, scheduler, wait } = await refusal()
    await clock.pass(250)
    expect(await wait).toBe(0)
    expect(scheduler.host(host)).toMatchObject({ limit: 1 })
    expect(memory.get(host)).toBeUndefined()
    end('whole')
    expect(memory.get(host)).toMatchObject({ connections: 1 })
  })

  it('just before it resets the others is a failure, and nothing is learned', async () => {
    const { clock, memory, end, wait } = await refusal()
    await clock.pass(100)
    end('lost')
    await clock.pass(150)
    expect(await wait).toBeNull()
    expect(memory.get(host)).toBeUndefined()
  })

  it('while nothing comes of the others is a failure: a limit of speed keeps dead ones open', async () => {
    const { clock, memory, wait } = await refusal(true, false)
    for (let n = 0; n < 8; n++) await clock.pass(250)
    expect(await wait).toBeNull()
    expect(memory.get(host)).toBeUndefined()
  })

  it('is judged as soon as something comes of the others', async () => {
    const { clock, came, end, memory, wait } = await refusal(true, false)
    for (let n = 0; n < 4; n++) await clock.pass(250)
    came()
    await clock.pass(250)
    expect(await wait).toBe(0)
    end('whole')
    expect(memory.get(host)).toMatchObject({ connections: 1 })
  })

  it.each(['breaks off', 'is gone when the next one is refused'])('is no limit when the other one %s', async (way) => {
    const { clock, end, memory, scheduler, wait } = await refusal()
    await clock.pass(250)
    expect(await wait).toBe(0)
    if (way === 'breaks off') end('lost')
    else {
      end('stopped')
      expect(scheduler.host(host)).toMatchObject({ limit: 1 })
      expect(await scheduler.refused(host, refused, true, never)).toBeNull()
    }
    expect(scheduler.host(host)).toMatchObject({ limit: 8, learned: null })
    expect(memory.get(host)).toBeUndefined()
  })

  it('together with others counts none of them', async () => {
    const { came, clock, connect, end, memory, scheduler, wait } = await refusal()
    for (let n = 0; n < 3; n++) connect(1)
    await settled()
    const more = [1, 2, 3].map(() => scheduler.refused(host, refused, true, never))
    came()
    await clock.pass(250)
    expect(await Promise.all([wait, ...more])).toEqual([0, 0, 0, 0])
    end('whole')
    expect(memory.get(host)).toMatchObject({ connections: 1 })
  })

  it('right after another one has ended teaches nothing', async () => {
    const { clock, memory, wait } = await refusal(false)
    await clock.pass(250)
    expect(await wait).toBe(0)
    expect(memory.get(host)).toBeUndefined()
  })
})

it('a server that is known to be away is asked once at a time, and as often as usual when it was back', async () => {
  const { outages, back, scheduler, connect } = rig({ policy: { base: 1, cap: 1, attempts: 3 } })
  connect(1)
  await settled()
  outages.began(host)
  const failed = new DownloadFailure(later)
  await expect(scheduler.patience(() => host).afterFailure(failed, never, () => undefined)).rejects.toBe(failed)
  expect(back).toEqual([])
  scheduler.answers(host).end('whole')
  expect(back).toEqual([host])
  const announced: (number | null)[] = []
  void scheduler.patience(() => host).afterFailure(failed, never, (until) => announced.push(until))
  await settled()
  expect(announced).toHaveLength(1)
})

describe('a connection that was redirected', () => {
  it('holds a place at the host where it ended, full or not', async () => {
    const { releases, scheduler, connect } = rig({ limits: { downloads: 1, perHost: 1 } })
    connect(1, 1, 'cdn.example.com')
    await settled()
    const release = scheduler.redirected({ host: 'cdn.example.com', owner: 2, atLeast: 1, onYield: () => undefined })
    connect(3, 1, 'cdn.example.com')
    releases[0]?.()
    await settled()
    expect(releases).toHaveLength(1)
    release()
    await settled()
    expect(releases).toHaveLength(2)
  })
})

it('36: a name that does not exist gets fewer attempts than a server that is busy', () => {
  const { error } = networkFailure(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))
  const bounds = [1, 2, 3, 4].map((failures) => retryDelay(defaultRetryPolicy, failures, error, 1))
  expect(bounds).toEqual([500, 1000, 2000, null])
})
