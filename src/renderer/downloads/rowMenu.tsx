import {
  ArrowDown,
  ArrowDownToLine,
  ArrowUp,
  ArrowUpToLine,
  CalendarClock,
  ChevronsUpDown,
  CircleStop,
  Copy,
  ExternalLink,
  FolderOpen,
  Gauge,
  Info,
  Link,
  List,
  ListOrdered,
  ListPlus,
  ListStart,
  PackageCheck,
  Pause,
  Pencil,
  Play,
  RotateCcw,
  RotateCw,
  ShieldQuestion,
  Trash2,
  Turtle,
} from 'lucide-react'
import { priorities } from '../../shared/download'
import { queueName } from '../queueText'
import { useStore } from '../store'
import { t } from '../text'
import type { MenuEntry } from '../ui/Menu'
import { openDialog } from '../windowState'
import {
  askToRemove,
  copyAddresses,
  exportDownload,
  moveBy,
  moveToQueue,
  onlyNow,
  open,
  pause,
  prioritize,
  resume,
  run,
  showGroup,
  showInFolder,
  startOver,
  stopErrand,
  toggleGroup,
} from './actions'
import { isGroup, type RowId } from './groups'
import { actionsOf } from './status'
import { downloadsOf } from './useListing'
import { showDetails } from './viewPrefs'

const size = 15

/** What can be done with the chosen downloads and groups: only what applies to at least one of them. */
export function rowMenu(chosen: readonly RowId[], current: RowId): readonly MenuEntry[] {
  const { queues, mirror } = useStore.getState()
  const { rows } = mirror
  const ids = downloadsOf(chosen)
  const group = isGroup(current) && chosen.length === 1 ? current : null
  const views = ids.flatMap((id) => rows.get(id) ?? [])
  const actions = new Set(views.flatMap(actionsOf))
  const only = group === null && views.length === 1 ? views[0] : undefined
  const unfinished = views.filter((view) => view.state.kind !== 'done')
  const going = views.some((view) => view.state.kind === 'queued' || view.state.kind === 'active')
  const standing = only !== undefined && (only.state.kind === 'failed' || only.state.kind === 'paused')
  const entries: (MenuEntry | false)[] = [
    group !== null && {
      kind: 'item',
      id: 'fold',
      label: t('group.toggle'),
      icon: <ChevronsUpDown size={size} aria-hidden />,
      keys: 'Enter',
      onPress: () => toggleGroup(group),
    },
    group !== null && {
      kind: 'item',
      id: 'groupFolder',
      label: t('action.showInFolder'),
      icon: <FolderOpen size={size} aria-hidden />,
      keys: 'F',
      onPress: () => showGroup(group),
    },
    actions.has('open') &&
      only !== undefined && {
        kind: 'item',
        id: 'open',
        label: t('action.open'),
        icon: <ExternalLink size={size} aria-hidden />,
        keys: 'O',
        onPress: () => open(only.id),
      },
    only !== undefined && {
      kind: 'item',
      id: 'folder',
      label: t('action.showInFolder'),
      icon: <FolderOpen size={size} aria-hidden />,
      keys: 'F',
      disabled: !actions.has('showInFolder'),
      onPress: () => showInFolder(only.id),
    },
    actions.has('pause') && {
      kind: 'item',
      id: 'pause',
      label: t('action.pause'),
      icon: <Pause size={size} aria-hidden />,
      keys: 'P',
      onPress: () => pause(ids),
    },
    actions.has('resume') && {
      kind: 'item',
      id: 'resume',
      label: t('action.resume'),
      icon: <Play size={size} aria-hidden />,
      keys: 'R',
      onPress: () => resume(ids),
    },
    actions.has('retry') && {
      kind: 'item',
      id: 'retry',
      label: t('action.retry'),
      icon: <RotateCw size={size} aria-hidden />,
      keys: 'R',
      onPress: () => resume(ids),
    },
    standing && {
      kind: 'item',
      id: 'link',
      label: t('action.newLink'),
      icon: <Link size={size} aria-hidden />,
      keys: 'E',
      onPress: () => openDialog({ kind: 'relink', id: only.id }),
    },
    standing && {
      kind: 'item',
      id: 'edit',
      label: t('menu.edit'),
      icon: <Pencil size={size} aria-hidden />,
      keys: 'F2',
      onPress: () => openDialog({ kind: 'edit', id: current }),
    },
    standing && {
      kind: 'item',
      id: 'over',
      label: t('action.startOver'),
      icon: <RotateCcw size={size} aria-hidden />,
      onPress: () => startOver(only.id),
    },
    only !== undefined &&
      (actions.has('verify') || actions.has('repair')) && {
        kind: 'item',
        id: 'check',
        label: t(actions.has('repair') ? 'action.repair' : 'action.verify'),
        icon: <ShieldQuestion size={size} aria-hidden />,
        onPress: () => run(actions.has('repair') ? 'repair' : 'verify', only.id),
      },
    only?.check !== undefined && {
      kind: 'item',
      id: 'stop',
      label: t('menu.stop'),
      icon: <CircleStop size={size} aria-hidden />,
      onPress: () => stopErrand(current),
    },
    only !== undefined &&
      only.state.kind !== 'done' && {
        kind: 'item',
        id: 'export',
        label: t('menu.export'),
        icon: <PackageCheck size={size} aria-hidden />,
        disabled: only.check !== undefined,
        onPress: () => exportDownload(current),
      },
    { kind: 'line', id: 'line-1' },
    unfinished.length > 0 && {
      kind: 'menu',
      id: 'priority',
      label: t('menu.priority'),
      icon: <Gauge size={size} aria-hidden />,
      entries: priorities.map((priority) => ({
        kind: 'item',
        id: priority,
        label: t(`priority.${priority}`),
        checked: unfinished.every((view) => view.priority === priority),
        onPress: () => prioritize(ids, priority),
      })),
    },
    unfinished.length > 0 && {
      kind: 'item',
      id: 'limit',
      label: t('menu.limit'),
      icon: <Turtle size={size} aria-hidden />,
      onPress: () => openDialog({ kind: 'limit', ids: unfinished.map(({ id }) => id) }),
    },
    unfinished.length > 0 && {
      kind: 'menu',
      id: 'move',
      label: t('menu.move'),
      icon: <ListOrdered size={size} aria-hidden />,
      entries: [
        {
          kind: 'item',
          id: 'top',
          label: t('menu.moveTop'),
          icon: <ArrowUpToLine size={size} aria-hidden />,
          keys: 'Alt+Home',
          onPress: () => moveBy(ids, 'top'),
        },
        {
          kind: 'item',
          id: 'up',
          label: t('menu.moveUp'),
          icon: <ArrowUp size={size} aria-hidden />,
          keys: 'Alt+↑',
          onPress: () => moveBy(ids, 'up'),
        },
        {
          kind: 'item',
          id: 'down',
          label: t('menu.moveDown'),
          icon: <ArrowDown size={size} aria-hidden />,
          keys: 'Alt+↓',
          onPress: () => moveBy(ids, 'down'),
        },
        {
          kind: 'item',
          id: 'bottom',
          label: t('menu.moveBottom'),
          icon: <ArrowDownToLine size={size} aria-hidden />,
          keys: 'Alt+End',
          onPress: () => moveBy(ids, 'bottom'),
        },
      ],
    },
    unfinished.length > 0 &&
      queues.length > 1 && {
        kind: 'menu',
        id: 'queue',
        label: t('menu.toQueue'),
        icon: <ListPlus size={size} aria-hidden />,
        entries: queues.map((queue) => ({
          kind: 'item',
          id: `queue-${queue.id}`,
          label: queueName(queue),
          checked: unfinished.every((view) => view.queue === queue.id),
          onPress: () => moveToQueue(ids, queue.id),
        })),
      },
    going && {
      kind: 'item',
      id: 'only',
      label: t('menu.onlyNow'),
      icon: <ListStart size={size} aria-hidden />,
      onPress: () => onlyNow(ids),
    },
    views.some(({ onlyNow: chosen, hold }) => chosen || hold?.kind === 'others') && {
      kind: 'item',
      id: 'all',
      label: t('menu.onlyNowOver'),
      icon: <List size={size} aria-hidden />,
      onPress: () => onlyNow([]),
    },
    unfinished.length > 0 && {
      kind: 'item',
      id: 'appoint',
      label: t('menu.appoint'),
      icon: <CalendarClock size={size} aria-hidden />,
      onPress: () => openDialog({ kind: 'appoint', ids: unfinished.map(({ id }) => id) }),
    },
    {
      kind: 'item',
      id: 'copy',
      label: t('menu.copy', { count: views.length }),
      icon: <Copy size={size} aria-hidden />,
      keys: 'Ctrl+C',
      onPress: () => copyAddresses(ids),
    },
    group === null && {
      kind: 'item',
      id: 'details',
      label: t('action.details'),
      icon: <Info size={size} aria-hidden />,
      keys: 'I',
      onPress: () => showDetails(true),
    },
    { kind: 'line', id: 'line-2' },
    {
      kind: 'item',
      id: 'remove',
      label: t('menu.remove'),
      icon: <Trash2 size={size} aria-hidden />,
      keys: 'Del',
      danger: true,
      onPress: () => askToRemove(ids),
    },
  ]
  return entries.filter((entry) => entry !== false)
}
