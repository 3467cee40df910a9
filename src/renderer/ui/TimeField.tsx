import { useId } from 'react'
import './Field.css'

interface Props {
  readonly label: string
  /** `time`: "13:45"; `datetime-local`: "2026-03-01T13:45"; empty for none. */
  readonly type: 'time' | 'datetime-local'
  readonly value: string
  readonly onChange: (value: string) => void
  /** Stands behind the field. */
  readonly note?: string | null
}

/** The native field: it shows times as the system's region does, and opens its own picker. */
export function TimeField({ label, type, value, onChange, note = null }: Props) {
  const id = useId()
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        type={type}
        value={value}
        aria-describedby={note === null ? undefined : `${id}-note`}
        onChange={(event) => onChange(event.target.value)}
      />
      {note !== null && (
        <span className="hint" id={`${id}-note`}>
          {note}
        </span>
      )}
    </div>
  )
}
