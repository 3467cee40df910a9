import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clampWidth,
  columnNames,
  defaultWidths,
  gridTemplate,
  leastName,
  actionsWidth,
  shownColumns,
} from '../../../src/renderer/downloads/columns'
import { statusFilters } from '../../../src/renderer/downloads/filter'
import { Groups } from '../../../src/renderer/downloads/groups'
import { Listing, type Criteria } from '../../../src/renderer/downloads/listing'
import { dropTarget, queueOf, stepTarget, type Step } from '../../../src/renderer/downloads/queue'
import { comparator, nextSort, type SortChoice } from '../../../src/renderer/downloads/sort'
import { applyChanged, fromSnapshot } from '../../../src/renderer/mirror'
import type { DownloadState, DownloadView } from '../../../src/shared/download'
import { transferring, view } from './views'

const done: DownloadState = { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } }
const states: DownloadState[] = [{ kind: 'queued' }, transferring, { kind: 'paused' }, done]

const anySort: fc.Arbitrary<SortChoice> = fc.oneof(
  fc.constant(null),
  fc.record({
    column: fc.constantFrom(...columnNames),
    direction: fc.constantFrom('ascending' as const, 'descending' as const),
  }),
)
const anyCriteria: fc.Arbitrary<Criteria> = fc.record({
  query: fc.constantFrom('', 'a', 'b zip'),
  filter: fc.constantFrom('all', ...statusFilters, 'category:archive', 'category:disc', 'category:other'),
  sort: anySort,
  folded: fc.subarray(['a', 'b']).map((ids) => new Set(ids)),
})
/** Of three downloads one is alone. */
const inGroup = (id: number): Partial<DownloadView> => {
  const name = [undefined, 'a', 'b'][id % 3]
  return name === undefined ? {} : { group: { id: name, name, folder: '/downloads' } }
}
const anyView = fc
  .record({
    id: fc.integer({ min: 1, max: 15 }),
    state: fc.constantFrom(...states),
    name: fc.constantFrom('a.zip', 'b.zip', 'a.iso', 'c10.mp4', 'c9.mp4'),
    received: fc.integer({ min: 0, max: 10 }),
    total: fc.constantFrom(null, 10, 20),
    bytesPerSecond: fc.integer({ min: 0, max: 3 }),
    position: fc.integer({ min: 1, max: 5 }),
    addedAt: fc.integer({ min: 0, max: 3 }),
    finishedAt: fc.constantFrom(null, 1, 2),
  })
  .map(({ id, ...rest }) => view(id, { ...rest, ...inGroup(id) }))
const anyViews = fc.uniqueArray(anyView, { selector: ({ id }) => id, maxLength: 15 })

/** Counted from the rows themselves. */
const placesOf = ({ ids }: Listing) => {
  const level = (id: number) => (id < 0 ? 0 : id % 3)
  return ids.map((id, index) => ({
    place: ids.slice(0, index + 1).filter((other) => level(other) === level(id)).length,
    of: ids.filter((other) => level(other) === level(id)).length,
  }))
}

describe('the listing', () => {
  it('is after any changes what it would be built anew', () => {
    const event = fc.record({ upserts: anyViews, removals: fc.uniqueArray(fc.integer({ min: 1, max: 15 })) })
    fc.assert(
      fc.property(anyViews, anyCriteria, fc.array(event, { maxLength: 8 }), (views, criteria, events) => {
        const mirror = fromSnapshot({ revision: 0, downloads: views })
        const listing = new Listing(mirror.rows, criteria)
        for (const [index, each] of events.entries()) {
          listing.apply(applyChanged(mirror, { revision: index + 1, ...each }))
        }
        const anew = new Listing(new Map(mirror.rows), criteria)
        expect(listing.ids).toEqual(anew.ids)
        expect(listing.ids.map((_, index) => listing.placeOf(index))).toEqual(placesOf(listing))
        expect(listing.counts).toEqual(anew.counts)
      }),
    )
  })

  it('is the same array as long as nothing moves: nothing is drawn then', () => {
    const mirror = fromSnapshot({ revision: 0, downloads: [view(1), view(2)] })
    const listing = new Listing(mirror.rows, { query: '', filter: 'all', sort: null, folded: new Set() })
    const { ids } = listing
    listing.apply(applyChanged(mirror, { revision: 1, upserts: [view(1, { received: 5 })], removals: [] }))
    expect(listing.ids).toBe(ids)
  })

  it('counts everything once by state, by category and, unless it is completed, by queue', () => {
    const { rows } = fromSnapshot({ revision: 0, downloads: [view(1, { name: 'a.zip' }), view(2, { state: done })] })
    const { counts } = new Listing(rows, { query: '', filter: 'all', sort: null, folded: new Set() })
    expect(counts).toEqual({
      all: 2,
      waiting: 1,
      completed: 1,
      'queue:1': 1,
      'category:archive': 1,
      'category:other': 1,
    })
  })
})

describe('groups', () => {
  const group = { id: 'g', name: 'Data', folder: '/d' }
  const members = [
    view(2, { group, total: 100, received: 40, state: transferring, bytesPerSecond: 7 }),
    view(3, { group, total: 50, received: 50, state: done }),
    view(5, { group, total: 10 }),
  ]
  const all = { query: '', filter: 'all', sort: null } as const
  const listed = (folded: readonly string[] = [], criteria: Partial<Criteria> = {}) => {
    const mirror = fromSnapshot({ revision: 0, downloads: [view(1), view(4), ...members] })
    return { mirror, listing: new Listing(mirror.rows, { ...all, folded: new Set(folded), ...criteria }) }
  }
  const named = (listing: Listing) => listing.ids.map((id) => (id < 0 ? 'group' : id))

  it('stand in the queue where their first member stands, with the others below', () => {
    expect(named(listed().listing)).toEqual([1, 'group', 2, 5, 3, 4])
    expect(named(listed(['g']).listing)).toEqual([1, 'group', 4])
    expect(listed(['g']).listing.shown).toBe(5)
  })

  it('are the sum of their members', () => {
    const { listing, mirror } = listed(['g'])
    const row = listing.ids[1] ?? 0
    expect(listing.groups.view(row)).toMatchObject({ count: 3, done: 1, failed: 0, active: 1 })
    expect(listing.groups.view(row)?.sum).toMatchObject({ name: 'Data', total: 160, received: 90, bytesPerSecond: 7 })
    const upserts = [view(2, { group, total: 100, received: 100, state: done })]
    listing.apply(applyChanged(mirror, { revision: 1, upserts, removals: [5] }))
    expect(listing.groups.view(row)).toMatchObject({ count: 2, done: 2, active: 0, sum: { state: { kind: 'done' } } })
    listing.apply(applyChanged(mirror, { revision: 2, upserts: [], removals: [2, 3] }))
    expect(named(listing)).toEqual([1, 4])
  })

  it('are there as long as something of them is found, and commands are for that alone', () => {
    const { listing } = listed(['g'], { filter: 'completed' })
    expect(named(listing)).toEqual(['group'])
    expect(listing.found(listing.ids[0] ?? 0)).toEqual([3])
    expect(named(listed([], { query: '5.bin' }).listing)).toEqual(['group', 5])
    expect(named(listed([], { query: '4.bin' }).listing)).toEqual([4])
  })

  it('fold and unfold without another order', () => {
    const { listing } = listed()
    const before = listing.ids
    listing.setCriteria({ ...all, folded: new Set(['g']) })
    expect(named(listing)).toEqual([1, 'group', 4])
    listing.setCriteria({ ...all, folded: new Set() })
    expect(listing.ids).toEqual(before)
  })

  it('their sums are after any changes what they would be counted anew', () => {
    const event = fc.record({ upserts: anyViews, removals: fc.uniqueArray(fc.integer({ min: 1, max: 15 })) })
    fc.assert(
      fc.property(anyViews, fc.array(event, { maxLength: 8 }), (views, events) => {
        const mirror = fromSnapshot({ revision: 0, downloads: views })
        const groups = new Groups(mirror.rows)
        for (const [index, each] of events.entries()) {
          for (const change of applyChanged(mirror, { revision: index + 1, ...each })) groups.apply(change)
          for (const row of [-1, -2, -3]) groups.view(row)
        }
        const anew = new Groups(new Map(mirror.rows))
        for (const row of [-1, -2, -3]) expect(groups.view(row)).toEqual(anew.view(row))
      }),
    )
  })
})

describe('the order', () => {
  const order = (sort: SortChoice, ...views: DownloadView[]) => views.sort(comparator(sort)).map(({ id }) => id)

  it('is the queue: what is to be done by its place, then what is done, the newest first', () => {
    const views = [
      view(1, { position: 9 }),
      view(2, { state: done, finishedAt: 5 }),
      view(3, { position: 1, state: { kind: 'paused' } }),
      view(4, { state: done, finishedAt: 8 }),
    ]
    expect(order(null, ...views)).toEqual([3, 1, 4, 2])
  })

  it('is by name as people count', () => {
    const views = [view(1, { name: 'x10' }), view(2, { name: 'x9' }), view(3, { name: 'X1' })]
    expect(order({ column: 'name', direction: 'ascending' }, ...views)).toEqual([3, 2, 1])
    expect(order({ column: 'name', direction: 'descending' }, ...views)).toEqual([1, 2, 3])
  })

  it('has what is not known at its end, both ways', () => {
    const views = [view(1), view(2, { total: 5 }), view(3, { total: 9 })]
    expect(order({ column: 'size', direction: 'ascending' }, ...views)).toEqual([2, 3, 1])
    expect(order({ column: 'size', direction: 'descending' }, ...views)).toEqual([3, 2, 1])
  })

  it('goes one way, the other way, and back to the queue', () => {
    const first = nextSort(null, 'size')
    expect(first).toEqual({ column: 'size', direction: 'descending' })
    expect(nextSort(first, 'name')).toEqual({ column: 'name', direction: 'ascending' })
    const second = nextSort(first, 'size')
    expect(second).toEqual({ column: 'size', direction: 'ascending' })
    expect(nextSort(second, 'size')).toBeNull()
  })
})

describe('columns', () => {
  const names = (hidden: readonly (typeof columnNames)[number][], width: number) =>
    shownColumns({ hidden, widths: {} }, width).map(({ name }) => name)

  it('are all there where there is room, and give way where there is none', () => {
    expect(names([], 2000)).toEqual(columnNames)
    expect(names(['speed'], 2000)).not.toContain('speed')
    expect(names(['name'], 2000)).toContain('name')
    expect(names([], 0)).toEqual(['name', 'progress'])
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), (width) => {
        const shown = shownColumns({ hidden: [], widths: {} }, width)
        const needed = shown.reduce((sum, column) => sum + (column.width ?? leastName), actionsWidth)
        expect(needed <= width || shown.length === 2).toBe(true)
      }),
    )
  })

  it('keep a width that one can use', () => {
    expect(clampWidth(3)).toBe(56)
    expect(clampWidth(9999)).toBe(480)
    const [, , progress] = shownColumns({ hidden: [], widths: { progress: 300 } }, 2000)
    expect(progress).toEqual({ name: 'progress', width: 300 })
    expect(gridTemplate([{ name: 'name', width: null }])).toBe(`minmax(0, 1fr) ${actionsWidth}px`)
    expect(defaultWidths.status).toBeGreaterThan(56)
  })
})

describe('steps in the queue', () => {
  const rows = new Map([1, 2, 3, 4, 5].map((id) => [id, view(id, id === 5 ? { state: done } : {})]))
  const queue = queueOf(rows)
  const to = (step: Step, ...ids: number[]) => stepTarget(queue, ids, step)

  it('know nothing of what is done', () => expect(queue).toEqual([1, 2, 3, 4]))

  it('lead one further, or to an end', () => {
    expect(to('up', 3)).toBe(2)
    expect(to('down', 2)).toBe(4)
    expect(to('down', 3)).toBeNull()
    expect(to('top', 3)).toBe(1)
    expect(to('bottom', 1)).toBeNull()
    expect(to('up', 3, 4)).toBe(2)
  })

  it('lead nowhere from the end, nor for what is not in the queue', () => {
    expect(to('up', 1)).toBeUndefined()
    expect(to('down', 4)).toBeUndefined()
    expect(to('top', 1, 2)).toBeUndefined()
    expect(to('bottom', 3, 4)).toBeUndefined()
    expect(to('up', 5)).toBeUndefined()
    expect(to('top', 1, 3)).toBe(2)
  })

  const none = () => []
  it('end a drag before a row of the queue, or at its end', () => {
    expect(dropTarget(rows, [1, 2, 3, 4, 5], 2, none)).toBe(3)
    expect(dropTarget(rows, [1, 2, 3, 4, 5], 4, none)).toBeNull()
    expect(dropTarget(rows, [1, 2, 3, 4, 5], 5, none)).toBeNull()
  })
})
