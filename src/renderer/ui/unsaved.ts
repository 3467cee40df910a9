import { createContext, use, useEffect, useRef, type RefObject } from 'react'

/** Something in a dialog that is being typed and would be lost with it. */
export interface Unsaved {
  /** As the user knows it. */
  readonly name: string
  /** Brings it into view, with the keyboard. */
  readonly show: () => void
}

export interface LeaveGuard {
  readonly add: (unsaved: () => Unsaved | null) => () => void
  /** Does what loses what is being typed; the user is asked first when there is something. */
  readonly leave: (then: () => void) => void
}

/** Of the dialog around. Outside of one nothing is guarded. */
export const LeaveContext = createContext<LeaveGuard>({ add: () => () => undefined, leave: (then) => then() })

/** Closes a dialog, or does something else that loses what is being typed in it. */
export function useLeave(): LeaveGuard['leave'] {
  return use(LeaveContext).leave
}

/**
 * Keeps the dialog around from closing without a question.
 * @param name of what is being typed
 * @param unsaved whether something would be lost
 * @returns for the element that is shown when the user wants to go on
 */
export function useUnsaved<E extends HTMLElement = HTMLDivElement>(
  name: string,
  unsaved: boolean,
): RefObject<E | null> {
  const { add } = use(LeaveContext)
  const element = useRef<E>(null)
  const now = useRef<Unsaved | null>(null)
  useEffect(() => {
    const show = () => {
      element.current?.scrollIntoView({ block: 'nearest' })
      element.current?.querySelector<HTMLElement>('input, textarea, select, button')?.focus()
    }
    now.current = unsaved ? { name, show } : null
  })
  useEffect(() => add(() => now.current), [add])
  return element
}

/** Whether two drafts say the same; they hold nothing but data. */
export function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
