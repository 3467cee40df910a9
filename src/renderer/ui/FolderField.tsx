import { Folder } from 'lucide-react'
import { useId } from 'react'
import { Button } from './Button'
import { MiddleEllipsis } from './MiddleEllipsis'
import './Field.css'

interface Props {
  readonly label: string
  /** `null` while it is not known yet. */
  readonly path: string | null
  readonly choose: string
  readonly onChoose: () => void
  readonly error?: string | null
}

/** Shows a folder; only the system's dialog can choose another one. */
export function FolderField({ label, path, choose, onChoose, error = null }: Props) {
  const id = useId()
  return (
    <div className="field" role="group" aria-labelledby={`${id}-label`}>
      <span className="label" id={`${id}-label`}>
        {label}
      </span>
      <div className="folder">
        <span className="folder-path selectable" id={`${id}-path`}>
          <Folder size={16} aria-hidden />
          <MiddleEllipsis text={path ?? '…'} tail={24} />
        </span>
        <Button
          onPress={onChoose}
          invalid={error !== null}
          describedBy={error === null ? `${id}-path` : `${id}-path ${id}-error`}
        >
          {choose}
        </Button>
      </div>
      {error !== null && (
        <span className="field-error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  )
}
