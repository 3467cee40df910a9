import type { Hold } from '../../../shared/holds'
import type { Queue, QueueView } from '../../../shared/queues'
import type { DownloadRecord } from '../ports'
import { openingAt } from './schedule'

/**
 * What a queue is once its appointments up to now are over: it starts and stops in their order, and each of them is
 * forgotten. The same object when none is due.
 * @param now ms since the epoch
 */
export function afterAppointments(queue: Queue, now: number): Queue {
  const { startAt, stopAt } = queue
  const starts = startAt !== null && startAt <= now
  const stops = stopAt !== null && stopAt <= now
  if (!starts && !stops) return queue
  return {
    ...queue,
    // Of the same moment the stop counts.
    stopped: stops && (!starts || stopAt >= startAt),
    startAt: starts ? null : startAt,
    stopAt: stops ? null : stopAt,
  }
}

/**
 * Whether a queue is open, why not, and when that changes by itself.
 * @param queue without appointments that are due
 * @param now ms since the epoch
 */
export function gateOf(queue: Queue, now: number): QueueView {
  const { stopped, startAt, stopAt, schedule } = queue
  if (stopped) return { ...queue, hold: { kind: 'stopped', until: startAt }, until: startAt }
  const opening = schedule === null ? { open: true, until: null } : openingAt(schedule, now)
  const until = earliest([opening.until, stopAt])
  return { ...queue, hold: opening.open ? null : { kind: 'schedule', until: opening.until }, until }
}

/** Of what the computer runs, as the system tells it. */
export interface Power {
  readonly battery: boolean
  readonly metered: boolean
}

/** What holds back more than one download. */
export interface Conditions {
  /** Nothing may run on battery, and the computer does. */
  readonly battery: boolean
  /** Nothing may run on a network that is paid by the byte, and it is one. */
  readonly metered: boolean
  /** Some are to run before all others. */
  readonly onlyNow: boolean
}

type Held = Pick<DownloadRecord, 'startAt' | 'onlyNow'>

/**
 * What a download waits for, apart from space and slots. Those that the user wants now wait neither for their time nor for
 * their queue: they are named one by one, and that counts more than what was once said of all.
 * @param queue its queue
 * @param now ms since the epoch
 * @param atOnce whether it is to run whatever was said of its time, its queue and of others
 */
export function holdOf(
  { startAt, onlyNow }: Held,
  queue: QueueView,
  conditions: Conditions,
  now: number,
  atOnce = false,
): Hold | null {
  if (conditions.battery) return { kind: 'battery' }
  if (conditions.metered) return { kind: 'metered' }
  if (atOnce || (onlyNow && conditions.onlyNow)) return null
  if (conditions.onlyNow) return { kind: 'others' }
  if (startAt !== null && startAt > now) return { kind: 'start', until: startAt }
  return queue.hold
}

/** @returns the smallest; `null` when there is none */
export function earliest(moments: Iterable<number | null>): number | null {
  let first: number | null = null
  for (const moment of moments) if (moment !== null && (first === null || moment < first)) first = moment
  return first
}
