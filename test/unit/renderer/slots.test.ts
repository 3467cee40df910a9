import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Slots } from '../../../src/renderer/downloads/slots'

const views = fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 15 }), { maxLength: 30 })

describe('slots of rows', () => {
  it('has one for each row, which keeps it while it is in sight, and makes one only when none is free', () => {
    fc.assert(
      fc.property(views, (scrolled) => {
        const slots = new Slots()
        let before = new Map<number, number>()
        for (const rows of scrolled) {
          const given = slots.assign(rows, null)
          expect(new Set(given).size).toBe(rows.length)
          const now = new Map(rows.map((row, at) => [row, given[at] ?? -1]))
          for (const [row, slot] of now) if (before.has(row)) expect(slot).toBe(before.get(row))
          const old = new Set(before.values())
          const made = given.filter((slot) => !old.has(slot)).length
          expect(made).toBe(Math.max(0, rows.length - before.size))
          expect(slots.assign(rows, null)).toEqual(given)
          before = now
        }
      }),
    )
  })

  it('gives the element of a row with the keyboard to no other when that row is gone', () => {
    fc.assert(
      fc.property(views, fc.integer({ min: 1, max: 40 }), (scrolled, keyboard) => {
        const slots = new Slots()
        let taken: number | null = null
        for (const rows of scrolled) {
          const given = slots.assign(rows, keyboard)
          const at = rows.indexOf(keyboard)
          if (at === -1 && taken !== null) expect(given).not.toContain(taken)
          taken = at === -1 ? null : (given[at] ?? null)
        }
      }),
    )
  })
})
