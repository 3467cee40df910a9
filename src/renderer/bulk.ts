import type { DownloadId, DownloadState, DownloadView } from '../shared/download'
import { undoTime } from '../shared/limits'
import { call } from './api'
import { useStore } from './store'
import { t } from './text'
import { orShow, showDone } from './windowState'

/** What is done to many at a time is told, and can be undone: a slip of the hand stops hours of work. */

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
  if (ids.length > 1) offerUndo(said, () => call(back, { ids: [...ids] }))
}

export function offerUndo(said: string, back: () => Promise<unknown>): void {
  showDone(said, { label: t('remove.undo'), run: () => orShow(back()), within: undoTime })
}

/** Ids by the value that their downloads have now. */
function byValue<V>(ids: readonly DownloadId[], valueOf: (view: DownloadView) => V): Map<V, DownloadId[]> {
  const { rows } = useStore.getState().mirror
  const found = new Map<V, DownloadId[]>()
  for (const id of ids) {
    const view = rows.get(id)
    if (view === undefined) continue
    const value = valueOf(view)
    const those = found.get(value)
    if (those) those.push(id)
    else found.set(value, [id])
  }
  return found
}

/**
 * Gives many downloads the same value; what each of them had comes back with one click.
 * @param give asks the main process to
 */
export async function changeAll<V extends string | number | null>(
  ids: readonly DownloadId[],
  value: V,
  valueOf: (view: DownloadView) => V,
  give: (ids: DownloadId[], value: V) => Promise<unknown>,
): Promise<void> {
  const before = byValue(ids, valueOf)
  await give([...ids], value)
  const count = ids.length
  if (count < 2) return
  offerUndo(t('bulk.changed', { count }), () => Promise.all([...before].map(([old, those]) => give(those, old))))
}
