import { describe, expect, it } from 'vitest'
import { Appetite } from '../../src/main/engine/fetch/appetite'

/** A download with some connections whose waits are made up, looked at every quarter of a second. */
function eater() {
  let now = 0
  const appetite = new Appetite(now)
  return (open: number, share: number, ms = 2000) => {
    let useful = Infinity
    for (const end = now + ms; now < end;) {
      for (let n = 0; n < open; n++) appetite.holds(true, now)
      for (let n = 0; n < open; n++) appetite.holds(false, now + share * 250)
      useful = appetite.look((now += 250), open)
    }
    return useful
  }
}

describe('the connections that a download can use', () => {
  it('are as many as there are while no limit holds it back', () => {
    const look = eater()
    expect([look(1, 0), look(4, 0.05), look(8, 0)]).toEqual([Infinity, Infinity, Infinity])
  })

  it('become fewer step by step, the faster the more it waits', () => {
    const look = eater()
    expect([look(8, 0.95), look(4, 0.6), look(3, 0.3), look(3, 0.3)]).toEqual([4, 3, 3, 3])
  })

  it('are never none', () => {
    const look = eater()
    expect([look(2, 1), look(1, 1), look(1, 0.7)]).toEqual([1, 1, 1])
  })

  it('are more again when fewer were too few, and not as few again for a minute', () => {
    const look = eater()
    expect(look(4, 0.95)).toBe(2)
    expect(look(2, 0)).toBe(Infinity)
    expect([look(3, 0.95), look(3, 0.95)]).toEqual([3, 3])
    for (let seconds = 0; seconds < 60; seconds += 2) look(3, 0.95)
    expect(look(3, 0.95)).toBe(2)
  })

  it('become fewer while holds last that are longer than one measurement', () => {
    const appetite = new Appetite(0)
    for (let n = 0; n < 4; n++) appetite.holds(true, 0)
    const looks = [1000, 2000, 3000, 4000].map((now) => appetite.look(now, 4))
    expect(looks).toEqual([Infinity, 2, 2, 2])
    for (let n = 0; n < 4; n++) appetite.holds(false, 4000)
    expect(appetite.look(6000, 2)).toBe(Infinity)
  })

  it('are as they were between two looks that are close', () => {
    const look = eater()
    expect([look(8, 0.95), look(8, 0, 500), look(8, 0, 500)]).toEqual([4, 4, 4])
  })

  it('say nothing of the server while a limit decides how fast it is', () => {
    const appetite = new Appetite(0)
    appetite.look(250, 2)
    expect(appetite.limited).toBe(false)
    // Already in the first measurement: the steps of the start are shorter than one.
    appetite.holds(true, 250)
    appetite.look(500, 2)
    expect(appetite.limited).toBe(true)
    for (let now = 750; now <= 4000; now += 250) appetite.look(now, 2)
    expect(appetite.limited).toBe(true)
    appetite.holds(false, 4000)
    for (let now = 4250; now <= 9000; now += 250) appetite.look(now, 2)
    expect(appetite.limited).toBe(false)
  })
})
