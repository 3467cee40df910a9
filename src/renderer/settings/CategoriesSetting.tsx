import { Folder, Tag } from 'lucide-react'
import { useState } from 'react'
import type { Category } from '../../shared/categories'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { removeSoon, useStaying } from '../removals'
import { setSettings } from '../store'
import { t } from '../text'
import { Records } from '../ui/Records'
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
