import { assertNever, type DownloadView } from '../../shared/download'
import type { Status } from '../../shared/status'
import type { MessageKey } from '../text'

export { secondsLeft, statusOf, type Status } from '../../shared/status'

export type Action = 'pause' | 'resume' | 'retry' | 'newLink' | 'open' | 'showInFolder' | 'verify' | 'repair' | 'stop'

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
  if (view.check !== undefined) return ['stop']
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
