import { concurrentRange, connectionsRange, speedLimitRange } from '../../shared/limits'
import { Languages, Monitor, Moon, Sun } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { languageList, languages, type LanguageSetting } from '../../shared/languages'
import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { setSettings, useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Choice } from '../ui/Choice'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { Select } from '../ui/Select'
import { closeDialog, orShow } from '../windowState'
import { AuthoritySetting } from './AuthoritySetting'
import { DefaultFolder } from './DefaultFolder'
import { NumberSetting } from './NumberSetting'
import { ProxySetting } from './ProxySetting'
import './settings.css'

const kibibyte = 1024

/**
 * Every change takes effect at once; there is nothing to confirm.
 * @param accounts the section of the cloud accounts, a feature of its own
 */
export function SettingsDialog({ accounts }: { readonly accounts: ReactNode }) {
  const settings = useStore((state) => state.settings)
  const version = useStore((state) => state.info?.version ?? null)
  useEffect(() => {
    // Another window or the command line may have changed them.
    orShow(call('settings.get').then(setSettings))
  }, [])
  return (
    <Dialog title={t('settings.title')} onClose={closeDialog}>
      <DialogBody>{settings !== null && <Sections settings={settings} accounts={accounts} />}</DialogBody>
      <DialogFooter>
        {version !== null && <span className="settings-version">{t('settings.version', { version })}</span>}
        <span className="spring" />
        <Button look="main" onPress={closeDialog}>
          {t('settings.close')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

function Sections({ settings, accounts }: { readonly settings: Settings; readonly accounts: ReactNode }) {
  return (
    <>
      <section className="settings-section">
        <h3>{t('settings.downloads')}</h3>
        <DefaultFolder path={settings.folder} />
        <NumberSetting
          name="concurrentDownloads"
          value={settings.concurrentDownloads}
          max={concurrentRange.max}
          label={t('settings.concurrent')}
          hint={t('settings.concurrentHint')}
        />
        <Checkbox
          checked={settings.checksumFiles}
          onChange={(checksumFiles) => orShow(call('settings.set', { checksumFiles }).then(setSettings))}
          hint={t('settings.checksumFilesHint')}
        >
          {t('settings.checksumFiles')}
        </Checkbox>
      </section>
      <section className="settings-section">
        <h3>{t('settings.network')}</h3>
        <NumberSetting
          name="connections"
          value={settings.connections}
          max={connectionsRange.max}
          label={t('settings.connections')}
          hint={t('settings.connectionsHint')}
        />
        <NumberSetting
          name="connectionsPerHost"
          value={settings.connectionsPerHost}
          max={connectionsRange.max}
          label={t('settings.connectionsPerHost')}
          hint={t('settings.connectionsPerHostHint')}
        />
      </section>
      <section className="settings-section">
        <h3>{t('settings.way')}</h3>
        <NumberSetting
          name="speedLimit"
          value={settings.speedLimit}
          empty
          unit={kibibyte}
          max={speedLimitRange.max / kibibyte}
          label={t('settings.speedLimit')}
          hint={t('settings.speedLimitHint')}
        />
        <ProxySetting value={settings.proxy} />
        <AuthoritySetting file={settings.caFile} />
      </section>
      {accounts}
      <section className="settings-section">
        <div className="settings-pair">
          <Choice
            label={t('settings.appearance')}
            value={settings.appearance}
            options={[
              { value: 'system', label: t('settings.appearance.system'), icon: <Monitor size={15} aria-hidden /> },
              { value: 'light', label: t('settings.appearance.light'), icon: <Sun size={15} aria-hidden /> },
              { value: 'dark', label: t('settings.appearance.dark'), icon: <Moon size={15} aria-hidden /> },
            ]}
            onChange={(appearance) => orShow(call('settings.set', { appearance }).then(setSettings))}
          />
          <Select<LanguageSetting>
            label={t('settings.language')}
            icon={<Languages size={15} aria-hidden />}
            value={settings.language}
            options={[
              { value: 'system', label: t('settings.language.system') },
              ...languageList.map((language) => ({ value: language, label: languages[language].name, lang: language })),
            ]}
            onChange={(language) => orShow(call('settings.set', { language }).then(setSettings))}
          />
        </div>
      </section>
    </>
  )
}
