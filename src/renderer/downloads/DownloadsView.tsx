import { useStore } from '../store'
import { t } from '../text'
import { useWindow } from '../windowState'
import { DetailsPanel } from './details/DetailsPanel'
import { Broken, NoMatch, NothingHere, NothingYet } from './Empty'
import { FilterBar } from './FilterBar'
import { Grid } from './Grid'
import { SummaryBar } from './SummaryBar'
import { useListing } from './useListing'
import './downloads.css'

/** The list, or what stands in its place, with its filters, its details and the bar below. */
export function DownloadsView() {
  const status = useStore((state) => state.status)
  const problem = useStore((state) => state.problem)
  const ids = useListing((state) => state.ids)
  const shown = useListing((state) => state.shown)
  const filter = useListing((state) => state.filter)
  const count = useListing((state) => state.counts.all ?? 0)
  const reading = useStore((state) => state.reading)
  const query = useWindow((state) => state.query).trim()
  const empty = () => {
    if (status === 'broken' && problem !== null) return <Broken error={problem} />
    if (status !== 'ready' || reading || ids.length > 0) return null
    if (count === 0) return <NothingYet />
    return query === '' ? <NothingHere filter={filter} /> : <NoMatch query={query} filtered={filter !== 'all'} />
  }
  return (
    <>
      <main className="downloads">
        <h1 className="visually-hidden">{t('app.name')}</h1>
        <FilterBar />
        <div className="downloads-main">
          <div className="downloads-list">
            {empty()}
            {status !== 'broken' && <Grid ids={ids} />}
          </div>
          <DetailsPanel />
        </div>
      </main>
      {status === 'ready' ? (
        <SummaryBar shown={shown} />
      ) : (
        <footer className="summary">{status !== 'broken' && t('list.loading')}</footer>
      )}
    </>
  )
}
