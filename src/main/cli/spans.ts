import { dayMinutes, weekdays, type TimeWindow, type Weekday } from '../../shared/queues'
import { UsageError } from './usage-error'

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/**
 * Reads times of some days: `mon-fri 09:00-17:30`, `sat,sun 22:00-06:00` (until the next day), `daily 00:00-24:00`.
 * @throws UsageError
 */
export function parseSpan(text: string): TimeWindow {
  const match = /^(\S+)\s+(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)$/.exec(text.trim().toLowerCase())
  const days = match?.[1] === undefined ? null : parseDays(match[1])
  const [from, to] = [minuteOf(match?.[2], match?.[3]), minuteOf(match?.[4], match?.[5])]
  if (days === null || from === null || from === dayMinutes || to === null) {
    throw new UsageError(`times are like "mon-fri 09:00-17:30" or "daily 22:00-06:00", not "${text}"`)
  }
  return { days, from, to: to === 0 ? dayMinutes : to }
}

/** @returns what `parseSpan` reads */
export function formatSpan({ days, from, to }: TimeWindow): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const time = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
  return `${formatDays(days)} ${time(from)}-${time(to === 0 ? dayMinutes : to)}`
}

function parseDays(text: string): Weekday[] | null {
  if (text === 'daily') return [...weekdays]
  const days = new Set<Weekday>()
  for (const part of text.split(',')) {
    const [first, last, ...more] = part.split('-').map((name) => (names as readonly string[]).indexOf(name))
    if (first === undefined || more.length > 0) return null
    const end = last ?? first
    if (first === -1 || end === -1) return null
    // From friday to monday, too.
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(weekdays[day]!)
      if (day === end) break
    }
  }
  return weekdays.filter((day) => days.has(day))
}

function formatDays(days: readonly Weekday[]): string {
  const given = weekdays.filter((day) => days.includes(day))
  if (given.length === 7) return 'daily'
  const [first, last] = [given[0], given.at(-1)]
  const run = first !== undefined && last !== undefined && given.length > 2 && last - first === given.length - 1
  return run ? `${names[first - 1]}-${names[last - 1]}` : given.map((day) => names[day - 1]).join(',')
}

function minuteOf(hours = '', minutes = ''): number | null {
  const minute = Number(hours) * 60 + Number(minutes)
  return hours !== '' && Number(minutes) < 60 && minute <= dayMinutes ? minute : null
}
