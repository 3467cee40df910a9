import type { Events, Snapshot } from '../shared/contract'
import type { DownloadId, DownloadState, DownloadView } from '../shared/download'
import { progressRow } from '../shared/progress'

type Kind = DownloadState['kind']

/**
 * The window's copy of the list. `rows` is changed in place, because copying 50,000 entries four times a second would
 * cost more than everything else together; each entry is replaced when it changes, so a row compares its own entry.
 */
export interface Mirror {
  readonly rows: Map<DownloadId, DownloadView>
  readonly active: Set<DownloadId>
  counts: Readonly<Record<Kind, number>>
  /** Those that are to run now while all others wait. */
  chosen: number
  revision: number
}

/** One download as it was and as it is; `undefined` when it was or is not there. */
export interface Change {
  readonly before: DownloadView | undefined
  readonly after: DownloadView | undefined
}

const NONE: Readonly<Record<Kind, number>> = { queued: 0, active: 0, paused: 0, failed: 0, done: 0 }

export function emptyMirror(): Mirror {
  return { rows: new Map(), active: new Set(), counts: NONE, chosen: 0, revision: 0 }
}

export function fromSnapshot(snapshot: Snapshot): Mirror {
  const mirror = emptyMirror()
  mirror.revision = snapshot.revision
  const counts = { ...NONE }
  for (const view of snapshot.downloads) {
    mirror.rows.set(view.id, view)
    counts[view.state.kind]++
    mirror.chosen += isChosen(view)
    if (view.state.kind === 'active') mirror.active.add(view.id)
  }
  mirror.counts = counts
  return mirror
}

/** 1 for one that others wait for, else 0. What was chosen and stands holds nobody back. */
function isChosen(view: DownloadView | undefined): 0 | 1 {
  return view?.onlyNow === true && (view.state.kind === 'queued' || view.state.kind === 'active') ? 1 : 0
}

/**
 * Takes in completed downloads that are read after the others. What is there already is newer.
 * @param gone what was removed since the reading began
 * @returns what it changed
 */
export function addFinished(
  mirror: Mirror,
  downloads: readonly DownloadView[],
  gone: ReadonlySet<DownloadId>,
): readonly Change[] {
  const fresh = downloads.filter(({ id }) => !mirror.rows.has(id) && !gone.has(id))
  for (const view of fresh) mirror.rows.set(view.id, view)
  mirror.counts = { ...mirror.counts, done: mirror.counts.done + fresh.length }
  return fresh.map((after) => ({ before: undefined, after }))
}

/** What to do with a `changed` event: apply it, drop it as already known, or read the whole list again. */
export function judge(mirror: Mirror, revision: number): 'apply' | 'known' | 'gap' {
  if (revision <= mirror.revision) return 'known'
  return revision === mirror.revision + 1 ? 'apply' : 'gap'
}

/** @returns what it changed */
export function applyChanged(mirror: Mirror, event: Events['changed']): readonly Change[] {
  const counts = { ...mirror.counts }
  const changes: Change[] = []
  for (const view of event.upserts) {
    const before = mirror.rows.get(view.id)
    changes.push({ before, after: view })
    if (before !== undefined) counts[before.state.kind]--
    counts[view.state.kind]++
    mirror.chosen += isChosen(view) - isChosen(before)
    mirror.rows.set(view.id, view)
    if (view.state.kind === 'active') mirror.active.add(view.id)
    else mirror.active.delete(view.id)
  }
  for (const id of event.removals) {
    const before = mirror.rows.get(id)
    if (before === undefined) continue
    changes.push({ before, after: undefined })
    counts[before.state.kind]--
    mirror.chosen -= isChosen(before)
    mirror.rows.delete(id)
    mirror.active.delete(id)
  }
  mirror.revision = event.revision
  mirror.counts = counts
  return changes
}

/** @returns what it changed. Rows that are not active any more keep the figures that came with their state. */
export function applyProgress(mirror: Mirror, rows: Float64Array): readonly Change[] {
  const changes: Change[] = []
  for (let at = 0; at + progressRow.length <= rows.length; at += progressRow.length) {
    const figure = (column: number) => rows[at + column] ?? 0
    const view = mirror.rows.get(figure(progressRow.id))
    if (view?.state.kind !== 'active') continue
    const received = figure(progressRow.received)
    const total = figure(progressRow.total) < 0 ? null : figure(progressRow.total)
    const bytesPerSecond = figure(progressRow.bytesPerSecond)
    const connections = figure(progressRow.connections)
    if (
      view.received === received &&
      view.total === total &&
      view.bytesPerSecond === bytesPerSecond &&
      view.connections === connections
    ) {
      continue
    }
    const after = { ...view, received, total, bytesPerSecond, connections }
    mirror.rows.set(view.id, after)
    changes.push({ before: view, after })
  }
  return changes
}

export interface Overall {
  readonly bytesPerSecond: number
  /** `null` when nothing is active or a total is unknown. */
  readonly percent: number | null
}

export function overall(mirror: Mirror): Overall {
  let bytesPerSecond = 0
  let received = 0
  let total: number | null = 0
  for (const id of mirror.active) {
    const view = mirror.rows.get(id)
    if (view === undefined) continue
    bytesPerSecond += view.bytesPerSecond
    received += view.received
    total = total === null || view.total === null ? null : total + view.total
  }
  const percent = total === null || total === 0 ? null : Math.floor((received / total) * 100)
  return { bytesPerSecond, percent }
}
