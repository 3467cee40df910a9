import { UsageError } from './usage-error'

/** Moments as people write them, of the clock of this computer. */

const two = (value: number) => String(value).padStart(2, '0')
const day = (date: Date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
const time = (date: Date) => `${two(date.getHours())}:${two(date.getMinutes())}`

/**
 * A moment as people read it: the time of today, or day and time.
 * @param at ms since the epoch
 */
export function formatMoment(at: number, now = Date.now()): string {
  const then = new Date(at)
  return day(then) === day(new Date(now)) ? time(then) : `${day(then)} ${time(then)}`
}

/**
 * Reads `22:00`, the next time that the clock shows it, or `2026-12-24 22:00`.
 * @param option for the error
 * @returns ms since the epoch
 * @throws UsageError also for what is past, and for what no clock shows
 */
export function parseMoment(option: string, text: string, now = Date.now()): number {
  const match = /^(?:(\d{4}-\d\d-\d\d)[ T])?(\d{1,2}:\d\d)$/i.exec(text.trim())
  if (!match) throw new UsageError(`${option} takes a time like 22:00, or 2026-12-24 22:00, not "${text}"`)
  const [, date, given = ''] = match
  const clock = given.padStart(5, '0')
  const today = new Date(now)
  const then = new Date(`${date ?? day(today)}T${clock}`)
  // Today it has been that late already.
  if (date === undefined && then.getTime() <= now) then.setDate(then.getDate() + 1)
  if (time(then) !== clock || (date !== undefined && day(then) !== date)) {
    throw new UsageError(`${option}: there is no ${text.trim()} on this clock`)
  }
  if (then.getTime() <= now) throw new UsageError(`${option}: ${text.trim()} is past`)
  return then.getTime()
}
