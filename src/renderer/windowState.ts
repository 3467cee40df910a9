import { create } from 'zustand'
import type { BundleLook } from '../shared/bundle'
import type { AddInput, FolderChoice, LocalFile } from '../shared/contract'
import type { DownloadId } from '../shared/download'
import type { RequestError } from '../shared/errors'
import { asRequestError } from './api'
import { requestProblem } from './text'

/** What this window shows besides the list: the open dialog, the search, messages. Features meet here. */

export type DialogState =
  /** `text` is what was pasted, dropped or offered from outside; empty for a form to fill in. */
  | { readonly kind: 'add'; readonly text: string }
  | { readonly kind: 'remove'; readonly ids: readonly DownloadId[] }
  | { readonly kind: 'authorize'; readonly id: DownloadId }
  | { readonly kind: 'relink'; readonly id: DownloadId }
  | { readonly kind: 'edit'; readonly id: DownloadId }
  /** Whether to throw away what is there and begin again. */
  | { readonly kind: 'restart'; readonly id: DownloadId }
  | { readonly kind: 'limit'; readonly ids: readonly DownloadId[] }
  | { readonly kind: 'settings' }
  /** The objects under a prefix of a cloud store; `input` is what the form said of all that is chosen, if there was one. */
  | { readonly kind: 'browse'; readonly root: string; readonly input: Omit<AddInput, 'urls' | 'root' | 'group'> | null }
  | { readonly kind: 'history' }
  | { readonly kind: 'queues' }
  | { readonly kind: 'appoint'; readonly ids: readonly DownloadId[] }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'import'; readonly file: string; readonly look: BundleLook }
  | { readonly kind: 'document'; readonly text: string }
  | {
      readonly kind: 'partial'
      readonly file: string
      readonly name: string
      readonly size: number
      readonly where: FolderChoice
    }

export interface Toast {
  readonly id: number
  /** Something worked, something to know, something to worry about. */
  readonly tone: 'done' | 'info' | 'problem'
  readonly title: string
  readonly text: string | null
  readonly action: ToastAction | null
  /** What it is about: the next one about the same takes its place. */
  readonly about: string | null
}

/** What a message offers to do. */
export interface ToastAction {
  readonly label: string
  readonly run: () => void
  /** ms for which it can be done; the message goes then. */
  readonly within?: number
}

interface State {
  readonly dialog: DialogState | null
  /** What came in while the form was open; a new object each time. */
  readonly offered: { readonly text: string } | null
  readonly query: string
  /** A download that the list is to show, until it has. */
  readonly revealed: DownloadId | null
  readonly toasts: readonly Toast[]
}

export const useWindow = create<State>(() => ({ dialog: null, offered: null, query: '', revealed: null, toasts: [] }))

export function openDialog(dialog: DialogState): void {
  // An open form is never thrown away for another one. Good news has been seen by then, and would lie over the form.
  useWindow.setState(({ dialog: open, toasts }) =>
    open === null ? { dialog, toasts: toasts.filter(({ tone, action }) => tone === 'problem' || action !== null) } : {},
  )
}

/** Opens a dialog as soon as no other one is open. */
export function openWhenFree(dialog: DialogState): void {
  if (useWindow.getState().dialog === null) return openDialog(dialog)
  const stop = useWindow.subscribe((state) => {
    if (state.dialog !== null) return
    stop()
    // Who closed the dialog may open its next step in the same breath.
    queueMicrotask(() => openWhenFree(dialog))
  })
}

/** Brings a text with links into the form: the open one, or a new one. */
export function offerText(text: string): void {
  if (useWindow.getState().dialog?.kind === 'add') {
    if (text !== '') useWindow.setState({ offered: { text } })
  } else openDialog({ kind: 'add', text })
}

/**
 * Shows what a file on this computer is good for.
 * @param wanted what it was chosen as
 */
export function openFile(file: LocalFile, wanted: 'bundle' | 'document' | 'partial'): void {
  if (file.kind === 'bundle') openDialog({ kind: 'import', file: file.token, look: file.look })
  else if (file.kind === 'document') openDialog({ kind: 'document', text: file.text })
  else if (wanted === 'partial') {
    openDialog({ kind: 'partial', file: file.token, name: file.name, size: file.size, where: file.folder })
  } else showProblem({ code: wanted === 'bundle' ? 'E_BUNDLE' : 'E_DOCUMENT', detail: file.name })
}

export function closeDialog(): void {
  useWindow.setState({ dialog: null, offered: null })
}

export function setQuery(query: string): void {
  useWindow.setState({ query })
}

/** Shows a download in the list: nothing is searched for any more, and its row is chosen. */
export function reveal(id: DownloadId): void {
  useWindow.setState({ query: '', revealed: id })
}

export function wasRevealed(): void {
  useWindow.setState({ revealed: null })
}

let lastToast = 0
type Said = Partial<Pick<Toast, 'text' | 'action' | 'about'>>

/** The same message again replaces the old one: ten failures of one kind are one message. */
function show(tone: Toast['tone'], title: string, { text = null, action = null, about = null }: Said): void {
  const replaced = (toast: Toast) =>
    (toast.title === title && toast.text === text) || (about !== null && toast.about === about)
  useWindow.setState((state) => ({
    toasts: [
      ...state.toasts.filter((toast) => !replaced(toast)).slice(-2),
      { id: ++lastToast, tone, title, text, action, about },
    ],
  }))
}

/** It worked. */
export function showDone(title: string, action: ToastAction | null = null, about: string | null = null): void {
  show('done', title, { action, about })
}

/** Neither good news nor a problem: what is not possible now, or where something went. */
export function showInfo(title: string, action: ToastAction | null = null, about: string | null = null): void {
  show('info', title, { action, about })
}

/** What was said about something is no longer so. */
export function dismissAbout(about: string): void {
  useWindow.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.about !== about) }))
}

/** Does what the newest message offers to undo. @returns whether there was one */
export function undo(): boolean {
  const toast = useWindow.getState().toasts.findLast(({ action }) => action?.within !== undefined)
  if (!toast) return false
  dismissToast(toast.id)
  toast.action?.run()
  return true
}

/** Something to worry about that is no error. */
export function showWarning(title: string, said: Said = {}): void {
  show('problem', title, said)
}

/** @param about see `Toast` */
export function showProblem(error: RequestError, about: string | null = null): void {
  const problem = requestProblem(error)
  show('problem', problem.title, { text: problem.suggestion, about })
}

export function dismissToast(id: number): void {
  useWindow.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }))
}

/** For calls whose only outcome is that they worked: a failure becomes a message. */
export function orShow(promise: Promise<unknown>): void {
  promise.catch((error: unknown) => showProblem(asRequestError(error)))
}
