import { ChevronDown, ChevronUp, Folder, Tag } from 'lucide-react'
import { useState } from 'react'
import type { Category } from '../../shared/categories'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { removeSoon, useStaying } from '../removals'
import { setSettings } from '../store'
import { t } from '../text'
import { IconButton } from '../ui/IconButton'
import { Records } from '../ui/Records'
import { orShow } from '../windowState'
import { CategoryForm } from './CategoryForm'
import './categories.css'

/** What sorts the downloads, and where each sort goes. The first one that fits counts. */
export function CategoriesSetting({ categories }: { readonly categories: readonly Category[] }) {
  /** Id of the one whose form is open, or `new`. */
  const [edited, setEdited] = useState<string | null>(null)
  const close = () => setEdited(null)
  const remove = (category: Category) =>
    removeSoon(`category ${category.id}`, categoryName(category), () =>
      call('settings.removeCategory', { id: category.id }).then(setSettings),
    )
  return (
    <>
      <p className="hint">{t('categories.hint')}</p>
      <Records
        records={useStaying(categories, ({ id }) => `category ${id}`)}
        idOf={({ id }) => id}
        row={(category) => ({
          name: categoryName(category),
          icon: <Tag size={15} aria-hidden />,
          says: <Says category={category} />,
          buttons: <Order category={category} categories={categories} />,
          onRemove: () => remove(category),
        })}
        edited={edited}
        onEdit={setEdited}
        form={(category) => <CategoryForm known={category} onClose={close} />}
        add={t('categories.add')}
        newFirst
      />
    </>
  )
}

interface OrderProps {
  readonly category: Category
  readonly categories: readonly Category[]
}

/** The first one that fits counts, so their order matters. */
function Order({ category, categories }: OrderProps) {
  const name = categoryName(category)
  const at = categories.indexOf(category)
  const before = (index: number) =>
    orShow(call('settings.moveCategory', { id: category.id, before: categories[index]?.id ?? null }).then(setSettings))
  return (
    <span className="category-order">
      <IconButton label={t('categories.moveUp', { name })} disabled={at <= 0} onPress={() => before(at - 1)}>
        <ChevronUp size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('categories.moveDown', { name })}
        disabled={at === categories.length - 1}
        onPress={() => before(at + 2)}
      >
        <ChevronDown size={16} aria-hidden />
      </IconButton>
    </span>
  )
}

function Says({ category: { extensions, hosts, folder } }: { readonly category: Category }) {
  return (
    <>
      <span className="record-says" title={[...hosts, ...extensions].join(' ')}>
        {[hosts.join(', '), extensions.join(' ')].filter((part) => part !== '').join(' · ')}
      </span>
      {folder !== null && (
        <span className="record-says category-folder" title={folder}>
          <Folder size={13} aria-hidden />
          <span>{folder}</span>
        </span>
      )}
    </>
  )
}
