import { describe, expect, it } from 'vitest'
import { Slots, type Release } from '../../src/main/engine/slots'

/** Asks for slots and notes who got one, in order. */
function rig(limit: number) {
  const state = { limit }
  const slots = new Slots<number>(
    () => state.limit,
    (a, b) => a - b,
  )
  const granted: string[] = []
  const releases = new Map<string, Release>()
  const left: string[] = []
  const ask = (name: string, rank = 0) => {
    const waiter = {
      rank,
      over: false,
      grant(release: Release) {
        granted.push(name)
        releases.set(name, release)
      },
      left: () => void left.push(name),
    }
    slots.wait(waiter)
    return waiter
  }
  return { state, slots, granted, left, ask, release: (name: string) => releases.get(name)?.() }
}

describe('slots', () => {
  it('are given in the order of asking, as many as there are', () => {
    const { granted, ask, release } = rig(2)
    for (const name of ['a', 'b', 'c', 'd']) ask(name)
    expect(granted).toEqual(['a', 'b'])
    release('b')
    expect(granted).toEqual(['a', 'b', 'c'])
    release('a')
    release('c')
    expect(granted).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are given to the lowest rank first', () => {
    const { granted, ask, release } = rig(1)
    ask('first')
    ask('never expires', Infinity)
    ask('expires late', 20)
    ask('expires soon', 10)
    ask('as soon', 10)
    for (const name of ['first', 'expires soon', 'as soon', 'expires late']) {
      release(name)
    }
    expect(granted).toEqual(['first', 'expires soon', 'as soon', 'expires late', 'never expires'])
  })

  it('given back twice count once', () => {
    const { granted, ask, release } = rig(1)
    for (const name of ['a', 'b', 'c']) ask(name)
    release('a')
    release('a')
    expect(granted).toEqual(['a', 'b'])
  })

  it('let more in when the limit rises, and nobody until it is free when it falls', () => {
    const { state, slots, granted, ask, release } = rig(1)
    for (const name of ['a', 'b', 'c', 'd']) ask(name)
    state.limit = 3
    slots.admit()
    expect(granted).toEqual(['a', 'b', 'c'])
    state.limit = 1
    release('a')
    release('b')
    expect(granted).toEqual(['a', 'b', 'c'])
    release('c')
    expect(granted).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are not given to who stopped waiting, whoever stopped with it', () => {
    const { granted, left, ask, release } = rig(1)
    ask('a')
    const waiting = ['b', 'c', 'd', 'e'].map((name) => ask(name))
    for (const n of [0, 2]) waiting[n]!.over = true
    release('a')
    expect(granted).toEqual(['a', 'c'])
    expect(left).toEqual(['b', 'd'])
    release('c')
    expect(granted).toEqual(['a', 'c', 'e'])
  })

  it('stay with who has one, when the wish ends later', () => {
    const { granted, ask } = rig(1)
    ask('a').over = true
    ask('b')
    expect(granted).toEqual(['a'])
  })
})
