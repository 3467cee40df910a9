import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  applyChanged,
  applyProgress,
  emptyMirror,
  fromSnapshot,
  judge,
  overall,
  type Mirror,
} from '../../../src/renderer/mirror'
import { progressRow } from '../../../src/shared/progress'
import type { DownloadState, DownloadView } from '../../../src/shared/download'
import { transferring, view } from './views'

const snapshot = (revision: number, ...downloads: DownloadView[]) => fromSnapshot({ revision, downloads })

function progress(...rows: [id: number, received: number, total: number, speed: number, connections: number][]) {
  const out = new Float64Array(rows.length * progressRow.length)
  rows.forEach(([id, received, total, speed, connections], index) => {
    const at = index * progressRow.length
    out[at + progressRow.id] = id
    out[at + progressRow.received] = received
    out[at + progressRow.total] = total
    out[at + progressRow.bytesPerSecond] = speed
    out[at + progressRow.connections] = connections
  })
  return out
}

describe('order of events', () => {
  it('drops what the snapshot contains, takes the next, and notices a gap', () => {
    const mirror = snapshot(7)
    expect([6, 7, 8, 9].map((revision) => judge(mirror, revision))).toEqual(['known', 'known', 'apply', 'gap'])
  })

  it('moves on with each event', () => {
    const mirror = snapshot(7)
    applyChanged(mirror, { revision: 8, upserts: [view(1)], removals: [] })
    expect(judge(mirror, 8)).toBe('known')
    expect(judge(mirror, 9)).toBe('apply')
  })
})

describe('the list', () => {
  it('tells what changed, as it was and as it is', () => {
    const mirror = snapshot(0, view(1), view(2))
    const [one, two] = [mirror.rows.get(1), mirror.rows.get(2)]
    const changed = view(1, { state: { kind: 'paused' } })
    const changes = applyChanged(mirror, { revision: 1, upserts: [changed, view(3)], removals: [2, 9] })
    expect(changes).toEqual([
      { before: one, after: changed },
      { before: undefined, after: view(3) },
      { before: two, after: undefined },
    ])
  })

  const states: DownloadState[] = [
    { kind: 'queued' },
    transferring,
    { kind: 'paused' },
    { kind: 'done', verification: { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'user' }] } },
  ]
  const anyView = fc
    .record({
      id: fc.integer({ min: 1, max: 12 }),
      state: fc.constantFrom(...states),
      at: fc.integer({ min: 0, max: 5 }),
      onlyNow: fc.boolean(),
    })
    .map(({ id, state, at, onlyNow }) => view(id, { state, addedAt: at, onlyNow }))
  const anyEvent = fc.record({
    upserts: fc.uniqueArray(anyView, { selector: (each) => each.id, maxLength: 5 }),
    removals: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }),
  })

  it('ends like a list that is built anew, whatever happened before', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        const mirror = emptyMirror()
        const plain = new Map<number, DownloadView>()
        events.forEach((event, index) => {
          applyChanged(mirror, { revision: index + 1, ...event })
          for (const each of event.upserts) plain.set(each.id, each)
          for (const id of event.removals) plain.delete(id)
        })
        const anew: Mirror = snapshot(events.length, ...plain.values())
        expect([...mirror.rows.keys()].sort()).toEqual([...anew.rows.keys()].sort())
        expect(mirror.counts).toEqual(anew.counts)
        const chosen = [...plain.values()].filter(({ onlyNow }) => onlyNow)
        const going = chosen.filter(({ state: { kind } }) => kind === 'queued' || kind === 'active')
        expect(mirror.chosen).toBe(going.length)
        expect([...mirror.active].sort()).toEqual([...anew.active].sort())
      }),
    )
  })
})

describe('progress', () => {
  it('replaces only the rows that changed', () => {
    const still = view(1, { state: transferring, received: 10, total: 100, bytesPerSecond: 5, connections: 2 })
    const moving = view(2, { state: transferring, received: 10, total: 100 })
    const mirror = snapshot(0, still, moving)
    expect(applyProgress(mirror, progress([1, 10, 100, 5, 2], [2, 20, 100, 7, 3]))).toHaveLength(1)
    expect(mirror.rows.get(1)).toBe(still)
    expect(mirror.rows.get(2)).toMatchObject({ received: 20, bytesPerSecond: 7, connections: 3 })
  })

  it('says when nothing changed', () => {
    const mirror = snapshot(0, view(1, { state: transferring, received: 10, total: 100 }))
    expect(applyProgress(mirror, progress([1, 10, 100, 0, 0]))).toEqual([])
  })

  it('reads -1 as an unknown total', () => {
    const mirror = snapshot(0, view(1, { state: transferring }))
    applyProgress(mirror, progress([1, 10, -1, 5, 1]))
    expect(mirror.rows.get(1)).toMatchObject({ received: 10, total: null })
  })

  it('leaves alone what is unknown, not active any more, or cut off', () => {
    const paused = view(1, { state: { kind: 'paused' }, received: 50 })
    const mirror = snapshot(0, paused)
    expect(applyProgress(mirror, progress([1, 10, 100, 5, 1], [99, 1, 1, 1, 1]))).toEqual([])
    expect(applyProgress(mirror, new Float64Array([1, 2, 3]))).toEqual([])
    expect(mirror.rows.get(1)).toBe(paused)
  })
})

describe('all together', () => {
  it('adds up what is active', () => {
    const mirror = snapshot(
      0,
      view(1, { state: transferring, received: 30, total: 100, bytesPerSecond: 5 }),
      view(2, { state: transferring, received: 10, total: 100, bytesPerSecond: 7 }),
      view(3, { state: { kind: 'paused' }, received: 90, total: 100 }),
    )
    expect(overall(mirror)).toEqual({ bytesPerSecond: 12, percent: 20 })
  })

  it('has no percentage when a total is unknown, or nothing is active', () => {
    expect(overall(emptyMirror()).percent).toBeNull()
    expect(overall(snapshot(0, view(1, { state: transferring, received: 30 }))).percent).toBeNull()
  })
})
