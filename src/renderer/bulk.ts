import type { DownloadId, DownloadState } from '../shared/download'
import { undoTime } from '../shared/limits'
import { call } from './api'
import { useStore } from './store'
import { t } from './text'
import { orShow, showInfo } from './windowState'

/** Pausing and resuming many at a time is told, and can be undone: a slip of the hand stops hours of work. */

function those(...kinds: readonly DownloadState['kind'][]): DownloadId[] {
  const { rows } = useStore.getState().mirror
  return [...rows.values()].filter(({ state }) => kinds.includes(state.kind)).map(({ id }) => id)
}

export function pauseAll(): void {
  const ids = those('active', 'queued')
  orShow(call('downloads.pauseAll').then(() => tellPaused(ids)))
}

export function resumeAll(): void {
  const ids = those('paused', 'failed')
  orShow(call('downloads.resumeAll').then(() => tellResumed(ids)))
}

export function tellPaused(ids: readonly DownloadId[]): void {
  tell(t('bulk.paused', { count: ids.length }), ids, 'downloads.resume')
}

export function tellResumed(ids: readonly DownloadId[]): void {
  tell(t('bulk.resumed', { count: ids.length }), ids, 'downloads.pause')
}

function tell(said: string, ids: readonly DownloadId[], back: 'downloads.pause' | 'downloads.resume'): void {
  if (ids.length < 2) return
  const run = () => orShow(call(back, { ids: [...ids] }))
  showInfo(said, { label: t('remove.undo'), run, within: undoTime })
}
