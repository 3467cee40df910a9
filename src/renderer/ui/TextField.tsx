import { useEffect, useRef, type ReactNode } from 'react'
import { FieldError } from 'react-aria-components/FieldError'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { Text } from 'react-aria-components/Text'
import { TextArea } from 'react-aria-components/TextArea'
import { TextField as AriaTextField } from 'react-aria-components/TextField'
import './Field.css'

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  /** Stands at the field until the value is right; `null` when there is nothing to say. */
  readonly error?: ReactNode
  readonly hint?: string
  /** Shown in the empty field: an example, never the only explanation. */
  readonly example?: string
  /** More than one makes it a box for several lines. */
  readonly rows?: number
  /** Dots instead of letters. Not `type=password`: the contract wants a text box, and no password manager beside it. */
  readonly secret?: boolean
  /** Addresses, headers, digits: every character counts. */
  readonly code?: boolean
  readonly disabled?: boolean
  readonly autoFocus?: boolean
  /** What stands in it at first is chosen: what is typed or pasted takes its place. */
  readonly chosen?: boolean
  readonly onBlur?: () => void
}

export function TextField(props: Props) {
  const { error = null, rows = 1, example = '', disabled = false, autoFocus = false } = props
  const className = `input ${props.code === true ? 'input-code' : ''} ${props.secret === true ? 'input-secret' : ''}`
  const input = useRef<HTMLInputElement>(null)
  const chosen = useRef(props.chosen === true)
  useEffect(() => {
    if (chosen.current) input.current?.select()
  }, [])
  return (
    <AriaTextField
      className="field"
      value={props.value}
      onChange={props.onChange}
      isInvalid={error !== null}
      isDisabled={disabled}
      validationBehavior="aria"
      autoFocus={autoFocus}
      autoComplete="off"
      autoCorrect="off"
      spellCheck="false"
      onBlur={() => props.onBlur?.()}
    >
      <Label className="label">{props.label}</Label>
      {rows > 1 ? (
        <TextArea className={className} rows={rows} placeholder={example} wrap="off" />
      ) : (
        <Input ref={input} className={className} placeholder={example} />
      )}
      {props.hint !== undefined && props.hint !== '' && (
        <Text slot="description" className="hint">
          {props.hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
  )
}
