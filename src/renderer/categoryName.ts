import { kinds, otherCategory, type Category } from '../shared/categories'
import { t } from './text'

/** What a category is called: as the user named it, else by its sort of files in the language of the window. */
export function categoryName({ id, name }: Pick<Category, 'id' | 'name'>): string {
  return name ?? t(`filter.${kinds.find((kind) => kind === id) ?? 'other'}`)
}

export const other: Pick<Category, 'id' | 'name'> = { id: otherCategory, name: null }
