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
})
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
  .map(({ id, ...rest }) => view(id, rest))
const anyViews = fc.uniqueArray(anyView, { selector: ({ id }) => id, maxLength: 15 })

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
        expect(listing.counts).toEqual(anew.counts)
      }),
    )
  })

  it('is the same array as long as nothing moves: nothing is drawn then', () => {
    const mirror = fromSnapshot({ revision: 0, downloads: [view(1), view(2)] })
    const listing = new Listing(mirror.rows, { query: '', filter: 'all', sort: null })
    const { ids } = listing
    listing.apply(applyChanged(mirror, { revision: 1, upserts: [view(1, { received: 5 })], removals: [] }))
    expect(listing.ids).toBe(ids)
  })

  it('counts everything once by state, by category and, unless it is completed, by queue', () => {
    const { rows } = fromSnapshot({ revision: 0, downloads: [view(1, { name: 'a.zip' }), view(2, { state: done })] })
    const { counts } = new Listing(rows, { query: '', filter: 'all', sort: null })
    expect(counts).toEqual({
      all: 2,
      waiting: 1,
      completed: 1,
      'queue:1': 1,
      'category:archive': 1,
      'category:disc': 1,
    })
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

  it('end a drag before a row of the queue, or at its end', () => {
    expect(dropTarget(rows, [1, 2, 3, 4, 5], 2)).toBe(3)
    expect(dropTarget(rows, [1, 2, 3, 4, 5], 4)).toBeNull()
    expect(dropTarget(rows, [1, 2, 3, 4, 5], 5)).toBeNull()
  })
})
