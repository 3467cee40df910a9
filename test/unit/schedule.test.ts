import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkZone, isOpen, openingAt } from '../../src/main/engine/queues/schedule'
import { dayMinutes, weekdays, type Schedule, type TimeWindow } from '../../src/shared/queues'

const minute = 60_000
const hour = 60 * minute
const at = (text: string) => Date.parse(text)
const time = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
const daily = (from: string, to: string, zone: string, days: TimeWindow['days'] = [...weekdays]): Schedule => ({
  zone,
  windows: [{ days, from: time(from), to: time(to) }],
})
const iso = (moment: number | null) => (moment === null ? null : new Date(moment).toISOString())

/** What the clock on the wall shows, by another way than the code's: the system's own tables of zones. */
function wall(zone: string, moment: number): { day: number; minute: number } {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(moment)
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  const day = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(part('weekday')) + 1
  return { day, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}

/** The weekly minutes that windows cover, spelled out one by one. */
function minutesOf(windows: readonly TimeWindow[]): Set<number> {
  const covered = new Set<number>()
  for (const { days, from, to } of windows) {
    for (const day of days) {
      const length = to > from ? to - from : to + dayMinutes - from
      for (let n = 0; n < length; n++) covered.add(((day - 1) * dayMinutes + from + n) % (7 * dayMinutes))
    }
  }
  return covered
}

describe('a schedule', () => {
  it('opens and closes by the clock of its zone', () => {
    const night = daily('22:00', '06:00', 'Asia/Tokyo')
    expect(openingAt(night, at('2026-03-10T12:59:59.999Z'))).toEqual({ open: false, until: at('2026-03-10T13:00:00Z') })
    expect(openingAt(night, at('2026-03-10T13:00:00Z'))).toEqual({ open: true, until: at('2026-03-10T21:00:00Z') })
  })

  it('goes over midnight into a day that it does not name', () => {
    const friday = daily('23:00', '01:00', 'Europe/Berlin', [5])
    expect(isOpen(friday, at('2026-01-09T22:30:00Z'))).toBe(true) // Friday
    expect(isOpen(friday, at('2026-01-09T23:30:00Z'))).toBe(true) // Saturday, before one
    expect(isOpen(friday, at('2026-01-08T23:30:00Z'))).toBe(false) // Friday, before one
    expect(iso(openingAt(friday, at('2026-01-10T00:00:00Z')).until)).toBe('2026-01-16T22:00:00.000Z')
  })

  it('whose windows meet does not close between them', () => {
    const both: Schedule = {
      zone: 'UTC',
      windows: [
        { days: [1], from: time('08:00'), to: dayMinutes },
        { days: [2], from: 0, to: time('09:00') },
      ],
    }
    expect(iso(openingAt(both, at('2026-01-05T10:00:00Z')).until)).toBe('2026-01-06T09:00:00.000Z')
  })

  it('that is always open never changes', () => {
    const always = daily('00:00', '00:00', 'America/New_York')
    expect(openingAt(always, at('2026-03-07T10:00:00Z'))).toEqual({ open: true, until: null })
    expect(openingAt({ zone: 'UTC', windows: [{ days: [...weekdays], from: 0, to: dayMinutes }] }, 0).until).toBeNull()
  })

  it('begins after the hour that is left out, when it would begin in it', () => {
    // New York, 8 March 2026: 02:00 is followed by 03:00.
    const early = daily('02:30', '05:00', 'America/New_York')
    expect(openingAt(early, at('2026-03-08T06:59:59Z'))).toEqual({ open: false, until: at('2026-03-08T07:00:00Z') })
    expect(iso(openingAt(early, at('2026-03-08T07:00:00Z')).until)).toBe('2026-03-08T09:00:00.000Z')
    // What lies all in that hour is left out with it.
    const inside = daily('02:15', '02:45', 'America/New_York')
    expect(iso(openingAt(inside, at('2026-03-08T00:00:00Z')).until)).toBe('2026-03-09T06:15:00.000Z')
  })

  it('is open twice in the hour that comes twice', () => {
    // New York, 1 November 2026: 02:00 EDT is 01:00 EST.
    const early = daily('01:15', '01:45', 'America/New_York')
    const moments: (string | null)[] = []
    for (let now: number | null = at('2026-11-01T00:00:00Z'); moments.length < 4;) {
      now = openingAt(early, now!).until
      moments.push(iso(now))
    }
    expect(moments).toEqual([
      '2026-11-01T05:15:00.000Z',
      '2026-11-01T05:45:00.000Z',
      '2026-11-01T06:15:00.000Z',
      '2026-11-01T06:45:00.000Z',
    ])
  })

  it('of one window a week that is left out opens in the next week', () => {
    const sunday = daily('02:10', '02:50', 'America/New_York', [7])
    expect(iso(openingAt(sunday, at('2026-03-02T00:00:00Z')).until)).toBe('2026-03-15T06:10:00.000Z')
  })

  it('begins at the first hour of a day that has no midnight', () => {
    // Cairo, 24 April 2026: 00:00 is followed by 01:00.
    const day = daily('00:00', '06:00', 'Africa/Cairo')
    expect(iso(openingAt(day, at('2026-04-23T12:00:00Z')).until)).toBe('2026-04-23T22:00:00.000Z')
  })

  it('says which zone is none', () => {
    expect(() => checkZone(daily('00:00', '01:00', 'Mars/Olympus'))).toThrow('E_ZONE')
    checkZone(daily('00:00', '01:00', 'Pacific/Chatham'))
  })
})

describe('in every zone and on every date', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns', // moves at 02:00, offsets with half hours
    'America/Sao_Paulo', // moved at midnight until 2019
    'Australia/Lord_Howe', // moves by half an hour
    'Pacific/Chatham', // offset with three quarters
    'Pacific/Apia', // left out a whole day in 2011
    'Africa/Cairo',
    'Africa/Casablanca', // moves back for Ramadan
    'Asia/Tokyo',
    'Asia/Kathmandu',
  ]
  const zone = fc.constantFrom(...zones)
  const anyWindow: fc.Arbitrary<TimeWindow> = fc.record({
    days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1, maxLength: 7 }),
    from: fc.integer({ min: 0, max: dayMinutes - 1 }),
    to: fc.integer({ min: 0, max: dayMinutes }),
  })
  const schedule: fc.Arbitrary<Schedule> = fc.record({
    zone,
    windows: fc.array(anyWindow, { minLength: 1, maxLength: 4 }),
  })
  const anyTime = fc.integer({ min: at('2008-01-01T00:00:00Z'), max: at('2037-01-01T00:00:00Z') })
  /** Around the hours at which clocks are moved: the nights of spring and autumn. */
  const moving = fc
    .record({
      year: fc.integer({ min: 2008, max: 2036 }),
      month: fc.constantFrom(2, 3, 8, 9, 10),
      hours: fc.integer({ min: 0, max: 31 * 24 }),
      ms: fc.integer({ min: 0, max: hour }),
    })
    .map(({ year, month, hours, ms }) => Date.UTC(year, month, 1) + hours * hour + ms)
  const moment = fc.oneof(anyTime, moving)

  it('it is open when the clock on the wall shows a time of a window', () => {
    fc.assert(
      fc.property(schedule, moment, (any, now) => {
        const shown = wall(any.zone ?? '', now)
        expect(isOpen(any, now)).toBe(minutesOf(any.windows).has((shown.day - 1) * dayMinutes + shown.minute))
      }),
      { numRuns: 500 },
    )
  })

  it('the next change is the first one, to the millisecond', () => {
    fc.assert(
      fc.property(
        schedule,
        moment,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20 }),
        (any, now, parts) => {
          const covered = minutesOf(any.windows)
          const oracle = (when: number) => {
            const shown = wall(any.zone ?? '', when)
            return covered.has((shown.day - 1) * dayMinutes + shown.minute)
          }
          const { open, until } = openingAt(any, now)
          const end = until ?? now + 16 * 24 * hour
          if (until !== null) {
            expect(until).toBeGreaterThan(now)
            expect(oracle(until)).toBe(!open)
            expect(oracle(until - 1)).toBe(open)
          }
          for (const part of parts) expect(oracle(Math.min(end - 1, now + Math.floor(part * (end - now))))).toBe(open)
        },
      ),
      { numRuns: 200 },
    )
  })
})
