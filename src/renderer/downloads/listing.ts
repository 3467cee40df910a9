import { categoryOf, defaultCategories } from '../../shared/categories'
import type { DownloadId, DownloadView } from '../../shared/download'
import type { Change } from '../mirror'
import { filtersOf, matcher, type CategoryOf, type Filter } from './filter'
import { Groups, type RowId } from './groups'
import { Order } from './order'
import { comparator, type Compare, type SortChoice } from './sort'

export interface Criteria {
  readonly query: string
  readonly filter: Filter
  readonly sort: SortChoice
  /** Ids of the groups whose members are not shown. */
  readonly folded: ReadonlySet<string>
}

/** How many downloads each filter lets through; one that is not there lets none. */
export type Counts = Readonly<Partial<Record<Filter, number>>>

/**
 * Which rows are shown, in which order, and how many each filter has: downloads without a group and groups in one
 * order, and below each group that is not folded its members in theirs. A change costs one pass over the rows, not a new
 * sort: 50,000 rows change sixty times a second.
 */
export class Listing {
  readonly #rows: ReadonlyMap<DownloadId, DownloadView>
  readonly #groups: Groups
  #criteria: Criteria
  #compare: Compare
  #matches: (view: DownloadView) => boolean
  #heads: Order
  /** Of the groups that are not folded. */
  readonly #members = new Map<RowId, Order>()
  /** How many members of each group are shown, or would be if it were not folded. */
  readonly #found = new Map<RowId, number>()
  #ids: readonly RowId[] = []
  /** Of each row its place among those of its level, from 1; `null` while all are of one level. */
  #places: readonly number[] | null = null
  #counts: Partial<Record<Filter, number>> = {}
  readonly #categoryOf: CategoryOf

  constructor(
    rows: ReadonlyMap<DownloadId, DownloadView>,
    criteria: Criteria,
    categories: CategoryOf = categoryOf(defaultCategories),
  ) {
    this.#rows = rows
    this.#groups = new Groups(rows)
    this.#categoryOf = categories
    for (const view of rows.values()) this.#count(view, 1)
    this.#criteria = criteria
    this.#compare = comparator(criteria.sort)
    this.#matches = matches(criteria, this.#categoryOf)
    this.#heads = this.#arrange()
    this.#flatten()
  }

  /** Rows from top to bottom; the same array as long as nothing moves. */
  get ids(): readonly RowId[] {
    return this.#ids
  }

  /** The place of a row among those that stand on its level in one group or without one, from 1, and how many they are. */
  placeOf(index: number): { readonly place: number; readonly of: number } {
    const row = this.#ids[index]
    const view = row === undefined || row < 0 ? undefined : this.#rows.get(row)
    const group = view ? this.#groups.rowOf(view) : null
    const of = (group === null ? this.#heads : this.#members.get(group))?.ids.length ?? 0
    return { place: this.#places?.[index] ?? index + 1, of }
  }

  get counts(): Counts {
    return this.#counts
  }

  get groups(): Groups {
    return this.#groups
  }

  /** Downloads that are found, those of folded groups too. */
  get shown(): number {
    let shown = 0
    for (const id of this.#heads.ids) shown += id < 0 ? (this.#found.get(id) ?? 0) : 1
    return shown
  }

  /** Members of a group that are found, in no order. */
  found(row: RowId): DownloadId[] {
    return [...this.#groups.members(row)].filter((id) => {
      const view = this.#rows.get(id)
      return view !== undefined && this.#matches(view)
    })
  }

  /** Looks at the same rows in another way. */
  setCriteria(criteria: Criteria): void {
    const { query, filter, sort } = this.#criteria
    this.#criteria = criteria
    if (query === criteria.query && filter === criteria.filter && sort === criteria.sort) this.#fold()
    else {
      this.#compare = comparator(criteria.sort)
      this.#matches = matches(criteria, this.#categoryOf)
      this.#heads = this.#arrange()
    }
    this.#flatten()
  }

  /**
   * Takes in what changed in the rows.
   * @param also rows whose figures have changed as well since they were last put in their place
   */
  apply(changes: readonly Change[], also: Iterable<DownloadId> = []): void {
    this.#counts = { ...this.#counts }
    const touched = new Set<RowId>()
    for (const change of changes) {
      const { before, after } = change
      if (before) this.#count(before, -1)
      if (after) this.#count(after, 1)
      if (before) this.#find(before, -1)
      const group = this.#groups.apply(change)
      if (group !== null) touched.add(group)
      if (after) this.#find(after, 1)
    }
    this.#place([...also, ...changes.flatMap(({ before, after }) => (before ?? after)?.id ?? [])], touched, changes)
  }

  /** Takes in figures that change no order and no filter. */
  applyFigures(changes: readonly Change[]): void {
    for (const change of changes) this.#groups.apply(change)
  }

  /** Puts rows whose figures have changed into their place. */
  resort(ids: readonly DownloadId[]): void {
    if (ids.length > 0) this.#place(ids, new Set(), [])
  }

  #place(ids: readonly DownloadId[], touched: Set<RowId>, changes: readonly Change[]): void {
    const heads = new Set<RowId>(touched)
    const inside = new Map<RowId, Set<DownloadId>>()
    const put = (id: DownloadId, group: RowId | null) => {
      if (group === null) return void heads.add(id)
      heads.add(group)
      const set = inside.get(group) ?? new Set()
      inside.set(group, set.add(id))
    }
    for (const id of ids) {
      const view = this.#rows.get(id)
      if (view) put(id, this.#groups.rowOf(view))
    }
    for (const { before, after } of changes) {
      if (before && !after) put(before.id, before.group ? this.#groups.rowOf(before) : null)
    }
    for (const [group, moving] of inside) {
      const order = this.#members.get(group)
      order?.place(moving, this.#viewsOf(moving))
      if (!order && this.#isOpen(group)) this.#members.set(group, this.#membersOf(group))
    }
    for (const row of heads) if (row < 0 && !this.#groups.view(row)) this.#forget(row)
    this.#heads.place(heads, this.#viewsOf(heads))
    this.#flatten()
  }

  #viewsOf(rows: Iterable<RowId>): DownloadView[] {
    return [...rows].flatMap((row) => {
      const view = this.#viewOf(row)
      return view && (row < 0 ? (this.#found.get(row) ?? 0) > 0 : this.#matches(view)) ? [view] : []
    })
  }

  #viewOf(row: RowId): DownloadView | undefined {
    return row < 0 ? this.#groups.view(row)?.sum : this.#rows.get(row)
  }

  #isOpen(row: RowId): boolean {
    const group = this.#groups.view(row)
    return group !== undefined && !this.#criteria.folded.has(group.id)
  }

  #membersOf(row: RowId): Order {
    return new Order((id) => this.#rows.get(id), this.#compare, this.#viewsOf(this.#groups.members(row)))
  }

  #forget(row: RowId): void {
    this.#members.delete(row)
    this.#found.delete(row)
  }

  #arrange(): Order {
    const heads: DownloadView[] = []
    this.#members.clear()
    this.#found.clear()
    for (const view of this.#rows.values()) {
      if (view.group) this.#find(view, 1)
      else if (this.#matches(view)) heads.push(view)
    }
    for (const [row, found] of this.#found) {
      const group = this.#groups.view(row)
      if (group && found > 0) heads.push(group.sum)
    }
    this.#fold()
    return new Order((row) => this.#viewOf(row), this.#compare, heads)
  }

  /** Members of groups are in order only while they are shown. */
  #fold(): void {
    for (const row of this.#found.keys()) {
      if (!this.#isOpen(row)) this.#members.delete(row)
      else if (!this.#members.has(row)) this.#members.set(row, this.#membersOf(row))
    }
  }

  #flatten(): void {
    const heads = this.#heads.ids
    this.#places = null
    if (this.#members.size === 0) return void (this.#ids = heads)
    const flat: RowId[] = []
    const places: number[] = []
    for (const [index, row] of heads.entries()) {
      flat.push(row)
      places.push(index + 1)
      if (row >= 0) continue
      for (const [place, id] of (this.#members.get(row)?.ids ?? []).entries()) {
        flat.push(id)
        places.push(place + 1)
      }
    }
    this.#places = places
    if (flat.length !== this.#ids.length || flat.some((id, index) => id !== this.#ids[index])) this.#ids = flat
  }

  #find(view: DownloadView, by: 1 | -1): void {
    const row = this.#groups.rowOf(view)
    if (row !== null && this.#matches(view)) this.#found.set(row, (this.#found.get(row) ?? 0) + by)
  }

  #count(view: DownloadView, by: 1 | -1): void {
    for (const filter of filtersOf(view, this.#categoryOf)) {
      const count = (this.#counts[filter] ?? 0) + by
      if (count === 0) delete this.#counts[filter]
      else this.#counts[filter] = count
    }
  }
}

function matches({ query, filter }: Criteria, categories: CategoryOf): (view: DownloadView) => boolean {
  const found = matcher(query)
  if (filter === 'all') return found
  return (view) => filtersOf(view, categories).includes(filter) && found(view)
}
