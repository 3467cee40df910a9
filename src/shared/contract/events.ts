import type { DownloadId, DownloadView } from '../download'
import type { RequestError } from '../errors'
import type { Inspection } from '../inspection'
import type { QueueView } from '../queues'
import type { Settings } from '../settings'
import type { Countdown } from '../when-done'

/** What the main process tells the window by itself. */

export interface Events {
  /** Coalesced: what was added or changed, what was removed. `revision` rises by one with every event. */
  changed: {
    readonly revision: number
    readonly upserts: readonly DownloadView[]
    readonly removals: readonly DownloadId[]
  }
  /** At most four a second, all active downloads in one array (see `progressRow`), none while the window is hidden. */
  progress: Float64Array
  /** The download that is inspected: at once, after changes, four times a second while it is active; none while hidden. */
  inspection: Inspection
  /** They were changed, by the window or by somebody else. */
  settings: Settings
  /** All is done, and something follows when the time is over; `null`: nothing does. */
  countdown: Countdown | null
  /** All queues, when one was changed, or opens or closes by itself. */
  queues: readonly QueueView[]
  /** Slow mode has begun or ended. */
  slow: boolean
  /** There is something in `app.wishes`. */
  wished: null
  /** Something that was asked for from outside the window did not work. */
  problem: RequestError
}

export type EventName = keyof Events
