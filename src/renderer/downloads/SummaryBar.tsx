import { useStore } from '../store'
import { overall } from '../mirror'
import { formatCount, formatSpeed, t } from '../text'
import { onlyNow } from './actions'
import { useGrid } from './gridState'
import { downloadsOf, useListing } from './useListing'
import { WhenDone } from './WhenDone'

/** The bar at the bottom: how many, how many of them move, how fast together. */
export function SummaryBar({ shown }: { readonly shown: number }) {
  const count = useStore((state) => state.mirror.rows.size)
  const running = useStore((state) => state.mirror.counts.active > 0)
  // As beside the list: what waits for its next attempt is not active.
  const active = useListing((state) => state.counts.active ?? 0)
  const alone = useStore((state) => state.mirror.chosen)
  const speed = useStore((state) => overall(state.mirror).bytesPerSecond)
  const chosen = useGrid((state) => state.selection.ids)
  const selected = chosen.size === 0 ? 0 : downloadsOf([...chosen]).length
  return (
    <footer className="summary numbers">
      <span>
        {shown === count
          ? t('summary.downloads', { count })
          : t('summary.shown', { shown: formatCount(shown), count: formatCount(count) })}
      </span>
      {selected > 1 && <span>{t('summary.selected', { count: selected })}</span>}
      <span className="summary-spring" />
      {alone > 0 && (
        <span className="summary-alone">
          {t('summary.onlyNow', { count: alone })}
          <button type="button" className="inline-button" onClick={() => onlyNow([])}>
            {t('menu.onlyNowOver')}
          </button>
        </span>
      )}
      {running && (
        <>
          <span>{t('summary.active', { count: active })}</span>
          <span className="summary-speed">{formatSpeed(speed)}</span>
        </>
      )}
      <WhenDone />
    </footer>
  )
}
