import { FileKey } from 'lucide-react'
import { useId, useState } from 'react'
import type { LockedCertificate } from '../../shared/contract'
import { call } from '../api'
import { setSettings, useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { TextField } from '../ui/TextField'
import { useUnsaved } from '../ui/unsaved'
import { orShow } from '../windowState'
import '../ui/Field.css'

/** Proves to servers that ask for it who the user is. Only the system's dialog can choose the file. */
export function CertificateSetting({ file }: { readonly file: string | null }) {
  const id = useId()
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  /** Chosen, but it needs a password first. */
  const [locked, setLocked] = useState<LockedCertificate | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const shown = locked?.path ?? file
  const element = useUnsaved(t('settings.certificate'), locked !== null)

  const choose = async () => {
    const choice = await call('settings.chooseCertificate')
    if (choice === null) return
    setPassphrase('')
    setLocked(choice.kind === 'locked' ? choice : null)
    if (choice.kind === 'set') setSettings(choice.settings)
  }
  const unlock = async (token: string) => {
    setSettings(await call('settings.unlockCertificate', { token, passphrase }))
    setLocked(null)
    setPassphrase('')
  }
  const forget = async () => {
    setLocked(null)
    setSettings(await call('settings.set', { certificateFile: null }))
  }
  return (
    <div className="field" role="group" aria-labelledby={`${id}-label`} ref={element}>
      <span className="label" id={`${id}-label`}>
        {t('settings.certificate')}
      </span>
      <div className="folder">
        <span className="folder-path selectable" id={`${id}-path`}>
          <FileKey size={16} aria-hidden />
          {shown === null ? t('settings.certificate.none') : <MiddleEllipsis text={shown} tail={24} />}
        </span>
        {shown !== null && (
          <Button look="quiet" onPress={() => orShow(forget())}>
            {t('settings.certificate.forget')}
          </Button>
        )}
        <Button onPress={() => orShow(choose())} describedBy={`${id}-path`}>
          {t('settings.certificate.choose')}
        </Button>
      </div>
      {locked && (
        <>
          <TextField
            label={t('settings.certificate.passphrase')}
            hint={t(
              keepsSecrets ? 'settings.certificate.passphraseHint' : 'settings.certificate.passphraseHintForgets',
            )}
            value={passphrase}
            onChange={setPassphrase}
            secret
            autoFocus
          />
          <div>
            <Button onPress={() => orShow(unlock(locked.token))} disabled={passphrase === ''}>
              {t('settings.certificate.use')}
            </Button>
          </div>
        </>
      )}
    </div>
  )
}
