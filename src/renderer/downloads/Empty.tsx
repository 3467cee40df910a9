import { Anchor, ListFilter, SearchX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RequestError } from '../../shared/errors'
import { readList, useStore } from '../store'
import { requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { openDialog, setQuery } from '../windowState'
import { categoryName, other } from '../categoryName'
import { categoryFilter, statusFilters, type Filter } from './filter'
import { setFilter } from './useListing'

interface Props {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}

function Empty({ icon, title, text, children }: Props) {
  return (
    <div className="empty">
      <div className="empty-icon" aria-hidden="true">
        {icon}
      </div>
      <h2 className="empty-title">{title}</h2>
      <p className="empty-text">{text}</p>
      {children}
    </div>
  )
}

export function NothingYet() {
  const mac = useStore((state) => state.info?.platform === 'darwin')
  return (
    <Empty
      icon={<Anchor size={40} strokeWidth={1.25} />}
      title={t('empty.title')}
      text={t('empty.text', { shortcut: mac ? '⌘V' : 'Ctrl+V' })}
    >
      <Button onPress={() => openDialog({ kind: 'add', text: '' })}>{t('empty.add')}</Button>
    </Empty>
  )
}

/** A filter that nothing passes. */
export function NothingHere({ filter }: { readonly filter: Filter }) {
  return (
    <Empty
      icon={<ListFilter size={40} strokeWidth={1.25} />}
      title={t('nothingHere.title', { name: useFilterName(filter) })}
      text={t('nothingHere.text')}
    >
      <Button onPress={() => setFilter('all')}>{t('noMatch.clear')}</Button>
    </Empty>
  )
}

function useFilterName(filter: Filter): string {
  const categories = useStore((state) => state.settings?.categories ?? [])
  const category = categories.find(({ id }) => categoryFilter(id) === filter)
  const status = statusFilters.find((each) => each === filter)
  if (status !== undefined) return t(`filter.${status}`)
  return filter === 'all' ? t('filter.all') : categoryName(category ?? other)
}

interface NoMatchProps {
  readonly query: string
  readonly filtered: boolean
}

export function NoMatch({ query, filtered }: NoMatchProps) {
  const showAll = () => {
    setQuery('')
    setFilter('all')
  }
  return (
    <Empty
      icon={<SearchX size={40} strokeWidth={1.25} />}
      title={t('noMatch.title', { query })}
      text={t(filtered ? 'noMatch.filtered' : 'noMatch.text')}
    >
      <Button onPress={showAll}>{t('noMatch.clear')}</Button>
    </Empty>
  )
}

/** The list could not be read: the one failure that takes the whole window. */
export function Broken({ error }: { readonly error: RequestError }) {
  const problem = requestProblem(error)
  return (
    <Empty
      icon={<TriangleAlert size={40} strokeWidth={1.25} />}
      title={problem.title}
      text={t('join.sentences', { first: problem.cause, second: problem.suggestion })}
    >
      <p className="empty-detail selectable">
        {error.code}: {error.detail}
      </p>
      <Button onPress={() => void readList()}>{t('broken.retry')}</Button>
    </Empty>
  )
}
