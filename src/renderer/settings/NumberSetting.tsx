import { useEffect, useRef, useState } from 'react'
import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { NumberField } from '../ui/NumberField'
import { orShow } from '../windowState'

/** Long enough that "16" is not first set to 1. */
const SETTLED = 400

interface Props {
  readonly name: keyof { [K in keyof Settings as Settings[K] extends number ? K : never]: true }
  readonly value: number
  readonly max: number
  readonly label: string
  readonly hint: string
}

export function NumberSetting({ name, value, max, label, hint }: Props) {
  /** As typed, until it has become the setting. */
  const [typed, setTyped] = useState<string | null>(null)
  const error = typed === null || isWhole(typed, max) ? null : t('invalid.connections', { min: 1, max })

  const save = useRef(() => {})
  useEffect(() => {
    if (typed === null || error !== null) return
    save.current = () => {
      save.current = () => {}
      if (Number(typed) !== value) orShow(call('settings.set', { [name]: Number(typed) }).then(setSettings))
    }
    const timer = setTimeout(() => save.current(), SETTLED)
    return () => clearTimeout(timer)
  }, [typed, error, name, value])
  // A dialog that closes takes the last change with it.
  useEffect(() => () => save.current(), [])

  return (
    <NumberField
      label={label}
      hint={hint}
      value={typed ?? String(value)}
      onChange={setTyped}
      min={1}
      max={max}
      error={error}
    />
  )
}

function isWhole(text: string, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max
}
