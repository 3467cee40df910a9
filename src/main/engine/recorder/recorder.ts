import type { DownloadId, Phase } from '../../../shared/download'
import type {
  AnswerLook,
  HostLook,
  Inspection,
  JournalEntry,
  JournalEvent,
  Piece,
  SpeedHistory,
} from '../../../shared/inspection'
import type { FetchLook } from '../fetch/generation'
import type { HttpResponse } from '../http/http'
import type { Segments } from '../fetch/segments'
import type { Clock, DownloadRecord, Log, Trace, TraceStore } from '../ports'
import { lookAtAnswer } from './answer'
import { eventsOf } from './events'
import { History } from './history'

/** ms between something worth keeping and its commit: it may be lost, so commits need not be many. */
const flushInterval = 2000
/** ms after which the history of a running download is kept again. */
const historyInterval = 30_000
/** ms within which events of one kind become one. */
const mergeWithin = 10_000

/** What is known of a download that runs. */
interface Run {
  readonly history: History
  answer: AnswerLook | null
  look: (() => FetchLook) | null
  historyKept: number
  /** Kind of event → when it was last told, and how often it came since. */
  readonly merged: Map<string, { at: number; times: number }>
}

/**
 * Writes down what happens to downloads, for the eyes of the user: a journal, the speed over the whole life, the head of
 * the last answer. Bounded in memory and in the store. Nothing depends on it: what it cannot store is lost and logged.
 */
export class Recorder {
  readonly #store: TraceStore
  readonly #clock: Clock
  readonly #log: Log
  readonly #runs = new Map<DownloadId, Run>()
  #entries: { id: DownloadId; entry: JournalEntry }[] = []
  readonly #traces = new Map<DownloadId, Trace>()
  #timer: AbortController | null = null
  #closed = false

  constructor(store: TraceStore, clock: Clock, log: Log) {
    this.#store = store
    this.#clock = clock
    this.#log = log
  }

  /** A record was changed and committed. */
  changed(before: DownloadRecord, after: DownloadRecord): void {
    for (const event of eventsOf(before, after)) this.note(after.id, event)
  }

  phase(id: DownloadId, phase: Phase): void {
    if (phase.kind !== 'waiting') return
    const seconds = phase.until === null ? null : Math.max(0, Math.round((phase.until - this.#clock.now()) / 1000))
    this.note(id, { code: 'WAITING', error: phase.reason.code, seconds })
  }

  /** Events that come in crowds are told once in ten seconds, with their number. */
  note(id: DownloadId, event: JournalEvent): void {
    if (event.code !== 'RETRY' && event.code !== 'REPLACED') {
      this.#write(id, event)
      return
    }
    const kind = event.code === 'RETRY' ? `${event.code} ${event.error}` : event.code
    const merged = this.#run(id).merged
    const last = merged.get(kind)
    const now = this.#clock.monotonic()
    if (last && now - last.at < mergeWithin) {
      last.times++
      return
    }
    this.#write(id, { ...event, times: event.times + (last?.times ?? 0) })
    merged.set(kind, { at: now, times: 0 })
  }

  running(id: DownloadId, look: () => FetchLook): void {
    const run = this.#run(id)
    run.look = look
    run.history.begin(this.#clock.monotonic())
  }

  arrived(id: DownloadId, bytes: number): void {
    const run = this.#run(id)
    const now = this.#clock.monotonic()
    run.history.add(bytes, now)
    if (now - run.historyKept >= historyInterval) this.#keep(id, run)
  }

  answered(id: DownloadId, response: HttpResponse): void {
    this.#run(id).answer = lookAtAnswer(response, this.#clock.now())
  }

  /** A run is over. */
  ended(id: DownloadId): void {
    const run = this.#runs.get(id)
    if (!run) return
    run.history.end(this.#clock.monotonic())
    this.#keep(id, run)
    this.#runs.delete(id)
  }

  /** What is still to be written of them is dropped. */
  forget(ids: readonly DownloadId[]): void {
    const gone = new Set(ids)
    this.#entries = this.#entries.filter(({ id }) => !gone.has(id))
    for (const id of ids) {
      this.#traces.delete(id)
      this.#runs.delete(id)
    }
  }

  /**
   * Everything about one download.
   * @param segments the byte state of its running generation
   * @param host how many connections a host has
   */
  inspect(
    record: DownloadRecord,
    segments: Segments | null,
    host: (name: string) => HostLook | null,
  ): Omit<Inspection, 'sources'> {
    const { id, remote, part } = record
    const run = this.#runs.get(id)
    const look = run?.look?.() ?? null
    const trace = run ? null : (this.#traces.get(id) ?? this.#store.trace(id))
    const stored = part.kind === 'open' ? part.segments : []
    return {
      id,
      validator: remote?.validator ?? null,
      contentType: remote?.contentType ?? null,
      checksum: record.checksum,
      committed: stored.map(({ start, written }) => ({ start, written })),
      pieces: segments ? segments.pieces().map(toPiece) : stored.map((s) => toPiece({ ...s, taken: s.written })),
      connections: look?.connections ?? [],
      vitals: look?.vitals ?? null,
      host: look ? host(look.host) : null,
      history: run?.history.look(this.#clock.monotonic()) ?? trace?.history ?? noHistory,
      journal: this.#journalOf(record),
      answer: run?.answer ?? trace?.answer ?? null,
    }
  }

  /** Stores what is left. */
  close(): void {
    for (const id of [...this.#runs.keys()]) this.ended(id)
    this.#timer?.abort(new Error('closed'))
    this.#flush()
    this.#closed = true
  }

  #journalOf({ id, addedAt }: DownloadRecord): JournalEntry[] {
    const waiting = this.#entries.filter((each) => each.id === id).map(({ entry }) => entry)
    // Not stored: ten thousand can be added at a time, and the record knows it.
    return [{ at: addedAt, event: { code: 'ADDED' } }, ...this.#store.journal(id), ...waiting]
  }

  #run(id: DownloadId): Run {
    let run = this.#runs.get(id)
    if (!run) {
      const trace = this.#traces.get(id) ?? this.#store.trace(id)
      const historyKept = this.#clock.monotonic()
      const history = new History(trace?.history)
      run = { history, answer: trace?.answer ?? null, look: null, historyKept, merged: new Map() }
      this.#runs.set(id, run)
    }
    return run
  }

  #keep(id: DownloadId, run: Run): void {
    run.historyKept = this.#clock.monotonic()
    this.#traces.set(id, { history: run.history.look(run.historyKept), answer: run.answer })
    this.#schedule()
  }

  #write(id: DownloadId, event: JournalEvent): void {
    this.#entries.push({ id, entry: { at: this.#clock.now(), event } })
    this.#schedule()
  }

  #schedule(): void {
    if (this.#timer || this.#closed) return
    const timer = (this.#timer = new AbortController())
    this.#clock.sleep(flushInterval, timer.signal).then(
      () => this.#flush(),
      () => undefined, // closed
    )
  }

  #flush(): void {
    this.#timer = null
    if (this.#entries.length === 0 && this.#traces.size === 0) return
    try {
      this.#store.write(this.#entries, this.#traces)
    } catch (error) {
      this.#log('warn', 'the journal could not be stored', { error: String(error) })
    }
    this.#entries = []
    this.#traces.clear()
  }
}

const noHistory: SpeedHistory = { step: 1000, bytes: [] }

function toPiece({ start, end, written, taken }: Omit<Piece, 'end'> & { readonly end: number }): Piece {
  return { start, end: end === Infinity ? null : end, written, taken }
}
