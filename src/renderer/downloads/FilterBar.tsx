import {
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  Download,
  History,
  Layers,
  ListPlus,
  ListStart,
  ListX,
  Tag,
  type LucideIcon,
} from 'lucide-react'
import { defaultCategories, kinds, type Category } from '../../shared/categories'
import { categoryName, other } from '../categoryName'
import { queueName } from '../queueText'
import { useStore } from '../store'
import { formatCount, t } from '../text'
import { useQueues } from '../useQueues'
import { categoryFilter, queueFilter, statusFilters, type Filter, type StatusFilter } from './filter'
import { kindIcons } from './KindIcon'
import type { Counts } from './listing'
import { setFilter, useListing } from './useListing'
import { openDialog } from '../windowState'
import './FilterBar.css'

const icons: Readonly<Record<'all' | StatusFilter, LucideIcon>> = {
  all: Layers,
  active: Download,
  waiting: Clock,
  paused: CirclePause,
  completed: CircleCheck,
  failed: CircleX,
}

/** Parts of the list, with how many downloads each has. Beside the list, or above it in a narrow window. */
export function FilterBar() {
  // Numbers of the first rows alone would be wrong.
  const whole = useStore((state) => state.status !== 'first')
  const all = useListing((state) => state.counts)
  const counts: Counts = whole ? all : {}
  const chosen = useListing((state) => state.filter)
  const categories = useStore((state) => state.settings?.categories ?? defaultCategories)
  const queues = useQueues()
  const button = (filter: Filter, name: string, Icon: LucideIcon) => {
    const count = counts[filter] ?? 0
    return (
      <li key={filter}>
        <button
          type="button"
          className={`filter filter-${filter}`}
          aria-pressed={chosen === filter}
          title={filter === 'waiting' ? t('filter.waitingHint') : name}
          onClick={() => setFilter(filter)}
        >
          <Icon size={16} strokeWidth={1.75} aria-hidden />
          <span className="filter-name">{name}</span>
          <span className="filter-count numbers">{count > 0 && formatCount(count)}</span>
        </button>
      </li>
    )
  }
  // A category that nothing is in would only be in the way, unless it is being looked at.
  const shown = [...categories, other].filter(({ id }) => {
    const filter = categoryFilter(id)
    return (counts[filter] ?? 0) > 0 || chosen === filter
  })
  return (
    <nav className="filters" aria-label={t('filters.label')}>
      <ul className="filter-group">
        {(['all', ...statusFilters] as const).map((filter) => button(filter, t(`filter.${filter}`), icons[filter]))}
        <li>
          <button type="button" className="filter" onClick={() => openDialog({ kind: 'history' })}>
            <History size={16} strokeWidth={1.75} aria-hidden />
            <span className="filter-name">{t('filters.history')}</span>
          </button>
        </li>
      </ul>
      {shown.length > 0 && (
        <>
          <h2 className="filter-heading">{t('filters.categories')}</h2>
          <ul className="filter-group">
            {shown.map((category) => button(categoryFilter(category.id), categoryName(category), iconOf(category)))}
          </ul>
        </>
      )}
      <h2 className="filter-heading">{t('filters.queues')}</h2>
      <ul className="filter-group">
        {queues.length > 1 &&
          queues.map((queue) =>
            button(queueFilter(queue.id), queueName(queue), queue.hold === null ? ListStart : ListX),
          )}
        <li>
          <button type="button" className="filter" onClick={() => openDialog({ kind: 'queues' })}>
            <ListPlus size={16} strokeWidth={1.75} aria-hidden />
            <span className="filter-name">{t('filters.manageQueues')}</span>
          </button>
        </li>
      </ul>
    </nav>
  )
}

function iconOf({ id, name }: Pick<Category, 'id' | 'name'>): LucideIcon {
  const kind = kinds.find((each) => each === id)
  return kind !== undefined ? kindIcons[kind] : name === null ? kindIcons.other : Tag
}
