import fc from 'fast-check'
import { expect, it } from 'vitest'
import { widest } from '../../../src/renderer/ui/tightEllipsis'

it('the greatest width of a beginning that has room', () => {
  const widths = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 60 })
  fc.assert(
    fc.property(widths, fc.integer({ min: 0, max: 600 }), (characters, room) => {
      const sums = characters.map((_, n) => characters.slice(0, n + 1).reduce((a, b) => a + b))
      const widthOf = (count: number) => sums[count - 1] ?? 0
      expect(widest(widthOf, characters.length, room)).toBe(Math.max(0, ...sums.filter((sum) => sum <= room)))
    }),
  )
})
