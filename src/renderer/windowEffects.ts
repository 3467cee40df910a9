import { useEffect, useSyncExternalStore } from 'react'
import { call, on } from './api'
import { overall } from './mirror'
import { useStore } from './store'
import { formatPercent, locale, onLocale, t } from './text'
import { SEARCH_ID } from './toolbar/Toolbar'
import { offerText, openDialog, openWhenFree, orShow, reveal, showProblem, undo, useWindow } from './windowState'

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

/** What was asked of the window from outside of it. */
function grantWishes(): void {
  orShow(
    call('app.wishes').then((wishes) => {
      for (const wish of wishes) {
        if (wish.kind === 'reveal') reveal(wish.id)
        else if (wish.kind === 'settings') openDialog({ kind: 'settings' })
        else if (wish.kind === 'browse') openWhenFree({ kind: 'browse', root: wish.root, input: null })
        else offerText(wish.text)
      }
    }),
  )
}
const inField = (event: Event) => event.target instanceof Element && event.target.closest('input, textarea') !== null

/** Keys that work everywhere, and the same wishes from the menu or from a second start of the program. */
export function useShortcuts(): void {
  useEffect(() => {
    const command = (name: 'add' | 'settings') =>
      openDialog(name === 'add' ? { kind: 'add', text: '' } : { kind: 'settings' })
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === '?' && !inField(event) && useWindow.getState().dialog === null) {
        openDialog({ kind: 'shortcuts' })
        event.preventDefault()
        return
      }
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return
      if (useWindow.getState().dialog !== null) return
      switch (event.key.toLowerCase()) {
        case 'n':
          command('add')
          break
        case ',':
          command('settings')
          break
        case 'z':
          if (inField(event) || !undo()) return
          break
        case 'f':
          document.getElementById(SEARCH_ID)?.focus()
          break
        default:
          return
      }
      event.preventDefault()
    }
    const stops = [on('wished', grantWishes), on('problem', showProblem)]
    grantWishes()
    document.addEventListener('keydown', onKeyDown)
    return () => {
      for (const stop of stops) stop()
      document.removeEventListener('keydown', onKeyDown)
    }
  }, [])
}
