import { useEffect, useSyncExternalStore } from 'react'
import { looksLikeUrls } from './add/validate'
import { on } from './api'
import { overall } from './mirror'
import { useStore } from './store'
import { formatPercent, locale, onLocale, t } from './text'
import { SEARCH_ID } from './toolbar/Toolbar'
import { openDialog, showProblem, useWindow } from './windowState'

/** What concerns the window as a whole: its colours, its title, keys that work everywhere. */

export function useAppearance(): void {
  const appearance = useStore((state) => state.settings?.appearance ?? 'system')
  useEffect(() => {
    document.documentElement.dataset.theme = appearance
  }, [appearance])
}

/** The language and region in use; who asks is drawn again when they change. */
export function useLocale(): string {
  return useSyncExternalStore(onLocale, locale)
}

export function useTitle(): void {
  const spoken = useLocale()
  const percent = useStore((state) => overall(state.mirror).percent)
  useEffect(() => {
    document.title = percent === null ? t('app.name') : t('app.titleProgress', { percent: formatPercent(percent) })
  }, [percent, spoken])
}

const inField = (event: Event) => event.target instanceof Element && event.target.closest('input, textarea') !== null

/** Keys that work everywhere, and the same wishes from the menu or from a second start of the program. */
export function useShortcuts(): void {
  useEffect(() => {
    const command = (name: 'add' | 'settings') =>
      openDialog(name === 'add' ? { kind: 'add', urls: '' } : { kind: 'settings' })
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return
      if (useWindow.getState().dialog !== null) return
      switch (event.key.toLowerCase()) {
        case 'n':
          command('add')
          break
        case ',':
          command('settings')
          break
        case 'f':
          document.getElementById(SEARCH_ID)?.focus()
          break
        default:
          return
      }
      event.preventDefault()
    }
    const stops = [on('command', command), on('problem', showProblem)]
    document.addEventListener('keydown', onKeyDown)
    return () => {
      for (const stop of stops) stop()
      document.removeEventListener('keydown', onKeyDown)
    }
  }, [])
}

/** A browser's link comes as the first, selected text as the second. */
const LINK_TYPES = ['text/uri-list', 'text/plain']

/**
 * Links that are pasted or dropped anywhere but in a field. Pasting needs no permission to read the clipboard, unlike
 * reading it unasked; a drop must never make the window itself go to the link.
 */
export function useLinks(): void {
  useEffect(() => {
    const take = (event: Event, data: DataTransfer | null) => {
      if (inField(event)) return
      event.preventDefault()
      const text = LINK_TYPES.map((type) => data?.getData(type) ?? '').find(looksLikeUrls)
      if (text !== undefined) openDialog({ kind: 'add', urls: text.trim() })
    }
    const onPaste = (event: ClipboardEvent) => take(event, event.clipboardData)
    const onDrop = (event: DragEvent) => take(event, event.dataTransfer)
    const onDragOver = (event: DragEvent) => {
      // Without this there is no drop.
      if (!inField(event)) event.preventDefault()
    }
    document.addEventListener('paste', onPaste)
    document.addEventListener('drop', onDrop)
    document.addEventListener('dragover', onDragOver)
    return () => {
      document.removeEventListener('paste', onPaste)
      document.removeEventListener('drop', onDrop)
      document.removeEventListener('dragover', onDragOver)
    }
  }, [])
}
