import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countOf, ends, expand, hasRange } from '../../src/shared/ranges'

describe('a range in an address', () => {
  it('keeps the width of its first number', () => {
    expect(expand('https://a/[008-011].jpg')).toEqual(['008', '009', '010', '011'].map((n) => `https://a/${n}.jpg`))
    expect(expand('[8-11]')).toEqual(['8', '9', '10', '11'])
  })

  it('takes letters, steps, and runs downwards', () => {
    expect(expand('[a-e:2]')).toEqual(['a', 'c', 'e'])
    expect(expand('[Z-X]')).toEqual(['Z', 'Y', 'X'])
    expect(expand('[10-1:4]')).toEqual(['10', '6', '2'])
    expect(expand('[5-5]')).toEqual(['5'])
  })

  it('is combined with others, the last one fastest', () => {
    expect(expand('[1-2]/[a-b]')).toEqual(['1/a', '1/b', '2/a', '2/b'])
  })

  it.each(['http://[::1]:80/x', 'x[]', '[a-Z]', '[1-]', '[1-2:0]', '[-]', '[1-a]'])('is not %s', (line) => {
    expect(hasRange(line)).toBe(false)
    expect(expand(line)).toEqual([line])
  })

  it('is counted without being written out', () => {
    expect(countOf('[0-999999999][0-999999999]')).toBe(1e18)
    expect(ends('[0-999999999]/[a-c]')).toEqual(['0/a', '999999999/c'])
  })

  it('counts, begins and ends as it expands', () => {
    const number = fc.nat(300)
    const one = fc.tuple(number, number, fc.integer({ min: 1, max: 50 })).map(([a, b, s]) => `[${a}-${b}:${s}]`)
    const text = fc.stringMatching(/^[a-z/.]{0,5}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(text, one), { maxLength: 2 }), text, (pieces, tail) => {
        const line = pieces.flat().join('') + tail
        const all = expand(line)
        expect(all).toHaveLength(countOf(line))
        expect([all[0], all.at(-1)]).toEqual(ends(line))
        // Numbers with nothing between them may meet: 1 and 11 are 11 and 1.
        if (!line.includes('][')) expect(new Set(all).size).toBe(all.length)
      }),
      { numRuns: 50 },
    )
  })
})
