import { useState, type FormEvent } from 'react'
import type { Category } from '../../shared/categories'
import type { FolderChoice } from '../../shared/contract'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { setSettings } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { FolderField } from '../ui/FolderField'
import { TextField } from '../ui/TextField'
import { orShow } from '../windowState'
import { categoryProblem, readExtensions, readHosts } from './categoryFields'

interface Props {
  readonly category: Category
  readonly onClose: () => void
}

export function CategoryForm({ category, onClose }: Props) {
  const [name, setName] = useState(() => (category.name === '' ? '' : categoryName(category)))
  const [extensions, setExtensions] = useState(category.extensions.join(' '))
  const [hosts, setHosts] = useState(category.hosts.join(' '))
  /** `undefined` leaves it as it is, `null` takes it away. */
  const [folder, setFolder] = useState<FolderChoice | null | undefined>(undefined)
  const [problem, setProblem] = useState<ReturnType<typeof categoryProblem>>(null)

  const save = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    const untouched = category.name === null && name.trim() === categoryName(category)
    const { folder: before, ...saved } = {
      ...category,
      name: untouched ? null : name.trim(),
      extensions: readExtensions(extensions),
      hosts: readHosts(hosts),
    }
    const found = categoryProblem({ ...saved, folder: before })
    setProblem(found)
    if (found !== null) return
    const chosen = folder === undefined ? {} : { folder: folder?.token ?? null }
    orShow(
      call('settings.saveCategory', { ...saved, ...chosen }).then((settings) => {
        setSettings(settings)
        onClose()
      }),
    )
  }
  const field = (set: (value: string) => void) => (value: string) => {
    set(value)
    setProblem(null)
  }
  const path = folder === undefined ? category.folder : (folder?.path ?? null)
  return (
    <form className="category-form" onSubmit={save} noValidate aria-label={t('categories.form')}>
      <TextField
        label={t('categories.name')}
        value={name}
        onChange={field(setName)}
        autoFocus
        error={problem === 'name' ? t('categories.lacksName') : null}
      />
      <TextField
        label={t('categories.extensions')}
        value={extensions}
        onChange={field(setExtensions)}
        code
        example={examples.extensions}
        hint={t('categories.extensionsHint')}
        error={
          problem === 'extensions'
            ? t('categories.badExtensions')
            : problem === 'rules'
              ? t('categories.lacksRules')
              : null
        }
      />
      <TextField
        label={t('categories.hosts')}
        value={hosts}
        onChange={field(setHosts)}
        code
        example={examples.hosts}
        hint={t('categories.hostsHint')}
        error={problem === 'hosts' ? t('categories.badHosts') : null}
      />
      <FolderField
        label={t('categories.folder')}
        path={path ?? t('categories.folderOfAll')}
        choose={t('settings.chooseFolder')}
        onChoose={() =>
          orShow(call('folders.choose').then((choice) => (choice === null ? undefined : setFolder(choice))))
        }
      />
      <div className="category-buttons">
        {path !== null && <Button onPress={() => setFolder(null)}>{t('categories.noFolder')}</Button>}
        <span className="spring" />
        <Button onPress={onClose}>{t('categories.cancel')}</Button>
        <Button look="main" type="submit">
          {t('categories.save')}
        </Button>
      </div>
    </form>
  )
}

const examples = { extensions: 'mp4 mkv webm', hosts: 'example.org' } as const
