import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { categoryProblem, readExtensions, readHosts } from '../../src/renderer/settings/categoryFields'
import { categorizer, categoryOf, defaultCategories, otherCategory, type Category } from '../../src/shared/categories'
import { defaultSettings, settingsSchema } from '../../src/shared/settings'

const category = (id: string, rules: Partial<Category>): Category => ({
  id,
  name: id,
  extensions: [],
  hosts: [],
  folder: null,
  ...rules,
})

describe('the category of a download', () => {
  const of = categorizer(defaultCategories)

  it('is by its extension, of the name first and of the address where the name has none', () => {
    expect(of('a.ISO', 'https://a.example/x')).toBe('disc')
    // Firmware, models and data more often than images of disks.
    expect(of('a.bin', 'https://a.example/x')).toBe('other')
    expect(of('tides.tar.gz', 'https://a.example/x')).toBe('archive')
    expect(of('', 'https://a.example/film.mp4?token=a.pdf')).toBe('video')
    expect(of('noextension', 'https://a.example/')).toBe(otherCategory)
    expect(of('.zip', '')).toBe(otherCategory)
  })

  it('is the first one that fits: a server with those below it, extensions, or both', () => {
    const rules = [
      category('work', { hosts: ['office.example'] }),
      category('talks', { hosts: ['a.example'], extensions: ['mp4'] }),
      ...defaultCategories,
    ]
    const find = categorizer(rules)
    expect(find('a.mp4', 'https://files.Office.example/a.mp4')).toBe('work')
    expect(find('a.mp4', 'https://notoffice.example/a.mp4')).toBe('video')
    expect(find('a.mp4', 'https://a.example/a.mp4')).toBe('talks')
    expect(find('a.pdf', 'https://a.example/a.pdf')).toBe('document')
  })

  it('is never one without rules, and always one of them or none', () => {
    expect(categorizer([category('idle', {})])('a.zip', 'https://a.example/')).toBe(otherCategory)
    const known = new Set([...defaultCategories.map(({ id }) => id), otherCategory])
    fc.assert(fc.property(fc.string(), fc.webUrl(), (name, url) => known.has(of(name, url))))
  })

  it('is a setting, which an old profile has too', () => {
    expect(defaultSettings.categories).toEqual(defaultCategories)
    expect(settingsSchema.safeParse({ categories: [category('x', { extensions: ['a/b'] })] }).success).toBe(false)
  })
})

describe('what is typed into the form of a category', () => {
  it('is read as people write it', () => {
    expect(readExtensions(' .MP4, *.mkv;webm mp4')).toEqual(['mp4', 'mkv', 'webm'])
    expect(readHosts('https://Files.Example.org/pub  *.a.example')).toEqual(['files.example.org', 'a.example'])
  })

  it('is refused where it is none', () => {
    const good = category('a', { extensions: ['zip'] })
    expect(categoryProblem(good)).toBeNull()
    expect(categoryProblem({ ...good, name: ' ' })).toBe('name')
    expect(categoryProblem({ ...good, extensions: ['a/b'] })).toBe('extensions')
    expect(categoryProblem({ ...good, hosts: ['a b'] })).toBe('hosts')
    expect(categoryProblem({ ...good, extensions: [] })).toBe('rules')
  })
})

describe('a category that was chosen by hand', () => {
  const of = categoryOf(defaultCategories)
  it('counts before the rules, as long as there is one of that id', () => {
    expect(of({ name: 'film.mp4', url: 'https://a.example/film.mp4' })).toBe('video')
    expect(of({ name: 'film.mp4', url: 'https://a.example/film.mp4', category: 'document' })).toBe('document')
    expect(of({ name: 'film.mp4', url: 'https://a.example/film.mp4', category: 'gone' })).toBe('video')
  })
})
