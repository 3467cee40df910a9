import type { Section } from './sections'

const fold = (text: string) => text.normalize('NFKC').toLowerCase()

/** Sections with the settings that have every word of the query in their words or their section's title. */
export function matching(sections: readonly Section[], query: string): readonly Section[] {
  const words = fold(query).split(/\s+/).filter(Boolean)
  if (words.length === 0) return sections
  return sections.flatMap((section) => {
    const items = section.items.filter((item) => {
      const text = fold([section.title, ...item.words].join('\n'))
      return words.every((word) => text.includes(word))
    })
    return items.length === 0 ? [] : [{ ...section, items }]
  })
}
