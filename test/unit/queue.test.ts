import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlaces, compareTurns, reorder, type Place, type Turn } from '../../src/main/engine/queues/order'
import { wayBack } from '../../src/renderer/downloads/queue'

const order = (queue: readonly Place[]) => queue.toSorted(comparePlaces).map(({ id }) => id)
const moved = (queue: readonly Place[], ids: readonly number[], before: number | null): Place[] => {
  const places = reorder(queue, { ids, before })
  return queue.map((place) => ({ ...place, position: places.get(place.id) ?? place.position }))
}
const queue: Place[] = [1, 2, 3, 4, 5].map((id) => ({ id, position: id }))

describe('moving in the queue', () => {
  it('puts them before another one, or at the end, in the order they have', () => {
    expect(order(moved(queue, [4], 2))).toEqual([1, 4, 2, 3, 5])
    expect(order(moved(queue, [5, 1], 3))).toEqual([2, 1, 5, 3, 4])
    expect(order(moved(queue, [1, 2], null))).toEqual([3, 4, 5, 1, 2])
    expect(order(moved(queue, [5], 1))).toEqual([5, 1, 2, 3, 4])
  })

  it('changes nothing where nothing moves', () => {
    expect(order(moved(queue, [3], 3))).toEqual([1, 2, 3, 4, 5])
    expect(order(moved(queue, [2, 3], 2))).toEqual([1, 2, 3, 4, 5])
    expect(reorder(queue, { ids: [77], before: 1 }).size).toBe(0)
    expect(reorder([], { ids: [1], before: null }).size).toBe(0)
  })

  it('touches only what moved, as long as numbers fit in between', () => {
    expect([...reorder(queue, { ids: [4], before: 2 }).keys()]).toEqual([4])
  })

  it('takes back several moves at once, wherever the moved ones stood', () => {
    const id = fc.integer({ min: 1, max: 30 })
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.option(id), (ids, before) => {
        const all: Place[] = Array.from({ length: 30 }, (_, n) => ({ id: n + 1, position: n + 1 }))
        const after = moved(all, ids, before)
        const places = reorder(after, ...wayBack(order(all), ids))
        const back = after.map((place) => ({ ...place, position: places.get(place.id) ?? place.position }))
        expect(order(back)).toEqual(order(all))
        expect([...places.keys()].every((each) => ids.includes(each))).toBe(true)
      }),
    )
  })

  it('is right after any number of moves, also when numbers run out', () => {
    const id = fc.integer({ min: 1, max: 6 })
    const moves = fc.array(fc.tuple(fc.uniqueArray(id), fc.option(id)), { maxLength: 200 })
    fc.assert(
      fc.property(moves, (steps) => {
        let now: Place[] = [1, 2, 3, 4, 5, 6].map((each) => ({ id: each, position: each }))
        for (const [ids, before] of steps) {
          const was = order(now)
          const block = was.filter((each) => ids.includes(each))
          const target = before === null ? [] : was.slice(was.indexOf(before)).filter((each) => !ids.includes(each))
          const rest = was.filter((each) => !ids.includes(each))
          const at = target[0] === undefined ? rest.length : rest.indexOf(target[0])
          now = moved(now, ids, before)
          expect(order(now)).toEqual([...rest.slice(0, at), ...block, ...rest.slice(at)])
          expect(new Set(now.map(({ position }) => position)).size).toBe(6)
        }
      }),
    )
    let tight: Place[] = [1, 2, 3].map((each) => ({ id: each, position: each }))
    for (let n = 0; n < 200; n++) {
      tight = moved(tight, [n % 2 === 0 ? 3 : 2], n % 2 === 0 ? 2 : 3)
      expect(order(tight)).toEqual(n % 2 === 0 ? [1, 3, 2] : [1, 2, 3])
    }
  })
})

describe('who gets the next slot', () => {
  const hour = 3_600_000
  const turn = (change: Partial<Turn> = {}): Turn => ({
    priority: 'normal',
    expiresAt: null,
    position: 5,
    queue: 1,
    rule: null,
    held: false,
    atOnce: false,
    ...change,
  })
  const first = (...turns: Turn[]) => turns.toSorted((a, b) => compareTurns(a, b, 0))[0]

  it('is who stands first', () => {
    expect(first(turn({ position: 3 }), turn({ position: 2 }))).toEqual(turn({ position: 2 }))
  })
  it('is who matters more, wherever they stand', () => {
    const low = turn({ priority: 'low', position: 1 })
    const high = turn({ priority: 'high', position: 9 })
    expect(first(low, turn(), high)).toBe(high)
    expect(first(low, turn())).toEqual(turn())
  })
  it('is whose link ends soonest, when that is within the hour', () => {
    const soon = turn({ expiresAt: hour / 3, position: 9 })
    const sooner = turn({ expiresAt: hour / 4, position: 10 })
    const later = turn({ expiresAt: 10 * hour, position: 1 })
    expect(first(later, soon, sooner)).toBe(sooner)
    expect(first(turn({ expiresAt: 9 * hour, position: 2 }), later)).toBe(later)
  })
})
