import { categorizer, defaultCategories, kinds, type Kind } from '../../shared/categories'

export type FileKind = Kind | 'other'

const kindOf = categorizer(defaultCategories)

/** By the extension alone, whatever categories there are: it only chooses a picture. */
export function fileKind(name: string): FileKind {
  const found = kindOf(name, '')
  return kinds.find((kind) => kind === found) ?? 'other'
}
