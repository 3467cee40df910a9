import { concurrentRange, speedLimitRange } from '../../shared/limits'
import { defaultQueue, type QueueChoices, type QueueId, type QueueView } from '../../shared/queues'
import { fromField, toField } from '../moments'
import { t } from '../text'
import { scheduleDraftOf, scheduleOf, timesProblem, type ScheduleDraft } from '../ui/schedule'

/** A queue as it stands in the form. */
export interface Draft extends ScheduleDraft {
  readonly id: QueueId | null
  readonly name: string
  readonly slots: string
  readonly limit: string
  readonly scheduled: boolean
  readonly startAt: string
  readonly stopAt: string
  readonly stopped: boolean
}

const kibibyte = 1024
export function draftOf(queue: QueueView | null): Draft {
  return {
    id: queue?.id ?? null,
    name: queue?.name ?? '',
    slots: text(queue?.slots ?? null),
    limit: text(typeof queue?.limit === 'number' ? Math.round(queue.limit / kibibyte) : null),
    scheduled: queue !== null && queue.schedule !== null,
    ...scheduleDraftOf(queue?.schedule ?? null),
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
  const times = timesProblem(draft)
  return times === null ? null : { field: 'times', text: times }
}

/** Call only when `problemOf` found nothing. */
export function choicesOf(draft: Draft): Omit<QueueChoices, 'folder'> {
  return {
    name: draft.id === defaultQueue ? '' : draft.name.trim(),
    slots: draft.slots.trim() === '' ? null : Number(draft.slots),
    limit: draft.limit.trim() === '' ? null : Number(draft.limit) * kibibyte,
    schedule: draft.scheduled ? scheduleOf(draft) : null,
    stopped: draft.stopped,
    startAt: fromField(draft.startAt),
    stopAt: fromField(draft.stopAt),
  }
}

function isNumber(text: string, min: number, max: number): boolean {
  const value = Number(text)
  return text.trim() === '' || (Number.isInteger(value) && value >= min && value <= max)
}
