import { create } from 'zustand'
import { categorizer, defaultCategories } from '../../shared/categories'
import type { DownloadId } from '../../shared/download'
import { useStore } from '../store'
import { onLocale } from '../text'
import { useWindow } from '../windowState'
import type { Filter } from './filter'
import { Listing, type Counts, type Criteria } from './listing'
import { liveColumns } from './sort'
import { usePrefs } from './viewPrefs'

interface State {
  readonly ids: readonly DownloadId[]
  readonly counts: Counts
  readonly filter: Filter
  /** Those that came last, to be scrolled to; a new array each time. */
  readonly added: readonly DownloadId[]
}

/** ms between two looks at figures that the list is sorted by: rows that jump with every figure cannot be read. */
const liveInterval = 1000

const criteria = (filter: Filter): Criteria => ({
  query: useWindow.getState().query,
  sort: usePrefs.getState().sort,
  filter,
})

let categorize = categorizer(useStore.getState().settings?.categories ?? defaultCategories)
let listing = new Listing(useStore.getState().mirror.rows, criteria('all'), categorize)
/** Rows whose figures changed since the list was last sorted by them. */
const live = new Set<DownloadId>()
let timer: ReturnType<typeof setTimeout> | undefined

export const useListing = create<State>(() => ({ ids: listing.ids, counts: listing.counts, filter: 'all', added: [] }))

/** Listing's arrays are new when their content is: who selects one is drawn only then. */
function tell(more: Partial<State> = {}): void {
  useListing.setState({ ids: listing.ids, counts: listing.counts, ...more })
}

function arrange(more: Partial<State> = {}): void {
  live.clear()
  listing.setCriteria(criteria(more.filter ?? useListing.getState().filter))
  tell(more)
}

export function setFilter(filter: Filter): void {
  arrange({ filter })
}

function resortLive(): void {
  timer = undefined
  listing.resort([...live])
  live.clear()
  tell()
}

useStore.subscribe((state, before) => {
  const categories = state.settings?.categories
  const ruled = categories !== undefined && categories !== before.settings?.categories
  if (ruled) categorize = categorizer(categories)
  if (ruled || state.mirror !== before.mirror) {
    live.clear()
    listing = new Listing(state.mirror.rows, criteria(useListing.getState().filter), categorize)
    tell()
    return
  }
  if (state.version === before.version) return
  const figures = state.changes.every(({ before: was, after }) => was !== undefined && was.state === after?.state)
  if (figures) {
    // Progress alone changes no order but that of figures, and no filter.
    const sort = usePrefs.getState().sort
    if (sort === null || !liveColumns.has(sort.column)) return
    for (const { after } of state.changes) if (after) live.add(after.id)
    timer ??= setTimeout(resortLive, liveInterval)
    return
  }
  listing.apply(state.changes, live)
  live.clear()
  if (state.read) return tell()
  const added = state.changes.flatMap(({ before: was, after }) => (was === undefined && after ? [after.id] : []))
  tell(added.length > 0 ? { added } : {})
})
useWindow.subscribe((state, before) => {
  if (state.query !== before.query) arrange()
})
usePrefs.subscribe((state, before) => {
  if (state.sort !== before.sort) arrange()
})
onLocale(() => {
  if (usePrefs.getState().sort?.column === 'name') arrange()
})
