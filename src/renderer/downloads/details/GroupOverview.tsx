import { X } from 'lucide-react'
import { useMemo } from 'react'
import { useStore } from '../../store'
import { formatBytes, formatCount, formatDateTime, formatDuration, formatPercent, formatSpeed, t } from '../../text'
import { IconButton } from '../../ui/IconButton'
import { MiddleEllipsis } from '../../ui/MiddleEllipsis'
import { ProgressBar } from '../../ui/ProgressBar'
import { percentDone, type GroupView, type RowId } from '../groups'
import { tones } from '../ProgressCell'
import { secondsLeft, statusKeys, statusOf, type Status } from '../status'
import { groupMembers, useGroup } from '../useListing'
import { showDetails } from '../viewPrefs'
import { Fact } from './Overview'

/** Servers that are named; of more only their number is told. */
const mostHosts = 6

/** What was added together, as a whole: how far it is, what its members do, where they come from and go to. */
export function GroupPanel({ row }: { readonly row: RowId }) {
  const group = useGroup(row)
  if (group === undefined) return null
  const { sum } = group
  const status = statusOf(sum)
  return (
    <>
      <div className="panel-head">
        <h2 className="panel-title" aria-label={t('join.titleText', { title: sum.name, text: t(statusKeys[status]) })}>
          <MiddleEllipsis text={sum.name} />
          <span className={`status status-${status}`}>{t(statusKeys[status])}</span>
        </h2>
        <IconButton label={t('panel.close')} onPress={() => showDetails(false)}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <div className="panel-body" role="group" aria-label={t('panel.overview')} tabIndex={0}>
        <div className="panel-columns">
          <Sums group={group} />
          <Members group={group} />
        </div>
      </div>
    </>
  )
}

function Sums({ group }: { readonly group: GroupView }) {
  const { sum, done, count } = group
  const exact = percentDone(group)
  const percent = Math.floor(exact * 100)
  const seconds = secondsLeft(sum)
  const received = formatBytes(sum.received)
  const size =
    sum.total === null
      ? t('row.sizeUnknown', { received })
      : t('row.receivedOfTotal', { received, total: formatBytes(sum.total) })
  return (
    <div>
      <ProgressBar
        of={group.row}
        label={t('row.progress')}
        percent={percent}
        exact={exact}
        tone={tones[statusOf(sum)]}
        moving={false}
      />
      <dl className="facts overview-more">
        <Fact name={t('row.progress')}>
          {t('group.progress', {
            percent: formatPercent(percent),
            done: t('group.done', { done: formatCount(done), count: formatCount(count) }),
          })}
        </Fact>
        <Fact name={t('details.size')}>{size}</Fact>
        {sum.bytesPerSecond > 0 && <Fact name={t('column.speed')}>{formatSpeed(sum.bytesPerSecond)}</Fact>}
        {seconds !== null && <Fact name={t('column.timeLeft')}>{formatDuration(seconds)}</Fact>}
        <Fact name={t('details.folder')}>{sum.folder}</Fact>
        <Fact name={t('details.added')}>{formatDateTime(sum.addedAt)}</Fact>
        {done === count && sum.finishedAt !== null && (
          <Fact name={t('details.finished')}>{formatDateTime(sum.finishedAt)}</Fact>
        )}
      </dl>
    </div>
  )
}

function Members({ group }: { readonly group: GroupView }) {
  const hosts = useHosts(group)
  const more = hosts.length - mostHosts
  const states = statesOf(group)
  return (
    <div>
      <h3 className="panel-heading">{t('group.states')}</h3>
      <dl className="facts group-states">
        {states.map(([status, count]) => (
          <Fact key={status} name={<span className={`status status-${status}`}>{t(statusKeys[status])}</span>}>
            <span className="numbers">{formatCount(count)}</span>
          </Fact>
        ))}
      </dl>
      <h3 className="panel-heading group-sources">{t('servers.title')}</h3>
      <ul className="facts group-states">
        {hosts.slice(0, mostHosts).map(([host, count]) => (
          <Host key={host} host={host} count={count} />
        ))}
        {more > 0 && <li className="facts-minor">{t('group.moreServers', { count: more })}</li>}
      </ul>
    </div>
  )
}

function Host({ host, count }: { readonly host: string; readonly count: number }) {
  return (
    <li className="group-host">
      <span className="selectable">{host}</span> <span className="facts-minor numbers">{formatCount(count)}</span>
    </li>
  )
}

/** States that members are in, those that move first. */
function statesOf({ states }: GroupView): (readonly [Status, number])[] {
  const order: readonly Status[] = ['downloading', 'waiting', 'queued', 'paused', 'failed', 'completed']
  return order.map((status) => [status, states[status] ?? 0] as const).filter(([, count]) => count > 0)
}

/** Servers of the members, those of most first. Read when the panel opens and when members come or go. */
function useHosts({ row, count }: GroupView): (readonly [string, number])[] {
  return useMemo(() => {
    const { rows } = useStore.getState().mirror
    const counts = new Map<string, number>()
    for (const id of groupMembers(row)) {
      const url = rows.get(id)?.url ?? ''
      const host = URL.canParse(url) ? new URL(url).host : ''
      if (host !== '') counts.set(host, (counts.get(host) ?? 0) + 1)
    }
    return [...counts].sort((a, b) => b[1] - a[1])
    // eslint-disable-next-line react-hooks/exhaustive-deps -- another number of members is another set of them
  }, [row, count])
}
