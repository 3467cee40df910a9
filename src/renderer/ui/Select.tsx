import { ChevronDown } from 'lucide-react'
import { useId, type ReactNode } from 'react'
import './Field.css'

interface Option<V extends string> {
  readonly value: V
  readonly label: string
  /** The language of the label, when it is not that of the window. */
  readonly lang?: string
  /** Those of one group stand together, under its name. */
  readonly group?: string
}

interface Props<V extends string> {
  readonly label: string
  readonly icon?: ReactNode
  readonly value: V
  readonly options: readonly Option<V>[]
  readonly hint?: string
  readonly onChange: (value: V) => void
}

/** One of many. The native one: its list is the system's own and may be longer than the window. */
export function Select<V extends string>({ label, icon, value, options, hint, onChange }: Props<V>) {
  const id = useId()
  return (
    <div className="field">
      <label className="label label-icon" htmlFor={id}>
        {icon}
        {label}
      </label>
      <div className="select">
        <select
          id={id}
          className="input"
          value={value}
          aria-describedby={hint === undefined ? undefined : `${id}-hint`}
          onChange={(event) => {
            const option = options[event.target.selectedIndex]
            if (option !== undefined) onChange(option.value)
          }}
        >
          {grouped(options).map(([group, members]) =>
            group === undefined ? (
              members.map(optionElement)
            ) : (
              <optgroup key={group} label={group}>
                {members.map(optionElement)}
              </optgroup>
            ),
          )}
        </select>
        <ChevronDown size={14} aria-hidden />
      </div>
      {hint !== undefined && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  )
}

function optionElement<V extends string>({ value, label, lang }: Option<V>) {
  return (
    <option key={value} value={value} lang={lang}>
      {label}
    </option>
  )
}

/** In their order: neighbours of one group together. */
function grouped<V extends string>(options: readonly Option<V>[]) {
  const groups: [string | undefined, Option<V>[]][] = []
  for (const option of options) {
    const last = groups.at(-1)
    if (last && last[0] === option.group) last[1].push(option)
    else groups.push([option.group, [option]])
  }
  return groups
}
