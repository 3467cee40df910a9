import { z } from 'zod'
import { type DownloadId, type DownloadView, priorities } from '../download'
import { type HistoryPlace, historyPlaceSchema } from '../history'
import { speedLimitSchema } from '../settings'
import { call, idsSchema, instantSchema, queueIdSchema, text } from './call'

/** The list: what is in it, in which order, and what is done to many of it. */

export interface Snapshot {
  /** Events with a revision up to this one are already part of the snapshot. */
  readonly revision: number
  readonly downloads: readonly DownloadView[]
}

/**
 * A snapshot on its way to the window. One text crosses threads, processes and the bridge ten times as fast as 50,000
 * objects, which each of them would copy one by one.
 */
export interface SnapshotText {
  readonly revision: number
  /** JSON of `DownloadView[]`: everything that is not completed. */
  readonly downloads: string
}

export interface HistoryPage {
  readonly downloads: readonly DownloadView[]
  /** `null` when this is the last one. */
  readonly next: HistoryPlace | null
}

/** How many of a list's downloads were added, and how many were there already. */
export interface ListImport {
  readonly added: number
  readonly known: number
}

export interface FinishedText {
  /** JSON of `DownloadView[]`, the last ones that were added first. */
  readonly downloads: string
  /** Where the next page begins; `null` when this is the last one. */
  readonly next: DownloadId | null
}

export const listCalls = {
  'downloads.snapshot': call<SnapshotText>()(z.undefined()),
  /** JSON of `DownloadView[]`: the head of the queue, a screen full, to be shown until the snapshot is there. */
  'downloads.first': call<string>()(z.undefined()),
  /** A page of the completed ones: they are many, and what is to be done is wanted first. */
  'downloads.finished': call<FinishedText>()(z.strictObject({ before: z.number().int().positive().nullable() })),
  /** A page of the completed ones that have every word of the query in name or address, the last finished first. */
  'history.page': call<HistoryPage>()(z.strictObject({ query: text(1024), after: historyPlaceSchema.nullable() })),
  /** Asks for a file and writes the whole list there, without secrets; `null` when the user cancelled. */
  'list.export': call<number | null>()(z.undefined()),
  /** Asks for such a file and adds what is not in the list; `null` when the user cancelled. */
  'list.import': call<ListImport | null>()(z.undefined()),
  'downloads.pause': call<void>()(z.strictObject({ ids: idsSchema })),
  /** Paused ones go on, failed ones are tried again. */
  'downloads.resume': call<void>()(z.strictObject({ ids: idsSchema })),
  /** They wait neither for a slot, nor for their time or their queue. */
  'downloads.startNow': call<void>()(z.strictObject({ ids: idsSchema })),
  'downloads.pauseAll': call<void>()(z.undefined()),
  'downloads.resumeAll': call<void>()(z.undefined()),
  'downloads.remove': call<void>()(z.strictObject({ ids: idsSchema, deleteFile: z.boolean() })),
  /** Takes them off the list; `downloads.restore` brings them back for `undoTime`, and only then they are removed. */
  'downloads.removeLater': call<void>()(z.strictObject({ ids: idsSchema })),
  'downloads.restore': call<void>()(z.strictObject({ ids: idsSchema })),
  /** Moves unfinished ones in the queue, each before another one or to its end; several moves at once take one back. */
  'downloads.move': call<void>()(
    z.strictObject({
      moves: z.array(z.strictObject({ ids: idsSchema, before: z.number().int().positive().nullable() })).max(1_000_000),
    }),
  ),
  'downloads.prioritize': call<void>()(z.strictObject({ ids: idsSchema, priority: z.enum(priorities) })),
  /** Puts them into a category, completed ones too; `null` leaves it to the rules. */
  'downloads.categorize': call<void>()(z.strictObject({ ids: idsSchema, category: text(64).nullable() })),
  /** Moves unfinished ones to another queue; their order stays. */
  'downloads.toQueue': call<void>()(z.strictObject({ ids: idsSchema, queue: queueIdSchema })),
  /** When unfinished ones start and are paused, in ms since the epoch; `null` for no time of their own. */
  'downloads.appoint': call<void>()(
    z.strictObject({ ids: idsSchema, startAt: instantSchema.nullable(), stopAt: instantSchema.nullable() }),
  ),
  /** These run and all others wait, until these have ended; nothing in it ends that. */
  'downloads.onlyNow': call<void>()(z.strictObject({ ids: idsSchema })),
  /** Limits the speed of each, in bytes per second; `null` lifts it. Counts at once. */
  'downloads.limit': call<void>()(z.strictObject({ ids: idsSchema, rate: speedLimitSchema.nullable() })),
  /** Begins paused and failed ones again from byte 0. */
  'downloads.restart': call<void>()(z.strictObject({ ids: idsSchema })),
} as const
