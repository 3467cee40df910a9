import { Check } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import './Checkbox.css'

interface Props {
  readonly children: ReactNode
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly hint?: string
}

/** The native box with our drawing over it: it needs nothing that the browser does not do already. */
export function Checkbox({ children, checked, onChange, hint }: Props) {
  const id = useId()
  return (
    <div className="checkbox">
      <label className="checkbox-label">
        <span className="checkbox-box">
          <input
            type="checkbox"
            checked={checked}
            onChange={(event) => onChange(event.target.checked)}
            aria-describedby={hint === undefined ? undefined : id}
          />
          <Check size={12} strokeWidth={3.5} aria-hidden />
        </span>
        {children}
      </label>
      {hint !== undefined && (
        <p className="hint checkbox-hint" id={id}>
          {hint}
        </p>
      )}
    </div>
  )
}
