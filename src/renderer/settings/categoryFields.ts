import { categorySchema, type Category } from '../../shared/categories'

/** Words as people separate them. */
const words = (text: string, read: (word: string) => string) => [
  ...new Set(
    text
      .split(/[\s,;、，；]+/)
      .filter((word) => word !== '')
      .map(read),
  ),
]

/** `.MP4, *.mkv` are `mp4 mkv`. */
export function readExtensions(text: string): string[] {
  return words(text, (word) => word.replace(/^\*?\./, '').toLowerCase())
}

/** `https://Files.Example.org/pub` and `*.example.org` are hosts as well. */
export function readHosts(text: string): string[] {
  return words(text, (word) => {
    const host = URL.canParse(word) ? new URL(word).hostname : word
    return host.replace(/^\*?\./, '').toLowerCase()
  })
}

/** Which field of a category is wrong; `null` for none. */
export function categoryProblem(category: Category): 'name' | 'extensions' | 'hosts' | 'rules' | null {
  const parsed = categorySchema.safeParse(category)
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path[0]
    return field === 'extensions' || field === 'hosts' ? field : 'name'
  }
  return category.extensions.length + category.hosts.length === 0 ? 'rules' : null
}
