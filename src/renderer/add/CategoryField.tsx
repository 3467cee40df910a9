import { defaultCategories } from '../../shared/categories'
import { categoryName } from '../categoryName'
import { useStore } from '../store'
import { t } from '../text'
import { Select } from '../ui/Select'

interface Props {
  /** `null` leaves it to the rules. */
  readonly value: string | null
  readonly onChange: (category: string | null) => void
}

/** No id of a category is empty. */
const byRule = ''

/** The category of new downloads, with the folder that it has. */
export function CategoryField({ value, onChange }: Props) {
  const categories = useStore((state) => state.settings?.categories ?? defaultCategories)
  return (
    <Select
      label={t('add.category')}
      value={value ?? byRule}
      options={[
        { value: byRule, label: t('category.byRule') },
        ...categories.map((category) => ({ value: category.id, label: categoryName(category) })),
      ]}
      onChange={(id) => onChange(id === byRule ? null : id)}
    />
  )
}
