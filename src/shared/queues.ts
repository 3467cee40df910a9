import { z } from 'zod'
import type { Hold } from './holds'
import { concurrentRange, speedLimitRange } from './limits'

/** Row id in the store. */
export type QueueId = number

/** What is put into no other queue is in this one; it cannot be removed. */
export const defaultQueue: QueueId = 1

/** ISO 8601: Monday is 1. */
export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const
export type Weekday = (typeof weekdays)[number]

/** Minutes of a day. */
export const dayMinutes = 24 * 60

/** Part of some days, as the clock on the wall shows it. */
export const windowSchema = z.strictObject({
  days: z.array(z.literal(weekdays)).min(1).max(7),
  /** Minute of the day. */
  from: z
    .number()
    .int()
    .min(0)
    .max(dayMinutes - 1),
  /** Minute of the day at which it is over; one that is not after `from` is of the next day. */
  to: z.number().int().min(0).max(dayMinutes),
})
export type TimeWindow = z.infer<typeof windowSchema>

/** When a queue may run. */
export const scheduleSchema = z.strictObject({
  /** IANA name of the time zone that the times are of; `null` is the system's. */
  zone: z.string().min(1).max(64).nullable(),
  /** It is open while one of them is. */
  windows: z.array(windowSchema).min(1).max(50),
})
export type Schedule = z.infer<typeof scheduleSchema>

const instantSchema = z.number().int().nonnegative()

/** What the user decides about a queue, without its folder: that one is a path in some places and a token in others. */
export const queueChoicesSchema = z.strictObject({
  /** Empty for the default queue only, which windows name in their language. */
  name: z.string().trim().max(100),
  /** Downloads at a time, within those of the whole program; `null` sets no bound of its own. */
  slots: z.number().int().min(concurrentRange.min).max(concurrentRange.max).nullable(),
  /** Bytes per second, all of its downloads together; `null` is no limit. */
  limit: z.number().int().min(speedLimitRange.min).max(speedLimitRange.max).nullable(),
  /** `null`: at any time. */
  schedule: scheduleSchema.nullable(),
  /** Nothing of it runs. */
  stopped: z.boolean(),
  /** ms since the epoch: when it starts by itself, once. */
  startAt: instantSchema.nullable(),
  /** ms since the epoch: when it stops by itself, once. */
  stopAt: instantSchema.nullable(),
})
export type QueueChoices = z.infer<typeof queueChoicesSchema> & {
  /** Absolute path for what is added to it; `null` takes the setting. */
  readonly folder: string | null
}

export interface Queue extends QueueChoices {
  readonly id: QueueId
}

/** A queue as windows and the command line see it. */
export interface QueueView extends Queue {
  /** Why nothing of it runs now; `null` when it is open. */
  readonly hold: Extract<Hold, { kind: 'stopped' | 'schedule' }> | null
  /** ms since the epoch: when that changes by itself; `null` for never. */
  readonly until: number | null
}

export const noChoices: QueueChoices = {
  name: '',
  slots: null,
  limit: null,
  folder: null,
  schedule: null,
  stopped: false,
  startAt: null,
  stopAt: null,
}
