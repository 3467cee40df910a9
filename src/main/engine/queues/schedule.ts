import { Temporal } from 'temporal-polyfill'
import { RequestFailure } from '../../../shared/errors'
import { dayMinutes, type Schedule, type TimeWindow } from '../../../shared/queues'

/** Days to look ahead: a window of one day a week may fall into the hour that is left out, and never twice in a row. */
const horizon = 16

/** The weekday and the minute that a clock on the wall shows. */
interface Wall {
  readonly day: number
  readonly minute: number
}

/** Whether a schedule is open, and until when that is so. */
export interface Opening {
  readonly open: boolean
  /** ms since the epoch; `null` when it is so for ever. */
  readonly until: number | null
}

/**
 * A window is open at every moment at which the clock on the wall shows a time in it: what is left out when clocks go
 * forward is missing, and an hour that comes twice counts twice.
 * @param at ms since the epoch
 */
export function isOpen({ windows, zone }: Schedule, at: number): boolean {
  const wall = wallAt(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zoneOf(zone)))
  return windows.some((window) => covers(window, wall))
}

/**
 * Whether a schedule is open at a moment, and the exact moment of its next change: the first after `at` at which it is
 * otherwise.
 * @param at ms since the epoch
 * @throws RangeError an unknown time zone; see `checkZone`
 */
export function openingAt(schedule: Schedule, at: number): Opening {
  const open = isOpen(schedule, at)
  const until = changes(schedule, at).find((moment) => isOpen(schedule, moment) !== open)
  return { open, until: until ?? null }
}

/** @throws RequestFailure E_ZONE when there is no time zone of that name */
export function checkZone(schedule: Schedule | null): void {
  if (schedule === null || schedule.zone === null) return
  try {
    Temporal.Now.zonedDateTimeISO(schedule.zone)
  } catch {
    throw new RequestFailure({ code: 'E_ZONE', detail: `no time zone ${schedule.zone}` })
  }
}

/** Moments after `at` at which the schedule may change: where a window begins or ends, and where clocks are moved. */
function changes({ windows, zone }: Schedule, at: number): number[] {
  const now = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zoneOf(zone))
  const moments = new Set<number>()
  const minutes = new Set(windows.flatMap(({ from, to }) => [from, to % dayMinutes]))
  for (let day = 0; day <= horizon; day++) {
    const date = now.toPlainDate().add({ days: day })
    for (const minute of minutes) {
      const time = date.toPlainDateTime({ hour: Math.floor(minute / 60), minute: minute % 60 })
      // Both, where the time comes twice; where it is left out, they are beside the gap.
      for (const disambiguation of ['earlier', 'later'] as const) {
        moments.add(time.toZonedDateTime(now.timeZoneId, { disambiguation }).epochMilliseconds)
      }
    }
  }
  const end = now.add({ days: horizon })
  for (let moved = now.getTimeZoneTransition('next'); moved !== null; moved = moved.getTimeZoneTransition('next')) {
    if (Temporal.ZonedDateTime.compare(moved, end) > 0) break
    moments.add(moved.epochMilliseconds)
  }
  return [...moments].filter((moment) => moment > at).sort((a, b) => a - b)
}

function wallAt(time: Temporal.ZonedDateTime): Wall {
  return { day: time.dayOfWeek, minute: time.hour * 60 + time.minute }
}

function covers({ days, from, to }: TimeWindow, { day, minute }: Wall): boolean {
  const has = (wanted: number) => days.some((each) => each === wanted)
  if (from < to) return has(day) && minute >= from && minute < to
  return (has(day) && minute >= from) || (has(day === 1 ? 7 : day - 1) && minute < to)
}

/** The system's zone is asked each time: it changes when somebody travels. */
function zoneOf(zone: string | null): string {
  return zone ?? Temporal.Now.timeZoneId()
}
