import { FileBadge } from 'lucide-react'
import { useId } from 'react'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { orShow } from '../windowState'
import '../ui/Field.css'

/** A company's own certificate authority, where the system does not have it. Only the system's dialog can choose one. */
export function AuthoritySetting({ file }: { readonly file: string | null }) {
  const id = useId()
  const choose = async () => {
    const settings = await call('settings.chooseAuthority')
    if (settings !== null) setSettings(settings)
  }
  return (
    <div className="field" role="group" aria-labelledby={`${id}-label`}>
      <span className="label" id={`${id}-label`}>
        {t('settings.authority')}
      </span>
      <div className="folder">
        <span className="folder-path selectable" id={`${id}-path`}>
          <FileBadge size={16} aria-hidden />
          {file === null ? t('settings.authority.none') : <MiddleEllipsis text={file} tail={24} />}
        </span>
        {file !== null && (
          <Button look="quiet" onPress={() => orShow(call('settings.set', { caFile: null }).then(setSettings))}>
            {t('settings.authority.forget')}
          </Button>
        )}
        <Button onPress={() => orShow(choose())} describedBy={`${id}-path`}>
          {t('settings.authority.choose')}
        </Button>
      </div>
    </div>
  )
}
