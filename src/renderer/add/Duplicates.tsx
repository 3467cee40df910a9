import { Copy } from 'lucide-react'
import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import type { DownloadView } from '../../shared/download'
import { t } from '../text'
import { duplicateChoices, type DuplicateChoice } from './duplicates'

interface Props {
  readonly found: ReadonlyMap<string, DownloadView>
  /** How many addresses there are in all. */
  readonly count: number
  readonly value: DuplicateChoice
  readonly onChange: (choice: DuplicateChoice) => void
}

/** Addresses that are in the list already, and what may be done with them. Nothing when there are none. */
export function Duplicates({ found, count, value, onChange }: Props) {
  const [first] = found.values()
  if (first === undefined) return null
  return (
    <RadioGroup
      className="duplicates"
      value={value}
      onChange={(chosen) => onChange(duplicateChoices.find((choice) => choice === chosen) ?? 'again')}
    >
      <Label className="duplicates-title">
        <Copy size={15} aria-hidden />
        {count === 1 ? t('duplicates.one', { name: first.name }) : t('duplicates.many', { found: found.size, count })}
      </Label>
      {duplicateChoices.map((choice) => (
        <Radio key={choice} value={choice} className="duplicates-choice">
          <span className="duplicates-dot" aria-hidden />
          {t(`duplicates.${choice}`)}
        </Radio>
      ))}
    </RadioGroup>
  )
}
