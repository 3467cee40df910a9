import { useEffect, useState } from 'react'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { FolderField } from '../ui/FolderField'
import { orShow } from '../windowState'

/** `path` is null for the system's folder; the main process knows which that is. */
export function DefaultFolder({ path }: { readonly path: string | null }) {
  const [shown, setShown] = useState<string | null>(path)
  useEffect(() => {
    orShow(call('folders.default').then((choice) => setShown(choice.path)))
  }, [path])

  const choose = async () => {
    const choice = await call('folders.choose')
    if (choice === null) return
    setSettings(await call('settings.setFolder', { folder: choice.token }))
    setShown(choice.path)
  }
  return (
    <FolderField
      label={t('settings.folder')}
      path={shown}
      choose={t('settings.chooseFolder')}
      onChoose={() => orShow(choose())}
    />
  )
}
