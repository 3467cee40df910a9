import type { DownloadId, Phase } from '../../shared/download'
import { failure, type DownloadError } from '../../shared/errors'
import type { Checkpointed, Checkpointer } from './checkpoint'
import { diskFailure } from './disk-errors'
import type { PartFile } from './file'
import type { HttpClient, HttpResponse } from './http'
import { judgeRange } from './judge'
import { networkFailure } from './network-errors'
import type { Clock, Remote } from './ports'
import type { Patience, Scheduler } from './scheduler'
import type { Claim, Segments } from './segments'
import type { Release } from './slots'
import { ClaimWriter } from './writer'

/** Where the bytes of one generation come from, and where they go. */
export interface Generation {
  readonly id: DownloadId
  readonly generation: string
  /** The address that was added; asked again when the redirect's target refuses. */
  readonly url: string
  readonly remote: Remote
  readonly headers: readonly (readonly [string, string])[]
  readonly part: PartFile
  readonly segments: Segments
  /** Connections to use at most. */
  readonly connections: number
  /** True when the user named that number: then the host's limit rises to it. */
  readonly connectionsChosen: boolean
  /** False when a broken connection means starting again from byte 0. */
  readonly resumable: boolean
}

export interface FetchEnv {
  readonly http: HttpClient
  readonly scheduler: Scheduler
  readonly checkpointer: Checkpointer
  readonly clock: Clock
}

/** What the fetch tells while it runs. */
export interface FetchListener {
  phase(phase: Phase): void
  /** Bytes that arrived from the network. */
  arrived(bytes: number): void
  /** Connections that are open now. */
  connections(count: number): void
}

const refusedTarget = new Set(['HTTP_401', 'HTTP_403', 'HTTP_404', 'HTTP_410'])

/**
 * Fetches everything that a generation still lacks, over several connections, and checkpoints it.
 * @param first an answer to `bytes=0-` that is already open and judged, when the generation is new
 * @param signal ends it early; what was written is checkpointed all the same
 * @returns when every byte is written and committed
 * @throws DownloadFailure with `retry: 'restart'` when this generation cannot be finished, else what stopped it
 */
export async function fetchGeneration(
  generation: Generation,
  env: FetchEnv,
  listener: FetchListener,
  first: FirstAnswer | null,
  signal: AbortSignal,
): Promise<void> {
  await new Fetch(generation, env, listener, signal).run(first)
}

/** The probe's answer together with the connection slot that it holds. */
export interface FirstAnswer {
  readonly response: HttpResponse
  readonly release: Release
  /** Aborted when the connection should go to another download. */
  readonly connection: AbortController
}

class Fetch implements Checkpointed {
  readonly #g: Generation
  readonly #env: FetchEnv
  readonly #listener: FetchListener
  /** Ends every connection: the caller's wish, or the first failure that is final. */
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  readonly #outer: AbortSignal
  /** Connections that wait for their next attempt, with its time. */
  readonly #waiting = new Map<symbol, { until: number; reason: DownloadError }>()
  #source: string
  #loops = 0
  #open = 0

  constructor(generation: Generation, env: FetchEnv, listener: FetchListener, signal: AbortSignal) {
    this.#g = generation
    this.#env = env
    this.#listener = listener
    this.#outer = signal
    this.#signal = AbortSignal.any([signal, this.#stop.signal])
    this.#source = generation.remote.url
  }

  async run(first: FirstAnswer | null): Promise<void> {
    const { segments } = this.#g
    this.#listener.phase({ kind: 'transferring' })
    const claim = first ? segments.claim() : null
    const loops = [this.#loop(first && claim ? { ...first, claim } : null)]
    while (loops.length < this.#g.connections && segments.claimable) loops.push(this.#loop(null))
    const results = await Promise.allSettled(loops)
    await this.#env.checkpointer.flush(this)
    this.#outer.throwIfAborted()
    if (this.#stop.signal.aborted) throw this.#stop.signal.reason
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
    if (!segments.complete) throw failure('INTERNAL', 'no', 'connections ended before the file was complete')
  }

  async sync() {
    const { id, generation, part, segments } = this.#g
    const copy = segments.snapshot()
    await part.sync()
    return { id, generation, segments: copy }
  }

  broken(error: unknown): void {
    this.#stop.abort(diskFailure(error))
  }

  /** One connection after the other, until nothing is left to claim. */
  async #loop(first: (FirstAnswer & { claim: Claim }) | null): Promise<void> {
    const me = Symbol('connection')
    const patience = this.#env.scheduler.patience()
    this.#loops++
    try {
      for (let opened = first; ; opened = null) {
        const connection = opened?.connection ?? new AbortController()
        try {
          if (opened) await this.#receive(opened.response, opened.claim, opened.release, opened.claim.end, patience)
          else if (!(await this.#connect(connection, patience))) return
        } catch (error) {
          if (this.#signal.aborted) return
          if (connection.signal.aborted) continue // gave its place to another download
          const failed = networkFailure(error)
          if (refusedTarget.has(failed.error.code) && this.#source !== this.#g.url) {
            this.#source = this.#g.url
            continue
          }
          if (!this.#g.resumable) {
            this.#stop.abort(failed)
            return
          }
          try {
            await patience.afterFailure(failed, this.#signal, (until, reason) => {
              this.#waiting.set(me, { until, reason })
              this.#announce()
            })
          } catch {
            if (this.#signal.aborted) return
            // A server that refuses one connection more may well serve the others.
            if (failed.error.retry === 'later' && this.#loops > 1 && this.#open > 0) return
            this.#stop.abort(failed)
            return
          }
        } finally {
          if (this.#waiting.delete(me)) this.#announce()
        }
      }
    } finally {
      this.#loops--
      this.#announce()
    }
  }

  /** Opens a range for the next claim. @returns false when nothing is left */
  async #connect(connection: AbortController, patience: Patience): Promise<boolean> {
    const { segments, remote, id, connections, connectionsChosen, resumable } = this.#g
    if (!segments.claimable) return false
    if (!resumable) throw failure('CONNECTION_LOST', 'later', 'the answer ended before the file did')
    const url = this.#source
    const release = await this.#env.scheduler.connection(
      {
        host: new URL(url).host,
        owner: id,
        atLeast: connectionsChosen ? connections : 1,
        onYield: () => connection.abort(new Error('another download has no connection')),
      },
      this.#signal,
    )
    const claim = segments.claim()
    if (!claim) {
      release()
      return false
    }
    let response: HttpResponse
    const end = claim.end
    try {
      const sameOrigin = new URL(url).origin === new URL(this.#g.url).origin
      response = await this.#env.http.open(
        {
          url,
          headers: sameOrigin ? this.#g.headers : [],
          start: claim.position,
          end,
          ifRange: remote.validator?.value ?? null,
        },
        AbortSignal.any([this.#signal, connection.signal]),
      )
      try {
        judgeRange(response, remote, claim.position, end, this.#env.clock.now())
      } catch (error) {
        response.discard()
        throw error
      }
    } catch (error) {
      claim.release()
      release()
      throw error
    }
    await this.#receive(response, claim, release, end, patience)
    return true
  }

  /** Writes one answer to the claim's place. `asked` is the exclusive end that was asked for. */
  async #receive(
    response: HttpResponse,
    claim: Claim,
    release: Release,
    asked: number,
    patience: Patience,
  ): Promise<void> {
    const { part, segments } = this.#g
    const writer = new ClaimWriter(part, claim, this.#env.clock, (bytes) => {
      patience.reset()
      this.#env.checkpointer.wrote(this, bytes)
    })
    this.#listener.connections(++this.#open)
    this.#announce()
    try {
      try {
        await response.read((chunk) => {
          if (writer.full) return 'enough' // more than was asked for
          this.#listener.arrived(chunk.length)
          const hold = writer.push(chunk)
          // The rest belongs to another connection now. Otherwise the body ends here by itself.
          return writer.full && claim.end < asked ? 'enough' : hold
        })
      } finally {
        // Also after a failure: nobody else may write here while a write is under way.
        await writer.finish()
      }
      if (claim.end === Infinity) segments.finishAt(claim.position)
    } finally {
      claim.release()
      this.#listener.connections(--this.#open)
      release()
    }
  }

  #announce(): void {
    if (this.#signal.aborted) return
    if (this.#waiting.size === 0 || this.#waiting.size < this.#loops || this.#open > 0) {
      this.#listener.phase({ kind: 'transferring' })
      return
    }
    const next = [...this.#waiting.values()].reduce((a, b) => (a.until <= b.until ? a : b))
    this.#listener.phase({ kind: 'waiting', ...next })
  }
}
