import { assertNever, type DownloadView } from '../../shared/download'
import type { MessageKey } from '../text'

export type Status = 'queued' | 'downloading' | 'paused' | 'waiting' | 'verifying' | 'completed' | 'failed'
export type Action = 'pause' | 'resume' | 'retry' | 'newLink' | 'open' | 'showInFolder' | 'verify' | 'repair'

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

export const statusKeys: Readonly<Record<Status, MessageKey & `state.${string}`>> = {
  queued: 'state.queued',
  downloading: 'state.downloading',
  paused: 'state.paused',
  waiting: 'state.waiting',
  verifying: 'state.verifying',
  completed: 'state.completed',
  failed: 'state.failed',
}

/** What can be done with it now, besides removing it. */
export function actionsOf(view: DownloadView): readonly Action[] {
  if (view.check !== undefined) return []
  const check: readonly Action[] = view.received > 0 ? ['verify'] : []
  switch (view.state.kind) {
    case 'queued':
    case 'active':
      return ['pause']
    case 'paused':
      return ['resume', 'newLink', ...check]
    case 'failed':
      return ['retry', 'newLink', ...check]
    case 'done':
      return ['open', 'showInFolder', view.state.verification.kind === 'damaged' ? 'repair' : 'verify']
    default:
      return assertNever(view.state)
  }
}

/** Seconds to the end at the present speed; `null` when that cannot be said. */
export function secondsLeft(view: DownloadView): number | null {
  if (statusOf(view) !== 'downloading' || view.total === null || view.bytesPerSecond <= 0) return null
  return Math.max(0, view.total - view.received) / view.bytesPerSecond
}
