import {
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
  type LucideIcon,
} from 'lucide-react'
import type { DownloadView } from '../../shared/download'
import { t, wantsLink } from '../text'
import { IconButton } from '../ui/IconButton'
import { askToRemove, run } from './actions'
import { DETAILS_ID } from './detailsId'
import { setSelection, useGrid, useSettled } from './gridState'
import { actionsOf, type Action } from './status'
import { showDetails, usePrefs } from './viewPrefs'

const icons: Readonly<Record<Action, LucideIcon>> = {
  pause: Pause,
  resume: Play,
  retry: RotateCw,
  newLink: Link,
  open: ExternalLink,
  showInFolder: FolderOpen,
  verify: ShieldQuestion,
  repair: Wrench,
}

interface Props {
  readonly view: DownloadView
  /** Only the row with the keyboard lends its buttons to the Tab key. */
  readonly tabIndex: 0 | -1
  readonly current: boolean
}

/** The first action and the details are always in sight; the others come out over the last columns. */
export function RowActions({ view, tabIndex, current }: Props) {
  const expanded = usePrefs((prefs) => prefs.details) && current
  const settled = useSettled()
  // The line below the name offers it already.
  const hasLink = view.state.kind === 'failed' && wantsLink(view.state.error)
  const [first, ...others] = actionsOf(view).filter((action) => action !== 'newLink' || !hasLink)
  const button = (action: Action) => {
    const Icon = icons[action]
    return (
      <IconButton key={action} label={t(`action.${action}`)} tabIndex={tabIndex} onPress={() => run(action, view.id)}>
        <Icon size={16} aria-hidden />
      </IconButton>
    )
  }
  const toggle = () => {
    const { selection } = useGrid.getState()
    if (!selection.ids.has(view.id) || selection.current !== view.id) {
      setSelection(() => ({ ids: new Set([view.id]), anchor: view.id, current: view.id }))
    }
    showDetails(!expanded)
  }
  return (
    <>
      {settled && (
        <span className="more-actions">
          {others.map(button)}
          <IconButton label={t('action.remove')} tabIndex={tabIndex} onPress={() => askToRemove([view.id])}>
            <Trash2 size={16} aria-hidden />
          </IconButton>
        </span>
      )}
      {first !== undefined && button(first)}
      <IconButton
        label={t('action.details')}
        tabIndex={tabIndex}
        expanded={expanded}
        controls={expanded ? DETAILS_ID : undefined}
        onPress={toggle}
      >
        <PanelBottom size={16} aria-hidden />
      </IconButton>
    </>
  )
}
