import { dayMinutes, type Schedule, type Weekday } from '../../shared/queues'
import { fromTimeField, toTimeField } from '../moments'
import { t } from '../text'

/** Times of some days, as they stand in a form. */
export interface Times {
  /** For lists only; new ones get the next number. */
  readonly key: number
  readonly days: readonly Weekday[]
  readonly from: string
  readonly to: string
}

/** A schedule as it stands in a form. */
export interface ScheduleDraft {
  readonly times: readonly Times[]
  readonly zone: string | null
}

const workdays: readonly Weekday[] = [1, 2, 3, 4, 5]

export const newTimes = (key: number, from = '22:00', to = '06:00'): Times => ({ key, days: workdays, from, to })

export function scheduleDraftOf(schedule: Schedule | null): ScheduleDraft {
  const windows = schedule?.windows ?? []
  const times = windows.map(({ days, from, to }, key) => ({ key, days, from: toTimeField(from), to: toTimeField(to) }))
  return { times, zone: schedule?.zone ?? null }
}

/** The first thing that is wrong; `null` when it is a schedule. */
export function timesProblem({ times }: ScheduleDraft): string | null {
  if (times.length === 0) return t('queues.lacksTimes')
  for (const [index, { days, from, to }] of times.entries()) {
    const number = index + 1
    if (days.length === 0) return t('queues.lacksDays', { number })
    if (fromTimeField(from) === null || fromTimeField(to) === null) return t('queues.badTime', { number })
  }
  return null
}

/** Call only when `timesProblem` found nothing. */
export function scheduleOf({ times, zone }: ScheduleDraft): Schedule {
  const windows = times.map(({ days, from, to }) => {
    const end = fromTimeField(to) ?? 0
    return { days: [...days], from: fromTimeField(from) ?? 0, to: end === 0 ? dayMinutes : end }
  })
  return { zone, windows }
}

/** What is not plain from two times of the day. */
export function noteOf({ from, to }: Times): string | null {
  const [begin, end] = [fromTimeField(from), fromTimeField(to)]
  if (begin === null || end === null) return null
  if (begin === 0 && end === 0) return t('queues.wholeDay')
  return end !== 0 && end <= begin ? t('queues.nextDay') : null
}
