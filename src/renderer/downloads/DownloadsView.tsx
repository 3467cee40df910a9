import { useDeferredValue, useMemo } from 'react'
import { useStore } from '../store'
import { t } from '../text'
import { useWindow } from '../windowState'
import { Broken, NoMatch, NothingYet } from './Empty'
import { filterIds } from './filter'
import { Grid } from './Grid'
import { SummaryBar } from './SummaryBar'
import './downloads.css'

/** The list, or what stands in its place, and the bar below it. */
export function DownloadsView() {
  const status = useStore((state) => state.status)
  const problem = useStore((state) => state.problem)
  const mirror = useStore((state) => state.mirror)
  const order = useStore((state) => state.mirror.order)
  const names = useStore((state) => state.mirror.names)
  // Typing stays quick while a long list is searched.
  const query = useDeferredValue(useWindow((state) => state.query))
  const ids = useMemo(() => {
    void names // The rows are changed in place: this is how a new name becomes known.
    return filterIds(order, mirror.rows, query)
  }, [order, mirror, names, query])

  return (
    <>
      <main className="downloads">
        <h1 className="visually-hidden">{t('app.name')}</h1>
        {status === 'broken' && problem !== null ? (
          <Broken error={problem} />
        ) : status === 'ready' && order.length === 0 ? (
          <NothingYet />
        ) : status === 'ready' && ids.length === 0 ? (
          <NoMatch query={query.trim()} />
        ) : null}
        {status !== 'broken' && <Grid ids={ids} />}
      </main>
      {status === 'ready' ? (
        <SummaryBar shown={ids.length} />
      ) : (
        <footer className="summary">{status === 'loading' && t('list.loading')}</footer>
      )}
    </>
  )
}
