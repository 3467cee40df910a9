import { ChevronDown, Folder, Pencil } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import type { FolderChoice } from '../../shared/contract'
import { t } from '../text'
import { Button } from './Button'
import { IconButton } from './IconButton'
import { ContextMenu, type Point } from './Menu'
import { MiddleEllipsis } from './MiddleEllipsis'
import './Field.css'

interface Props {
  readonly label: string
  /** `null` while it is not known yet. */
  readonly path: string | null
  readonly choose: string
  readonly onChoose: () => void
  /** Others that can be chosen at once, behind a button of that name. */
  readonly recentLabel?: string
  readonly recent?: readonly FolderChoice[]
  readonly onRecent?: (folder: FolderChoice) => void
  readonly hint?: string | null
  /** The hint is one to worry about. */
  readonly warn?: boolean
  readonly error?: string | null
  /** Lets the folder be typed. */
  readonly typing?: TypedText
}

export interface TypedText {
  /** `null` while nobody types: then the path is shown. */
  readonly text: string | null
  readonly start: () => void
  readonly change: (text: string) => void
  readonly settle: () => void
  readonly drop: () => void
}

/** Shows a folder, which the system's dialog chooses; it can also be typed where `typing` is given. */
export function FolderField(props: Props) {
  const {
    label,
    path,
    choose,
    onChoose,
    recentLabel,
    recent = [],
    onRecent,
    hint = null,
    warn,
    error = null,
    typing,
  } = props
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [menu, setMenu] = useState<Point | null>(null)
  const openMenu = () => {
    const { left = 0, bottom = 0 } = box.current?.getBoundingClientRect() ?? {}
    setMenu({ x: left, y: bottom + 4 })
  }
  return (
    <div className="field" role="group" aria-labelledby={`${id}-label`}>
      <span className="label" id={`${id}-label`}>
        {label}
      </span>
      <div className="folder" ref={box}>
        {typing !== undefined && typing.text !== null ? (
          <FolderText typing={typing} text={typing.text} errorId={error === null ? null : `${id}-error`} />
        ) : (
          <span className="folder-path selectable" id={`${id}-path`}>
            <Folder size={16} aria-hidden />
            <MiddleEllipsis text={path ?? '…'} tail={24} />
            {typing !== undefined && (
              <IconButton label={t('folder.type')} onPress={typing.start}>
                <Pencil size={14} aria-hidden />
              </IconButton>
            )}
            {recentLabel !== undefined && recent.length > 0 && (
              <IconButton label={recentLabel} expanded={menu !== null} onPress={openMenu}>
                <ChevronDown size={15} aria-hidden />
              </IconButton>
            )}
          </span>
        )}
        <Button
          onPress={onChoose}
          invalid={error !== null}
          describedBy={error === null ? `${id}-path` : `${id}-path ${id}-error`}
        >
          {choose}
        </Button>
      </div>
      {hint !== null && hint !== '' && (
        <span className="hint" data-warn={warn === true || undefined} role="status">
          {hint}
        </span>
      )}
      {menu !== null && (
        <ContextMenu
          label={recentLabel ?? label}
          at={menu}
          entries={recent.map((folder) => ({
            kind: 'item',
            id: folder.token,
            label: folder.path,
            onPress: () => onRecent?.(folder),
          }))}
          onClose={() => setMenu(null)}
        />
      )}
      {error !== null && (
        <span className="field-error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  )
}

interface FolderTextProps {
  readonly typing: TypedText
  readonly text: string
  readonly errorId: string | null
}

/** Enter and leaving it take what is typed, Escape does not. */
function FolderText({ typing, text, errorId }: FolderTextProps) {
  return (
    <input
      className="input input-code folder-text"
      aria-label={t('folder.typed')}
      aria-invalid={errorId !== null || undefined}
      aria-describedby={errorId ?? undefined}
      value={text}
      autoFocus
      autoComplete="off"
      spellCheck={false}
      onFocus={(event) => event.target.select()}
      onChange={(event) => typing.change(event.target.value)}
      onBlur={typing.settle}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Escape') typing.drop()
        else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) typing.settle()
        else return
        event.preventDefault()
        event.stopPropagation()
      }}
    />
  )
}
