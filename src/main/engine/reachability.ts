import { networkInterfaces } from 'node:os'
import type { Clock } from './ports'

/** Whether requests have a chance at all. */
export interface Reachability {
  /** @param host name or address, perhaps with a port */
  reaches(host: string): boolean
  /** Resolves when it does; rejects with the signal's reason. */
  whenReached(host: string, signal: AbortSignal): Promise<void>
}

/** ms between two looks while a download waits; nobody looks otherwise. */
const interval = 1000

/**
 * The machine's network, by its interfaces: up when any but the loopback one has an address. It is asked only after a
 * request has failed, so a network without a way out just counts as a failing server.
 */
export function createReachability(
  clock: Clock,
  interfaces: typeof networkInterfaces = networkInterfaces,
): Reachability {
  const reaches = (host: string) => {
    if (isLoopback(host)) return true
    try {
      return Object.values(interfaces()).some((addresses) => addresses?.some((address) => !address.internal))
    } catch {
      return true // the system cannot say, as when its table of open files is full (fault 49)
    }
  }
  return {
    reaches,
    async whenReached(host, signal) {
      while (!reaches(host)) await clock.sleep(interval, signal)
    },
  }
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host)
}
