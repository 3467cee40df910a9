import {
  AppWindow,
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  Disc3,
  Download,
  File,
  FileArchive,
  FileText,
  Film,
  Image,
  Layers,
  Music,
  type LucideIcon,
} from 'lucide-react'
import { formatCount, t } from '../text'
import { fileKinds } from './fileKind'
import { statusFilters, type Filter } from './filter'
import { setFilter, useListing } from './useListing'
import './FilterBar.css'

const icons: Readonly<Record<Filter, LucideIcon>> = {
  all: Layers,
  active: Download,
  waiting: Clock,
  paused: CirclePause,
  completed: CircleCheck,
  failed: CircleX,
  archive: FileArchive,
  video: Film,
  audio: Music,
  image: Image,
  document: FileText,
  program: AppWindow,
  disc: Disc3,
  other: File,
}

/** Parts of the list, with how many downloads each has. Beside the list, or above it in a narrow window. */
export function FilterBar() {
  const counts = useListing((state) => state.counts)
  const chosen = useListing((state) => state.filter)
  const button = (filter: Filter) => {
    const Icon = icons[filter]
    return (
      <li key={filter}>
        <button
          type="button"
          className={`filter filter-${filter}`}
          aria-pressed={chosen === filter}
          onClick={() => setFilter(filter)}
        >
          <Icon size={16} strokeWidth={1.75} aria-hidden />
          <span className="filter-name">{t(`filter.${filter}`)}</span>
          <span className="filter-count numbers">{counts[filter] > 0 && formatCount(counts[filter])}</span>
        </button>
      </li>
    )
  }
  // A kind that nothing is of would only be in the way, unless it is being looked at.
  const kinds = fileKinds.filter((kind) => counts[kind] > 0 || kind === chosen)
  return (
    <nav className="filters" aria-label={t('filters.label')}>
      <ul className="filter-group">{(['all', ...statusFilters] as const).map(button)}</ul>
      {kinds.length > 0 && (
        <>
          <h2 className="filter-heading">{t('filters.kinds')}</h2>
          <ul className="filter-group">{kinds.map(button)}</ul>
        </>
      )}
    </nav>
  )
}
