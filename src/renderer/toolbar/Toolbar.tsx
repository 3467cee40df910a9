import { Pause, Play, Plus, Search, Settings, Turtle, X } from 'lucide-react'
import { Button as AriaButton } from 'react-aria-components/Button'
import { Input } from 'react-aria-components/Input'
import { SearchField } from 'react-aria-components/SearchField'
import { ToggleButton } from 'react-aria-components/ToggleButton'
import { Toolbar as AriaToolbar } from 'react-aria-components/Toolbar'
import { call } from '../api'
import { pauseAll, resumeAll } from '../bulk'
import type { Mirror } from '../mirror'
import { useStore } from '../store'
import { formatSpeed, t } from '../text'
import { Button } from '../ui/Button'
import { openDialog, orShow, setQuery, useWindow } from '../windowState'
import { MoreMenu } from './MoreMenu'
import './Toolbar.css'

type Counts = Mirror['counts']

/** The id by which Ctrl+F finds the search. */
export const SEARCH_ID = 'search'

/** What can be done to all downloads, as long as there is one that it applies to. */
const commands = [
  {
    name: 'toolbar.pauseAll',
    Icon: Pause,
    applies: ({ active, queued }: Counts) => active + queued > 0,
    run: pauseAll,
  },
  {
    name: 'toolbar.resumeAll',
    Icon: Play,
    applies: ({ paused, failed }: Counts) => paused + failed > 0,
    run: resumeAll,
  },
] as const

export function Toolbar() {
  const counts = useStore((state) => state.mirror.counts)
  return (
    <header>
      <div className="toolbar" role="toolbar" aria-label={t('toolbar.label')}>
        {/* A group of the toolbar around it: in the search, arrow keys move the caret and not the focus. */}
        <AriaToolbar className="toolbar-buttons" aria-label={t('toolbar.label')} ref={withoutOrientation}>
          <Button
            look="main"
            icon={<Plus size={16} aria-hidden />}
            label={t('toolbar.add')}
            onPress={() => openDialog({ kind: 'add', text: '' })}
          >
            {t('toolbar.add')}
          </Button>
          <span className="toolbar-gap" />
          {commands.map(({ name, Icon, applies, run }) => (
            <Button
              key={name}
              look="quiet"
              className="button-shrinks"
              label={t(name)}
              icon={<Icon size={16} aria-hidden />}
              disabled={!applies(counts)}
              onPress={run}
            >
              {t(name)}
            </Button>
          ))}
          <SlowMode />
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

/** The lower limit, with one click. */
function SlowMode() {
  const slow = useStore((state) => state.slow)
  const rate = useStore((state) => state.settings?.slowLimit ?? null)
  const hint = rate === null ? '' : t('toolbar.slowHint', { rate: formatSpeed(rate) })
  return (
    <ToggleButton
      className="button button-quiet button-shrinks"
      aria-label={t('toolbar.slow')}
      isSelected={slow}
      onChange={(on) => orShow(call('speed.setSlow', { on }))}
    >
      <Turtle size={16} aria-hidden />
      {/* The speed is drawn beside the name, not part of it. */}
      <span
        className="button-text numbers slow-rate"
        title={hint}
        data-rate={slow && rate !== null ? formatSpeed(rate) : undefined}
      >
        {t('toolbar.slow')}
      </span>
    </ToggleButton>
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
