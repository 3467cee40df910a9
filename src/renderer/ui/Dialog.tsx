import type { ReactNode } from 'react'
import { Dialog as AriaDialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { Modal, ModalOverlay } from 'react-aria-components/Modal'
import './Dialog.css'

interface Props {
  readonly title: string
  readonly role?: 'dialog' | 'alertdialog'
  readonly size?: 'small' | 'medium' | 'large'
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Escape closes it. A click beside it does not: a form is too easily lost that way. */
export function Dialog({ title, role = 'dialog', size = 'medium', onClose, children }: Props) {
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

export function DialogBody({ children }: { readonly children: ReactNode }) {
  return <div className="dialog-body">{children}</div>
}

export function DialogFooter({ children }: { readonly children: ReactNode }) {
  return <div className="dialog-footer">{children}</div>
}
