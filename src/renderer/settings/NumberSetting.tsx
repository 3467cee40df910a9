import { useEffect, useRef, useState } from 'react'
import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { NumberField } from '../ui/NumberField'
import { useUnsaved } from '../ui/unsaved'
import { orShow } from '../windowState'

/** Long enough that "16" is not first set to 1. */
const SETTLED = 400

interface Props {
  readonly name: keyof { [K in keyof Settings as Settings[K] extends number | null ? K : never]: true }
  /** `null` is shown as an empty field, which is then allowed. */
  readonly value: number | null
  readonly empty?: boolean
  /** What one is in the field; default 1. */
  readonly unit?: number
  /** In that unit. */
  readonly max: number
  readonly label: string
  readonly hint: string
}

export function NumberSetting({ name, value, empty = false, unit = 1, max, label, hint }: Props) {
  /** As typed, until it has become the setting. */
  const [typed, setTyped] = useState<string | null>(null)
  const right = typed === null || isWhole(typed, max) || (empty && typed.trim() === '')
  const error = right ? null : t('invalid.connections', { min: 1, max })

  const element = useUnsaved(label, error !== null)
  const save = useRef(() => {})
  useEffect(() => {
    if (typed === null || error !== null) return
    save.current = () => {
      save.current = () => {}
      const wanted = typed.trim() === '' ? null : Number(typed) * unit
      if (wanted !== value) orShow(call('settings.set', { [name]: wanted }).then(setSettings))
    }
    const timer = setTimeout(() => save.current(), SETTLED)
    return () => clearTimeout(timer)
  }, [typed, error, name, value, unit])
  // A dialog that closes takes the last change with it.
  useEffect(() => () => save.current(), [])

  return (
    <div ref={element}>
      <NumberField
        label={label}
        hint={hint}
        value={typed ?? (value === null ? '' : String(Math.round(value / unit)))}
        onChange={setTyped}
        min={1}
        max={max}
        error={error}
      />
    </div>
  )
}

function isWhole(text: string, max: number): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= max
}
