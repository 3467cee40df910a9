import { useStore } from '../store'
import { overall } from '../mirror'
import { formatCount, formatSpeed, t } from '../text'
import { useGrid } from './gridState'
import { downloadsOf } from './useListing'
import { WhenDone } from './WhenDone'

/** The bar at the bottom: how many, how many of them move, how fast together. */
export function SummaryBar({ shown }: { readonly shown: number }) {
  const count = useStore((state) => state.mirror.rows.size)
  const active = useStore((state) => state.mirror.counts.active)
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
      {active > 0 && (
        <>
          <span>{t('summary.active', { count: active })}</span>
          <span className="summary-speed">{formatSpeed(speed)}</span>
        </>
      )}
      <WhenDone />
    </footer>
  )
}
