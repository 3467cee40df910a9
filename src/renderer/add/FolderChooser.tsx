import { useEffect, useState } from 'react'
import type { FolderChoice } from '../../shared/contract'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { formatBytes, t } from '../text'
import { FolderField } from '../ui/FolderField'
import { orShow } from '../windowState'
import type { FolderState } from './useFolder'

interface Props {
  readonly state: FolderState
  readonly onChange: (folder: FolderChoice) => void
  /** Bytes that are to go there; `null` when that is not known. */
  readonly needed: number | null
  readonly error: string | null
}

/** Where files go: chosen in the system's dialog, or one of the last ones; and how much room there is. */
export function FolderChooser({ state: { folder, category, each, typing }, onChange, needed, error }: Props) {
  const [recent, setRecent] = useState<readonly FolderChoice[]>([])
  useEffect(() => void call('folders.recent').then(setRecent, () => undefined), [])
  const { found } = typing
  const wrong = found !== null && 'wrong' in found ? t(`folder.wrong.${found.wrong}`) : null
  const typed = found !== null && 'folder' in found ? found : null
  const space = useSpace(typed?.folder ?? folder)
  const tight = space !== null && needed !== null && needed > space
  const why = typed
    ? typed.there
      ? []
      : [t('folder.new')]
    : each
      ? [t('add.byCategory')]
      : category === null || category.folder === null
        ? []
        : [categoryName(category)]
  const room =
    space === null || wrong !== null
      ? []
      : [t(tight ? 'add.tooLittleSpace' : 'add.space', { space: formatBytes(space) })]
  return (
    <FolderField
      label={t('add.folder')}
      path={folder?.path ?? null}
      choose={t('add.chooseFolder')}
      onChoose={() => orShow(call('folders.choose').then((choice) => (choice === null ? undefined : onChange(choice))))}
      recentLabel={t('add.recentFolders')}
      recent={recent.filter(({ path }) => path !== folder?.path)}
      onRecent={onChange}
      error={wrong ?? error}
      typing={{
        ...typing,
        start: () => typing.start(folder?.path ?? ''),
        settle: () => orShow(typing.settle()),
      }}
      hint={[...why, ...room].join(' · ')}
      warn={tight}
    />
  )
}

function useSpace(folder: FolderChoice | null): number | null {
  const [found, setFound] = useState<{ readonly token: string; readonly space: number | null } | null>(null)
  const token = folder?.token ?? null
  useEffect(() => {
    if (token === null) return
    let current = true
    void call('folders.space', { folder: token }).then(
      (space) => (current ? setFound({ token, space }) : undefined),
      () => undefined,
    )
    return () => void (current = false)
  }, [token])
  return found !== null && found.token === token ? found.space : null
}
