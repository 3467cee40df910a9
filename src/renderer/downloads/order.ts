import type { DownloadView } from '../../shared/download'
import type { RowId } from './groups'
import type { Compare } from './sort'

/** Rows in their order. What changed is put into its place by binary search, in one pass, instead of sorting anew. */
export class Order {
  readonly #view: (row: RowId) => DownloadView | undefined
  readonly #compare: Compare
  #ids: readonly RowId[]

  /**
   * @param view as what a row is compared
   * @param rows all that are in it, in any order
   */
  constructor(view: (row: RowId) => DownloadView | undefined, compare: Compare, rows: readonly DownloadView[]) {
    this.#view = view
    this.#compare = compare
    this.#ids = rows.toSorted(compare).map(({ id }) => id)
  }

  /** The same array as long as nothing moves: nothing is drawn then. */
  get ids(): readonly RowId[] {
    return this.#ids
  }

  /**
   * Takes rows out and puts in what is in it now.
   * @param moving all that may have moved, come or gone
   * @param fresh those of them that are in it
   */
  place(moving: ReadonlySet<RowId>, fresh: DownloadView[]): void {
    const rest = this.#ids.filter((id) => !moving.has(id))
    const merged = this.#merge(rest, fresh.sort(this.#compare))
    if (merged.length !== this.#ids.length || merged.some((id, index) => id !== this.#ids[index])) this.#ids = merged
  }

  #merge(rest: RowId[], fresh: readonly DownloadView[]): RowId[] {
    if (fresh.length === 0) return rest
    const merged: RowId[] = []
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
  #placeOf(rest: readonly RowId[], view: DownloadView, from: number): number {
    let low = from
    let high = rest.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.#view(rest[middle] ?? 0)
      if (other && this.#compare(other, view) > 0) high = middle
      else low = middle + 1
    }
    return low
  }
}
