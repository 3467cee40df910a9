import type { FormEvent, ReactNode } from 'react'
import { t } from '../text'
import { Button } from './Button'
import { useUnsaved } from './unsaved'
import './Records.css'

interface Props {
  readonly label: string
  /** Whether something was typed that is not stored: then the dialog around does not close without a question. */
  readonly unsaved: boolean
  readonly busy?: boolean
  /** What is wrong with no field of it. */
  readonly problem?: string | null
  /** Further buttons, at the other end. */
  readonly buttons?: ReactNode
  readonly onSave: () => void
  readonly onCancel: () => void
  readonly children: ReactNode
}

/** A form inside a dialog, with its own end. */
export function RecordForm({
  label,
  unsaved,
  busy = false,
  problem = null,
  buttons,
  onSave,
  onCancel,
  children,
}: Props) {
  const element = useUnsaved<HTMLFormElement>(label, unsaved)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    onSave()
  }
  return (
    <form ref={element} className="record-form" onSubmit={submit} noValidate aria-label={label}>
      {children}
      {problem !== null && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <div className="record-buttons">
        {buttons}
        <span className="spring" />
        <Button onPress={onCancel}>{t('record.cancel')}</Button>
        <Button look="main" type="submit" disabled={busy}>
          {t('record.save')}
        </Button>
      </div>
    </form>
  )
}
