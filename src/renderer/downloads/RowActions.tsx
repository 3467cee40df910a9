import {
  CircleStop,
  ExternalLink,
  FolderOpen,
  Link,
  PanelBottom,
  Pause,
  Play,
  RotateCw,
  ShieldQuestion,
  Trash2,
  Wrench,
} from 'lucide-react'
import type { ReactElement } from 'react'
import type { DownloadView } from '../../shared/download'
import { t, wantsLink } from '../text'
import { IconButton } from '../ui/IconButton'
import { askToRemove, run } from './actions'
import { DETAILS_ID } from './detailsId'
import { setSelection, useGrid } from './gridState'
import type { RowId } from './groups'
import { actionsOf, type Action } from './status'
import { showDetails, usePrefs } from './viewPrefs'

/** Made once: React passes over an element that is the same as before. */
export const icons: Readonly<Record<Action | 'remove' | 'details', ReactElement>> = {
  pause: <Pause size={16} aria-hidden />,
  resume: <Play size={16} aria-hidden />,
  retry: <RotateCw size={16} aria-hidden />,
  newLink: <Link size={16} aria-hidden />,
  open: <ExternalLink size={16} aria-hidden />,
  showInFolder: <FolderOpen size={16} aria-hidden />,
  verify: <ShieldQuestion size={16} aria-hidden />,
  repair: <Wrench size={16} aria-hidden />,
  stop: <CircleStop size={16} aria-hidden />,
  remove: <Trash2 size={16} aria-hidden />,
  details: <PanelBottom size={16} aria-hidden />,
}

interface Props {
  readonly view: DownloadView
  /** Only the row with the keyboard lends its buttons to the Tab key. */
  readonly tabIndex: 0 | -1
}

/** The one for what one most likely wants comes first. */
function offered(view: DownloadView): readonly Action[] {
  // The line below the name offers it already.
  const hasLink = view.state.kind === 'failed' && wantsLink(view.state.error)
  return actionsOf(view).filter((action) => action !== 'newLink' || !hasLink)
}

function ActionButton({ action, view, tabIndex }: Props & { readonly action: Action }) {
  return (
    <IconButton label={t(`action.${action}`)} tabIndex={tabIndex} onPress={() => run(action, view.id)}>
      {icons[action]}
    </IconButton>
  )
}

/**
 * What is seen as long as the mouse or the keyboard is in the row: in the column for the time left, which is empty in a
 * row that has any of these. Where that column has no room, they are for the keyboard, and for the mouse in the menu.
 */
export function FurtherActions({ view, tabIndex, room }: Props & { readonly room: boolean }) {
  return (
    <span className={room ? 'hover-actions' : 'keyboard-actions'}>
      {offered(view)
        .slice(1)
        .map((action) => (
          <ActionButton key={action} action={action} view={view} tabIndex={tabIndex} />
        ))}
    </span>
  )
}

/** Has its place in every row, and is seen like the further actions. */
export function RemoveButton({ tabIndex, onPress }: { readonly tabIndex: 0 | -1; readonly onPress: () => void }) {
  return (
    <span className="hover-actions">
      <IconButton label={t('action.remove')} tabIndex={tabIndex} onPress={onPress}>
        {icons.remove}
      </IconButton>
    </span>
  )
}

/** The first action and the details are always in sight. */
export function RowActions({ view, tabIndex, current }: Props & { readonly current: boolean }) {
  const [first] = offered(view)
  return (
    <>
      <RemoveButton tabIndex={tabIndex} onPress={() => askToRemove([view.id])} />
      {first !== undefined && <ActionButton action={first} view={view} tabIndex={tabIndex} />}
      <DetailsButton row={view.id} tabIndex={tabIndex} current={current} />
    </>
  )
}

interface DetailsProps {
  readonly row: RowId
  readonly tabIndex: 0 | -1
  readonly current: boolean
}

export function DetailsButton({ row, tabIndex, current }: DetailsProps) {
  const expanded = usePrefs((prefs) => prefs.details) && current
  const toggle = () => {
    const { selection } = useGrid.getState()
    if (!selection.ids.has(row) || selection.current !== row) {
      setSelection(() => ({ ids: new Set([row]), anchor: row, current: row }))
    }
    showDetails(!expanded)
  }
  return (
    <IconButton
      label={t('action.details')}
      tabIndex={tabIndex}
      expanded={expanded}
      controls={expanded ? DETAILS_ID : undefined}
      onPress={toggle}
    >
      {icons.details}
    </IconButton>
  )
}
