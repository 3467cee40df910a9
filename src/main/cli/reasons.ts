import type { DownloadView } from '../../shared/download'
import type { DownloadError, DownloadErrorCode } from '../../shared/errors'
import type { Hold } from '../../shared/holds'
import { formatSize } from '../../shared/size'
import { problemText } from '../../shared/texts/problems'
import { formatMoment } from './moments'

/** Why a download does not move, for people. */
export interface Reason {
  readonly text: string
  /** What happens next by itself. */
  readonly next?: string
  readonly cause?: string
  readonly suggestion?: string
  /** Of an error. */
  readonly code?: DownloadErrorCode
  /** What a queued one waits for. */
  readonly waitsFor?: Hold['kind']
  /** ms since the epoch: when that ends by itself; `null` when nobody can say. */
  readonly until: number | null
}

/** @returns `null` for what moves, is paused or completed, and for what waits for its turn only */
export function reasonOf({ state, hold }: DownloadView): Reason | null {
  if (state.kind === 'failed') {
    const { code, about } = state.error
    const { title, cause, suggestion } = problemText(code, 'en', about)
    return { text: title, cause, suggestion, code, until: null }
  }
  if (state.kind === 'active' && state.phase.kind === 'waiting') {
    return comingBack(state.phase)
  }
  if (hold === null) return null
  if (hold.kind === 'server') return { ...comingBack(hold), waitsFor: 'server' }
  const until = 'until' in hold ? hold.until : null
  return { text: holdText(hold), waitsFor: hold.kind, until }
}

function comingBack({ reason, until }: { readonly reason: DownloadError; readonly until: number | null }): Reason {
  const { title, cause, suggestion } = problemText(reason.code, 'en', reason.about)
  const next = until === null ? 'goes on when the network is back' : `tries again ${formatNext(until)}`
  return { text: title, next, cause, suggestion, code: reason.code, until }
}

function holdText(hold: Exclude<Hold, { readonly kind: 'server' }>): string {
  switch (hold.kind) {
    case 'stopped':
      return `its queue is stopped${hold.until === null ? '' : ` until ${formatMoment(hold.until)}`}`
    case 'schedule':
      return hold.until === null ? 'its queue never runs' : `its queue runs from ${formatMoment(hold.until)} on`
    case 'start':
      return `starts at ${formatMoment(hold.until)}`
    case 'others':
      return 'only others are to run now'
    case 'battery':
      return 'the computer runs on battery'
    case 'metered':
      return 'the network is paid by the byte'
    case 'restore':
      return `archived, and being restored; looked at again at ${formatMoment(hold.until)}`
    case 'space':
      return hold.missing === null
        ? 'the disk takes no more'
        : `no space: ${formatSize(hold.missing)} are missing on the disk`
  }
}

/** @returns one line with the error's code, for people and programs */
export function reasonLine({ text, code, next }: Reason): string {
  return `${text}${code === undefined ? '' : ` (${code})`}${next === undefined ? '' : `; ${next}`}`
}

function formatNext(at: number): string {
  const seconds = Math.max(0, Math.ceil((at - Date.now()) / 1000))
  return seconds < 100 ? `in ${seconds} s` : `at ${formatMoment(at)}`
}
