import type { Checksum, DownloadId, DownloadView, Group, Mirror, OnConflict, Priority } from '../../shared/download'
import type { HostRule } from '../../shared/host-rules'
import type { HistoryPlace } from '../../shared/history'
import type { Inspection } from '../../shared/inspection'
import type { QueueChoices, QueueId, QueueView } from '../../shared/queues'
import type { CheckReport, ChecksumAlgorithm, Comparison } from '../../shared/verification'
import type { Bundle } from './carry/unpack'
import type { CheckpointPolicy } from './fetch/checkpoint'
import type { HttpClient } from './http/http'
import type { FileDigester } from './integrity/digester'
import type {
  Clock,
  CookieStore,
  Credentials,
  DownloadRecord,
  DownloadStore,
  IntegrityStore,
  Log,
  OpenSession,
  Promised,
  QueueStore,
  SecretBox,
  TargetLocks,
  TraceStore,
} from './ports'
import type { Move } from './queues/order'
import type { Power } from './queues/gate'
import type { Reachability } from './reachability'
import type { HostMemory, RetryPolicy } from './scheduler'
import type { Grain } from './throttle'

export interface EngineSettings {
  /** Connections per download. */
  readonly connections: number
  /** Connections to one host, all downloads together. */
  readonly connectionsPerHost: number
  /** Downloads at a time. */
  readonly concurrentDownloads: number
  /** Failures in a row after which a connection gives up; `null` takes those of the policy. */
  readonly attempts: number | null
  /** Bytes per second, all downloads together; `null` is no limit. */
  readonly speedLimit: number | null
  /** Look beside a download for a file with its checksum. */
  readonly checksumFiles: boolean
  /** Whether finished files get the server's time of their last change. */
  readonly keepServerDate: boolean
  /**
   * ms for which a web page where the file was is taken for that of a network that wants a login, and waited out; 0: such a
   * download fails at once.
   */
  readonly portalWait: number
  /**
   * ms for which a server that sent something before may be away: its downloads wait in the queue, and come back by
   * themselves; 0: they fail when their attempts are spent.
   */
  readonly serverWait: number
  /** Bytes of every volume that stay free; `null`: a download that finds no space fails instead of waiting for it. */
  readonly spaceMargin: number | null
  /** Nothing runs on battery. */
  readonly pauseOnBattery: boolean
  /** Nothing runs on networks that are paid by the byte. */
  readonly pauseOnMetered: boolean
}

export interface EngineOptions {
  readonly store: DownloadStore
  readonly queues: QueueStore
  readonly traces: TraceStore
  readonly cookies: CookieStore
  readonly integrity: IntegrityStore
  readonly http: HttpClient
  readonly openSession: OpenSession
  readonly digester: FileDigester
  readonly secrets: SecretBox
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Asked again whenever it matters; call `settingsChanged` after a change. */
  readonly settings: () => EngineSettings
  readonly retry: RetryPolicy
  readonly checkpoints: CheckpointPolicy
  /** How evenly limits of speed let bytes pass. */
  readonly grain: Grain
  /** What holds for single hosts. Asked again whenever it matters; call `settingsChanged` after a change. */
  readonly rules: () => readonly HostRule[]
  /** What becomes of the unfinished downloads that the store has. */
  readonly onLoad: OnLoad
  /** Whether the files of a Metalink document are added when the document is there. */
  readonly followsMetalinks: boolean
  readonly hosts: HostMemory
  readonly targets: TargetLocks
  /** Its name and version, for people. */
  readonly program: string
  readonly reachability: Reachability
}

export type OnLoad =
  /** All belong to this engine, and what was queued or active goes on by itself. */
  | { readonly kind: 'continue' }
  /** Only the named ones belong to it (others run elsewhere), and they are paused until somebody resumes them. */
  | { readonly kind: 'hold'; readonly mine: (record: DownloadRecord) => boolean }

/** What may be chosen anew for a download that is not running. */
export type Choices = Pick<
  AddRequest,
  'onConflict' | 'connections' | 'partSize' | 'threshold' | 'checksum' | 'mirrors' | 'account'
>

export interface AddRequest {
  /** Without credentials; see `parseAddress`. */
  readonly url: string
  /** Further addresses of the same file, best first. */
  readonly mirrors: readonly Mirror[]
  /** Absolute path; created when missing. */
  readonly folder: string
  /** Chosen by the user; `null` takes the server's. */
  readonly name: string | null
  readonly onConflict: OnConflict
  readonly connections: number | null
  /** Bytes. */
  readonly partSize: number | null
  /** Bytes; see `DownloadRecord`. */
  readonly threshold: number | null
  /** Bytes per second; `null` is no limit of its own. */
  readonly limit?: number | null
  readonly checksum: Checksum | null
  /** What a document says about the bytes. */
  readonly promised?: Promised | null
  readonly credentials: Credentials
  readonly account: string | null
  readonly group?: Group | null
  /** Id of a category; missing or `null` leaves it to the rules. */
  readonly category?: string | null
  /** Path of a partial file of another program to go on with; it is taken over when the server has answered. */
  readonly adopt?: string
  /** True when it is to begin at byte 0, whatever partial files lie in the folder. */
  readonly alone?: boolean
  /** The default one where none is named. */
  readonly queue?: QueueId
  /** False adds it paused. */
  readonly start: boolean
}

/** What whoever imports a bundle decides; all else is in it. */
export interface CarryRequest {
  /** The bundle's address, checked and without credentials. */
  readonly url: string
  /** The bundle's mirrors, checked. */
  readonly mirrors: readonly Mirror[]
  /** Absolute path; created when missing. */
  readonly folder: string
  readonly credentials: Credentials
  readonly account: string | null
  /** False leaves it paused. */
  readonly start: boolean
  readonly signal: AbortSignal
  /** Told how many bytes of the file are there. */
  readonly onProgress: (bytes: number) => void
}

/** A completed download of another list. */
export interface FinishedRequest extends Pick<
  DownloadRecord,
  'url' | 'mirrors' | 'folder' | 'name' | 'onConflict' | 'priority' | 'checksum' | 'addedAt'
> {
  /** As of `AddRequest`. */
  readonly category?: string | null
  /** ms since the epoch. */
  readonly finishedAt: number
  /** Bytes; `null` when unknown. */
  readonly bytes: number | null
}

export interface EngineChange {
  readonly upserts: readonly DownloadId[]
  readonly removals: readonly DownloadId[]
  /** True when queues have changed, or opened or closed. */
  readonly queues?: boolean
}

export interface FinishedViews {
  readonly views: readonly DownloadView[]
  readonly next: DownloadId | null
}

export interface HistoryViews {
  readonly views: readonly DownloadView[]
  readonly next: HistoryPlace | null
}

/** All downloads of one store. Every method that changes something has committed it when it returns or resolves. */
export interface Engine {
  /** @throws RequestFailure E_NAME */
  add(request: AddRequest): Promise<DownloadId>
  /** Adds many in one commit, in their order. @throws RequestFailure E_NAME; nothing was added then */
  addAll(requests: readonly AddRequest[]): Promise<DownloadId[]>
  /** Stops queued and active ones; others are left alone. */
  pause(ids: readonly DownloadId[]): void
  /** Queues paused and failed ones; others are left alone. */
  resume(ids: readonly DownloadId[]): void
  /**
   * Lets downloads run now: beyond the slots of the program and of their queue, before their time, and though their queue is
   * closed or others are to run alone. A rule of their host, its connections, space, battery and network still count. What
   * is paused or failed goes on with it. It holds until they stand, or the program ends.
   */
  startNow(ids: readonly DownloadId[]): void
  pauseAll(): void
  /**
   * Forgets downloads and deletes their partial files.
   * @param options.deleteFile also delete completed files
   */
  remove(ids: readonly DownloadId[], options: { readonly deleteFile: boolean }): Promise<void>
  /**
   * Takes downloads off the list and pauses them; after `ms` they are removed, completed files stay. Until then, also
   * when the program is killed, nothing is deleted and `restore` brings them back.
   */
  removeLater(ids: readonly DownloadId[], ms: number): void
  /** Brings back what `removeLater` took off; what was queued or running goes on. Others are left alone. */
  restore(ids: readonly DownloadId[]): void
  /**
   * Moves unfinished downloads to other places of the queue, in the order that they have there; several moves at once take
   * one back.
   */
  move(...moves: readonly Move[]): void
  /** Decides which downloads get slots before others. What runs already is not stopped for it. */
  prioritize(ids: readonly DownloadId[], priority: Priority): void
  /**
   * Puts downloads into a category, completed ones too.
   * @param category its id; `null` leaves it to the rules
   */
  categorize(ids: readonly DownloadId[], category: string | null): void
  /**
   * Limits the speed of unfinished downloads, each by itself; counts at once.
   * @param rate bytes per second, more than 0; `null` is no limit
   */
  limit(ids: readonly DownloadId[], rate: number | null): void
  /** Begins paused and failed ones again from byte 0; their partial files go when the new ones are there. */
  restart(ids: readonly DownloadId[]): void
  /**
   * Gives a paused or failed download another address of the same file, and queues it. Size and three samples of the
   * bytes on disk are compared first; nothing is changed when they differ.
   * @param corrected the old address was a mistake: a name guessed from it goes too, as long as nothing was received
   * @throws RequestFailure E_NOT_FOUND, E_STATE, E_LINK
   */
  relink(id: DownloadId, url: string, corrected?: boolean): Promise<void>
  /**
   * Replaces the mirrors of a download that is not completed; one that is running uses them at once.
   * @throws RequestFailure E_NOT_FOUND
   */
  setMirrors(id: DownloadId, mirrors: readonly Mirror[]): void
  /**
   * Reads all of a download's file and compares it with what is known of it. Damage of a finished one is kept in its
   * state; damaged bytes of an unfinished one are fetched again when it goes on.
   * @throws RequestFailure E_NOT_FOUND, E_STATE, E_FILE_MISSING
   */
  verify(id: DownloadId): Promise<CheckReport>
  /**
   * Verifies, and puts right what is wrong: in a finished file only the bad blocks are written; an unfinished one goes on.
   * @throws RequestFailure as `verify`; E_CHANGED, E_REPAIR
   */
  repair(id: DownloadId): Promise<CheckReport>
  /**
   * Reads the file of a completed download for one of its digests.
   * @throws RequestFailure E_NOT_FOUND; E_STATE when it is not completed, or checked; E_FILE_MISSING, E_STOPPED
   */
  digest(id: DownloadId, algorithm: ChecksumAlgorithm): Promise<Checksum>
  /**
   * The same, beside a checksum that the user has. One that fits is kept: the file is verified by it from then on.
   * @throws RequestFailure as `digest`
   */
  compare(id: DownloadId, checksum: Checksum): Promise<Comparison>
  /**
   * Pauses a download and writes it into a bundle, without its secrets. It stays in the list. Bytes that are not what was
   * written are claimed no more.
   * @param target path of the bundle; one that stands there is replaced when the new one is whole
   * @returns bytes of the bundle
   * @throws RequestFailure E_NOT_FOUND, E_STATE, E_CARRY, E_FILE_MISSING, E_SPACE, E_DISK; there is no bundle then
   */
  carryOut(id: DownloadId, target: string): Promise<number>
  /**
   * Adds the download of a bundle with all of its bytes, once every one was compared with its sum and is on the medium.
   * @throws RequestFailure E_BUNDLE, E_SPACE, E_DISK; the signal's reason. Nothing was added then
   */
  carryIn(bundle: Bundle, request: CarryRequest): Promise<DownloadId>
  /** Whether the login, headers and cookies that it was given are still known. @throws RequestFailure E_NOT_FOUND */
  knowsWho(id: DownloadId): boolean
  /** Gives a paused or failed download new credentials. @throws RequestFailure E_NOT_FOUND, E_STATE */
  identify(id: DownloadId, credentials: Credentials): Promise<void>
  /** Ends a check, a repair or an export of a download that runs; resolves when it has ended with E_STOPPED. */
  stopErrand(id: DownloadId): Promise<void>
  /** Gives a failed download new credentials and queues it. @throws RequestFailure E_NOT_FOUND, E_STATE */
  authorize(id: DownloadId, credentials: Credentials): Promise<void>
  /**
   * Asks the store of an archived object to make it readable, and queues the download, which waits for that.
   * @throws RequestFailure E_NOT_FOUND, E_STATE; DownloadFailure what the store says
   */
  thaw(id: DownloadId): Promise<void>
  /**
   * The cloud accounts were changed: sessions are opened anew, and what had stopped for want of keys goes on.
   * @param account its id
   */
  accountChanged(account: string): void
  /** Changes what the user chose for a download that is paused or failed. @throws RequestFailure E_NOT_FOUND, E_STATE */
  choose(id: DownloadId, choices: Choices): void
  /** The default one first. */
  queues(): QueueView[]
  /** @returns its id. @throws RequestFailure E_ZONE */
  addQueue(choices: QueueChoices): QueueId
  /** Changes count at once: what may not run any more waits. @throws RequestFailure E_QUEUE, E_ZONE */
  changeQueue(id: QueueId, change: Partial<QueueChoices>): void
  /** Its downloads move to the default queue, which cannot be removed. @throws RequestFailure E_QUEUE */
  removeQueue(id: QueueId): void
  /** Moves unfinished downloads to another queue; their order stays. @throws RequestFailure E_QUEUE */
  moveToQueue(ids: readonly DownloadId[], queue: QueueId): void
  /**
   * Sets when unfinished downloads start, and when they are paused.
   * @param times ms since the epoch; `null` for none
   */
  appoint(ids: readonly DownloadId[], times: Pick<DownloadRecord, 'startAt' | 'stopAt'>): void
  /**
   * Lets these run, whatever their queue or their time says, and all others wait. It is over by itself when none of them
   * is queued or active any more, and for an empty list at once.
   */
  onlyNow(ids: readonly DownloadId[]): void
  /** Of what the computer runs now. */
  power(power: Power): void
  list(): DownloadView[]
  /** Everything that is not completed. */
  unfinished(): DownloadRecord[]
  /**
   * Views of some of the completed ones, the last ones that were added first.
   * @param before they were added before this one; `null` begins with the last one
   * @returns `next`: where the next ones begin; `null` when these were the last
   */
  finished(before: DownloadId | null, count: number): FinishedViews
  /** Everything that is stored, completed ones too, in the order in which it was added. */
  records(): DownloadRecord[]
  /** Puts completed downloads of another list into this one; of their files nothing is known. */
  addFinished(downloads: readonly FinishedRequest[]): void
  /**
   * A page of the completed ones that have every word of the query in name or address, the last finished first.
   * @param after where the page before ended; `null` for the first
   */
  history(query: string, after: HistoryPlace | null, count: number): HistoryViews
  /**
   * Takes completed downloads off the list that finished before a time; their files stay.
   * @param at ms since the epoch
   * @returns how many
   */
  forgetFinished(at: number): Promise<number>
  view(id: DownloadId): DownloadView | null
  /** Views of the active downloads only. */
  active(): DownloadView[]
  /** Everything that the details of a download show; `null` when there is no such download. */
  inspect(id: DownloadId): Inspection | null
  /** Told synchronously after every change but progress. */
  subscribe(listener: (change: EngineChange) => void): () => void
  settingsChanged(): void
  /**
   * The computer slept, so connections are dead although nothing says so: what can go on where it is begins anew at once,
   * instead of waiting for a timeout or for the next attempt. A wait that the server asked for is kept.
   */
  reconnect(): void
  /**
   * Checkpoints and stops everything; what was active goes on at the next start. A disk or a keyring that hangs is waited
   * for ten seconds: what it holds up is not checkpointed then, as after a power cut.
   */
  close(): Promise<void>
}
