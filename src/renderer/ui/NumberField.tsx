import { ChevronDown, ChevronUp } from 'lucide-react'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextField as AriaTextField } from 'react-aria-components/TextField'
import './Field.css'

interface Props {
  readonly label: string
  /** As typed: an empty or half-typed number has to be possible. */
  readonly value: string
  readonly onChange: (value: string) => void
  readonly min: number
  readonly max: number
  readonly error?: string | null
  readonly hint?: string
}

/**
 * A native number input in a react-aria text field. react-aria's own number field is a text box with a description,
 * and the contract promises a spin button.
 */
export function NumberField({ label, value, onChange, min, max, error = null, hint }: Props) {
  const step = (by: 1 | -1) => {
    const from = /^-?\d+$/.test(value) ? Number(value) : min - by
    onChange(String(Math.min(max, Math.max(min, from + by))))
  }
  return (
    <AriaTextField
      className="field"
      type="number"
      inputMode="numeric"
      value={value}
      onChange={onChange}
      isInvalid={error !== null}
      validationBehavior="aria"
    >
      <Label className="label">{label}</Label>
      <div className="number">
        <Input className="input" min={min} max={max} step={1} />
        {/* For the mouse only: the arrow keys do the same. */}
        <div className="number-steps" aria-hidden="true">
          <button type="button" tabIndex={-1} onClick={() => step(1)}>
            <ChevronUp size={12} />
          </button>
          <button type="button" tabIndex={-1} onClick={() => step(-1)}>
            <ChevronDown size={12} />
          </button>
        </div>
      </div>
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  )
}
