import type { Item, Section } from './sections'

const fold = (text: string) => text.normalize('NFKC').toLowerCase()

/**
 * Sections with the settings that have every word of the query in their words or their section's title. What fits best
 * comes first; what fits as well keeps the order of the page.
 */
export function matching(sections: readonly Section[], query: string): readonly Section[] {
  const words = fold(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return sections
  const hits = sections.flatMap((section) => {
    const items = section.items.flatMap((item) => {
      const fit = fitOf(item, section.title, words)
      return fit === null ? [] : [{ item, fit }]
    })
    return items.length === 0 ? [] : [{ section, items: best(items) }]
  })
  return best(hits.map(({ section, items }) => ({ section, items, fit: items[0]!.fit }))).map(({ section, items }) => ({
    ...section,
    items: items.map(({ item }) => item),
  }))
}

const best = <T extends { readonly fit: number }>(hits: readonly T[]) => hits.toSorted((a, b) => b.fit - a.fit)

/** How well a setting fits: its name more than what others call it, that more than its hints. `null`: not at all. */
function fitOf({ words: [name = '', ...rest] }: Item, section: string, query: readonly string[]): number | null {
  const places = [
    { text: fold(name), fit: 4 },
    { text: fold(rest.at(-1) ?? ''), fit: 3 },
    { text: fold(rest.slice(0, -1).join('\n')), fit: 2 },
    { text: fold(section), fit: 1 },
  ]
  let sum = 0
  for (const word of query) {
    const fit = Math.max(...places.map((place) => place.fit * placeOf(word, place.text)))
    if (fit === 0) return null
    sum += fit
  }
  return sum
}

/** 2 where a word of the text begins with it, 1 inside of one, 0 nowhere. */
function placeOf(word: string, text: string): 0 | 1 | 2 {
  let found: 0 | 1 = 0
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!)) return 2
    found = 1
  }
  return found
}
