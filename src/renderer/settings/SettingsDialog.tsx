import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Input } from 'react-aria-components/Input'
import { SearchField } from 'react-aria-components/SearchField'
import { call } from '../api'
import { setSettings, useStore } from '../store'
import { t } from '../text'
import { Dialog, DialogClose, DialogFooter } from '../ui/Dialog'
import { closeDialog, orShow } from '../windowState'
import { sectionAt } from './place'
import { matching } from './search'
import { settingsSections, type Features, type Section } from './sections'
import './settings.css'

/**
 * One page with everything on it. Every change takes effect at once; there is nothing to confirm.
 * @param features what is on the page and no part of this one
 */
export function SettingsDialog(features: Features) {
  const settings = useStore((state) => state.settings)
  const version = useStore((state) => state.info?.version ?? null)
  const [query, setQuery] = useState('')
  useEffect(() => {
    // Another window or the command line may have changed them.
    orShow(call('settings.get').then(setSettings))
  }, [])
  const sections = settings === null ? [] : matching(settingsSections(settings, features), query)
  return (
    <Dialog title={t('settings.title')} size="large" onClose={closeDialog}>
      <SearchField
        className="settings-search"
        aria-label={t('settings.search')}
        value={query}
        onChange={setQuery}
        autoFocus
      >
        <Search size={15} aria-hidden />
        <Input className="input" placeholder={t('settings.search')} spellCheck="false" />
      </SearchField>
      <Page sections={sections} query={query} />
      <DialogFooter>
        {version !== null && <span className="settings-version">{t('settings.version', { version })}</span>}
        <span className="spring" />
        <DialogClose onClose={closeDialog}>{t('settings.close')}</DialogClose>
      </DialogFooter>
    </Dialog>
  )
}

function Page({ sections, query }: { readonly sections: readonly Section[]; readonly query: string }) {
  const page = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<string | null>(null)
  const shown = sections.some(({ id }) => id === current) ? current : (sections[0]?.id ?? null)

  /** A section was gone to: it is the current one until the user scrolls, whatever else moves the page. */
  const put = useRef(false)

  const onScroll = () => {
    const box = page.current
    if (box === null || put.current) return
    const tops = [...box.querySelectorAll<HTMLElement>('section')].map((each) => ({
      id: each.dataset.section ?? '',
      top: each.offsetTop - box.offsetTop,
    }))
    setCurrent(sectionAt(tops, box))
  }
  const goTo = (id: string) => {
    const section = page.current?.querySelector(`[data-section="${id}"]`)
    section?.scrollIntoView({ block: 'start' })
    section?.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true })
    put.current = true
    setCurrent(id)
  }
  const letGo = () => (put.current = false)
  return (
    <div className="settings-columns" onWheel={letGo} onPointerDown={letGo} onKeyDown={letGo}>
      <nav className="settings-nav" aria-label={t('settings.sections')}>
        {sections.map(({ id, title, icon }) => (
          <button key={id} type="button" aria-current={id === shown || undefined} onClick={() => goTo(id)}>
            {icon}
            {title}
          </button>
        ))}
      </nav>
      {/* It scrolls, so the keyboard has to reach it, also where nothing in it takes the focus. */}
      <div className="settings-page" ref={page} onScroll={onScroll} tabIndex={-1}>
        {sections.map(({ id, title, items }) => (
          <section key={id} className="settings-section" data-section={id} aria-labelledby={`settings-${id}`}>
            <h3 id={`settings-${id}`} tabIndex={-1}>
              {title}
            </h3>
            {items.map((item) => (
              <div key={item.id}>{item.node}</div>
            ))}
          </section>
        ))}
        {sections.length === 0 && query !== '' && <p role="status">{t('settings.noMatch', { query: query.trim() })}</p>}
      </div>
    </div>
  )
}
