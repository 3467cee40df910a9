import { X } from 'lucide-react'
import { useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import type { DownloadId, DownloadView } from '../../../shared/download'
import type { Inspection } from '../../../shared/inspection'
import { useDownload } from '../../store'
import { t } from '../../text'
import { IconButton } from '../../ui/IconButton'
import { MiddleEllipsis } from '../../ui/MiddleEllipsis'
import { DETAILS_ID } from '../detailsId'
import { useGrid } from '../gridState'
import { isGroup } from '../groups'
import { statusKeys, statusOf } from '../status'
import { showDetails, usePrefs } from '../viewPrefs'
import { Connections } from './Connections'
import { ErrandLine } from './ErrandLine'
import { GroupPanel } from './GroupOverview'
import { Journal } from './Journal'
import { Overview } from './Overview'
import { Server } from './Server'
import { SpeedGraph } from './SpeedGraph'
import { useInspection } from './useInspection'
import { WhySlow } from './WhySlow'
import './DetailsPanel.css'

const tabs = ['overview', 'connections', 'speed', 'log', 'server'] as const
type TabName = (typeof tabs)[number]

/** CSS pixels. */
const LEAST = 160
const KEY_STEP = 24

/** Everything about the download that has the keyboard, below the list. Not a dialog: the list stays in use. */
export function DetailsPanel() {
  const open = usePrefs((prefs) => prefs.details)
  const id = useGrid((state) => state.selection.current)
  // Without a row there is nothing to say, as after each start.
  if (!open || id === null) return null
  return <OpenPanel id={id} />
}

function OpenPanel({ id }: { readonly id: DownloadId }) {
  const height = usePrefs((prefs) => prefs.detailsHeight)
  const section = useRef<HTMLElement>(null)
  return (
    <section
      ref={section}
      className="panel"
      id={DETAILS_ID}
      aria-label={t('panel.label')}
      style={{ height }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        showDetails(false)
        document.querySelector<HTMLElement>('.row[tabindex="0"]')?.focus()
      }}
    >
      <Splitter height={height} />
      {isGroup(id) ? <GroupPanel key={id} row={id} /> : <Content key={id} id={id} />}
    </section>
  )
}

function Content({ id }: { readonly id: DownloadId }) {
  const view = useDownload(id)
  const inspection = useInspection(id)
  const tab = usePrefs((prefs) => prefs.detailsTab)
  if (view === undefined) return null
  const status = statusOf(view)
  return (
    <Tabs
      className="panel-tabs"
      selectedKey={tabs.includes(tab as TabName) ? tab : 'overview'}
      onSelectionChange={(key) => usePrefs.setState({ detailsTab: String(key) })}
    >
      <div className="panel-head">
        {/* Cut in two to be seen, it would be read as two words. */}
        <h2 className="panel-title" aria-label={t('join.titleText', { title: view.name, text: t(statusKeys[status]) })}>
          <MiddleEllipsis text={view.name} />
          <span className={`status status-${status}`}>{t(statusKeys[status])}</span>
        </h2>
        <TabList className="tab-list" aria-label={t('panel.label')}>
          {tabs.map((name) => (
            <Tab key={name} id={name} className="tab">
              {t(`panel.${name}`)}
            </Tab>
          ))}
        </TabList>
        <IconButton label={t('panel.close')} onPress={() => showDetails(false)}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {view.check !== undefined && <ErrandLine id={id} check={view.check} />}
      {tabs.map((name) => (
        <TabPanel key={name} id={name} className="panel-body">
          {inspection !== null && <Body name={name} view={view} inspection={inspection} />}
        </TabPanel>
      ))}
    </Tabs>
  )
}

interface BodyProps {
  readonly name: TabName
  readonly view: DownloadView
  readonly inspection: Inspection
}

function Body({ name, view, inspection }: BodyProps) {
  switch (name) {
    case 'overview':
      return <Overview view={view} inspection={inspection} />
    case 'connections':
      return <Connections view={view} inspection={inspection} />
    case 'speed':
      return (
        <div className="panel-columns">
          <SpeedGraph history={inspection.history} />
          <WhySlow view={view} inspection={inspection} />
        </div>
      )
    case 'log':
      return <Journal entries={inspection.journal} />
    case 'server':
      return <Server inspection={inspection} />
  }
}

/** Between list and panel: dragged, or moved with the arrow keys. */
function Splitter({ height }: { readonly height: number }) {
  const most = () => Math.max(LEAST, window.innerHeight - 240)
  const set = (to: number) => usePrefs.setState({ detailsHeight: Math.round(Math.min(most(), Math.max(LEAST, to))) })
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault()
    const handle = event.currentTarget
    handle.setPointerCapture(event.pointerId)
    const from = event.clientY
    const move = (moved: globalThis.PointerEvent) => set(height + from - moved.clientY)
    const end = () => {
      handle.removeEventListener('pointermove', move)
      handle.removeEventListener('lostpointercapture', end)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', end)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowUp' ? KEY_STEP : event.key === 'ArrowDown' ? -KEY_STEP : 0
    if (by === 0) return
    event.preventDefault()
    set(height + by)
  }
  return (
    <div
      className="splitter"
      role="separator"
      aria-orientation="horizontal"
      aria-label={t('panel.resize')}
      aria-valuenow={height}
      aria-valuemin={LEAST}
      aria-valuemax={most()}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  )
}
