import type { ReactNode } from 'react'
import { Label } from 'react-aria-components/Label'
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup'
import './Checkbox.css'

interface Option<V extends string> {
  readonly value: V
  readonly label: string
  readonly icon: ReactNode
}

interface Props<V extends string> {
  readonly label: string
  readonly value: V
  readonly options: readonly Option<V>[]
  readonly onChange: (value: V) => void
}

/** One of a few, all visible at once. */
export function Choice<V extends string>({ label, value, options, onChange }: Props<V>) {
  return (
    <RadioGroup
      className="choice"
      value={value}
      orientation="horizontal"
      onChange={(chosen) => {
        const option = options.find((candidate) => candidate.value === chosen)
        if (option !== undefined) onChange(option.value)
      }}
    >
      <Label className="label">{label}</Label>
      <div className="choice-options">
        {options.map((option) => (
          <Radio key={option.value} value={option.value} className="choice-option">
            {option.icon}
            {option.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  )
}
