import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WriteMode } from '../../src/main/engine/files/write-mode'

const after = (...ms: number[]) => {
  const mode = new WriteMode()
  for (const each of ms) mode.took(each)
  return mode.here
}

describe('where a write is made', () => {
  it('elsewhere until the disk has proved that it is quick', () => {
    expect(after()).toBe(false)
    expect(after(1)).toBe(false)
    expect(after(...Array<number>(8).fill(1))).toBe(true)
  })

  it('here on a quick disk, whatever a single write takes', () => {
    expect(after(...Array<number>(50).fill(1), 50)).toBe(true)
  })

  it('elsewhere as soon as it became slow, and here again when it is quick again', () => {
    const slow = [...Array<number>(50).fill(1), ...Array<number>(20).fill(50)]
    expect(after(...slow)).toBe(false)
    expect(after(...slow, ...Array<number>(20).fill(1))).toBe(true)
  })

  it('any past is forgotten', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 10_000, noNaN: true })), (past) => {
        expect(after(...past, ...Array<number>(100).fill(1))).toBe(true)
        expect(after(...past, ...Array<number>(100).fill(30))).toBe(false)
      }),
    )
  })
})
