import type { DownloadError } from '../../../shared/errors'
import type { FetchContext } from './generation'

/** What is waited for: until when (ms since the epoch; `null` for when the network is back), and why. */
export interface Wait {
  readonly until: number | null
  readonly reason: DownloadError
}

/** Who waits for what in one fetch, and whether all of it waits. */
export class Waits {
  readonly #context: FetchContext
  readonly #busy: () => { readonly open: number; readonly loops: number }
  readonly #waiting = new Map<symbol, Wait>()
  /** Wakes loops that have nothing to do when something changes. */
  #idle = new AbortController()

  /** @param busy open connections, and loops that use them one after the other */
  constructor(context: FetchContext, busy: () => { readonly open: number; readonly loops: number }) {
    this.#context = context
    this.#busy = busy
  }

  begin(who: symbol, wait: Wait): void {
    this.#waiting.set(who, wait)
    this.announce()
  }

  end(who: symbol): void {
    if (this.#waiting.delete(who)) this.announce()
  }

  /** Waits for a change, at most `ms`. */
  async pause(ms: number): Promise<void> {
    const { env, signal } = this.#context
    try {
      await env.clock.sleep(ms, AbortSignal.any([signal, this.#idle.signal]))
    } catch {
      // something changed
    }
  }

  /** Ends all pauses. */
  wake(): void {
    this.#idle.abort(new Error('something changed'))
    this.#idle = new AbortController()
  }

  /** Tells how many connections are open, and whether everything waits. */
  announce(): void {
    const { listener, signal } = this.#context
    const { open, loops } = this.#busy()
    listener.connections(open)
    if (signal.aborted) return
    if (this.#waiting.size === 0 || this.#waiting.size < loops || open > 0) listener.phase({ kind: 'transferring' })
    else listener.phase({ kind: 'waiting', ...soonest([...this.#waiting.values()]) })
  }
}

/** @param waits at least one */
export function soonest(waits: readonly Wait[]): Wait {
  return waits.reduce((a, b) => ((a.until ?? Infinity) <= (b.until ?? Infinity) ? a : b))
}
