import type { ChecksumAlgorithm, DownloadId, NoticeCode, SourceView } from './download'
import type { DownloadErrorCode, RequestErrorCode } from './errors'

/** Everything that the details of one download show beyond its row. Sizes in bytes, speeds in bytes per second. */

/** Something that happened to a download: a code and its arguments, put into words by the window. */
export type JournalEvent =
  | { readonly code: 'ADDED' }
  /** A run began with this many bytes already there. */
  | { readonly code: 'STARTED'; readonly bytes: number }
  /** The server answered with a file to fetch. */
  | { readonly code: 'ANSWERED'; readonly host: string; readonly total: number | null; readonly ranges: boolean }
  | { readonly code: 'REDIRECTED'; readonly host: string }
  /** The program ended, or was ended, while it ran; it goes on with the bytes that were safe. */
  | { readonly code: 'INTERRUPTED'; readonly bytes: number }
  | { readonly code: 'PAUSED'; readonly bytes: number }
  /** No connection is open; `seconds` until the next attempt, `null` for when the network is back. */
  | { readonly code: 'WAITING'; readonly error: DownloadErrorCode; readonly seconds: number | null }
  /** One connection failed while others went on. `times`: how often since this was last told. */
  | { readonly code: 'RETRY'; readonly error: DownloadErrorCode; readonly times: number }
  /** A host refused more connections; for a day it gets no more than this. */
  | {
      readonly code: 'LIMIT'
      readonly host: string
      readonly connections: number
      readonly error: DownloadErrorCode
    }
  /** Slow connections were replaced by new ones. */
  | { readonly code: 'REPLACED'; readonly times: number }
  /** Twice the connections did not bring more: the number stays. */
  | { readonly code: 'ENOUGH'; readonly connections: number; readonly bytesPerSecond: number }
  /** One of several servers is not asked any more. */
  | { readonly code: 'DROPPED'; readonly host: string; readonly error: DownloadErrorCode }
  | { readonly code: 'NOTICE'; readonly notice: NoticeCode }
  /** The user gave it another link, under which so many bytes of it go on; 0 when none were there to compare. */
  | { readonly code: 'LINK'; readonly host: string; readonly bytes: number }
  | { readonly code: 'FAILED'; readonly error: DownloadErrorCode; readonly bytes: number }
  | { readonly code: 'COMPLETED'; readonly bytes: number }
  | { readonly code: 'VERIFIED'; readonly algorithm: ChecksumAlgorithm }
  /** The user asked to have the bytes on the disk looked at. */
  | { readonly code: 'CHECK'; readonly repairs: boolean }
  /** So many bytes were read, and are right; `algorithm`: of the checksum they have, `null` when there is none. */
  | { readonly code: 'INTACT'; readonly bytes: number; readonly algorithm: ChecksumAlgorithm | null }
  /** There are differences in so many blocks of so many bytes; 0 when nothing tells where. */
  | { readonly code: 'DAMAGED'; readonly blocks: number; readonly bytes: number }
  | { readonly code: 'REPAIRED'; readonly bytes: number }
  | { readonly code: 'CHECK_FAILED'; readonly error: RequestErrorCode }
  | { readonly code: 'INCOMPARABLE' }
  /** The user gave a checksum to compare the file with. */
  | { readonly code: 'COMPARED'; readonly algorithm: ChecksumAlgorithm; readonly fits: boolean }

export interface JournalEntry {
  /** ms since the epoch. */
  readonly at: number
  readonly event: JournalEvent
}

/** Entries that are kept of one download; older ones go. */
export const journalLength = 200

/** The speed over the whole life: bytes of equally long stretches in which it ran. Waiting and pauses are no stretches. */
export interface SpeedHistory {
  /** ms of one stretch. */
  readonly step: number
  readonly bytes: readonly number[]
}

/** One run of bytes [start, end): up to `written` on the file, up to `taken` on their way to it. */
export interface Piece {
  readonly start: number
  /** `null` when the length of the file is unknown. */
  readonly end: number | null
  readonly written: number
  readonly taken: number
}

export interface ConnectionLook {
  /** Counts from 1 in the order of opening, within one run. */
  readonly number: number
  /** Scheme, host and port that it is open to. */
  readonly origin: string
  /** Host and port of the proxy that it goes through; `null` for none. */
  readonly via: string | null
  /** As in the answer's first line. */
  readonly protocol: string
  /** ms since its answer began. */
  readonly age: number
  readonly bytesPerSecond: number
  readonly received: number
  /** Where its next byte belongs, and where its piece ends (`null`: with the file). */
  readonly position: number
  readonly end: number | null
  /** Failures in a row before it. */
  readonly retries: number
  /** ms from the request to the head of the answer; `null` for the first one, which also found out what the file is. */
  readonly latency: number | null
}

/** What was measured during the present run, as far as it can explain a speed. */
export interface Vitals {
  /** ms since the run began to fetch. */
  readonly age: number
  /** Connections it may open at most, and how many it aims at now. */
  readonly allowed: number
  readonly aimedAt: number
  /** True when the user named the number for this download. */
  readonly chosen: boolean
  /** True when one connection must do, because the server does not continue downloads. */
  readonly single: boolean
  /** The last step that was measured on the way to more connections; speeds before and after it. */
  readonly lastStep: {
    readonly from: number
    readonly to: number
    readonly before: number
    readonly after: number
  } | null
  /**
   * Of the last minute, as everything from here on: requests after the first one, and ms spent between sending them and
   * their answers, all together.
   */
  readonly requests: number
  readonly latency: number
  /** ms that connections were held back until the disk had written, and ms that connections were open, all together. */
  readonly diskWait: number
  readonly openTime: number
  /** ms that connections were held back by a limit of speed, all together, and the limits that hold now. */
  readonly limitWait: number
  readonly limits: readonly SpeedLimitLook[]
  /** Failures of connections, most frequent first. */
  readonly failures: readonly { readonly error: DownloadErrorCode; readonly times: number }[]
}

/** A limit of speed that a download is under. */
export interface SpeedLimitLook {
  readonly scope: 'all' | 'queue' | 'rule' | 'download'
  /** Bytes per second. */
  readonly rate: number
  /** What all downloads that it is for have now, in bytes per second. */
  readonly used: number
}

/** One of several addresses of a download, in the present run. */
export interface SourceLook extends SourceView {
  /** Bytes that it gave, and gives now in a second. */
  readonly received: number
  readonly bytesPerSecond: number
  readonly connections: number
  /** Why it is left alone for a moment; `null` while it is not. */
  readonly resting: DownloadErrorCode | null
}

export interface HostLook {
  readonly host: string
  /** Connections that are open or being opened, by all downloads. */
  readonly held: number
  /** Connections that are allowed now. */
  readonly limit: number
  /** What the settings, or this download, allow. */
  readonly wanted: number
  /** What the host was seen to allow, when it holds. */
  readonly learned: { readonly connections: number; readonly at: number } | null
}

/** The head of the last answer. A value is `null` where it is a secret. */
export interface AnswerLook {
  /** ms since the epoch. */
  readonly at: number
  readonly status: number
  /** Without its query. */
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string | null])[]
}

export interface Inspection {
  readonly id: DownloadId
  readonly validator: { readonly kind: 'etag' | 'last-modified'; readonly value: string } | null
  readonly contentType: string | null
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly hex: string } | null
  /** Bytes of [start, written) that a crash cannot take any more. */
  readonly committed: readonly { readonly start: number; readonly written: number }[]
  readonly pieces: readonly Piece[]
  readonly connections: readonly ConnectionLook[]
  /** `null` while it does not fetch. */
  readonly vitals: Vitals | null
  /** The one that most of its connections go to. */
  readonly host: HostLook | null
  /** Its own address first, then its mirrors; empty when it has none. */
  readonly sources: readonly SourceLook[]
  readonly history: SpeedHistory
  /** Oldest first. */
  readonly journal: readonly JournalEntry[]
  readonly answer: AnswerLook | null
}
