import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HostSlots } from '../../src/main/engine/host-slots'
import type { Release } from '../../src/main/engine/slots'
import { settled } from './fake-clock'

/** One connection that somebody asked for. */
interface Ticket {
  readonly owner: number
  readonly control: AbortController
  release: Release | null
  over: boolean
  /** How often it was asked to make room. */
  asked: number
}

class Host {
  limit: number
  /** Connections that a download can use. */
  readonly useful = new Map<number, number>()
  readonly slots = new HostSlots(
    () => this.limit,
    (owner) => this.useful.get(owner) ?? Infinity,
  )
  readonly tickets: Ticket[] = []

  constructor(limit: number) {
    this.limit = limit
  }

  ask(owner: number): Ticket {
    const ticket: Ticket = { owner, control: new AbortController(), release: null, over: false, asked: 0 }
    this.tickets.push(ticket)
    this.slots
      .acquire(owner, ticket.control.signal, () => {
        ticket.asked++
      })
      .then(
        (release) => {
          ticket.release = release
        },
        () => {
          ticket.over = true
        },
      )
    return ticket
  }

  end(ticket: Ticket): void {
    if (ticket.release) ticket.release()
    else ticket.control.abort(new Error('enough'))
    ticket.over = true
  }

  get held(): Ticket[] {
    return this.tickets.filter(({ release, over }) => release && !over)
  }
  get waiting(): Ticket[] {
    return this.tickets.filter(({ release, over }) => !release && !over)
  }
  heldBy(owner: number): Ticket[] {
    return this.held.filter((ticket) => ticket.owner === owner)
  }
  /** Connections that an owner keeps when those that were asked have made room. */
  keeps(owner: number): number {
    return this.heldBy(owner).filter(({ asked }) => asked === 0).length
  }
}

describe('connections to a host', () => {
  it('go to the download that has fewest', async () => {
    const host = new Host(4)
    for (let n = 0; n < 3; n++) host.ask(1)
    host.ask(2)
    await settled()
    const [first] = host.held
    host.ask(1)
    const hungrier = host.ask(2)
    if (first) host.end(first)
    await settled()
    expect(hungrier.release).not.toBeNull()
    expect([host.heldBy(1).length, host.heldBy(2).length]).toEqual([2, 2])
  })

  it('among equals go to who asked first', async () => {
    const host = new Host(1)
    const first = host.ask(1)
    const second = host.ask(2)
    const third = host.ask(3)
    await settled()
    host.end(first)
    await settled()
    expect([second.release !== null, third.release !== null]).toEqual([true, false])
  })

  it('are asked for from the richest until they are shared evenly', async () => {
    const host = new Host(6)
    for (const owner of [1, 1, 1, 1, 2, 2]) host.ask(owner)
    await settled()
    const third = host.ask(3)
    expect(host.held.filter(({ asked }) => asked > 0).map(({ owner }) => owner)).toEqual([1])
    host.ask(3)
    expect(host.held.filter(({ asked }) => asked > 0).map(({ owner }) => owner)).toEqual([1, 1])
    host.ask(3)
    await settled()
    for (const ticket of host.held.filter(({ asked }) => asked > 0)) host.end(ticket)
    await settled()
    expect(third.release).not.toBeNull()
    expect([host.keeps(1), host.keeps(2), host.keeps(3)]).toEqual([2, 2, 2])
  })

  it('stay where they are when one has one more than another', async () => {
    const host = new Host(5)
    for (const owner of [1, 1, 1, 2, 2]) host.ask(owner)
    await settled()
    host.ask(2)
    await settled()
    expect(host.held.map(({ asked }) => asked)).toEqual([0, 0, 0, 0, 0])
  })

  it('go from who has more than it can use to who can use them, but for the last one', async () => {
    const host = new Host(4)
    for (const owner of [1, 1, 2, 2]) host.ask(owner)
    await settled()
    host.ask(2)
    host.ask(2)
    host.useful.set(1, 1)
    host.slots.admit()
    expect(host.held.filter(({ asked }) => asked > 0).map(({ owner }) => owner)).toEqual([1])
    for (const ticket of host.held.filter(({ asked }) => asked > 0)) host.end(ticket)
    await settled()
    expect([host.keeps(1), host.keeps(2)]).toEqual([1, 3])
    // It does not get it back as long as it could not use it.
    host.ask(1)
    await settled()
    expect([host.keeps(1), host.keeps(2)]).toEqual([1, 3])
    host.useful.delete(1)
    host.slots.admit()
    expect(host.held.filter(({ asked }) => asked > 0).map(({ owner }) => owner)).toEqual([2])
  })

  it('are given to who cannot use them when nobody else wants them', async () => {
    const host = new Host(2)
    host.useful.set(1, 1)
    host.ask(1)
    host.ask(1)
    await settled()
    expect(host.heldBy(1)).toHaveLength(2)
  })

  it('are never taken from who has one only', async () => {
    const host = new Host(2)
    host.ask(1)
    host.ask(2)
    await settled()
    host.ask(3)
    await settled()
    expect(host.held.map(({ asked }) => asked)).toEqual([0, 0])
  })

  it('are refused when the wish is over already', async () => {
    const { slots } = new Host(1)
    const over = AbortSignal.abort(new Error('too late'))
    await expect(slots.acquire(1, over, () => undefined)).rejects.toThrow('too late')
    expect(slots.idle).toBe(true)
  })

  it('let more in when the limit rises', async () => {
    const host = new Host(1)
    for (let n = 0; n < 4; n++) host.ask(1)
    await settled()
    expect(host.held).toHaveLength(1)
    host.limit = 3
    host.slots.admit()
    await settled()
    expect(host.held).toHaveLength(3)
  })
})

type Step =
  | { readonly kind: 'ask'; readonly owner: number }
  | { readonly kind: 'end' | 'give up' | 'obey'; readonly which: number }
  | { readonly kind: 'limit'; readonly limit: number }
  | { readonly kind: 'useful'; readonly owner: number; readonly connections: number }

const which = fc.nat(100)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), owner: fc.constantFrom(1, 1, 1, 2, 3) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('obey' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('give up' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), limit: fc.integer({ min: 1, max: 9 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('useful' as const),
      owner: fc.integer({ min: 1, max: 3 }),
      connections: fc.constantFrom(1, 2, 3, Infinity),
    }),
  },
)

describe('any schedule of asking, ending, giving up, making room and other limits', () => {
  it('loses no connection, gives none too many, and shares them evenly between those that can use them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.array(step, { maxLength: 60, size: 'max' }),
        async (limit, steps) => {
          const host = new Host(limit)
          for (const next of steps) {
            const before = host.held.length
            const asked = new Set(host.held.filter((ticket) => ticket.asked > 0))
            run(host, next)
            await settled()
            check(host, before, asked)
          }
          while (host.held.length > 0) {
            host.end(host.held[0] as Ticket)
            await settled()
          }
          expect(host.waiting).toEqual([])
          expect(host.slots.idle).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })

  function run(host: Host, next: Step): void {
    if (next.kind === 'ask') host.ask(next.owner)
    else if (next.kind === 'limit') {
      host.limit = next.limit
      host.slots.admit()
    } else if (next.kind === 'useful') {
      host.useful.set(next.owner, next.connections)
      host.slots.admit()
    } else {
      const from =
        next.kind === 'end'
          ? host.held
          : next.kind === 'obey'
            ? host.held.filter(({ asked }) => asked > 0)
            : host.waiting
      const ticket = from[next.which % Math.max(1, from.length)]
      if (ticket) host.end(ticket)
    }
  }

  function check(host: Host, before: number, asked: ReadonlySet<Ticket>): void {
    expect(host.slots.held).toBe(host.held.length)
    expect(host.held.length).toBeLessThanOrEqual(Math.max(host.limit, before))
    if (host.waiting.length > 0) expect(host.held.length).toBeGreaterThanOrEqual(host.limit)
    for (const ticket of host.tickets) expect(ticket.asked).toBeLessThanOrEqual(1)

    const owners = [...new Set(host.tickets.map(({ owner }) => owner))]
    const useful = (owner: number) => host.useful.get(owner) ?? Infinity
    for (const { owner } of host.held.filter((ticket) => ticket.asked > 0 && !asked.has(ticket))) {
      expect(host.keeps(owner)).toBeGreaterThanOrEqual(1) // nobody is asked for the last one
    }
    // Where those that were asked will go: to those that have least.
    const has = new Map(owners.map((owner) => [owner, host.keeps(owner)]))
    const waiting = [...host.waiting]
    const hungry = () => waiting.filter(({ owner }) => (has.get(owner) ?? 0) < useful(owner))
    for (let coming = host.held.filter(({ asked }) => asked > 0).length; coming > 0; coming--) {
      const [poorest] = hungry().sort((a, b) => has.get(a.owner)! - has.get(b.owner)!)
      if (!poorest) break
      waiting.splice(waiting.indexOf(poorest), 1)
      has.set(poorest.owner, has.get(poorest.owner)! + 1)
    }
    // Whoever could use one more finds nobody who should give one.
    for (const { owner: taker } of hungry()) {
      for (const giver of owners.filter((owner) => owner !== taker && host.keeps(owner) >= 2)) {
        expect(has.get(taker)).toBeGreaterThan(0)
        expect(host.keeps(giver)).toBeLessThanOrEqual(Math.max(1, useful(giver)))
        expect(host.keeps(giver) - has.get(taker)!).toBeLessThan(2)
      }
    }
  }
})
