import type { Notice, NoticeCode, Phase } from '../../../shared/download'
import { failure, type DownloadError } from '../../../shared/errors'
import type { FetchEnv, FetchListener } from '../fetch/generation'
import type { Disk } from '../files/disk'
import type { PartFile } from '../files/file'
import type { Segments } from '../fetch/segments'
import type { Source } from '../fetch/source'
import type { Sources } from '../fetch/sources'
import type { HttpClient, HttpResponse } from '../http/http'
import type { FileDigester } from '../integrity/digester'
import type { BlocksOf, DownloadRecord, IntegrityStore, Log, Part, Remote } from '../ports'

/** Smallest piece in bytes that is worth a connection of its own (AB Download Manager's figure). */
export const defaultPartSize = 1024 * 1024

export interface TransferEnv extends FetchEnv {
  readonly http: HttpClient
  readonly disk: Disk
  readonly digester: FileDigester
  readonly integrity: IntegrityStore
  readonly log: Log
  /** Whether a checksum may be looked for beside the download. */
  readonly looksBeside: () => boolean
  /** Connections per download where the user named none. */
  readonly connections: () => number
  /** Whether finished files get the server's time of their last change. */
  readonly keepServerDate: () => boolean
  /** ms for which web pages are waited out that come where the file was. */
  readonly portalWait: () => number
}

/** The engine's side of one running download: the only way to its record. */
export interface Job {
  readonly record: DownloadRecord
  /** Its own address and its mirrors. */
  readonly sources: Sources
  /** The page that the download came from; `null` when nobody said. */
  readonly referrer: string | null
  /** Changes the record and commits it at once. */
  save(change: Partial<DownloadRecord>): void
  /**
   * Changes the record; others that are ready at the same moment share the commit. Resolves when it is durable.
   * @param sums CRC-32 of the blocks that it claims now, by number
   */
  commit(change: Partial<DownloadRecord>, sums?: Omit<BlocksOf, 'id'>): Promise<void>
  phase(phase: Phase): void
  /** The byte state of the current generation, for the progress display. */
  progress(segments: Segments | null): void
  arrived(bytes: number): void
  connections(count: number): void
  /** The head of an answer, accepted or not. */
  answered(response: HttpResponse): void
  /** What happens to connections; see `FetchListener`. */
  readonly recorder: Pick<FetchListener, 'note' | 'running'>
  /**
   * A name that no file in the folder and no other download there has, and the lock on it until the run ends.
   * @param among whom it is locked against: other downloads of this list, or other programs as well
   * @throws DownloadFailure LOCKED when another program downloads the same to it
   */
  freeName(wanted: string, among: 'list' | 'programs'): Promise<string>
  /** Whether no download has this partial file. */
  isFree(file: string): boolean
  /** Locks a name until the run ends. @throws DownloadFailure LOCKED when another program has it */
  holdName(name: string): void
  /**
   * Asks for room for a new partial file beside what others still need there.
   * @param total bytes; `null` when unknown
   * @throws DownloadFailure NOSPACE
   */
  reserve(total: number | null): Promise<void>
}

export type OpenPart = Extract<Part, { kind: 'open' }>

/** A generation whose part is open. */
export interface Opened {
  readonly file: PartFile
  readonly segments: Segments
  readonly remote: Remote
}

/** @throws DownloadFailure INTERNAL when there is none */
export function openPartOf(job: Job): OpenPart {
  const { part } = job.record
  if (part.kind !== 'open') throw failure('INTERNAL', 'no', `part is ${part.kind}`)
  return part
}

/** Something for the user to know, beside the state. */
export function notice(env: TransferEnv, code: NoticeCode): Notice {
  return { code, at: env.clock.now() }
}

/** The user is told which server is not asked any more, and why. */
export function tellDropped(job: Job, env: TransferEnv, source: Source, error: DownloadError): void {
  env.log('warn', 'server dropped', { id: job.record.id, host: source.host, ...error })
  job.recorder.note({ code: 'DROPPED', host: source.host, error: error.code })
  if (job.record.notice === null) job.save({ notice: notice(env, 'MIRROR_DROPPED') })
}
