import { concurrentRange, speedLimitRange } from '../../shared/limits'
import {
  dayMinutes,
  defaultQueue,
  type QueueChoices,
  type QueueId,
  type QueueView,
  type Weekday,
} from '../../shared/queues'
import { fromField, fromTimeField, toField, toTimeField } from '../moments'
import { t } from '../text'

/** Times of some days, as they stand in the form. */
export interface Times {
  /** For lists only; new ones get the next number. */
  readonly key: number
  readonly days: readonly Weekday[]
  readonly from: string
  readonly to: string
}

/** A queue as it stands in the form. */
export interface Draft {
  readonly id: QueueId | null
  readonly name: string
  readonly slots: string
  readonly limit: string
  readonly scheduled: boolean
  readonly times: readonly Times[]
  readonly zone: string | null
  readonly startAt: string
  readonly stopAt: string
  readonly stopped: boolean
}

const kibibyte = 1024
const workdays: readonly Weekday[] = [1, 2, 3, 4, 5]

export const newTimes = (key: number): Times => ({ key, days: workdays, from: '22:00', to: '06:00' })

export function draftOf(queue: QueueView | null): Draft {
  const windows = queue?.schedule?.windows ?? []
  return {
    id: queue?.id ?? null,
    name: queue?.name ?? '',
    slots: text(queue?.slots ?? null),
    limit: text(typeof queue?.limit === 'number' ? Math.round(queue.limit / kibibyte) : null),
    scheduled: windows.length > 0,
    times: windows.map(({ days, from, to }, key) => ({ key, days, from: toTimeField(from), to: toTimeField(to) })),
    zone: queue?.schedule?.zone ?? null,
    startAt: toField(queue?.startAt ?? null),
    stopAt: toField(queue?.stopAt ?? null),
    stopped: queue?.stopped ?? false,
  }
}

function text(value: number | null): string {
  return value === null ? '' : String(value)
}

export type DraftProblem = { readonly field: 'name' | 'slots' | 'limit' | 'times'; readonly text: string }

/** The first thing that is wrong; `null` when it can be saved. */
export function problemOf(draft: Draft): DraftProblem | null {
  if (draft.id !== defaultQueue && draft.name.trim() === '') return { field: 'name', text: t('queues.lacksName') }
  if (!isNumber(draft.slots, concurrentRange.min, concurrentRange.max)) {
    return { field: 'slots', text: t('queues.badSlots') }
  }
  if (!isNumber(draft.limit, speedLimitRange.min / kibibyte, speedLimitRange.max / kibibyte)) {
    return { field: 'limit', text: t('queues.badLimit') }
  }
  if (!draft.scheduled) return null
  if (draft.times.length === 0) return { field: 'times', text: t('queues.lacksTimes') }
  for (const [index, { days, from, to }] of draft.times.entries()) {
    const number = index + 1
    if (days.length === 0) return { field: 'times', text: t('queues.lacksDays', { number }) }
    if (fromTimeField(from) === null || fromTimeField(to) === null) {
      return { field: 'times', text: t('queues.badTime', { number }) }
    }
  }
  return null
}

/** Call only when `problemOf` found nothing. */
export function choicesOf(draft: Draft): Omit<QueueChoices, 'folder'> {
  const windows = draft.times.map(({ days, from, to }) => {
    const end = fromTimeField(to) ?? 0
    return { days: [...days], from: fromTimeField(from) ?? 0, to: end === 0 ? dayMinutes : end }
  })
  return {
    name: draft.id === defaultQueue ? '' : draft.name.trim(),
    slots: draft.slots.trim() === '' ? null : Number(draft.slots),
    limit: draft.limit.trim() === '' ? null : Number(draft.limit) * kibibyte,
    schedule: draft.scheduled ? { zone: draft.zone, windows } : null,
    stopped: draft.stopped,
    startAt: fromField(draft.startAt),
    stopAt: fromField(draft.stopAt),
  }
}

/** What is not plain from two times of the day. */
export function noteOf({ from, to }: Times): string | null {
  const [begin, end] = [fromTimeField(from), fromTimeField(to)]
  if (begin === null || end === null) return null
  if (begin === 0 && end === 0) return t('queues.wholeDay')
  return end !== 0 && end <= begin ? t('queues.nextDay') : null
}

function isNumber(text: string, min: number, max: number): boolean {
  const value = Number(text)
  return text.trim() === '' || (Number.isInteger(value) && value >= min && value <= max)
}
