import { Pause, Play, Plus, Search, Settings, X } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components/Button'
import { Input } from 'react-aria-components/Input'
import { SearchField } from 'react-aria-components/SearchField'
import { Toolbar as AriaToolbar } from 'react-aria-components/Toolbar'
import { pauseAll, resumeAll } from '../bulk'
import { useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { openDialog, setQuery, useWindow } from '../windowState'
import { MoreMenu } from './MoreMenu'
import './Toolbar.css'

/** The id by which Ctrl+F finds the search. */
export const SEARCH_ID = 'search'

export function Toolbar() {
  const counts = useStore((state) => state.mirror.counts)
  const running = counts.active + counts.queued
  const resting = counts.paused + counts.failed
  return (
    <header>
      <div className="toolbar" role="toolbar" aria-label={t('toolbar.label')}>
        {/* A group of the toolbar around it: in the search, arrow keys move the caret and not the focus. */}
        <AriaToolbar className="toolbar-buttons" aria-label={t('toolbar.label')} ref={withoutOrientation}>
          <Button
            look="main"
            icon={<Plus size={16} aria-hidden />}
            onPress={() => openDialog({ kind: 'add', text: '' })}
          >
            {t('toolbar.add')}
          </Button>
          <span className="toolbar-gap" />
          <Button
            look="quiet"
            className="button-shrinks"
            label={t('toolbar.pauseAll')}
            icon={<Pause size={16} aria-hidden />}
            disabled={running === 0}
            onPress={pauseAll}
          >
            {t('toolbar.pauseAll')}
          </Button>
          <Button
            look="quiet"
            className="button-shrinks"
            label={t('toolbar.resumeAll')}
            icon={<Play size={16} aria-hidden />}
            disabled={resting === 0}
            onPress={resumeAll}
          >
            {t('toolbar.resumeAll')}
          </Button>
        </AriaToolbar>
        <SearchBox />
        <MoreMenu />
        <Button
          look="quiet"
          className="button-icon"
          label={t('toolbar.settings')}
          icon={<Settings size={17} aria-hidden />}
          onPress={() => openDialog({ kind: 'settings' })}
        >
          {t('toolbar.settings')}
        </Button>
      </div>
    </header>
  )
}

/** react-aria sets it although a group, which this is inside of a toolbar, has no such attribute. */
function withoutOrientation(group: HTMLElement | null): void {
  group?.removeAttribute('aria-orientation')
}

function SearchBox() {
  const query = useWindow((state) => state.query)
  return (
    <SearchField className="search" aria-label={t('toolbar.search')} value={query} onChange={setQuery}>
      <Search size={15} aria-hidden />
      <Input id={SEARCH_ID} className="input" placeholder={t('toolbar.searchHint')} spellCheck="false" />
      {query !== '' && (
        <AriaButton className="search-clear" aria-label={t('toolbar.clearSearch')}>
          <X size={14} aria-hidden />
        </AriaButton>
      )}
    </SearchField>
  )
}
