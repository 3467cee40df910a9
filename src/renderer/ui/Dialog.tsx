import { useMemo, useState, type ReactNode } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import { t } from '../text'
import { Button } from './Button'
import { LeaveContext, useLeave, type LeaveGuard, type Unsaved } from './unsaved'
import './Dialog.css'

interface Props {
  readonly title: string
  readonly role?: 'dialog' | 'alertdialog'
  /** `wide` and `large` are as wide as each other; `large` keeps its height whatever is in it. */
  readonly size?: 'small' | 'medium' | 'wide' | 'large'
  readonly onClose: () => void
  readonly children: ReactNode
}

/**
 * Escape closes it, unless something is being typed in it that is not saved: then the user is asked. A click beside it
 * does nothing: a form is too easily lost that way.
 */
export function Dialog({ title, role = 'dialog', size = 'medium', onClose, children }: Props) {
  const [guarded] = useState(() => new Set<() => Unsaved | null>())
  const [question, setQuestion] = useState<{ readonly unsaved: Unsaved; readonly then: () => void } | null>(null)
  const guard = useMemo<LeaveGuard>(
    () => ({
      add: (each) => {
        guarded.add(each)
        return () => void guarded.delete(each)
      },
      leave: (then) => {
        const [unsaved] = [...guarded].flatMap((each) => each() ?? [])
        if (unsaved === undefined) then()
        else setQuestion({ unsaved, then })
      },
    }),
    [guarded],
  )
  return (
    <Frame title={title} role={role} size={size} onClose={() => guard.leave(onClose)}>
      <LeaveContext value={guard}>{children}</LeaveContext>
      {question !== null && (
        <LeaveQuestion
          name={question.unsaved.name}
          onStay={() => {
            setQuestion(null)
            // Once the question has given the keyboard back.
            requestAnimationFrame(() => question.unsaved.show())
          }}
          onLeave={() => {
            setQuestion(null)
            question.then()
          }}
        />
      )}
    </Frame>
  )
}

function Frame({ title, role, size, onClose, children }: Required<Props>) {
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => (open ? undefined : onClose())}>
      <Modal className={`modal modal-${size}`}>
        <AriaDialog className="dialog" role={role}>
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

interface QuestionProps {
  readonly name: string
  readonly onStay: () => void
  readonly onLeave: () => void
}

function LeaveQuestion({ name, onStay, onLeave }: QuestionProps) {
  return (
    <Frame title={t('unsaved.title')} role="alertdialog" size="small" onClose={onStay}>
      <DialogBody>
        <p>{t('unsaved.text', { name })}</p>
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button onPress={onLeave} look="danger">
          {t('unsaved.discard')}
        </Button>
        <Button onPress={onStay} look="main" autoFocus>
          {t('unsaved.keep')}
        </Button>
      </DialogFooter>
    </Frame>
  )
}

export function DialogBody({ children }: { readonly children: ReactNode }) {
  return <div className="dialog-body">{children}</div>
}

export function DialogFooter({ children }: { readonly children: ReactNode }) {
  return <div className="dialog-footer">{children}</div>
}

/** The button that closes the dialog like Escape does. */
export function DialogClose({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  const leave = useLeave()
  return (
    <Button look="main" onPress={() => leave(onClose)}>
      {children}
    </Button>
  )
}
