import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { setSettings } from '../store'
import { Checkbox } from '../ui/Checkbox'
import { orShow } from '../windowState'

interface Props {
  readonly name: keyof { [K in keyof Settings as Settings[K] extends boolean ? K : never]: true }
  readonly value: boolean
  readonly label: string
  readonly hint?: string
}

export function Toggle({ name, value, label, hint }: Props) {
  return (
    <Checkbox
      checked={value}
      onChange={(on) => orShow(call('settings.set', { [name]: on }).then(setSettings))}
      {...(hint === undefined ? {} : { hint })}
    >
      {label}
    </Checkbox>
  )
}
