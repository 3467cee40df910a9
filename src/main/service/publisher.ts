import type { Events } from '../../shared/contract'
import { progressRow } from '../../shared/progress'
import type { DownloadId, DownloadView } from '../../shared/download'
import type { Engine } from '../engine/engine'

/** ms: what changes within it goes out as one event. */
const coalesceWindow = 16
/** ms between two progress events: for the window, and for tray and taskbar when nobody sees it. */
const progressInterval = { watched: 250, unwatched: 2000 }

export interface Publisher {
  /** The revision of the last event, for a snapshot. */
  revision(): number
  /** Which download's details are shown; `null` for none. */
  inspect(id: DownloadId | null): void
  /** Progress and details are told only while somebody looks. */
  watching(on: boolean): void
  close(): void
}

/**
 * Turns the engine's changes into few events: changes coalesced, progress of all active downloads in one array, the
 * details of the one download that is looked at; no timer while nothing is active or nobody looks.
 */
export function createPublisher(
  engine: Engine,
  emit: {
    changed(event: Events['changed']): void
    progress(rows: Events['progress']): void
    inspection(inspection: Events['inspection']): void
    queues(queues: Events['queues']): void
  },
): Publisher {
  const upserts = new Set<DownloadId>()
  const removals = new Set<DownloadId>()
  let queues = false
  let revision = 0
  let flushTimer: NodeJS.Timeout | null = null
  let progressTimer: NodeJS.Timeout | null = null
  let watched = true
  let inspected: DownloadId | null = null

  const flush = () => {
    flushTimer = null
    const views = [...upserts].map((id) => engine.view(id)).filter((view): view is DownloadView => view !== null)
    const gone = [...removals]
    if (inspected !== null && upserts.has(inspected)) tellInspection(inspected)
    upserts.clear()
    removals.clear()
    if (queues) emit.queues(engine.queues())
    queues = false
    if (views.length > 0 || gone.length > 0) emit.changed({ revision: ++revision, upserts: views, removals: gone })
    keepProgress()
  }
  const keepProgress = () => {
    if (progressTimer || engine.active().length === 0) return
    progressTimer = setInterval(tick, watched ? progressInterval.watched : progressInterval.unwatched)
  }
  const stopProgress = () => {
    if (progressTimer) clearInterval(progressTimer)
    progressTimer = null
  }
  const tick = () => {
    const active = engine.active()
    if (active.length === 0) {
      stopProgress()
      return
    }
    emit.progress(progressRows(active))
    if (active.some(({ id }) => id === inspected)) tellInspection(inspected)
  }
  const tellInspection = (id: DownloadId | null) => {
    const inspection = id === null || !watched ? null : engine.inspect(id)
    if (inspection) emit.inspection(inspection)
  }
  const unsubscribe = engine.subscribe((change) => {
    for (const id of change.upserts) upserts.add(id)
    for (const id of change.removals) {
      upserts.delete(id)
      removals.add(id)
    }
    if (change.queues) queues = true
    flushTimer ??= setTimeout(flush, coalesceWindow)
  })
  keepProgress()

  return {
    revision: () => revision,
    inspect(id) {
      inspected = id
      tellInspection(id)
    },
    watching(on) {
      if (watched === on) return
      watched = on
      stopProgress()
      if (on) {
        if (engine.active().every(({ id }) => id !== inspected)) tellInspection(inspected)
        if (engine.active().length > 0) tick()
      }
      keepProgress()
    },
    close() {
      unsubscribe()
      stopProgress()
      if (flushTimer) clearTimeout(flushTimer)
    },
  }
}

function progressRows(views: readonly DownloadView[]): Float64Array {
  const rows = new Float64Array(views.length * progressRow.length)
  for (const [index, view] of views.entries()) {
    const at = index * progressRow.length
    rows[at + progressRow.id] = view.id
    rows[at + progressRow.received] = view.received
    rows[at + progressRow.total] = view.total ?? -1
    rows[at + progressRow.bytesPerSecond] = view.bytesPerSecond
    rows[at + progressRow.connections] = view.connections
  }
  return rows
}
