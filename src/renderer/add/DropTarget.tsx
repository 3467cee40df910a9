import { Link } from 'lucide-react'
import { useEffect, useState } from 'react'
import { dropped } from '../api'
import { t } from '../text'
import { offerText, openDialog, openFile, orShow, showWarning } from '../windowState'
import { takeIn, textOf } from './intake'
import './drop.css'

/** A list of links is small; a dropped film must not be read as text. */
const LARGEST = 4 * 1024 * 1024
const inField = (event: Event) => event.target instanceof Element && event.target.closest('input, textarea') !== null
const carries = (data: DataTransfer | null) =>
  data !== null && data.types.some((type) => ['Files', 'text/uri-list', 'text/plain', 'text/html'].includes(type))

/**
 * Links, texts and files with links that are pasted or dropped anywhere. Pasting needs no permission to read the
 * clipboard, unlike reading it unasked; a drop must never make the window itself go to the link.
 */
export function DropTarget() {
  const [over, setOver] = useState(false)
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      if (inField(event) || event.clipboardData === null) return
      event.preventDefault()
      const text = textOf(event.clipboardData)
      if (takeIn(text).kind !== 'nothing') bring(text)
    }
    const onDrop = (event: DragEvent) => {
      setOver(false)
      const data = event.dataTransfer
      // What is moved within a field stays the field's.
      if (data === null || (inField(event) && data.files.length === 0)) return
      event.preventDefault()
      const text = textOf(data)
      if (data.files.length > 0) orShow(takeFiles([...data.files]))
      else bring(text)
    }
    const onDragOver = (event: DragEvent) => {
      if (inField(event) && event.dataTransfer?.types.includes('Files') !== true) return
      // Without this there is no drop.
      event.preventDefault()
      setOver(carries(event.dataTransfer))
    }
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false)
    }
    document.addEventListener('paste', onPaste)
    document.addEventListener('drop', onDrop)
    document.addEventListener('dragover', onDragOver)
    document.addEventListener('dragleave', onDragLeave)
    return () => {
      document.removeEventListener('paste', onPaste)
      document.removeEventListener('drop', onDrop)
      document.removeEventListener('dragover', onDragOver)
      document.removeEventListener('dragleave', onDragLeave)
    }
  }, [])
  if (!over) return null
  return (
    <div className="drop" aria-hidden="true">
      <p className="drop-text">
        <Link size={22} />
        {t('add.drop')}
      </p>
    </div>
  )
}

/** A bundle or a Metalink document is opened; anything else is looked through for links. */
async function takeFiles(files: readonly File[]): Promise<void> {
  const [only] = files
  if (only !== undefined && files.length === 1) {
    const file = await dropped(only)
    if (file && file.kind !== 'other') return openFile(file, 'bundle')
  }
  const large = files.find((file) => file.size > LARGEST)
  if (large !== undefined) {
    showWarning(t('add.dropTooLarge', { name: large.name }))
    return
  }
  const texts = await Promise.all(files.map((file) => file.text()))
  bring(texts.join('\n'))
}

/** The text of a Metalink document is full of links that belong together. */
function bring(text: string): void {
  if (takeIn(text).kind === 'document') openDialog({ kind: 'document', text })
  else offerText(text)
}
