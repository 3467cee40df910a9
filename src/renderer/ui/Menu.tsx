import { Check, ChevronRight } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import { Menu as AriaMenu, MenuItem as AriaItem, SubmenuTrigger } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { Separator } from 'react-aria-components/Separator'
import './Menu.css'

export type MenuEntry =
  | {
      readonly kind: 'item'
      readonly id: string
      readonly label: string
      readonly icon?: ReactNode
      /** The key that does the same in the list. */
      readonly keys?: string
      readonly danger?: boolean
      readonly disabled?: boolean
      /** Ticked, where the item is one of several choices. */
      readonly checked?: boolean
      readonly onPress: () => void
    }
  | {
      readonly kind: 'menu'
      readonly id: string
      readonly label: string
      readonly icon?: ReactNode
      readonly entries: readonly MenuEntry[]
    }
  | { readonly kind: 'line'; readonly id: string }

export interface Point {
  readonly x: number
  readonly y: number
}

interface Props {
  readonly label: string
  readonly at: Point
  readonly entries: readonly MenuEntry[]
  readonly onClose: () => void
}

/** A context menu. Keyboard, focus and its place at the window's edge are react-aria's. */
export function ContextMenu({ label, at, entries, onClose }: Props) {
  const anchor = useRef<HTMLSpanElement>(null)
  // The anchor has to be there before the menu looks for it.
  const [ready, setReady] = useState(false)
  return (
    <>
      <span
        ref={(element) => {
          anchor.current = element
          if (element !== null) setReady(true)
        }}
        className="menu-anchor"
        style={{ left: at.x, top: at.y }}
      />
      {ready && (
        <Popover
          className="menu-popover"
          aria-label={label}
          triggerRef={anchor}
          isOpen
          placement="bottom start"
          offset={0}
          onOpenChange={(open) => (open ? undefined : onClose())}
        >
          <Entries label={label} entries={entries} onClose={onClose} />
        </Popover>
      )}
    </>
  )
}

/** Beside its item; where two menus have no room beside each other, below it: the edges of the window hold it then. */
function submenuPlace() {
  return window.innerWidth < 560
    ? ({ placement: 'bottom end', offset: 0, crossOffset: 0 } as const)
    : ({ placement: 'end top', offset: -2, crossOffset: -5 } as const)
}

function Entries({ label, entries, onClose }: Omit<Props, 'at'>) {
  return (
    <AriaMenu className="menu" aria-label={label} autoFocus="first" onClose={onClose}>
      {entries.map((entry) => {
        if (entry.kind === 'line') return <Separator key={entry.id} className="menu-line" />
        if (entry.kind === 'menu') {
          return (
            <SubmenuTrigger key={entry.id}>
              <AriaItem id={entry.id} className="menu-item" textValue={entry.label}>
                <span className="menu-icon">{entry.icon}</span>
                <span className="menu-label">{entry.label}</span>
                <ChevronRight size={14} aria-hidden />
              </AriaItem>
              <Popover className="menu-popover" aria-label={entry.label} {...submenuPlace()}>
                <Entries label={entry.label} entries={entry.entries} onClose={onClose} />
              </Popover>
            </SubmenuTrigger>
          )
        }
        return (
          <AriaItem
            key={entry.id}
            id={entry.id}
            className={`menu-item ${entry.danger === true ? 'menu-danger' : ''}`}
            textValue={entry.label}
            isDisabled={entry.disabled ?? false}
            {...(entry.checked === undefined ? {} : { 'aria-checked': entry.checked })}
            onAction={entry.onPress}
          >
            <span className="menu-icon">{entry.checked === true ? <Check size={15} aria-hidden /> : entry.icon}</span>
            <span className="menu-label">{entry.label}</span>
            {entry.keys !== undefined && <kbd className="menu-keys">{entry.keys}</kbd>}
          </AriaItem>
        )
      })}
    </AriaMenu>
  )
}
