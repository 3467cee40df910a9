import { useState } from 'react'
import type { Category } from '../../shared/categories'
import type { FolderChoice } from '../../shared/contract'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { setSettings } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { FolderField } from '../ui/FolderField'
import { RecordForm } from '../ui/RecordForm'
import { TextField } from '../ui/TextField'
import { same } from '../ui/unsaved'
import { orShow } from '../windowState'
import { categoryProblem, readExtensions, readHosts } from './categoryFields'

interface Props {
  /** As it is stored; `null` for a new one. */
  readonly known: Category | null
  readonly onClose: () => void
}

export function CategoryForm({ known, onClose }: Props) {
  const [category] = useState<Category>(() => known ?? emptyCategory())
  const [before] = useState(() => ({
    name: category.name === '' ? '' : categoryName(category),
    extensions: category.extensions.join(' '),
    hosts: category.hosts.join(' '),
  }))
  const [draft, setDraft] = useState(before)
  const { name, extensions, hosts } = draft
  /** `undefined` leaves it as it is, `null` takes it away. */
  const [folder, setFolder] = useState<FolderChoice | null | undefined>(undefined)
  const [problem, setProblem] = useState<ReturnType<typeof categoryProblem>>(null)

  const save = () => {
    const untouched = category.name === null && name.trim() === categoryName(category)
    const { folder: kept, ...saved } = {
      ...category,
      name: untouched ? null : name.trim(),
      extensions: readExtensions(extensions),
      hosts: readHosts(hosts),
    }
    const found = categoryProblem({ ...saved, folder: kept })
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
  const field = (changed: keyof typeof draft) => ({
    value: draft[changed],
    onChange: (value: string) => {
      setDraft((now) => ({ ...now, [changed]: value }))
      setProblem(null)
    },
  })
  const path = folder === undefined ? category.folder : (folder?.path ?? null)
  return (
    <RecordForm
      label={t('categories.form')}
      unsaved={!same(draft, before) || folder !== undefined}
      buttons={path !== null && <Button onPress={() => setFolder(null)}>{t('categories.noFolder')}</Button>}
      onSave={save}
      onCancel={onClose}
    >
      <TextField
        label={t('categories.name')}
        {...field('name')}
        autoFocus
        error={problem === 'name' ? t('categories.lacksName') : null}
      />
      <TextField
        label={t('categories.extensions')}
        {...field('extensions')}
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
        {...field('hosts')}
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
    </RecordForm>
  )
}

const emptyCategory = (): Category => ({ id: crypto.randomUUID(), name: '', extensions: [], hosts: [], folder: null })

const examples = { extensions: 'mp4 mkv webm', hosts: 'example.org' } as const
