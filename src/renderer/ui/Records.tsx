import type { ReactNode } from 'react'
import { t } from '../text'
import { Button } from './Button'
import './Records.css'

interface Props<T> {
  readonly records: readonly T[]
  readonly idOf: (record: T) => string
  readonly row: (record: T) => RecordRow
  /** Id of the one whose form is open, `new` for one that is being made. */
  readonly edited: string | null
  readonly onEdit: (id: string) => void
  /** @param record `null` for a new one */
  readonly form: (record: T | null) => ReactNode
  /** Says what they are for while there are none. */
  readonly none?: string
  readonly add: string
  /** New ones go to the front. */
  readonly newFirst?: boolean
}

export interface RecordRow {
  readonly name: string
  readonly icon?: ReactNode
  /** What it says, in a few words. */
  readonly says: ReactNode
  readonly onRemove?: () => void
  /** What the buttons are called, where the name alone says too little. */
  readonly editLabel?: string
  readonly removeLabel?: string
  /** Further buttons, before those of every record. */
  readonly buttons?: ReactNode
}

/** What users make several of, such as rules and accounts: a line each, and the form of the one that is being edited. */
export function Records<T>({ records, idOf, row, edited, onEdit, form, none, add, newFirst = false }: Props<T>) {
  const made = edited === 'new' ? form(null) : null
  return (
    <div className="records">
      {none !== undefined && records.length === 0 && edited === null && <p className="hint">{none}</p>}
      {newFirst && made}
      {records.map((record) => {
        const id = idOf(record)
        return edited === id ? (
          <div key={id}>{form(record)}</div>
        ) : (
          // One form at a time: another one would throw away what is typed in the first.
          <Line key={id} {...row(record)} onEdit={edited === null ? () => onEdit(id) : null} />
        )
      })}
      {!newFirst && made}
      {edited === null && (
        <div>
          <Button onPress={() => onEdit('new')}>{add}</Button>
        </div>
      )}
    </div>
  )
}

function Line({ onEdit, ...row }: RecordRow & { readonly onEdit: (() => void) | null }) {
  const { name, icon, says, buttons, onRemove } = row
  const { editLabel = t('record.editOne', { name }), removeLabel = t('record.removeOne', { name }) } = row
  return (
    <div className="record" role="group" aria-label={name}>
      {icon}
      <div className="record-words">
        <span className="record-name">{name}</span>
        {says}
      </div>
      {buttons}
      <Button label={editLabel} disabled={onEdit === null} onPress={() => onEdit?.()}>
        {t('record.edit')}
      </Button>
      {onRemove !== undefined && (
        <Button label={removeLabel} onPress={onRemove}>
          {t('record.remove')}
        </Button>
      )}
    </div>
  )
}
