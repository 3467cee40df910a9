import { Folder, Tag } from 'lucide-react'
import { useState } from 'react'
import type { Category } from '../../shared/categories'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { setSettings } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { orShow } from '../windowState'
import { CategoryForm } from './CategoryForm'
import './categories.css'

/** What sorts the downloads, and where each sort goes. The first one that fits counts. */
export function CategoriesSetting({ categories }: { readonly categories: readonly Category[] }) {
  /** Id of the one whose form is open. */
  const [edited, setEdited] = useState<string | null>(null)
  const close = () => setEdited(null)
  const isNew = edited !== null && !categories.some(({ id }) => id === edited)
  return (
    <div className="categories">
      <p className="hint">{t('categories.hint')}</p>
      {isNew && <CategoryForm category={empty(edited)} onClose={close} />}
      {categories.map((category) =>
        category.id === edited ? (
          <CategoryForm key={category.id} category={category} onClose={close} />
        ) : (
          <Row key={category.id} category={category} onEdit={() => setEdited(category.id)} />
        ),
      )}
      {edited === null && (
        <div>
          <Button onPress={() => setEdited(crypto.randomUUID())}>{t('categories.add')}</Button>
        </div>
      )}
    </div>
  )
}

const empty = (id: string): Category => ({ id, name: '', extensions: [], hosts: [], folder: null })

function Row({ category, onEdit }: { readonly category: Category; readonly onEdit: () => void }) {
  const name = categoryName(category)
  const { id, extensions, hosts, folder } = category
  const remove = () => orShow(call('settings.removeCategory', { id }).then(setSettings))
  return (
    <div className="category" role="group" aria-label={name}>
      <Tag size={15} aria-hidden />
      <div className="category-words">
        <span className="category-name">{name}</span>
        <span className="category-rules" title={[...hosts, ...extensions].join(' ')}>
          {[hosts.join(', '), extensions.join(' ')].filter((part) => part !== '').join(' · ')}
        </span>
        {folder !== null && (
          <span className="category-folder" title={folder}>
            <Folder size={13} aria-hidden />
            <span>{folder}</span>
          </span>
        )}
      </div>
      <Button label={t('categories.editOne', { name })} onPress={onEdit}>
        {t('categories.edit')}
      </Button>
      <Button label={t('categories.removeOne', { name })} onPress={remove}>
        {t('categories.remove')}
      </Button>
    </div>
  )
}
