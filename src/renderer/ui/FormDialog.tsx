import type { FormEvent, KeyboardEvent, ReactNode, Ref } from 'react'
import { Button } from './Button'
import { Dialog, DialogBody, DialogFooter } from './Dialog'

interface Props {
  readonly title: string
  readonly size?: 'small' | 'medium'
  readonly cancel: string
  readonly submit: string
  /** What the button is called while its words say something else. */
  readonly submitLabel?: string
  /** Nothing can be sent now. */
  readonly busy?: boolean
  /** What is wrong with no field of it. */
  readonly problem?: string | null
  /** At the other end of the buttons. */
  readonly footer?: ReactNode
  readonly form?: Ref<HTMLFormElement>
  readonly onKeyDown?: (event: KeyboardEvent) => void
  readonly onClose: () => void
  readonly onSubmit: () => void
  readonly children: ReactNode
}

/** A dialog that is one form: Enter sends it. */
export function FormDialog({ title, size = 'medium', busy = false, problem = null, children, ...props }: Props) {
  const send = (event: FormEvent) => {
    event.preventDefault()
    props.onSubmit()
  }
  return (
    <Dialog title={title} size={size} onClose={props.onClose}>
      <form
        {...(props.form === undefined ? {} : { ref: props.form })}
        onSubmit={send}
        onKeyDown={props.onKeyDown}
        noValidate
      >
        <DialogBody>
          {children}
          {problem !== null && (
            <p className="field-error" role="alert">
              {problem}
            </p>
          )}
        </DialogBody>
        <DialogFooter>
          {props.footer}
          <span className="spring" />
          <Button onPress={props.onClose}>{props.cancel}</Button>
          <Button
            look="main"
            type="submit"
            disabled={busy}
            {...(props.submitLabel === undefined ? {} : { label: props.submitLabel })}
          >
            {props.submit}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
