import { networkFailure } from '../http/network-errors'
import type { Release } from '../slots'
import type { Connection } from './connection'
import type { FetchContext } from './generation'
import { readIntoMemory } from './hedge'
import { isTheirs } from './mixing'
import { hedgeCandidate } from './pace'
import type { Receiving } from './receiving'
import type { Setbacks } from './setbacks'
import type { Source } from './source'
import type { Waits } from './waits'
import { ClaimWriter } from './writer'

export interface HedgingOptions {
  readonly context: FetchContext
  readonly waits: Waits
  readonly receiving: Receiving
  readonly setbacks: Setbacks
  /** Where another connection would go; `null` when nobody has room. */
  readonly choose: () => Source | null
  /** @returns `null` when it took so long that another server may be better */
  readonly slot: (source: Source, control: AbortController) => Promise<Release | null>
}

/** ms between two looks at whether there is something to hedge. */
const idling = 250

/** What is fetched twice, so that one slow connection does not hold the file. */
export class Hedging {
  readonly #o: HedgingOptions
  readonly #hedged = new WeakSet<Connection>()

  constructor(options: HedgingOptions) {
    this.#o = options
  }

  /**
   * What a loop does that has nothing to claim: it fetches the last piece of a slow connection as well, or waits for a
   * change. @returns false when there is nothing to wait for
   */
  async help(): Promise<boolean> {
    const { context, receiving, waits } = this.#o
    const { resumable, segments } = context.generation
    if (!resumable || segments.complete || receiving.open.size === 0) return false
    const open = [...receiving.open].filter((connection) => !this.#hedged.has(connection))
    const index = hedgeCandidate(open.map((connection) => connection.pulse))
    const slow = index === null ? undefined : open[index]
    if (slow) await this.#hedge(slow)
    else await waits.pause(idling)
    return true
  }

  /**
   * Fetches the rest of a slow connection's claim into memory, and writes it when that is done first. Only then is the
   * claim taken over: there is never a second writer.
   */
  async #hedge(slow: Connection): Promise<void> {
    const { context, receiving, waits, setbacks, choose, slot } = this.#o
    const { env, generation } = context
    const source = choose()
    if (source?.state.kind !== 'used') return waits.pause(idling)
    this.#hedged.add(slow)
    const control = new AbortController()
    const release = await slot(source, control)
    if (!release) {
      this.#hedged.delete(slow)
      return
    }
    const since = env.clock.monotonic()
    const gate = env.gate(source.host)
    try {
      const { position, end } = slow.claim
      if (!receiving.open.has(slow) || position === end) return
      slow.onEnd(() => control.abort(new Error('it was faster after all')))
      const signal = AbortSignal.any([context.signal, control.signal])
      const response = await source.open(position, end, signal)
      const bytes = await readIntoMemory(response, end - position, { limits: { gate, signal } })
      if (!receiving.open.has(slow)) return
      source.arrived(bytes.length, since)
      const claim = await slow.inherit()
      const writer = new ClaimWriter(generation.part, claim, env.clock, (count) => receiving.wrote(count))
      try {
        void writer.push(bytes.subarray(claim.position - position, claim.end - position))
        await writer.finish()
      } finally {
        claim.release()
        waits.wake()
      }
    } catch (error) {
      if (context.signal.aborted || control.signal.aborted) return
      const failed = networkFailure(error)
      if (failed.error.retry === 'later') return
      const others = generation.sources.live().some((other) => other !== source)
      if (!isTheirs(failed.error) || !others) throw error
      setbacks.drop(source, failed.error)
    } finally {
      gate.close()
      release()
    }
  }
}
