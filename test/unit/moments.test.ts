import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMoment, parseMoment } from '../../src/main/cli/moments'

const now = new Date(2026, 5, 15, 12, 30, 20).getTime()
const at = (text: string) => formatMoment(parseMoment('--at', text, now), now)

describe('a moment', () => {
  it.each([
    ['22:00', '22:00'],
    ['12:31', '12:31'],
    ['12:30', '2026-06-16 12:30'],
    ['6:05', '2026-06-16 06:05'],
    ['2026-12-24 22:00', '2026-12-24 22:00'],
    ['2026-12-24T7:00', '2026-12-24 07:00'],
    ['2026-06-15 22:00', '22:00'],
  ])('%s', (text, said) => expect(at(text)).toBe(said))

  it.each([
    '',
    '22',
    '24:00',
    '22:60',
    'noon',
    '2026-02-30 10:00',
    '2026-13-01 10:00',
    '2026-06-15 12:30',
    '1999-01-01 10:00',
  ])('not "%s"', (text) => expect(() => at(text)).toThrow('--at'))

  it('is read as it is written', () => {
    const minutes = fc.integer({ min: 1, max: 3 * 366 * 24 * 60 })
    fc.assert(
      fc.property(minutes, (later) => {
        const text = formatMoment(now + later * 60_000, now)
        // The hour that comes twice is the first of the two.
        expect(formatMoment(parseMoment('--at', text, now), now)).toBe(text)
      }),
    )
  })
})
