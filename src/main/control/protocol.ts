import { z } from 'zod'
import { connectionsSchema, speedLimitSchema } from '../../shared/settings'
import { maxCookieText, maxMirrors, maxUrls } from '../../shared/limits'
import type { AddOutcome } from '../../shared/contract'
import type { DownloadId, DownloadView } from '../../shared/download'
import type { RequestError } from '../../shared/errors'
import { historyPlaceSchema } from '../../shared/history'
import { queueChoicesSchema, scheduleSchema, type QueueView, type Schedule } from '../../shared/queues'
import { statusFilters } from '../../shared/status'

/**
 * What a command says to the running program: JSON lines over a local socket. The first line of the client is its
 * greeting, the first of the server the answer to it; then requests and answers in turn.
 */

/** Rises when older programs would misunderstand newer ones. */
export const protocolVersion = 2
/** Characters of a line; 10,000 addresses fit. */
export const longestLine = 8 * 1024 * 1024

export const greetingSchema = z.strictObject({ longshore: z.number().int(), token: z.string().max(128) })
export const welcomeSchema = z.object({ longshore: z.number().int(), version: z.string(), pid: z.number().int() })
export type Welcome = z.infer<typeof welcomeSchema>

const idSchema = z.number().int().positive()
const idsSchema = z.union([z.literal('all'), z.array(idSchema).min(1).max(100_000)])
export type Ids = z.infer<typeof idsSchema>
/** Of a queue; empty for the default one. */
const nameSchema = z.string().trim().max(100)
/** What is decided about a queue; what is missing stays as it is. */
const queueChangeSchema = z
  .strictObject({
    ...queueChoicesSchema.omit({ stopped: true }).shape,
    name: nameSchema.min(1),
    /** Absolute path; `null` takes the setting. */
    folder: z.string().max(32_768).nullable(),
  })
  .partial()
export type QueueChange = z.infer<typeof queueChangeSchema>

/** Which downloads a list has. */
const listFilterSchema = z.strictObject({
  states: z.array(z.enum(statusFilters)).min(1).max(statusFilters.length),
  /** Name or address has all of them. */
  words: z.string().max(1024),
  /** Its name, empty for the default one; `null` for all. */
  queue: nameSchema.nullable(),
})
export type ListFilter = z.infer<typeof listFilterSchema>
/** Where a page of a list begins. What is not completed comes first, by its number, then what is, the newest first. */
const listPlaceSchema = z.union([
  z.strictObject({ after: idSchema.nullable() }),
  z.strictObject({ finished: historyPlaceSchema.nullable() }),
])
export type ListPlace = z.infer<typeof listPlaceSchema>
export interface ListPage {
  readonly downloads: readonly DownloadView[]
  /** `null` when this is the last one. */
  readonly next: ListPlace | null
}

const text = (most: number) => z.string().max(most)

export const controlInputs = {
  add: z.strictObject({
    urls: z.array(text(65_536)).min(1).max(maxUrls),
    /** Absolute path; `null` takes the program's folder for downloads. */
    folder: text(32_768).nullable(),
    name: text(1024).nullable(),
    connections: connectionsSchema.nullable(),
    headers: text(65_536),
    cookies: text(maxCookieText),
    user: text(1024),
    password: text(4096),
    checksum: text(256),
    mirrors: z.array(text(65_536)).max(maxMirrors),
    /** Bytes per second; `null` is no limit of its own. */
    limit: speedLimitSchema.nullable(),
    /** Its name; empty for the default one. */
    queue: nameSchema,
    start: z.boolean(),
  }),
  /** A page: a list may have 100,000 downloads, and the others are not to wait for it. */
  list: z.strictObject({ ...listFilterSchema.shape, from: listPlaceSchema.nullable() }),
  show: z.strictObject({ ids: z.array(idSchema).min(1).max(1000) }),
  pause: z.strictObject({ ids: idsSchema }),
  /** @param now whether they wait neither for a slot, nor for their time or their queue */
  resume: z.strictObject({ ids: idsSchema, now: z.boolean() }),
  remove: z.strictObject({ ids: idsSchema, deleteFile: z.boolean() }),
  /** Bytes per second, of all downloads together, of a queue's or of each of some; `null` lifts the limit. */
  limit: z.strictObject({
    of: z.union([idsSchema, z.strictObject({ queue: nameSchema })]),
    rate: speedLimitSchema.nullable(),
  }),
  /** The limits that hold now. */
  limits: z.strictObject({}),
  /** Switches slow mode, sets when it is on by itself (`null` for never); both missing only asks. */
  slow: z.strictObject({ on: z.boolean().optional(), hours: scheduleSchema.nullable().optional() }),
  queues: z.strictObject({}),
  removeQueue: z.strictObject({ name: nameSchema }),
  addQueue: z.strictObject({ name: nameSchema.min(1), change: queueChangeSchema }),
  changeQueue: z.strictObject({ name: nameSchema, change: queueChangeSchema }),
  runQueue: z.strictObject({ name: nameSchema, run: z.boolean() }),
  moveToQueue: z.strictObject({ name: nameSchema, ids: idsSchema }),
  /** Ends a daemon, as a signal would; the application with a window refuses. */
  stop: z.strictObject({}),
} as const

export type ControlCall = keyof typeof controlInputs
export type ControlInput<C extends ControlCall> = z.infer<(typeof controlInputs)[C]>

export interface Limits {
  /** Bytes per second, all downloads together; `null` is no limit. */
  readonly all: number | null
  /** Whether slow mode is on, and its limit. */
  readonly slow: boolean
  readonly slowLimit: number
  /** When it is on by itself; `null` for never. */
  readonly slowHours: Schedule | null
  readonly queues: readonly { readonly name: string; readonly rate: number }[]
  /** Those that have one of their own. */
  readonly downloads: readonly { readonly id: DownloadId; readonly rate: number }[]
}

export interface ControlOutputs {
  add: readonly AddOutcome[]
  list: ListPage
  show: readonly DownloadView[]
  pause: readonly DownloadId[]
  resume: readonly DownloadId[]
  remove: readonly DownloadId[]
  limit: Limits
  limits: Limits
  slow: Limits
  queues: readonly QueueView[]
  addQueue: QueueView
  removeQueue: null
  changeQueue: QueueView
  runQueue: null
  moveToQueue: readonly DownloadId[]
  stop: null
}

/** What the running program does for each call. @throws RequestFailure what the command is told */
export type ControlHandlers = {
  readonly [C in ControlCall]: (input: ControlInput<C>) => ControlOutputs[C] | Promise<ControlOutputs[C]>
}

export const requestSchema = z.strictObject({ call: z.string().max(64), input: z.unknown() })
export type Answer = { readonly value: unknown } | { readonly error: RequestError }
