import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSpan, parseSpan } from '../../src/main/cli/spans'
import { dayMinutes, weekdays } from '../../src/shared/queues'

describe('times of some days', () => {
  it.each([
    ['mon-fri 09:00-17:30', [1, 2, 3, 4, 5], 540, 1050],
    ['Sat,Sun 22:00-6:00', [6, 7], 1320, 360],
    ['fri-mon 00:00-24:00', [1, 5, 6, 7], 0, dayMinutes],
    ['daily 00:00-00:00', [...weekdays], 0, dayMinutes],
    ['wed 1:00-2:00', [3], 60, 120],
  ])('%s', (text, days, from, to) => expect(parseSpan(text)).toEqual({ days, from, to }))

  it.each([
    '',
    'mon',
    '09:00-10:00',
    'mon 9-10',
    'mon 24:00-10:00',
    'mon 09:60-10:00',
    'mon 09:00-24:01',
    'mo 09:00-10:00',
    'mon- 09:00-10:00',
    'mon-tue-wed 09:00-10:00',
  ])('not "%s"', (text) => expect(() => parseSpan(text)).toThrow('mon-fri'))

  it('are read as they are written', () => {
    const span = fc.record({
      days: fc.subarray([...weekdays], { minLength: 1 }),
      from: fc.integer({ min: 0, max: dayMinutes - 1 }),
      to: fc.integer({ min: 1, max: dayMinutes }),
    })
    fc.assert(
      fc.property(span, (window) => {
        expect(parseSpan(formatSpan(window))).toEqual(window)
      }),
    )
  })
})
