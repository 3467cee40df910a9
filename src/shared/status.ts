import { assertNever, type DownloadView } from './download'

export type Status = 'queued' | 'downloading' | 'paused' | 'waiting' | 'verifying' | 'completed' | 'failed'

/** Parts of the list to look at. */
export const statusFilters = ['active', 'waiting', 'paused', 'completed', 'failed'] as const
export type StatusFilter = (typeof statusFilters)[number]

export const statusFilterOf: Readonly<Record<Status, StatusFilter>> = {
  downloading: 'active',
  verifying: 'active',
  queued: 'waiting',
  waiting: 'waiting',
  paused: 'paused',
  completed: 'completed',
  failed: 'failed',
}

/** Seven words for what the states and phases of the engine mean to a user. */
export function statusOf(view: DownloadView): Status {
  const { state } = view
  if (view.check !== undefined && view.check.doing !== 'export') return 'verifying'
  switch (state.kind) {
    case 'queued':
      return view.hold === null ? 'queued' : 'waiting'
    case 'paused':
    case 'failed':
      return state.kind
    case 'done':
      return 'completed'
    case 'active':
      switch (state.phase.kind) {
        case 'probing':
        case 'transferring':
          return 'downloading'
        case 'waiting':
          return 'waiting'
        case 'verifying':
        case 'publishing':
          return 'verifying'
        default:
          return assertNever(state.phase)
      }
    default:
      return assertNever(state)
  }
}

/** Seconds to the end at the present speed; `null` when that cannot be said. */
export function secondsLeft(view: DownloadView): number | null {
  if (statusOf(view) !== 'downloading' || view.total === null || view.bytesPerSecond <= 0) return null
  return Math.max(0, view.total - view.received) / view.bytesPerSecond
}
