import { categorizer, defaultCategories, type Categorize } from '../../shared/categories'
import type { DownloadId, DownloadView } from '../../shared/download'
import type { Change } from '../mirror'
import { filtersOf, matcher, type Filter } from './filter'
import { comparator, type Compare, type SortChoice } from './sort'

export interface Criteria {
  readonly query: string
  readonly filter: Filter
  readonly sort: SortChoice
}

/** How many downloads each filter lets through; one that is not there lets none. */
export type Counts = Readonly<Partial<Record<Filter, number>>>

/**
 * Which rows are shown, in which order, and how many each filter has. A change costs one pass over the ids, not a new
 * sort: 50,000 rows change sixty times a second.
 */
export class Listing {
  readonly #rows: ReadonlyMap<DownloadId, DownloadView>
  #compare: Compare
  #matches: (view: DownloadView) => boolean
  #ids: readonly DownloadId[] = []
  #counts: Partial<Record<Filter, number>> = {}
  readonly #categorize: Categorize

  constructor(
    rows: ReadonlyMap<DownloadId, DownloadView>,
    criteria: Criteria,
    categorize: Categorize = categorizer(defaultCategories),
  ) {
    this.#rows = rows
    this.#categorize = categorize
    for (const view of rows.values()) this.#count(view, 1)
    this.#compare = comparator(criteria.sort)
    this.#matches = matches(criteria, categorize)
    this.#arrange()
  }

  get ids(): readonly DownloadId[] {
    return this.#ids
  }

  get counts(): Counts {
    return this.#counts
  }

  /** Looks at the same rows in another way. */
  setCriteria(criteria: Criteria): void {
    this.#compare = comparator(criteria.sort)
    this.#matches = matches(criteria, this.#categorize)
    this.#arrange()
  }

  /**
   * Takes in what changed in the rows.
   * @param also rows whose figures have changed as well since they were last put in their place
   */
  apply(changes: readonly Change[], also: Iterable<DownloadId> = []): void {
    this.#counts = { ...this.#counts }
    for (const { before, after } of changes) {
      if (before) this.#count(before, -1)
      if (after) this.#count(after, 1)
    }
    this.resort([...also, ...changes.flatMap(({ before, after }) => (before ?? after)?.id ?? [])])
  }

  /** Puts rows whose figures have changed into their place. */
  resort(ids: readonly DownloadId[]): void {
    if (ids.length === 0) return
    const moving = new Set(ids)
    const fresh = [...moving].flatMap((id) => {
      const view = this.#rows.get(id)
      return view && this.#matches(view) ? [view] : []
    })
    const rest = this.#ids.filter((id) => !moving.has(id))
    const merged = this.#merge(rest, fresh.sort(this.#compare))
    // The same array as long as nothing moved: then nothing is drawn.
    if (merged.length !== this.#ids.length || merged.some((id, index) => id !== this.#ids[index])) this.#ids = merged
  }

  #merge(rest: DownloadId[], fresh: readonly DownloadView[]): DownloadId[] {
    if (fresh.length === 0) return rest
    const merged: DownloadId[] = []
    let from = 0
    for (const view of fresh) {
      const to = this.#placeOf(rest, view, from)
      for (let at = from; at < to; at++) merged.push(rest[at] ?? 0)
      merged.push(view.id)
      from = to
    }
    for (let at = from; at < rest.length; at++) merged.push(rest[at] ?? 0)
    return merged
  }

  /** Index of the first of `rest` that comes after the view. */
  #placeOf(rest: readonly DownloadId[], view: DownloadView, from: number): number {
    let low = from
    let high = rest.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#rows.get(rest[middle] ?? 0)
      if (other && this.#compare(other, view) > 0) high = middle
      else low = middle + 1
    }
    return low
  }

  #arrange(): void {
    const shown = [...this.#rows.values()].filter(this.#matches)
    this.#ids = shown.sort(this.#compare).map(({ id }) => id)
  }

  #count(view: DownloadView, by: 1 | -1): void {
    for (const filter of filtersOf(view, this.#categorize)) {
      const count = (this.#counts[filter] ?? 0) + by
      if (count === 0) delete this.#counts[filter]
      else this.#counts[filter] = count
    }
  }
}

function matches({ query, filter }: Criteria, categorize: Categorize): (view: DownloadView) => boolean {
  const found = matcher(query)
  if (filter === 'all') return found
  return (view) => (filtersOf(view, categorize) as readonly Filter[]).includes(filter) && found(view)
}
