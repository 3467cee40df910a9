import { connectionsRange } from '../../shared/limits'
import { t } from '../text'
import { NumberField } from '../ui/NumberField'
import type { Fields, Problems } from './form'

interface Props {
  readonly fields: Fields
  readonly problems: Problems
  /** Shown until the user names one; `null` while it is not known. */
  readonly setting: number | null
  readonly onChange: (change: Partial<Fields>) => void
}

export function ConnectionsField({ fields, problems, setting, onChange }: Props) {
  return (
    <NumberField
      label={t('add.connections')}
      value={fields.connections ?? String(setting ?? '')}
      onChange={(connections) => onChange({ connections })}
      min={connectionsRange.min}
      max={connectionsRange.max}
      error={problems.fields.connections ?? null}
    />
  )
}
