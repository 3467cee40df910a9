import type { DownloadId, Phase } from '../../../shared/download'
import type { DownloadError } from '../../../shared/errors'
import type { ConnectionLook, JournalEvent, SpeedLimitLook, Vitals } from '../../../shared/inspection'
import type { PartFile } from '../files/file'
import type { HttpResponse } from '../http/http'
import type { Clock, Remote } from '../ports'
import type { Scheduler } from '../scheduler'
import type { Release } from '../slots'
import type { Gate } from '../throttle'
import type { Checkpointer } from './checkpoint'
import type { Segment, Segments } from './segments'
import type { Source } from './source'
import type { Sources } from './sources'

/** Where the bytes of one generation come from, and where they go. */
export interface Generation {
  readonly id: DownloadId
  readonly generation: string
  readonly sources: Sources
  /** What it was begun with. */
  readonly remote: Remote
  /** True when the whole is compared with a strong digest at the end. */
  readonly checked: boolean
  readonly part: PartFile
  readonly segments: Segments
  readonly connections: ConnectionCount
  /** False when a broken connection means starting again from byte 0; then there is one connection. */
  readonly resumable: boolean
}

export type ConnectionCount =
  /** The user named the number: all at once, and the host's limit rises to it. */
  | { readonly kind: 'chosen'; readonly count: number }
  /** As many as pay, up to the number. */
  | { readonly kind: 'upTo'; readonly count: number }

export interface FetchEnv {
  readonly scheduler: Scheduler
  readonly checkpointer: Checkpointer
  readonly clock: Clock
  /** The way of one more connection through the limits of speed. @param host name and port */
  readonly gate: (host: string) => Gate
  /** The limits of speed that a connection to a host is under. */
  readonly limits: (host: string) => readonly SpeedLimitLook[]
}

/** What the fetch tells while it runs. */
export interface FetchListener {
  phase(phase: Phase): void
  /** Bytes that arrived from the network. */
  arrived(bytes: number): void
  /** Connections that are open now. */
  connections(count: number): void
  /** Claims that were committed. */
  committed(segments: readonly Segment[]): void
  /** One server is not asked any more, while others go on. */
  dropped(source: Source, error: DownloadError): void
  /** The head of an answer that was accepted. */
  answered(response: HttpResponse): void
  /** Something for the journal. */
  note(event: JournalEvent): void
  /** Told once: how to look inside while it runs. */
  running(look: () => FetchLook): void
}

/** One fetch from inside. */
export interface FetchLook {
  /** Host and port of the server that most connections go to. */
  readonly host: string
  readonly connections: readonly ConnectionLook[]
  readonly vitals: Vitals
}

/** The probe's answer together with the connection slot that it holds. */
export interface FirstAnswer {
  readonly source: Source
  readonly response: HttpResponse
  readonly release: Release
  /** Aborted when the connection should go to another download. */
  readonly control: AbortController
}

/** What the parts of one fetch have in common. */
export interface FetchContext {
  readonly generation: Generation
  readonly env: FetchEnv
  readonly listener: FetchListener
  /** Ends every connection: the caller's wish, or the first failure that is final. */
  readonly signal: AbortSignal
  /** Aborted when every byte is written: ends what waits for a server that is not needed any more. */
  readonly complete: AbortSignal
  /** Ends the fetch with a failure; the first one counts. */
  readonly stop: (failure: unknown) => void
}
