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
  Tag,
  Trash2,
  Turtle,
  Zap,
  type LucideIcon,
} from 'lucide-react'
import { defaultCategories } from '../../shared/categories'
import { priorities } from '../../shared/download'
import { categoryName } from '../categoryName'
import { queueName } from '../queueText'
import { useStore } from '../store'
import { t } from '../text'
import type { MenuEntry } from '../ui/Menu'
import { openDialog } from '../windowState'
import {
  askToRemove,
  categorize,
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
  startNow,
  startOver,
  stopErrand,
  toggleGroup,
} from './actions'
import { isGroup, type RowId } from './groups'
import { actionsOf } from './status'
import { downloadsOf } from './useListing'
import { showDetails } from './viewPrefs'

type Item = Extract<MenuEntry, { kind: 'item' }>

function item(
  id: string,
  label: string,
  Icon: LucideIcon,
  onPress: () => void,
  more: Pick<Item, 'keys' | 'disabled' | 'danger'> = {},
): Item {
  return { kind: 'item', id, label, icon: <Icon size={15} aria-hidden />, onPress, ...more }
}

function menu(id: string, label: string, Icon: LucideIcon, entries: readonly MenuEntry[]): MenuEntry {
  return { kind: 'menu', id, label, icon: <Icon size={15} aria-hidden />, entries }
}

/** What can be done with the chosen downloads and groups: only what applies to at least one of them. */
export function rowMenu(chosen: readonly RowId[], current: RowId): readonly MenuEntry[] {
  const { queues, mirror, settings } = useStore.getState()
  const categories = settings?.categories ?? defaultCategories
  const { rows } = mirror
  const ids = downloadsOf(chosen)
  const group = isGroup(current) && chosen.length === 1 ? current : null
  const views = ids.flatMap((id) => rows.get(id) ?? [])
  const actions = new Set(views.flatMap(actionsOf))
  const only = group === null && views.length === 1 ? views[0] : undefined
  const unfinished = views.filter((view) => view.state.kind !== 'done')
  const going = views.some((view) => view.state.kind === 'queued' || view.state.kind === 'active')
  const unstarted = views.filter(({ state: { kind } }) => kind !== 'active' && kind !== 'done').map(({ id }) => id)
  const standing = only !== undefined && (only.state.kind === 'failed' || only.state.kind === 'paused')
  const entries: (MenuEntry | false)[] = [
    group !== null && item('fold', t('group.toggle'), ChevronsUpDown, () => toggleGroup(group), { keys: 'Enter' }),
    group !== null && item('groupFolder', t('action.showInFolder'), FolderOpen, () => showGroup(group), { keys: 'F' }),
    actions.has('open') &&
      only !== undefined &&
      item('open', t('action.open'), ExternalLink, () => open(only.id), { keys: 'O' }),
    only !== undefined &&
      item('folder', t('action.showInFolder'), FolderOpen, () => showInFolder(only.id), { keys: 'F' }),
    actions.has('pause') && item('pause', t('action.pause'), Pause, () => pause(ids), { keys: 'P' }),
    actions.has('resume') && item('resume', t('action.resume'), Play, () => resume(ids), { keys: 'R' }),
    actions.has('retry') && item('retry', t('action.retry'), RotateCw, () => resume(ids), { keys: 'R' }),
    unstarted.length > 0 && item('now', t('menu.startNow'), Zap, () => startNow(unstarted)),
    standing &&
      item('link', t('action.newLink'), Link, () => openDialog({ kind: 'relink', id: only.id }), { keys: 'E' }),
    standing && item('edit', t('menu.edit'), Pencil, () => openDialog({ kind: 'edit', id: only.id }), { keys: 'F2' }),
    standing && item('over', t('action.startOver'), RotateCcw, () => startOver(only)),
    only !== undefined &&
      (actions.has('verify') || actions.has('repair')) &&
      item('check', t(actions.has('repair') ? 'action.repair' : 'action.verify'), ShieldQuestion, () =>
        run(actions.has('repair') ? 'repair' : 'verify', only.id),
      ),
    only?.check !== undefined && item('stop', t('action.stop'), CircleStop, () => stopErrand(only.id)),
    only !== undefined &&
      only.state.kind !== 'done' &&
      item('export', t('menu.export'), PackageCheck, () => exportDownload(only.id), {
        disabled: only.check !== undefined,
      }),
    { kind: 'line', id: 'line-1' },
    unfinished.length > 0 &&
      menu(
        'priority',
        t('menu.priority'),
        Gauge,
        priorities.map((priority) => ({
          kind: 'item',
          id: priority,
          label: t(`priority.${priority}`),
          checked: unfinished.every((view) => view.priority === priority),
          onPress: () => prioritize(ids, priority),
        })),
      ),
    unfinished.length > 0 &&
      item('limit', t('menu.limit'), Turtle, () => openDialog({ kind: 'limit', ids: unfinished.map(({ id }) => id) })),
    unfinished.length > 0 &&
      menu('move', t('menu.move'), ListOrdered, [
        item('top', t('menu.moveTop'), ArrowUpToLine, () => moveBy(ids, 'top'), { keys: 'Alt+Home' }),
        item('up', t('menu.moveUp'), ArrowUp, () => moveBy(ids, 'up'), { keys: 'Alt+↑' }),
        item('down', t('menu.moveDown'), ArrowDown, () => moveBy(ids, 'down'), { keys: 'Alt+↓' }),
        item('bottom', t('menu.moveBottom'), ArrowDownToLine, () => moveBy(ids, 'bottom'), { keys: 'Alt+End' }),
      ]),
    unfinished.length > 0 &&
      queues.length > 1 &&
      menu(
        'queue',
        t('menu.toQueue'),
        ListPlus,
        queues.map((queue) => ({
          kind: 'item',
          id: `queue-${queue.id}`,
          label: queueName(queue),
          checked: unfinished.every((view) => view.queue === queue.id),
          onPress: () => moveToQueue(ids, queue.id),
        })),
      ),
    menu('category', t('menu.category'), Tag, [
      ...categories.map((category): Item => ({
        kind: 'item',
        id: `category-${category.id}`,
        label: categoryName(category),
        checked: views.every((view) => view.category === category.id),
        onPress: () => categorize(ids, category.id),
      })),
      { kind: 'line', id: 'category-line' },
      {
        kind: 'item',
        id: 'category-rules',
        label: t('category.byRule'),
        checked: views.every((view) => view.category === undefined),
        onPress: () => categorize(ids, null),
      },
    ]),
    going && item('only', t('menu.onlyNow'), ListStart, () => onlyNow(ids)),
    views.some(({ onlyNow: chosen, hold }) => chosen || hold?.kind === 'others') &&
      item('all', t('menu.onlyNowOver'), List, () => onlyNow([])),
    unfinished.length > 0 &&
      item('appoint', t('menu.appoint'), CalendarClock, () =>
        openDialog({ kind: 'appoint', ids: unfinished.map(({ id }) => id) }),
      ),
    item('copy', t('menu.copy', { count: views.length }), Copy, () => copyAddresses(ids), { keys: 'Ctrl+C' }),
    item('details', t('action.details'), Info, () => showDetails(true), { keys: 'I' }),
    { kind: 'line', id: 'line-2' },
    item('remove', t('menu.remove'), Trash2, () => askToRemove(ids), { keys: 'Del', danger: true }),
  ]
  return entries.filter((entry) => entry !== false)
}
