import type {
  Checksum,
  DownloadId,
  DownloadState,
  Group,
  Mirror,
  Notice,
  OnConflict,
  Priority,
} from '../../shared/download'
import type { AnswerLook, JournalEntry, SpeedHistory } from '../../shared/inspection'
import type { HistoryPlace } from '../../shared/history'
import type { Queue, QueueId } from '../../shared/queues'
import type { ExpectedDigest, Verification } from '../../shared/verification'
import type { Segment } from './fetch/segments'
import type { Headers } from './http/headers'
import type { BlockSums } from './integrity/blocks'

/** What the server said the file is, when the current generation began. */
export interface Remote {
  /** Where the redirects ended; ranges are asked here. */
  readonly url: string
  /** The mirror that was asked; absent when it was the download's own address. */
  readonly address?: string | undefined
  /** True when all bytes of the generation must come from that one server: mixed ones had another digest. */
  readonly alone?: boolean | undefined
  /** True when a public server led there: it must not be a private address then, whatever its name means later. */
  readonly publicOnly?: boolean | undefined
  /** Bytes; `null` when the server did not say. */
  readonly total: number | null
  readonly validator: Validator | null
  /** False when the server answered a range with the whole. */
  readonly ranges: boolean
  readonly contentType: string | null
  /** When the server last changed it, ms since the epoch; missing when it did not say. */
  readonly modified?: number | undefined
  /** What the answer that began it said about the bytes of the whole. */
  readonly digests?: readonly Checksum[] | undefined
  /** A Metalink document that the server names for it (RFC 6249). */
  readonly description?: string | undefined
}

/** What proves that two answers are parts of the same bytes (RFC 9110 §8.8). */
export type Validator =
  { readonly kind: 'etag'; readonly value: string } | { readonly kind: 'last-modified'; readonly value: string }

/** The partial file, as far as it is committed. */
export type Part =
  | { readonly kind: 'none' }
  /** A partial file of another program, to be taken over; still that program's. */
  | { readonly kind: 'foreign'; readonly file: string }
  | {
      readonly kind: 'open'
      /** 8 hex digits; part of the file's name, new at every start from byte 0. */
      readonly generation: string
      readonly path: string
      /** Tells the file from others that stand there later: see `identityOf`. */
      readonly inode: string
      /** Claims that were synced before they were stored. */
      readonly segments: readonly Segment[]
    }
  /** Published; the file is known again by its identity. */
  | {
      readonly kind: 'published'
      readonly inode: string
      /** Whose block sums it has; `null` for files of before there were any. */
      readonly generation: string | null
    }
  /** Complete and verified; being given its final name. */
  | {
      readonly kind: 'finalizing'
      readonly generation: string
      readonly path: string
      readonly inode: string
      readonly finalPath: string
      readonly bytes: number
      readonly verification: Verification
    }

/** A part that stands in the folder under its own name. */
export type StandingPart = Extract<Part, { readonly path: string }>

/** User name, password, headers and cookies of a download, as they are kept. */
export type Secret =
  | { readonly kind: 'none' }
  /** Encrypted by the system. */
  | { readonly kind: 'sealed'; readonly bytes: Uint8Array }
  /** There was one, but the system has no safe place for it. `headers`: headers or cookies were part of it. */
  | { readonly kind: 'forgotten'; readonly headers: boolean }

/** The secret itself; lives in memory only. */
export interface Credentials {
  readonly user: string
  readonly password: string
  readonly headers: readonly (readonly [string, string])[]
  /** As the user gave them: see `parseCookies`. Empty for none. */
  readonly cookies: string
  /** What servers set in an earlier run, as `Session.jar` gave it. */
  readonly jar?: string | undefined
}

/** Name in lower case, and value as the bytes on the wire, one character a byte. */
export type Field = readonly [name: string, value: string]

/** A request, apart from who asks. */
export interface Sent {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly fields: Readonly<Record<string, string>>
  readonly body: string | null
}

/** One request to one address, with as many rounds as a login takes. */
export interface Visit {
  /** Fields for the next round. */
  fields(): readonly Field[]
  /**
   * Learns from an answer.
   * @returns true when the request is to be sent once more, with the new fields
   */
  answered(status: number, headers: Headers): boolean | Promise<boolean>
  /**
   * Learns from an answer that is no success, when its sender explains such in their bodies.
   * @param body its first 64 KiB
   * @returns true when the request is to be sent once more, with the new fields
   * @throws DownloadFailure what the refusal means; without one its status speaks
   */
  refused?(status: number, headers: Headers, body: Buffer): Promise<boolean>
  /** @returns the address that leads to the bytes of this answer even when the file gets another version */
  pinned?(headers: Headers): string
}

/**
 * Who one download is to servers, and where it asks: one for each download (or mirror), shared by all of its
 * connections. The engine does not know what kind of server is behind it.
 */
export interface Session {
  /** Where the file is asked for: http or https, without credentials. */
  readonly url: string
  /** How a range is tied to what is there already: RFC 9110 §13.1.5, or §13.1.1 where servers know only that. */
  readonly condition: 'if-range' | 'if-match'
  /**
   * What Content-Encoding speaks of: a coding for the way, which would make offsets meaningless, or of the bytes as
   * they are stored, which are what is wanted (cloud stores, where the uploader sets it).
   */
  readonly coding: 'transfer' | 'stored'
  /**
   * @param url where the request goes: `url`, or where a redirect led
   * @param sent what is sent beside the fields of the visit
   */
  visit(url: URL, sent: Sent): Visit
  /**
   * Where the ranges of a generation are asked, which may have begun long ago.
   * @param remote the address that its first answer came from
   */
  ranges(remote: string): string
  /** Cookies that servers set so far, as text to be kept; `null` when there are none. */
  jar?(): string | null
  /** The request that makes an archived object readable, where there are archives. */
  restore?(): { readonly url: string; readonly body: string }
}

/**
 * Opens a session.
 * @param address as it stands in the record, of any scheme that can be added
 * @param account the cloud account chosen for it; `null` leaves the choice to its scheme
 * @throws DownloadFailure CLOUD_ACCOUNT, CLOUD_REGION; RequestFailure E_COOKIES
 */
export type OpenSession = (address: string, credentials: Credentials, account: string | null) => Promise<Session>

/** Encrypts what must not stand in the database as plain text. */
export interface SecretBox {
  /** @returns `null` where the system offers no encryption */
  seal(text: string): Promise<Uint8Array | null>
  /** @returns `null` when it cannot be decrypted any more */
  open(sealed: Uint8Array): Promise<string | null>
}

/** One download as the store keeps it. The engine is the only one that changes it. */
export interface DownloadRecord {
  readonly id: DownloadId
  readonly url: string
  /** Further addresses of the same file; none twice, and never `url`. */
  readonly mirrors: readonly Mirror[]
  /** Absolute path. */
  readonly folder: string
  /** The name that the user chose; `null` takes the server's. */
  readonly requestedName: string | null
  /** The name it has now: guessed from the URL until the server answers, numbered when it was taken. */
  readonly name: string
  readonly onConflict: OnConflict
  /** Place in the queue; lower ones come first. Means nothing for completed ones. */
  readonly position: number
  readonly priority: Priority
  /** An unknown one is the default one. */
  readonly queue: QueueId
  /** ms since the epoch: does not run before; `null` for any time. */
  readonly startAt: number | null
  /** ms since the epoch: is paused then, once; `null` for never. */
  readonly stopAt: number | null
  /** While one that goes on has this, those that have not wait. */
  readonly onlyNow: boolean
  /** Connections the user asked for; `null` takes the setting. */
  readonly connections: number | null
  /** Smallest piece in bytes that gets a connection of its own; `null` takes the default. */
  readonly partSize: number | null
  /** Bytes of a file below which one connection is all it gets; `null` leaves that to the pace. */
  readonly threshold: number | null
  /** Bytes per second; `null` is no limit of its own. */
  readonly limit: number | null
  readonly checksum: Checksum | null
  readonly secret: Secret
  /** The cloud account whose keys sign its requests; `null` leaves the choice to the address. */
  readonly account: string | null
  /** What it was added with; `null` for what was added alone. */
  readonly group: Group | null
  /** Id of the category that the user chose; `null` leaves it to the rules. */
  readonly category: string | null
  readonly state: DownloadState
  readonly remote: Remote | null
  readonly part: Part
  readonly notice: Notice | null
  /** ms since the epoch. */
  readonly addedAt: number
  readonly finishedAt: number | null
  /** Size in bytes of the completed file. */
  readonly finalBytes: number | null
}

export type NewDownload = Omit<DownloadRecord, 'id'> & {
  /** Kept beside the record: see `IntegrityStore`. */
  readonly promised?: Promised | null
}

/** Digests of the pieces of a file, all of one length but the last. */
export interface Pieces {
  readonly algorithm: 'sha-256' | 'sha-512' | 'sha-1' | 'md5'
  /** Bytes. */
  readonly length: number
  /** Lower-case hex, in order. */
  readonly hashes: readonly string[]
}

/** CRC-32 of [start, end). */
export interface Leftover {
  readonly start: number
  readonly end: number
  readonly crc32: number
}

/** What a document says about a download's bytes before they are there. */
export interface Promised {
  /** Bytes. */
  readonly size: number | null
  readonly digests: readonly ExpectedDigest[]
  readonly pieces: Pieces | null
}

/** What is known about the bytes of downloads. Goes with them when they are removed. */
export interface IntegrityStore {
  /** CRC-32 of the blocks of one generation that were read back after they had been committed. */
  blocks(id: DownloadId, generation: string): BlockSums
  /** Adds or replaces sums, and forgets those of other generations of the download. */
  addBlocks(id: DownloadId, generation: string, sums: BlockSums): void
  dropBlocks(id: DownloadId, generation: string, blocks: readonly number[]): void
  /** Sums of committed bytes that make no whole block, as they were when the last run ended. */
  leftovers(id: DownloadId, generation: string): readonly Leftover[]
  /** Replaces them. */
  keepLeftovers(id: DownloadId, generation: string, leftovers: readonly Leftover[]): void
  promised(id: DownloadId): Promised | null
  promise(id: DownloadId, promised: Promised): void
}

/** Sums of blocks of one generation. */
export interface BlocksOf {
  readonly id: DownloadId
  readonly generation: string
  readonly sums: BlockSums
}

/** Where downloads survive a crash. Every method that writes has committed durably when it returns. */
export interface DownloadStore {
  /** Everything but completed downloads, in the order in which they were added. */
  unfinished(): DownloadRecord[]
  /** All downloads, in the order in which they were added. */
  all(): DownloadRecord[]
  /**
   * Some of the completed ones, the last ones that were added first.
   * @param before they were added before this one; `null` begins with the last one
   */
  finished(before: DownloadId | null, count: number): DownloadRecord[]
  get(id: DownloadId): DownloadRecord | null
  /**
   * A page of the completed ones that have every word in name or address, the last finished first.
   * @param words folded by `foldText`; none for all
   * @param after the end of the page before; `null` for the first
   */
  history(words: readonly string[], after: HistoryPlace | null, count: number): DownloadRecord[]
  /** Completed ones that finished before a time, in ms since the epoch. */
  finishedBefore(at: number): DownloadId[]
  insert(download: NewDownload): DownloadRecord
  /** Inserts all in one transaction, in their order. */
  insertAll(downloads: readonly NewDownload[]): DownloadRecord[]
  /** Writes all records in one transaction. */
  save(records: readonly DownloadRecord[]): void
  /** The same where nothing but states has changed, which is much less to write. */
  saveStates(records: readonly DownloadRecord[]): void
  /**
   * As `save`, without stopping this thread for the disk. Who reads the store has it at once.
   * @param sums of blocks that the records claim: as `IntegrityStore.addBlocks`
   * @returns when it is durable, with everything that was written before
   */
  commit(records: readonly DownloadRecord[], sums?: readonly BlocksOf[]): Promise<void>
  remove(ids: readonly DownloadId[]): void
}

/** Where queues survive a crash. Every method that writes has committed durably when it returns. */
export interface QueueStore {
  /** The default one first, the others in the order in which they were made. */
  all(): Queue[]
  insert(queue: Omit<Queue, 'id'>): Queue
  /** Writes all in one transaction. */
  save(queues: readonly Queue[]): void
  /** Its downloads, also finished ones, move to the default queue, in the same transaction. The default one stays. */
  remove(id: QueueId): void
}

/** What is kept of a download's life beside its record; none of it is needed to finish it. */
export interface Trace {
  readonly history: SpeedHistory
  readonly answer: AnswerLook | null
}

/** Where the cookies of downloads survive a restart, sealed. What belongs to a removed download is gone with it. */
export interface CookieStore {
  read(id: DownloadId): Uint8Array | null
  /** @param jar `null` forgets them */
  write(id: DownloadId, jar: Uint8Array | null): void
}

/** Where journals survive a restart. What belongs to a removed download is gone with it. */
export interface TraceStore {
  /** Writes all in one transaction, and keeps the newest `journalLength` entries of each download. */
  write(
    entries: readonly { readonly id: DownloadId; readonly entry: JournalEntry }[],
    traces: ReadonlyMap<DownloadId, Trace>,
  ): void
  /** Oldest first. */
  journal(id: DownloadId): JournalEntry[]
  trace(id: DownloadId): Trace | null
}

/**
 * One program at a time writes to a name in a folder, whatever database it has. Such a lock ends with its program,
 * however that ends.
 */
export interface TargetLocks {
  /**
   * @param target full path of the name that the file will have
   * @param source what is fetched, without secrets; told to whoever comes next
   */
  take(target: string, source: string): TargetLock
  /** @returns which other program has the lock; `null` when none has */
  look(target: string): Holder | null
}
export type TargetLock = { readonly kind: 'held'; release(): void } | (Holder & { readonly kind: 'taken' })
/** Who has a lock, and what for. */
export interface Holder {
  readonly by: string
  readonly note: string
}

/** Time, so that tests can own it. */
export interface Clock {
  /** ms since the epoch, for people. */
  now(): number
  /** ms from an arbitrary start, never backwards, for timers (fault 63). */
  monotonic(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** One line for the log; never holds a secret. */
export type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: Record<string, unknown>) => void
