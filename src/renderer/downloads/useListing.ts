import { create } from 'zustand'
import { categoryOf, defaultCategories } from '../../shared/categories'
import type { DownloadId } from '../../shared/download'
import type { Change } from '../mirror'
import { useStore } from '../store'
import { onLocale, t } from '../text'
import { reveal, showInfo, useWindow, type DialogState } from '../windowState'
import type { Filter } from './filter'
import { isGroup, type GroupView, type RowId } from './groups'
import { Listing, type Counts, type Criteria } from './listing'
import { liveColumns } from './sort'
import { setFolded, usePrefs } from './viewPrefs'

interface State {
  readonly ids: readonly RowId[]
  /** Downloads that are found, in folded groups too. */
  readonly shown: number
  /** Whether there are groups, shown or not. */
  readonly grouped: boolean
  readonly counts: Counts
  readonly filter: Filter
  /** Those that came last, to be scrolled to; a new array each time. */
  readonly added: readonly DownloadId[]
  /** They came from a form of this window, and not from another program. */
  readonly addedHere: boolean
}

/** ms between two looks at figures that the list is sorted by: rows that jump with every figure cannot be read. */
const liveInterval = 1000

const nothing: ReadonlySet<string> = new Set()
const criteria = (filter: Filter): Criteria => {
  const { query } = useWindow.getState()
  const { sort, folded } = usePrefs.getState()
  // Who searches wants to see what is found.
  return { query, sort, filter, folded: query.trim() === '' ? folded : nothing }
}

let categories = categoryOf(useStore.getState().settings?.categories ?? defaultCategories)
let listing = new Listing(useStore.getState().mirror.rows, criteria('all'), categories)
/** Rows whose figures changed since the list was last sorted by them. */
const live = new Set<DownloadId>()
let timer: ReturnType<typeof setTimeout> | undefined

const look = () => ({
  ids: listing.ids,
  counts: listing.counts,
  shown: listing.shown,
  grouped: listing.groups.size > 0,
})

export const useListing = create<State>(() => ({ ...look(), filter: 'all', added: [], addedHere: false }))

/** A group, drawn anew when something of it changes. */
export function useGroup(row: RowId): GroupView | undefined {
  return useStore(() => listing.groups.view(row))
}

/** What a command for rows is for: downloads, and of groups those that are found. */
export function downloadsOf(rows: readonly RowId[]): readonly DownloadId[] {
  if (!rows.some(isGroup)) return rows
  return [...new Set(rows.flatMap((row) => (isGroup(row) ? listing.found(row) : [row])))]
}

/** The row of the group that a download is in; `null` for one without. */
export function groupOf(row: RowId): RowId | null {
  const view = useStore.getState().mirror.rows.get(row)
  return view === undefined ? null : listing.groups.rowOf(view)
}

/** Where a row stands among those of its level: for those who hear the list. */
export function placeOf(index: number): { readonly place: number; readonly of: number } {
  return listing.placeOf(index)
}

export function groupMembers(row: RowId): ReadonlySet<DownloadId> {
  return listing.groups.members(row)
}

/** Whether a group's members are shown. While somebody searches all are. */
export function useOpen(group: string): boolean {
  const folded = usePrefs((prefs) => prefs.folded.has(group))
  const searching = useWindow((state) => state.query.trim() !== '')
  return searching || !folded
}

/** Opens the group that a download is in. */
export function unfoldFor(row: RowId): void {
  const group = groupOf(row)
  if (group !== null) setFolded(listing.groups.view(group)?.id ?? '', false)
}

export function groupView(row: RowId): GroupView | undefined {
  return listing.groups.view(row)
}

/** Listing's arrays are new when their content is: who selects one is drawn only then. */
function tell(more: Partial<State> = {}): void {
  useListing.setState({ ...look(), ...more })
}

function arrange(more: Partial<State> = {}): void {
  live.clear()
  listing.setCriteria(criteria(more.filter ?? useListing.getState().filter))
  tell(more)
}

export function setFilter(filter: Filter): void {
  arrange({ filter })
}

const forms: ReadonlySet<DialogState['kind']> = new Set(['add', 'browse', 'document', 'import', 'partial'])
const isForm = (dialog: DialogState | null) => dialog !== null && forms.has(dialog.kind)
/** ms after a form was closed for which what comes is taken for what was in it. */
const formEcho = 3000
/** Until when (ms) what comes is from a form of this window; what came while it was open was waited for. */
let expectedUntil = -Infinity

/** Whether what was added just now came from this window. */
function addedByHand(): boolean {
  const byHand = isForm(useWindow.getState().dialog) || performance.now() < expectedUntil
  expectedUntil = -Infinity
  return byHand
}

/** What was added must not seem lost because something else is looked at. */
function tellHidden(added: readonly DownloadId[]): void {
  const shown = new Set(listing.ids)
  // In a folded group that is there it is not lost.
  const hidden = added.filter((id) => !shown.has(id) && !shown.has(groupOf(id) ?? id))
  const [first] = hidden
  if (first === undefined) return
  showInfo(t('toast.addedHidden', { count: hidden.length }), { label: t('toast.showAdded'), run: () => reveal(first) })
}

function resortLive(): void {
  timer = undefined
  listing.resort([...live])
  live.clear()
  tell()
}

/** Members with which a group comes folded: nobody reads so many names. */
const many = 100

function foldLarge(changes: readonly Change[]): void {
  const fresh = new Map<string, number>()
  for (const { before, after } of changes) {
    const id = before === undefined ? after?.group?.id : undefined
    if (id !== undefined) fresh.set(id, (fresh.get(id) ?? 0) + 1)
  }
  for (const [id, count] of fresh) if (count >= many && !listing.groups.has(id)) setFolded(id, true)
}

useStore.subscribe((state, before) => {
  const rules = state.settings?.categories
  const ruled = rules !== undefined && rules !== before.settings?.categories
  if (ruled) categories = categoryOf(rules)
  if (ruled || state.mirror !== before.mirror) {
    live.clear()
    listing = new Listing(state.mirror.rows, criteria(useListing.getState().filter), categories)
    tell()
    return
  }
  if (state.version === before.version) return
  const figures = state.changes.every(({ before: was, after }) => was !== undefined && was.state === after?.state)
  if (figures) {
    // Progress alone changes no order but that of figures, and no filter.
    listing.applyFigures(state.changes)
    const sort = usePrefs.getState().sort
    if (sort === null || !liveColumns.has(sort.column)) return
    for (const { after } of state.changes) if (after) live.add(after.id)
    timer ??= setTimeout(resortLive, liveInterval)
    return
  }
  if (!state.read) foldLarge(state.changes)
  listing.apply(state.changes, live)
  live.clear()
  if (state.read) return tell()
  const added = state.changes.flatMap(({ before: was, after }) => (was === undefined && after ? [after.id] : []))
  tell(added.length > 0 ? { added, addedHere: addedByHand() } : {})
  if (added.length > 0) tellHidden(added)
})
useWindow.subscribe((state, before) => {
  if (!isForm(before.dialog) && isForm(state.dialog)) expectedUntil = Infinity
  if (isForm(before.dialog) && !isForm(state.dialog) && expectedUntil === Infinity)
    expectedUntil = performance.now() + formEcho
  if (state.query !== before.query) arrange()
})
usePrefs.subscribe((state, before) => {
  if (state.sort !== before.sort || state.folded !== before.folded) arrange()
})
onLocale(() => {
  if (usePrefs.getState().sort?.column === 'name') arrange()
})
