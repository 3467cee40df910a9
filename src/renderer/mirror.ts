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
  /** Newest first. A new array whenever a download comes or goes. */
  order: readonly DownloadId[]
  /** Rises when a name or an address changes: the search has to look again. */
  names: number
  readonly active: Set<DownloadId>
  counts: Readonly<Record<Kind, number>>
  revision: number
}

const NONE: Readonly<Record<Kind, number>> = { queued: 0, active: 0, paused: 0, failed: 0, done: 0 }

export function emptyMirror(): Mirror {
  return { rows: new Map(), order: [], names: 0, active: new Set(), counts: NONE, revision: 0 }
}

export function fromSnapshot(snapshot: Snapshot): Mirror {
  const mirror = emptyMirror()
  mirror.revision = snapshot.revision
  const counts = { ...NONE }
  for (const view of snapshot.downloads) {
    mirror.rows.set(view.id, view)
    counts[view.state.kind]++
    if (view.state.kind === 'active') mirror.active.add(view.id)
  }
  mirror.counts = counts
  mirror.order = snapshot.downloads.toSorted(newestFirst).map((view) => view.id)
  return mirror
}

/** What to do with a `changed` event: apply it, drop it as already known, or read the whole list again. */
export function judge(mirror: Mirror, revision: number): 'apply' | 'known' | 'gap' {
  if (revision <= mirror.revision) return 'known'
  return revision === mirror.revision + 1 ? 'apply' : 'gap'
}

export function applyChanged(mirror: Mirror, event: Events['changed']): void {
  const counts = { ...mirror.counts }
  const added: DownloadView[] = []
  let removed = false
  let renamed = false
  for (const view of event.upserts) {
    const before = mirror.rows.get(view.id)
    if (before === undefined) added.push(view)
    else {
      counts[before.state.kind]--
      renamed ||= before.name !== view.name || before.url !== view.url
    }
    counts[view.state.kind]++
    mirror.rows.set(view.id, view)
    if (view.state.kind === 'active') mirror.active.add(view.id)
    else mirror.active.delete(view.id)
  }
  for (const id of event.removals) {
    const before = mirror.rows.get(id)
    if (before === undefined) continue
    removed = true
    counts[before.state.kind]--
    mirror.rows.delete(id)
    mirror.active.delete(id)
  }
  mirror.revision = event.revision
  mirror.counts = counts
  if (renamed) mirror.names++
  if (removed) mirror.order = mirror.order.filter((id) => mirror.rows.has(id))
  if (added.length > 0) mirror.order = withNew(mirror, added)
}

/** @returns whether anything changed. Rows that are not active any more keep the figures that came with their state. */
export function applyProgress(mirror: Mirror, rows: Float64Array): boolean {
  let changed = false
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
    mirror.rows.set(view.id, { ...view, received, total, bytesPerSecond, connections })
    changed = true
  }
  return changed
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

function newestFirst(a: DownloadView, b: DownloadView): number {
  return b.addedAt - a.addedAt || b.id - a.id
}

/** New downloads are nearly always the newest: then nothing has to be sorted but themselves. */
function withNew(mirror: Mirror, added: readonly DownloadView[]): readonly DownloadId[] {
  // An event may have added and removed the same download.
  const fresh = added.filter((view) => mirror.rows.has(view.id)).sort(newestFirst)
  const oldest = fresh.at(-1)
  if (oldest === undefined) return mirror.order
  const head = mirror.order[0]
  const newest = head === undefined ? undefined : mirror.rows.get(head)
  if (newest === undefined || newestFirst(oldest, newest) < 0) return [...fresh.map((view) => view.id), ...mirror.order]
  return [...mirror.rows.values()].sort(newestFirst).map((view) => view.id)
}
