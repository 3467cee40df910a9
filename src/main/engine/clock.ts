import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from './ports'

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    try {
      // setTimeout takes at most 2^31 - 1 ms and fires at once beyond it.
      await delay(Math.min(ms, 2 ** 31 - 1), undefined, { signal })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  },
}
