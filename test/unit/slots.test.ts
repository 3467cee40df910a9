import { describe, expect, it } from 'vitest'
import { Slots, type Release } from '../../src/main/engine/slots'
import { settled } from './fake-clock'

const never = new AbortController().signal

/** Asks for slots and notes who got one, in order. */
function rig(limit: number) {
  const state = { limit }
  const slots = new Slots<number>(
    () => state.limit,
    (a, b) => a - b,
  )
  const granted: string[] = []
  const releases = new Map<string, Release>()
  const ask = (name: string, signal: AbortSignal = never, rank = 0) =>
    slots
      .acquire(signal, () => rank)
      .then((release) => {
        granted.push(name)
        releases.set(name, release)
      })
  return { state, slots, granted, ask, release: (name: string) => releases.get(name)?.() }
}

describe('slots', () => {
  it('are given in the order of asking, as many as there are', async () => {
    const { granted, ask, release } = rig(2)
    for (const name of ['a', 'b', 'c', 'd']) void ask(name)
    await settled()
    expect(granted).toEqual(['a', 'b'])
    release('b')
    await settled()
    expect(granted).toEqual(['a', 'b', 'c'])
    release('a')
    release('c')
    await settled()
    expect(granted).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are given to the lowest rank first', async () => {
    const { granted, ask, release } = rig(1)
    void ask('first')
    void ask('never expires', never, Infinity)
    void ask('expires late', never, 20)
    void ask('expires soon', never, 10)
    void ask('as soon', never, 10)
    await settled()
    for (const name of ['first', 'expires soon', 'as soon', 'expires late']) {
      release(name)
      await settled()
    }
    expect(granted).toEqual(['first', 'expires soon', 'as soon', 'expires late', 'never expires'])
  })

  it('given back twice count once', async () => {
    const { granted, ask, release } = rig(1)
    for (const name of ['a', 'b', 'c']) void ask(name)
    await settled()
    release('a')
    release('a')
    await settled()
    expect(granted).toEqual(['a', 'b'])
  })

  it('let more in when the limit rises, and nobody until it is free when it falls', async () => {
    const { state, slots, granted, ask, release } = rig(1)
    for (const name of ['a', 'b', 'c', 'd']) void ask(name)
    state.limit = 3
    slots.admit()
    await settled()
    expect(granted).toEqual(['a', 'b', 'c'])
    state.limit = 1
    release('a')
    release('b')
    await settled()
    expect(granted).toEqual(['a', 'b', 'c'])
    release('c')
    await settled()
    expect(granted).toEqual(['a', 'b', 'c', 'd'])
  })

  it('are not given to who stopped waiting', async () => {
    const { granted, ask, release } = rig(1)
    const gone = new AbortController()
    void ask('a')
    const waiting = ask('b', gone.signal)
    void ask('c')
    gone.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    release('a')
    await settled()
    expect(granted).toEqual(['a', 'c'])
  })

  it('are refused when the wish is over already', async () => {
    const { granted, ask } = rig(1)
    await expect(ask('a', AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
    await ask('b')
    expect(granted).toEqual(['b'])
  })

  it('stay with who has one, when the wish ends later', async () => {
    const { granted, ask } = rig(1)
    const gone = new AbortController()
    await ask('a', gone.signal)
    void ask('b')
    gone.abort(new Error('enough'))
    await settled()
    expect(granted).toEqual(['a'])
  })
})
