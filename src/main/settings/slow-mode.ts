import type { Settings } from '../../shared/settings'
import type { Clock } from '../engine/ports'
import { openingAt } from '../engine/queues/schedule'

type SlowSettings = Pick<Settings, 'slowMode' | 'slowSchedule'>

/** ms after which a wait looks at the clock again: no system tells a program that its clock was set. */
const longestNap = 60_000

/**
 * Whether the program is slow at a moment, and when that changes by itself. What the user switched counts until the
 * schedule would have switched the next time; without a schedule until he switches again.
 * @param now ms since the epoch
 * @returns `until` `null` for never
 */
export function slowAt({ slowMode, slowSchedule }: SlowSettings, now: number): { slow: boolean; until: number | null } {
  const hours = slowSchedule === null ? { open: false, until: null } : openingAt(slowSchedule, now)
  if (slowMode === null || (slowMode.until !== null && slowMode.until <= now)) {
    return { slow: hours.open, until: hours.until }
  }
  return { slow: slowMode.on, until: slowMode.until }
}

/** What the settings become when the user switches. @param now ms since the epoch */
export function switched({ slowSchedule }: SlowSettings, on: boolean, now: number): Settings['slowMode'] {
  return { on, until: slowSchedule === null ? null : openingAt(slowSchedule, now).until }
}

/** The second, lower limit of speed, which one switch and the clock put in place of the first. */
export interface SlowMode {
  slow(): boolean
  /** Bytes per second, all downloads together; `null` is no limit. */
  limit(): number | null
  /** To be called after the settings were changed. */
  look(): void
  close(): void
}

/** @param changed told when it begins and ends */
export function createSlowMode(
  settings: () => SlowSettings & Pick<Settings, 'slowLimit' | 'speedLimit'>,
  clock: Clock,
  changed: (slow: boolean) => void,
): SlowMode {
  let nap = new AbortController()
  let slow = slowAt(settings(), clock.now()).slow
  let closed = false
  const look = () => {
    nap.abort(new Error('another time'))
    if (closed) return
    const next = slowAt(settings(), clock.now())
    if (next.slow !== slow) {
      slow = next.slow
      changed(slow)
    }
    if (next.until === null) return
    nap = new AbortController()
    clock.sleep(Math.min(longestNap, Math.max(1, next.until - clock.now())), nap.signal).then(look, () => undefined)
  }
  look()
  return {
    slow: () => slow,
    limit() {
      const { speedLimit, slowLimit } = settings()
      return slow ? Math.min(slowLimit, speedLimit ?? Infinity) : speedLimit
    },
    look,
    close() {
      closed = true
      nap.abort(new Error('closing'))
    },
  }
}
