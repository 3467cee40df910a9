import { describe, expect, it } from 'vitest'
import { duplicatesOf, withoutDuplicates } from '../../../src/renderer/add/duplicates'
import { emptyFields, toInput } from '../../../src/renderer/add/form'
import { view } from './views'

const rows = new Map([1, 2, 3].map((id) => [id, view(id)]))
const input = (...urls: string[]) => toInput(emptyFields(urls.join('\n')), 'token')

describe('an address that is in the list already', () => {
  it('is known however it is written', () => {
    const typed = ['https://tom:secret@Example.org/2#part', 'https://example.org/9', 'nonsense']
    const found = duplicatesOf(typed, rows)
    expect([...found].map(([address, { id }]) => [address, id])).toEqual([[typed[0], 2]])
    expect(duplicatesOf([], rows).size).toBe(0)
  })

  it('is added again, replaced, shown or skipped', () => {
    const urls = ['https://example.org/1', 'https://example.org/9', 'https://example.org/3']
    const found = duplicatesOf(urls, rows)
    expect(withoutDuplicates(input(...urls), found, 'again')).toMatchObject({ input: { urls, replaces: [] } })
    expect(withoutDuplicates(input(...urls), found, 'replace')).toMatchObject({ input: { urls, replaces: [1, 3] } })
    expect(withoutDuplicates(input(...urls), found, 'skip')).toMatchObject({
      input: { urls: ['https://example.org/9'] },
      skipped: 2,
      shown: null,
    })
    expect(withoutDuplicates(input(...urls), found, 'show')).toMatchObject({ skipped: 2, shown: 1 })
  })
})
