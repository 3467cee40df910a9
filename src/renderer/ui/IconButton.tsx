import type { ReactNode } from 'react'
import './Button.css'

interface Props {
  readonly label: string
  readonly children: ReactNode
  readonly onPress: () => void
  readonly tabIndex?: 0 | -1
  readonly expanded?: boolean
  readonly controls?: string | undefined
  /** It does nothing now, and keeps the keyboard. */
  readonly disabled?: boolean
}

/** A native button without react-aria: rows have four of these, and a list that scrolls mounts many rows. */
export function IconButton({ label, children, onPress, tabIndex = 0, expanded, controls, disabled }: Props) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      title={label}
      tabIndex={tabIndex}
      aria-expanded={expanded}
      aria-controls={controls}
      aria-disabled={disabled}
      onClick={(event) => {
        event.stopPropagation()
        if (disabled !== true) onPress()
      }}
    >
      {children}
    </button>
  )
}
