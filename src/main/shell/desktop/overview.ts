import type { Events } from '../../../shared/contract'
import type { DownloadId, DownloadState, DownloadView } from '../../../shared/download'
import { progressRow } from '../../../shared/progress'

/** All downloads in a few figures, for what has room for no more: tray, taskbar, badge. */
export interface Figures {
  readonly active: number
  readonly queued: number
  /** Paused and failed ones: what “Resume all” starts. */
  readonly resting: number
  /** Of the active ones together. */
  readonly bytesPerSecond: number
  /** Of the active ones whose total is known, from 0 to 1; `null` when nothing is active or no total is known. */
  readonly share: number | null
}

/** A download that completed or failed a moment ago. */
export interface Ending {
  readonly id: DownloadId
  readonly name: string
  readonly state: Extract<DownloadState, { kind: 'done' | 'failed' }>
}

export interface Overview {
  /** @returns what ended with this event */
  changed(event: Pick<Events['changed'], 'upserts' | 'removals'>): Ending[]
  progress(rows: Float64Array): void
  figures(): Figures
}

type OpenKind = Exclude<DownloadState['kind'], 'done'>
type Moving = Pick<DownloadView, 'received' | 'total' | 'bytesPerSecond'>
const nothing: Moving = { received: 0, total: null, bytesPerSecond: 0 }

/**
 * Follows the engine's events.
 * @param start what is in the list when following begins; completed ones are not remembered
 * @param since ms since the epoch: what was completed before is no news
 */
export function createOverview(start: readonly DownloadView[], since: number): Overview {
  const kinds = new Map<DownloadId, OpenKind>()
  const counts = { queued: 0, active: 0, paused: 0, failed: 0 }
  const active = new Map<DownloadId, Moving>()
  const told = new Set<DownloadId>()

  const put = (id: DownloadId, kind: OpenKind | null, moving: Moving) => {
    const before = kinds.get(id)
    if (before) counts[before]--
    if (kind === null) kinds.delete(id)
    else {
      kinds.set(id, kind)
      counts[kind]++
    }
    if (kind === 'active') active.set(id, moving)
    else active.delete(id)
  }
  const take = (view: DownloadView) => put(view.id, view.state.kind === 'done' ? null : view.state.kind, view)
  for (const view of start) take(view)

  const endingOf = ({ id, name, state, finishedAt }: DownloadView): Ending | null => {
    if (state.kind === 'done') {
      if (told.has(id) || (finishedAt ?? 0) < since) return null
      told.add(id)
      return { id, name, state }
    }
    return state.kind === 'failed' && kinds.get(id) !== 'failed' ? { id, name, state } : null
  }
  return {
    changed({ upserts, removals }) {
      const endings: Ending[] = []
      for (const view of upserts) {
        const ending = endingOf(view)
        if (ending) endings.push(ending)
        take(view)
      }
      for (const id of removals) put(id, null, nothing)
      return endings
    },
    progress(rows) {
      for (let at = 0; at + progressRow.length <= rows.length; at += progressRow.length) {
        const figure = (column: number) => rows[at + column] ?? 0
        const id = figure(progressRow.id)
        if (!active.has(id)) continue
        const total = figure(progressRow.total)
        active.set(id, {
          received: figure(progressRow.received),
          total: total < 0 ? null : total,
          bytesPerSecond: figure(progressRow.bytesPerSecond),
        })
      }
    },
    figures() {
      let [bytesPerSecond, received, total] = [0, 0, 0]
      for (const moving of active.values()) {
        bytesPerSecond += moving.bytesPerSecond
        if (moving.total === null) continue
        received += moving.received
        total += moving.total
      }
      return {
        active: counts.active,
        queued: counts.queued,
        resting: counts.paused + counts.failed,
        bytesPerSecond,
        share: total === 0 ? null : received / total,
      }
    },
  }
}
