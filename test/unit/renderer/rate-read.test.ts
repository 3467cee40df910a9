import { describe, expect, it } from 'vitest'
import { rateRead } from '../../../src/renderer/rate'

describe('a limit while it is typed', () => {
  it.each([
    ['', ''],
    ['no speed', ''],
    ['2M', '= 2.00 MiB/s'],
    ['2000', '= 1.95 KiB/s'],
    ['0.5', ''],
  ])('%j is read as %j', (typed, read) => {
    expect(rateRead(typed)).toBe(read)
  })

  it('says how one writes more where a number alone is too little', () => {
    expect(rateRead('200')).toMatch(/^= 200 B\/s, .* 200K, .* 200M\.$/)
  })
})
