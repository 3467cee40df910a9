import type { DownloadId, DownloadView, Priority } from '../../shared/download'
import type { QueueId } from '../../shared/queues'
import { asRequestError, call } from '../api'
import { changeAll, offerUndo, tellPaused, tellResumed } from '../bulk'
import { useStore } from '../store'
import { downloadProblem, formatBytes, reportText, requestProblem, t } from '../text'
import { dismissAbout, openDialog, orShow, showDone, showInfo, showProblem, showWarning } from '../windowState'
import { useGrid } from './gridState'
import type { RowId } from './groups'
import { queueOf, stepTarget, wayBack, type Step } from './queue'
import { actionsOf, statusKeys, statusOf, type Action } from './status'
import { groupMembers, groupView } from './useListing'
import { setFolded, setSort, showDetails, usePrefs } from './viewPrefs'

/** Those that the action applies to: among many chosen ones some are always in another state. */
function able(ids: readonly DownloadId[], ...actions: readonly Action[]): DownloadId[] {
  const { rows } = useStore.getState().mirror
  return ids.filter((id) => {
    const view = rows.get(id)
    return view !== undefined && actionsOf(view).some((action) => actions.includes(action))
  })
}

/** A key was pressed that does nothing to what is chosen: silence would look like a fault. */
export function tellNotNow(action: Action | 'edit', ids: readonly DownloadId[]): void {
  const view = useStore.getState().mirror.rows.get(ids[0] ?? 0)
  if (view === undefined) return
  const [name, status] = [t(action === 'edit' ? 'menu.edit' : `action.${action}`), t(statusKeys[statusOf(view)])]
  showInfo(t('keys.notNow', { action: name.replace('…', ''), status }))
}

export function pause(ids: readonly DownloadId[]): void {
  const those = able(ids, 'pause')
  if (those.length === 0) return tellNotNow('pause', ids)
  orShow(call('downloads.pause', { ids: those }).then(() => tellPaused(those)))
}

/** Paused ones go on, failed ones are tried again. */
export function resume(ids: readonly DownloadId[]): void {
  const those = able(ids, 'resume', 'retry')
  if (those.length === 0) return tellNotNow('resume', ids)
  orShow(call('downloads.resume', { ids: those }).then(() => tellResumed(those)))
}

/** They wait for nobody; what stands goes on with it. */
export function startNow(ids: readonly DownloadId[]): void {
  orShow(call('downloads.startNow', { ids: [...ids] }))
}

/** Throws away what is there: only after the user was told how much. */
export function startOver({ id, received }: DownloadView): void {
  if (received > 0) openDialog({ kind: 'restart', id })
  else orShow(call('downloads.restart', { ids: [id] }))
}

/** Has an archived object made readable. */
export function thaw(id: DownloadId): void {
  orShow(
    call('downloads.thaw', { id }).then((error) => {
      if (error === null) return
      const { title, suggestion } = downloadProblem(error)
      showInfo(t('join.titleText', { title, text: suggestion }))
    }),
  )
}

export function open(id: DownloadId): void {
  if (able([id], 'open').length === 0) return tellNotNow('open', [id])
  orShow(call('downloads.open', { id }))
}

/** The file, or as long as it is not complete its folder. */
export function showInFolder(id: DownloadId): void {
  orShow(call('downloads.showInFolder', { id }))
}

/** The folder that a group was added to. */
export function showGroup(row: RowId): void {
  const [id] = groupMembers(row)
  if (id !== undefined) orShow(call('downloads.showGroup', { id }))
}

export function toggleGroup(row: RowId): void {
  const group = groupView(row)
  if (group) setFolded(group.id, !usePrefs.getState().folded.has(group.id))
}

/** Reads the file, and says what it came to. What an earlier check said of it is no longer so. */
export function check(id: DownloadId, how: 'verify' | 'repair'): void {
  const view = useStore.getState().mirror.rows.get(id)
  if (view === undefined || !actionsOf(view).some((action) => action === 'verify' || action === 'repair')) return
  const about = `check ${id}`
  const { name, state } = view
  dismissAbout(about)
  call(`downloads.${how}`, { id }).then(
    (report) => {
      const { title, text } = reportText(report, name, state.kind === 'done')
      if (report.kind === 'nothing') return showInfo(title, null, about)
      if (report.kind !== 'damaged') return showDone(title, null, about)
      const repairable = state.kind === 'done' && report.blocks > 0
      const action = repairable ? { label: t('action.repair'), run: () => check(id, 'repair') } : null
      showWarning(title, { text, action, about })
    },
    (failure: unknown) => {
      const error = asRequestError(failure)
      if (error.code === 'E_STOPPED') showInfo(requestProblem(error).title, null, about)
      else showProblem(error, about)
    },
  )
}

/** Writes it into a file that another computer goes on with, and says what is not in it, and that it was paused. */
export function exportDownload(id: DownloadId): void {
  const state = useStore.getState().mirror.rows.get(id)?.state.kind
  const done = state === 'active' || state === 'queued' ? 'export.donePaused' : 'export.done'
  orShow(
    call('downloads.export', { id }).then((made) => {
      if (made === null) return
      const name = made.path.split(/[/\\]/).at(-1) ?? made.path
      showDone(t(done, { name, size: formatBytes(made.bytes) }))
    }),
  )
}

/** Ends a check, a repair or an export. */
export function stopErrand(id: DownloadId): void {
  orShow(call('downloads.stopErrand', { id }))
}

export function askToRemove(ids: readonly DownloadId[]): void {
  if (ids.length > 0) openDialog({ kind: 'remove', ids })
}

export function run(action: Action, id: DownloadId): void {
  switch (action) {
    case 'pause':
      return pause([id])
    case 'resume':
    case 'retry':
      return resume([id])
    case 'newLink':
      return openDialog({ kind: 'relink', id })
    case 'open':
      return open(id)
    case 'showInFolder':
      return showInFolder(id)
    case 'verify':
    case 'repair':
      return check(id, action)
    case 'stop':
      return stopErrand(id)
  }
}

/** What a double click does: the file, or what there is to know as long as there is none. */
export function openOrShow(id: DownloadId): void {
  if (able([id], 'open').length > 0) open(id)
  else showDetails(true)
}

export function copyAddresses(ids: readonly DownloadId[]): void {
  const { rows } = useStore.getState().mirror
  const urls = ids.flatMap((id) => rows.get(id)?.url ?? [])
  if (urls.length > 0) orShow(call('clipboard.write', { text: urls.join('\n') }))
}

export function prioritize(ids: readonly DownloadId[], priority: Priority): void {
  const give = (those: DownloadId[], to: Priority) => call('downloads.prioritize', { ids: those, priority: to })
  orShow(changeAll(ids, priority, (view) => view.priority, give))
}

/** @param category `null` leaves it to the rules */
export function categorize(ids: readonly DownloadId[], category: string | null): void {
  const give = (those: DownloadId[], to: string | null) => call('downloads.categorize', { ids: those, category: to })
  orShow(changeAll(ids, category, (view) => view.category ?? null, give))
}

export function moveToQueue(ids: readonly DownloadId[], queue: QueueId): void {
  const give = (those: DownloadId[], to: QueueId) => call('downloads.toQueue', { ids: those, queue: to })
  orShow(changeAll(ids, queue, (view) => view.queue, give))
}

/** These run and all others wait; none of them: all run again. */
export function onlyNow(ids: readonly DownloadId[]): void {
  const before = [...useStore.getState().mirror.rows.values()].filter((view) => view.onlyNow).map(({ id }) => id)
  const back = () => call('downloads.onlyNow', { ids: before })
  const done = t(ids.length === 0 ? 'bulk.onlyNowOver' : 'bulk.onlyNow')
  orShow(call('downloads.onlyNow', { ids: [...ids] }).then(() => offerUndo(done, back)))
}

/** @param before they come before this one; `null` means the end */
export function moveBefore(ids: readonly DownloadId[], before: DownloadId | null): void {
  if (ids.length === 0) return
  const queue = queueOf(useStore.getState().mirror.rows)
  const back = () => call('downloads.move', { moves: wayBack(queue, ids) })
  orShow(move(ids, before).then(() => offerUndo(t('bulk.moved', { count: ids.length }), back)))
}

function move(ids: readonly DownloadId[], before: DownloadId | null): Promise<void> {
  return call('downloads.move', { moves: [{ ids: [...ids], before }] })
}

export function moveBy(ids: readonly DownloadId[], step: Step): void {
  const before = stepTarget(queueOf(useStore.getState().mirror.rows), ids, step)
  if (before === undefined) return
  useGrid.setState(({ selection }) => ({ moved: selection.current }))
  // One step is taken back by one step; what went further would have to be looked for.
  if (step === 'up' || step === 'down') orShow(move(ids, before))
  else moveBefore(ids, before)
}

/** Somebody drags rows of a list that is not in the order of the queue. */
export function sortedOtherwise(): void {
  showInfo(t('toast.sortedOtherwise'), { label: t('toast.queueOrder'), run: () => setSort(null) })
}
