import { Download, RotateCcw, Upload } from 'lucide-react'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { orShow, showDone } from '../windowState'

/** To another computer and back. The main process asks for the file, and before anything is thrown away. */
export function SettingsFile() {
  const save = async () => {
    if (await call('settings.export')) showDone(t('settings.exported'))
  }
  const replace = async (how: 'settings.import' | 'settings.reset') => {
    const settings = await call(how)
    if (settings === null) return
    setSettings(settings)
    showDone(t(how === 'settings.import' ? 'settings.imported' : 'settings.wereReset'))
  }
  return (
    <>
      <p className="hint">{t('settings.fileHint')}</p>
      <div className="settings-buttons">
        <Button icon={<Upload size={15} aria-hidden />} onPress={() => orShow(save())}>
          {t('settings.export')}
        </Button>
        <Button icon={<Download size={15} aria-hidden />} onPress={() => orShow(replace('settings.import'))}>
          {t('settings.import')}
        </Button>
        <Button icon={<RotateCcw size={15} aria-hidden />} onPress={() => orShow(replace('settings.reset'))}>
          {t('settings.reset')}
        </Button>
      </div>
    </>
  )
}
