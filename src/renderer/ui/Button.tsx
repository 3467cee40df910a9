import type { ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components/Button'
import './Button.css'

interface Props {
  readonly children: ReactNode
  readonly icon?: ReactNode
  /** `main` is the one thing that the view is for; `danger` destroys something. */
  readonly look?: 'main' | 'plain' | 'quiet' | 'danger'
  readonly type?: 'button' | 'submit'
  /** Needed when the text can be hidden to save room. */
  readonly label?: string
  readonly describedBy?: string
  readonly disabled?: boolean
  /** Something is wrong with what it chooses: ARIA knows no such state for buttons, but a form looks for it. */
  readonly invalid?: boolean
  readonly className?: string
  readonly autoFocus?: boolean
  readonly onPress?: () => void
}

export function Button(props: Props) {
  const { children, icon, look = 'plain', type = 'button', disabled = false, className = '', autoFocus = false } = props
  return (
    <AriaButton
      className={`button button-${look} ${className}`}
      type={type}
      isDisabled={disabled}
      {...(props.invalid === true ? { 'data-invalid': true } : {})}
      autoFocus={autoFocus}
      onPress={() => props.onPress?.()}
      {...(props.label === undefined ? {} : { 'aria-label': props.label })}
      {...(props.describedBy === undefined ? {} : { 'aria-describedby': props.describedBy })}
    >
      {icon}
      <span className="button-text">{children}</span>
    </AriaButton>
  )
}
