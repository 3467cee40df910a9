import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterAppointments, earliest, gateOf, holdOf, type Conditions } from '../../src/main/engine/queues/gate'
import { missingSpace, type Need } from '../../src/main/engine/queues/space'
import { noChoices, weekdays, type Queue } from '../../src/shared/queues'

const queue = (change: Partial<Queue> = {}): Queue => ({ id: 2, ...noChoices, name: 'Night', ...change })
const free: Conditions = { battery: false, metered: false, onlyNow: false }
const hours = (from: number, to: number) => ({
  zone: 'UTC',
  windows: [{ days: [...weekdays], from: from * 60, to: to * 60 }],
})
const at = (text: string) => Date.parse(`2026-02-02T${text}:00Z`)

describe('an appointment', () => {
  it('starts and stops a queue once', () => {
    const booked = queue({ stopped: true, startAt: 100, stopAt: 200 })
    expect(afterAppointments(booked, 99)).toBe(booked)
    expect(afterAppointments(booked, 100)).toEqual({ ...booked, stopped: false, startAt: null })
    expect(afterAppointments(booked, 150)).toEqual({ ...booked, stopped: false, startAt: null })
    // The program was not running at either of them.
    expect(afterAppointments(booked, 1000)).toEqual({ ...booked, stopped: true, startAt: null, stopAt: null })
  })

  it('counts in the order of time: stop first, then start', () => {
    const pause = queue({ stopAt: 100, startAt: 200 })
    expect(afterAppointments(pause, 150)).toMatchObject({ stopped: true, startAt: 200, stopAt: null })
    expect(afterAppointments(pause, 200)).toMatchObject({ stopped: false, startAt: null, stopAt: null })
  })

  it('whoever looks often sees what one sees who looks once', () => {
    const moment = fc.option(fc.integer({ min: 1, max: 100 }))
    fc.assert(
      fc.property(
        fc.boolean(),
        moment,
        moment,
        fc.array(fc.integer({ min: 0, max: 120 })),
        (stopped, startAt, stopAt, looks) => {
          const begun = queue({ stopped, startAt, stopAt })
          let often = begun
          for (const look of looks.sort((a, b) => a - b)) often = afterAppointments(often, look)
          expect(afterAppointments(often, 120)).toEqual(afterAppointments(begun, 120))
        },
      ),
    )
  })
})

describe('the gate of a queue', () => {
  it('is open or says why not, and when that changes', () => {
    expect(gateOf(queue(), 0)).toMatchObject({ hold: null, until: null })
    expect(gateOf(queue({ stopped: true, startAt: 50 }), 0)).toMatchObject({
      hold: { kind: 'stopped', until: 50 },
      until: 50,
    })
    const night = queue({ schedule: hours(1, 6) })
    expect(gateOf(night, at('00:30'))).toMatchObject({
      hold: { kind: 'schedule', until: at('01:00') },
      until: at('01:00'),
    })
    expect(gateOf(night, at('02:00'))).toMatchObject({ hold: null, until: at('06:00') })
    expect(gateOf({ ...night, stopAt: at('03:00') }, at('02:00'))).toMatchObject({ hold: null, until: at('03:00') })
  })

  it('the earliest of none is none', () => {
    expect(earliest([])).toBeNull()
    expect(earliest([null, 3, 2, null])).toBe(2)
  })
})

describe('what a download waits for', () => {
  const any = { startAt: null, onlyNow: false }
  const open = gateOf(queue(), 0)
  const stopped = gateOf(queue({ stopped: true }), 0)

  it('is nothing, its time, its queue', () => {
    expect(holdOf(any, open, free, 0)).toBeNull()
    expect(holdOf({ ...any, startAt: 10 }, open, free, 9)).toEqual({ kind: 'start', until: 10 })
    expect(holdOf({ ...any, startAt: 10 }, open, free, 10)).toBeNull()
    expect(holdOf(any, stopped, free, 0)).toEqual({ kind: 'stopped', until: null })
  })

  it('is the others, when they are wanted now, in whatever queue they are', () => {
    const only = { ...free, onlyNow: true }
    expect(holdOf(any, open, only, 0)).toEqual({ kind: 'others' })
    expect(holdOf({ startAt: 10, onlyNow: true }, stopped, only, 0)).toBeNull()
    expect(holdOf({ startAt: 10, onlyNow: false }, stopped, only, 0, true)).toBeNull()
    expect(holdOf(any, open, { ...free, battery: true }, 0, true)).toEqual({ kind: 'battery' })
  })

  it('is power and money before everything else', () => {
    expect(holdOf({ ...any, onlyNow: true }, open, { ...free, battery: true, onlyNow: true }, 0)).toEqual({
      kind: 'battery',
    })
    expect(holdOf(any, stopped, { ...free, metered: true }, 0)).toEqual({ kind: 'metered' })
  })
})

describe('free space', () => {
  const need = (id: number, bytes: number, volume = 'a'): Need => ({ id, bytes, volume })

  it('is counted together on one volume, and apart on others', () => {
    const volumes = new Map([
      ['a', 100],
      ['b', 100],
    ])
    expect(missingSpace([need(1, 60), need(2, 60), need(3, 60, 'b')], volumes, 0)).toEqual(new Map([[2, 20]]))
  })

  it('keeps a margin, also from those whose length nobody knows', () => {
    expect(missingSpace([need(1, 60)], new Map([['a', 100]]), 50)).toEqual(new Map([[1, 10]]))
    expect(missingSpace([need(1, 0)], new Map([['a', 40]]), 50)).toEqual(new Map([[1, 10]]))
    expect(missingSpace([need(1, 0)], new Map([['a', 50]]), 50)).toEqual(new Map())
  })

  it('goes on with a smaller one after one that does not fit', () => {
    expect([...missingSpace([need(1, 200), need(2, 60)], new Map([['a', 100]]), 0).keys()]).toEqual([1])
  })

  it('a volume that nobody can measure has room', () => {
    expect(missingSpace([need(1, 1e15, 'share')], new Map(), 512)).toEqual(new Map())
  })

  it('is never promised twice, and who waits would not fit', () => {
    const needs = fc.array(fc.record({ bytes: fc.nat(1000), volume: fc.constantFrom('a', 'b') }), { maxLength: 30 })
    fc.assert(
      fc.property(needs, fc.nat(5000), fc.nat(5000), fc.nat(600), (some, a, b, margin) => {
        const all = some.map((each, index) => ({ ...each, id: index }))
        const there = new Map([
          ['a', a],
          ['b', b],
        ])
        const missing = missingSpace(all, there, margin)
        for (const volume of ['a', 'b']) {
          const here = all.filter((each) => each.volume === volume)
          const given = here.filter(({ id }) => !missing.has(id)).reduce((sum, { bytes }) => sum + bytes, 0)
          const room = (there.get(volume) ?? 0) - margin
          if (given > 0) expect(given).toBeLessThanOrEqual(room)
          for (const { id, bytes } of here)
            if (missing.has(id)) expect(bytes).toBeGreaterThan(Math.max(room, 0) - given - (room < 0 ? 1 : 0))
        }
      }),
    )
  })
})
