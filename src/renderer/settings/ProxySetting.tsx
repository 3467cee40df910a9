import { Ban, Monitor, SlidersHorizontal } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ProxySetting as Setting } from '../../shared/proxy'
import { call } from '../api'
import { setSettings, useStore } from '../store'
import { t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { Choice } from '../ui/Choice'
import { TextField } from '../ui/TextField'
import { useUnsaved } from '../ui/unsaved'
import { orShow } from '../windowState'
import { asTyped, proxyErrors, toSave, type TypedProxy } from './proxyForm'

/** Counts for new connections as soon as a field is left; a half-typed address is never used. */
export function ProxySetting({ value }: { readonly value: Setting }) {
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  /** As typed, until it has become the setting. */
  const [typed, setTyped] = useState<TypedProxy | null>(null)
  const [left, setLeft] = useState(false)
  const shown = typed ?? asTyped(value)
  const errors = proxyErrors(shown)
  // What is right is saved when the dialog closes; what is wrong could not be.
  const element = useUnsaved(t('settings.proxy'), typed !== null && toSave(typed) === null)

  const save = (next: TypedProxy) => {
    const setting = toSave(next)
    if (setting === null) return
    orShow(
      call('settings.set', { proxy: setting }).then((settings) => {
        setSettings(settings)
        setTyped(null)
      }),
    )
  }
  const pending = useRef(() => {})
  useEffect(() => {
    pending.current = () => typed !== null && save(typed)
  })
  // A dialog that closes takes the last change with it.
  useEffect(() => () => pending.current(), [])

  const field = (name: 'url' | 'noProxy') => ({
    value: shown[name],
    onChange: (text: string) => setTyped({ ...shown, [name]: text }),
    onBlur: () => {
      setLeft(true)
      if (typed !== null) save(typed)
    },
    error: left || shown[name] !== '' ? errors[name] : null,
    code: true,
  })
  return (
    <div className="settings-fields" ref={element}>
      <Choice
        label={t('settings.proxy')}
        value={shown.kind}
        options={[
          { value: 'system', label: t('settings.proxy.system'), icon: <Monitor size={15} aria-hidden /> },
          { value: 'none', label: t('settings.proxy.none'), icon: <Ban size={15} aria-hidden /> },
          { value: 'manual', label: t('settings.proxy.manual'), icon: <SlidersHorizontal size={15} aria-hidden /> },
        ]}
        onChange={(kind) => {
          const next = { ...shown, kind }
          setTyped(next)
          setLeft(false)
          save(next)
        }}
      />
      {shown.kind === 'manual' && (
        <>
          <TextField
            label={t('settings.proxy.address')}
            example="http://proxy.example:8080"
            hint={t(keepsSecrets ? 'settings.proxy.addressHint' : 'settings.proxy.addressHintForgets')}
            {...field('url')}
          />
          {value.kind === 'manual' && value.login && (
            <Checkbox
              checked={shown.login}
              onChange={(login) => {
                setTyped({ ...shown, login })
                save({ ...shown, login })
              }}
            >
              {t('settings.proxy.login')}
            </Checkbox>
          )}
          <TextField
            label={t('settings.proxy.noProxy')}
            example="localhost, .intranet.example, 10.0.0.0/8"
            {...field('noProxy')}
          />
        </>
      )}
    </div>
  )
}
