import { Check, Info, TriangleAlert, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { t } from '../text'
import { IconButton } from '../ui/IconButton'
import { dismissToast, useWindow, type Toast } from '../windowState'
import './toasts.css'

const STAYS = 6000

const icons = { done: Check, info: Info, problem: TriangleAlert } as const

/** react-aria leaves a layer with this mark alone: messages are read out above an open dialog too. */
const topLayer = { 'data-react-aria-top-layer': 'true' }

export function Toasts() {
  const toasts = useWindow((state) => state.toasts)
  return createPortal(
    <div className="toasts" role="log" aria-label={t('toast.region')} aria-live="polite" {...topLayer}>
      {toasts.map((toast) => (
        <Message key={toast.id} toast={toast} />
      ))}
    </div>,
    document.body,
  )
}

/** What is no problem goes by itself; a problem stays until it is read. */
function Message({ toast }: { readonly toast: Toast }) {
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const within = toast.action?.within
    // What can be undone for so long can be undone no longer, held or not.
    if (within === undefined && (held || toast.tone === 'problem')) return
    const timer = setTimeout(() => dismissToast(toast.id), within ?? STAYS)
    return () => clearTimeout(timer)
  }, [held, toast])
  const { action } = toast
  const Icon = icons[toast.tone]
  return (
    <div
      className="toast"
      data-tone={toast.tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon size={17} aria-hidden />
      <div className="toast-text selectable">
        <strong>{toast.title}</strong>
        {toast.text !== null && <p>{toast.text}</p>}
      </div>
      {action !== null && (
        <button
          type="button"
          className="toast-action"
          onClick={() => {
            dismissToast(toast.id)
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label={t('toast.dismiss')} onPress={() => dismissToast(toast.id)}>
        <X size={15} aria-hidden />
      </IconButton>
    </div>
  )
}
