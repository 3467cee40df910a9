import type { DownloadError } from './errors'
import type { Hold } from './holds'
import type { QueueId } from './queues'
import type { CheckProgress, Verification } from './verification'

export type { Check, Checksum, ChecksumAlgorithm, Verification } from './verification'

/** Row id in the store; stable for the life of a download. */
export type DownloadId = number

/** A further address of the same file. */
export interface Mirror {
  /** Without user name and password. */
  readonly url: string
  /** Who named it. One that a server named must not lead from there to a private address. */
  readonly from: 'user' | 'server'
}

/** What has become of one of the addresses of a download. */
export type SourceState =
  /** Not asked yet, or not in this run. */
  | { readonly kind: 'unused' }
  | { readonly kind: 'used' }
  /** Answers, but nothing proves that its bytes belong to those that are there: only for a new beginning. */
  | { readonly kind: 'spare' }
  /** Not asked any more in this run. */
  | { readonly kind: 'dropped'; readonly error: DownloadError }

export interface SourceView {
  readonly url: string
  /** Name and port, as shown to the user. */
  readonly host: string
  readonly state: SourceState
}

/** Downloads that were added together: the objects under a prefix, a long list of addresses. */
export interface Group {
  /** Given by whoever adds, the same for all members. */
  readonly id: string
  readonly name: string
  /** Absolute path; members may lie in folders below it. */
  readonly folder: string
}

/** Which queued downloads go first. */
export const priorities = ['high', 'normal', 'low'] as const
export type Priority = (typeof priorities)[number]

/** What to do when the final name is taken. */
export const onConflicts = ['rename', 'overwrite', 'fail'] as const
export type OnConflict = (typeof onConflicts)[number]

/** What happens right now inside an active download. Never stored. */
export type Phase =
  | { readonly kind: 'probing' }
  | { readonly kind: 'transferring' }
  | { readonly kind: 'verifying' }
  | { readonly kind: 'publishing' }
  /**
   * No connection is open; the next attempt is at `until` (ms since the epoch), or when the network is back (`null`).
   */
  | { readonly kind: 'waiting'; readonly until: number | null; readonly reason: DownloadError }

export type DownloadState =
  | { readonly kind: 'queued' }
  | { readonly kind: 'active'; readonly phase: Phase }
  | { readonly kind: 'paused' }
  | { readonly kind: 'failed'; readonly error: DownloadError }
  | { readonly kind: 'done'; readonly verification: Verification }

export type DownloadEvent =
  /** The scheduler granted a slot. */
  | { readonly kind: 'start' }
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'pause' }
  /** The user wants it to go on: from a pause, or again after a failure. */
  | { readonly kind: 'resume' }
  /** The slot was lost without anybody's wish: the program ended or restarted. */
  | { readonly kind: 'requeue' }
  | { readonly kind: 'fail'; readonly error: DownloadError }
  /** The file has its final name; a pause may have come too late to stop that. */
  | { readonly kind: 'finish'; readonly verification: Verification }

export class IllegalTransition extends Error {
  constructor(from: DownloadState['kind'], event: DownloadEvent['kind']) {
    super(`A download that is ${from} cannot take the event "${event}"`)
    this.name = 'IllegalTransition'
  }
}

export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`)
}

/**
 * The only way from one state to the next.
 * @throws IllegalTransition for an event that the state does not allow.
 */
export function transition(state: DownloadState, event: DownloadEvent): DownloadState {
  switch (state.kind) {
    case 'queued':
      if (event.kind === 'start') return { kind: 'active', phase: { kind: 'probing' } }
      if (event.kind === 'pause') return { kind: 'paused' }
      if (event.kind === 'fail') return { kind: 'failed', error: event.error }
      if (event.kind === 'finish') return { kind: 'done', verification: event.verification }
      break
    case 'active':
      if (event.kind === 'phase') return { kind: 'active', phase: event.phase }
      if (event.kind === 'pause') return { kind: 'paused' }
      if (event.kind === 'requeue') return { kind: 'queued' }
      if (event.kind === 'fail') return { kind: 'failed', error: event.error }
      if (event.kind === 'finish') return { kind: 'done', verification: event.verification }
      break
    case 'paused':
    case 'failed':
      if (event.kind === 'resume') return { kind: 'queued' }
      if (event.kind === 'finish' && state.kind === 'paused') return { kind: 'done', verification: event.verification }
      break
    case 'done':
      break
    default:
      assertNever(state)
  }
  throw new IllegalTransition(state.kind, event.kind)
}

/** Something the user should know although the download goes on. */
export type NoticeCode =
  /** The file changed on the server: what was there is no longer part of it, so it began again at byte 0. */
  | 'RESTARTED_CHANGED'
  /** The server does not continue downloads, so it began again at byte 0. */
  | 'RESTARTED_NO_RANGES'
  /** The server failed for good; another one has the file, but nothing proves that it is the same. */
  | 'RESTARTED_MIRROR'
  /** The checksum was wrong; it began again with other servers, or with one of them alone. */
  | 'RESTARTED_HASH'
  /** One of several servers is not asked any more; the download goes on. */
  | 'MIRROR_DROPPED'
  /** The partial file was missing or another file stood in its place. */
  | 'RESTARTED_PART_LOST'
  /** What was noted of the partial file does not cover it. */
  | 'RESTARTED_CLAIMS_DAMAGED'
  /** It goes on with a partial file that it did not write itself; samples of that were compared with the server. */
  | 'ADOPTED'
  /** The partial file was shorter than what had been written; the rest is fetched again. */
  | 'PART_TRUNCATED'
  /** A pause or an interruption will mean starting again from byte 0. */
  | 'NOT_RESUMABLE'
  /** The server never said how long the file is; its end was the end of the connection. */
  | 'LENGTH_UNVERIFIED'
  /** The object is archived; the store was asked to make it readable. */
  | 'RESTORE_ASKED'
  /** Bytes on the disk were no longer those that had been written; they were fetched again. */
  | 'PART_DAMAGED'
  /** The finished bytes did not have their digest; the wrong pieces were found and fetched again. */
  | 'PIECES_REPAIRED'
  /** It was carried here without what its link was signed with. */
  | 'LINK_CUT'

export interface Notice {
  readonly code: NoticeCode
  /** ms since the epoch. */
  readonly at: number
}

/** A download as windows and the command line see it. */
export interface DownloadView {
  readonly id: DownloadId
  /** Without user name and password. */
  readonly url: string
  readonly name: string
  readonly folder: string
  readonly state: DownloadState
  /** Bytes; `null` while the server has not said, or never says. */
  readonly total: number | null
  /** Bytes written to disk so far. */
  readonly received: number
  /** Bytes per second; 0 when nothing moves. */
  readonly bytesPerSecond: number
  /** Connections that are open now. */
  readonly connections: number
  /** Place in the queue; lower ones come first. Means nothing for completed ones. */
  readonly position: number
  readonly priority: Priority
  readonly queue: QueueId
  /** What it waits for although it is queued; `null` for a free slot, and for all that are not queued. */
  readonly hold: Hold | null
  /** ms since the epoch: does not run before; `null` for any time. */
  readonly startAt: number | null
  /** ms since the epoch: is paused then; `null` for never. */
  readonly stopAt: number | null
  /** One of those that run while all others wait. */
  readonly onlyNow: boolean
  /** Bytes per second that it may have; `null` is no limit of its own. */
  readonly limit: number | null
  /** ms since the epoch. */
  readonly addedAt: number
  readonly finishedAt: number | null
  /** Whether the server serves ranges; `null` until it has answered. */
  readonly ranges: boolean | null
  /** When a signed link stops working, ms since the epoch; `null` for links that do not say. */
  readonly expiresAt: number | null
  readonly notice: Notice | null
  /** Missing for what was added alone. */
  readonly group?: Group
  /** Id of the category that the user chose; missing for the one that the rules give. */
  readonly category?: string
  /** The user had it started now: it waits neither for a slot, nor for its time or its queue. Missing for all others. */
  readonly atOnce?: true
  /** A check or a repair that the user asked for, while it runs. */
  readonly check?: CheckProgress
  /** Its own address first, then its mirrors; empty when it has none. */
  readonly sources: readonly SourceView[]
}
