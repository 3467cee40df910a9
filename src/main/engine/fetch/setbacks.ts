import { failure, type DownloadError, type DownloadFailure } from '../../../shared/errors'
import { networkFailure } from '../http/network-errors'
import { GaveUp, type Patience } from '../scheduler'
import type { Crew } from './crew'
import type { FetchContext } from './generation'
import { isTheirs } from './mixing'
import type { Receiving } from './receiving'
import type { Source } from './source'
import type { Waits } from './waits'

/** ms that a server may take to notice that a connection has ended. */
const settling = 1000
/** How often a server may deliver next to nothing before it is not asked any more. */
const strikesOut = 3

/** What failures of connections lead to: another attempt, another server, or the end of the fetch. */
export class Setbacks {
  readonly #context: FetchContext
  readonly #waits: Waits
  readonly #crew: Crew
  readonly #receiving: Receiving

  constructor(context: FetchContext, waits: Waits, crew: Crew, receiving: Receiving) {
    this.#context = context
    this.#waits = waits
    this.#crew = crew
    this.#receiving = receiving
  }

  /** Waits until another attempt of a loop is due. @returns false when that loop, or all of it, is over */
  async goesOn(source: Source | null, failed: DownloadFailure, patience: Patience): Promise<boolean> {
    const { generation, env, listener, signal, stop } = this.#context
    if (!generation.resumable || !source) {
      stop(failed)
      return false
    }
    const { sources, segments } = generation
    source.lastFailure = env.clock.monotonic()
    this.#receiving.vitals.failed(failed.error.code)
    if (this.#crew.size > 1) listener.note({ code: 'RETRY', error: failed.error.code, times: 1 })
    const others = isTheirs(failed.error) ? sources.live().filter((other) => other !== source) : []
    if (others.some(({ state }) => state.kind === 'used') || (others.length > 0 && segments.written > 0)) {
      this.#setAside(source, failed)
      return true
    }
    // Nothing is there yet, so nothing is lost by beginning with another one.
    if (others.length > 0) {
      stop(failure(failed.error.code, 'restart', failed.error.detail, { cause: failed }))
      return false
    }
    const nothingWorks = failed.error.retry === 'later' && this.#receiving.open.size === 0
    if (nothingWorks && this.#crew.leave(patience)) return false
    const me = Symbol('loop')
    try {
      await patience.afterFailure(failed, signal, (until, reason) => this.#waits.begin(me, { until, reason }))
      return true
    } catch {
      if (signal.aborted) return false
      // Others that go on may well finish without this one.
      if (failed.error.retry !== 'later' || this.#receiving.open.size === 0) this.#giveUp(source, failed)
      return false
    } finally {
      this.#waits.end(me)
    }
  }

  /** @returns ms until the next attempt when the host wants no more connections; `null` when it is a failure */
  async refused({ host }: Source, cause: DownloadError): Promise<number | null> {
    const { env, listener, signal } = this.#context
    if (signal.aborted) return null
    const { scheduler, clock } = env
    // A server needs a moment to see that a connection has ended: then it is no sign of its limit.
    const settled = clock.monotonic() - this.#receiving.lastEnd > settling
    const known = scheduler.host(host)?.learned
    const wait = await scheduler.refused(host, cause, settled, signal)
    const learned = scheduler.host(host)?.learned
    if (learned && learned !== known) {
      listener.note({ code: 'LIMIT', host, connections: learned.connections, error: cause.code })
    }
    return wait
  }

  /** Next to nothing came from a server while others delivered. */
  crawled(source: Source): void {
    const failed = failure('TIMEOUT', 'later', 'next to nothing came while others delivered')
    if (++source.strikes < strikesOut) this.#setAside(source, failed)
    else this.drop(source, failed.error)
  }

  /** One server is not asked any more, while others go on. */
  drop(source: Source, error: DownloadError): void {
    const { generation, listener } = this.#context
    generation.sources.drop(source, error)
    listener.dropped(source, error)
    // What it says is no longer what it said: nothing more of that, even if it was asked before.
    if (error.retry === 'restart')
      for (const each of this.#receiving.open) if (each.source === source) each.stop('dropped')
    this.#waits.wake()
  }

  /** The last server that could finish this generation failed for good; another one may begin a new one. */
  #giveUp(source: Source, failed: DownloadFailure): void {
    const { generation, stop } = this.#context
    const { sources } = generation
    const { code, retry, detail } = failed.error
    const theirs = retry !== 'restart' && isTheirs(failed.error) && sources.all.length > 1
    if (theirs && sources.spare().length > 0) {
      this.drop(source, failed.error)
      stop(failure(code, 'restart', detail, { cause: failed }))
    } else if (retry === 'later' && !(theirs && sources.ownMayBegin)) stop(new GaveUp(failed))
    else if (theirs) {
      // What ended the others may say more: their file has changed, and this server has another.
      this.drop(source, failed.error)
      stop(sources.exhausted())
    } else stop(failed)
  }

  /** Leaves one server alone for a while, or for good, while others go on. */
  #setAside(source: Source, failed: DownloadFailure): void {
    const { generation, signal } = this.#context
    if (failed.error.retry !== 'later') {
      this.drop(source, failed.error)
      return
    }
    if (source.resting || source.state.kind === 'dropped') return
    source.resting = { until: null, reason: failed.error }
    source.patience
      .afterFailure(failed, signal, (until, reason) => {
        source.resting = { until, reason }
        this.#waits.announce()
      })
      .catch((error: unknown) => {
        if (!signal.aborted && generation.sources.live().includes(source))
          this.drop(source, networkFailure(error).error)
      })
      .finally(() => {
        source.resting = null
        this.#waits.wake()
      })
  }
}
