import {
  ChevronDown,
  ExternalLink,
  FolderOpen,
  Link,
  Pause,
  Play,
  RotateCw,
  ShieldQuestion,
  Trash2,
  Wrench,
  type LucideIcon,
} from 'lucide-react'
import type { DownloadView } from '../../shared/download'
import { t } from '../text'
import { IconButton } from '../ui/IconButton'
import { askToRemove, run } from './actions'
import { toggleDetails } from './gridState'
import { actionsOf, type Action } from './status'

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
  readonly expanded: boolean
  readonly detailsId: string
}

export function RowActions({ view, tabIndex, expanded, detailsId }: Props) {
  return (
    <>
      {actionsOf(view).map((action) => {
        const Icon = icons[action]
        return (
          <IconButton
            key={action}
            label={t(`action.${action}`)}
            tabIndex={tabIndex}
            onPress={() => run(action, view.id)}
          >
            <Icon size={16} aria-hidden />
          </IconButton>
        )
      })}
      <IconButton label={t('action.remove')} tabIndex={tabIndex} onPress={() => askToRemove([view.id])}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('action.details')}
        tabIndex={tabIndex}
        expanded={expanded}
        controls={expanded ? detailsId : undefined}
        onPress={() => toggleDetails(view.id)}
      >
        <ChevronDown size={16} aria-hidden />
      </IconButton>
    </>
  )
}
