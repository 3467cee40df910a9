import type { DownloadId, DownloadState, DownloadView } from '../../shared/download'
import { defaultQueue } from '../../shared/queues'
import type { Change } from '../mirror'
import { statusOf, type Status } from './status'

/** What a row of the list stands for: a download by its id, or a group by its number in this window, below zero. */
export type RowId = number

export function isGroup(row: RowId): boolean {
  return row < 0
}

/** A group has one number as long as the window lives, also when it is gone and comes back. */
const numbers = new Map<string, RowId>()

/** A group as the list shows it: the sum of its members. */
export interface GroupView {
  readonly row: RowId
  /** As the members name it. */
  readonly id: string
  readonly count: number
  readonly done: number
  readonly failed: number
  readonly active: number
  /** Bytes of all members whose size is known. */
  readonly known: number
  /** Members in each state. */
  readonly states: Readonly<Partial<Record<Status, number>>>
  /** The group as if it were one download: what its columns show, and its place among others. */
  readonly sum: DownloadView
}

interface Tally {
  readonly row: RowId
  readonly id: string
  readonly members: Set<DownloadId>
  done: number
  failed: number
  paused: number
  queued: number
  waiting: number
  active: number
  /** Members whose size is not known. */
  unknown: number
  total: number
  received: number
  bytesPerSecond: number
  connections: number
  /** Of a member that comes first, or was added first, or finished last; looked for anew when that one changes. */
  edges: Edges | null
  view: GroupView | null
}

interface Edges {
  readonly position: number
  readonly addedAt: number
  readonly finishedAt: number | null
}

/**
 * The groups of the downloads in the mirror. A change costs what changed, however many members a group has; a figure
 * at the edge that is taken back costs one pass over them.
 */
export class Groups {
  readonly #rows: ReadonlyMap<DownloadId, DownloadView>
  readonly #byId = new Map<string, Tally>()
  readonly #byRow = new Map<RowId, Tally>()

  constructor(rows: ReadonlyMap<DownloadId, DownloadView>) {
    this.#rows = rows
    for (const view of rows.values()) this.#add(view)
  }

  get size(): number {
    return this.#byId.size
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  /** @returns the row of a download's group; `null` for one that has none */
  rowOf({ group }: DownloadView): RowId | null {
    return group === undefined ? null : (this.#byId.get(group.id)?.row ?? null)
  }

  /** Ids of the members in the order in which they came. */
  members(row: RowId): ReadonlySet<DownloadId> {
    return this.#byRow.get(row)?.members ?? new Set()
  }

  /** The same object as long as nothing of it changed; `undefined` for a group without members. */
  view(row: RowId): GroupView | undefined {
    const tally = this.#byRow.get(row)
    return tally && (tally.view ??= this.#viewOf(tally))
  }

  /** Takes in what changed in one row. @returns the row of its group, which may be gone now; `null` when it has none */
  apply({ before, after }: Change): RowId | null {
    const left = before ? this.#remove(before, after) : null
    return after?.group ? this.#add(after) : left
  }

  #add(view: DownloadView): RowId {
    const { group } = view
    if (group === undefined) return 0
    const tally = this.#byId.get(group.id) ?? this.#begin(group.id)
    tally.members.add(view.id)
    count(tally, view, 1)
    if (tally.edges) {
      const { position, addedAt, finishedAt } = tally.edges
      tally.edges = {
        position: Math.min(position, view.position),
        addedAt: Math.min(addedAt, view.addedAt),
        finishedAt: view.finishedAt === null ? finishedAt : Math.max(finishedAt ?? 0, view.finishedAt),
      }
    }
    tally.view = null
    return tally.row
  }

  #remove(view: DownloadView, after: DownloadView | undefined): RowId | null {
    const tally = view.group && this.#byId.get(view.group.id)
    if (!tally) return null
    count(tally, view, -1)
    if (!after) tally.members.delete(view.id)
    const moved = view.position !== after?.position || view.addedAt !== after.addedAt
    const { edges } = tally
    if (edges && moved && (view.position === edges.position || view.addedAt === edges.addedAt)) tally.edges = null
    if (view.finishedAt !== null && view.finishedAt !== after?.finishedAt) tally.edges = null
    tally.view = null
    if (tally.members.size === 0) {
      this.#byId.delete(tally.id)
      this.#byRow.delete(tally.row)
    }
    return tally.row
  }

  #begin(id: string): Tally {
    const none = { done: 0, failed: 0, paused: 0, queued: 0, waiting: 0, active: 0, unknown: 0 }
    const row = numbers.get(id) ?? -numbers.size - 1
    numbers.set(id, row)
    const sums = { total: 0, received: 0, bytesPerSecond: 0, connections: 0 }
    const tally: Tally = { row, id, members: new Set(), ...none, ...sums, edges: null, view: null }
    this.#byId.set(id, tally)
    this.#byRow.set(row, tally)
    return tally
  }

  #viewOf(tally: Tally): GroupView {
    const { row, id, members, done, failed, active, waiting, queued, paused } = tally
    const states = { downloading: active, waiting, queued, paused, failed, completed: done }
    const [first = 0] = members
    const some = this.#rows.get(first)
    tally.edges ??= this.#edgesOf(members)
    const { position, addedAt, finishedAt } = tally.edges
    const sum: DownloadView = {
      id: row,
      url: '',
      name: some?.group?.name ?? '',
      folder: some?.group?.folder ?? '',
      state: stateOf(tally),
      total: tally.unknown > 0 ? null : tally.total,
      received: tally.received,
      bytesPerSecond: tally.bytesPerSecond,
      connections: tally.connections,
      position,
      priority: 'normal',
      limit: null,
      queue: some?.queue ?? defaultQueue,
      hold: null, // its waiting members say what for
      startAt: null,
      stopAt: null,
      onlyNow: false,
      addedAt,
      finishedAt,
      ranges: null,
      expiresAt: null,
      notice: null,
      sources: [],
    }
    return { row, id, count: members.size, done, failed, active, known: tally.total, states, sum }
  }

  #edgesOf(members: ReadonlySet<DownloadId>): Edges {
    let [position, addedAt, finishedAt] = [Infinity, Infinity, 0]
    for (const id of members) {
      const view = this.#rows.get(id)
      if (!view) continue
      position = Math.min(position, view.position)
      addedAt = Math.min(addedAt, view.addedAt)
      finishedAt = Math.max(finishedAt, view.finishedAt ?? 0)
    }
    return { position, addedAt, finishedAt: finishedAt === 0 ? null : finishedAt }
  }
}

function count(tally: Tally, view: DownloadView, by: 1 | -1): void {
  if (statusOf(view) === 'waiting') tally.waiting += by
  else tally[view.state.kind] += by
  if (view.total === null) tally.unknown += by
  else tally.total += by * view.total
  tally.received += by * view.received
  tally.bytesPerSecond += by * view.bytesPerSecond
  tally.connections += by * view.connections
}

/** The one state that says most of all of them: what moves, what will, what stands, what went wrong, and then the end. */
function stateOf({ active, queued, waiting, paused, failed }: Tally): DownloadState {
  if (active > 0) return { kind: 'active', phase: { kind: 'transferring' } }
  if (queued > 0) return { kind: 'queued' }
  if (waiting > 0) return { kind: 'active', phase: { kind: 'waiting', until: null, reason: someReason } }
  if (paused > 0) return { kind: 'paused' }
  if (failed > 0) return { kind: 'failed', error: someReason }
  return { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } }
}

/** Each member has its own, which stands in its row. */
const someReason = { code: 'INTERNAL', retry: 'no', detail: 'of a group' } as const

/** From 0 to 1: of the bytes where all sizes are known, else of the files. */
export function percentDone({ sum, done, count }: GroupView): number {
  if (done === count) return 1
  if (sum.total !== null && sum.total > 0) return Math.min(1, sum.received / sum.total)
  return done / count
}
