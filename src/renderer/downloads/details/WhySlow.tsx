import type { DownloadView } from '../../../shared/download'
import { holdText } from '../../queueText'
import type { Inspection } from '../../../shared/inspection'
import { downloadProblem, formatDateTime, formatPercent, formatSpeed, t } from '../../text'
import { whySlow, type Reason } from './whySlow'

interface Props {
  readonly view: DownloadView
  readonly inspection: Inspection
}

/** What keeps it from being faster, each with its evidence. */
export function WhySlow({ view, inspection }: Props) {
  return (
    <div>
      <h3 className="panel-heading">{t('why.title')}</h3>
      {inspection.vitals === null ? <NotRunning view={view} /> : <Reasons inspection={inspection} />}
    </div>
  )
}

function NotRunning({ view: { state, hold } }: { readonly view: DownloadView }) {
  if (hold === null)
    return <p className="panel-nothing">{t(state.kind === 'active' ? 'why.notYet' : 'why.notRunning')}</p>
  return (
    <ul className="reasons">
      <li>
        <strong>{holdText(hold)}</strong>
        {hold.kind === 'server' && <p>{downloadProblem(hold.reason).suggestion}</p>}
      </li>
    </ul>
  )
}

export function Reasons({ inspection }: { readonly inspection: Inspection }) {
  const reasons = whySlow(inspection)
  if (reasons.length === 0) return <p className="panel-nothing">{t('why.nothing')}</p>
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={reason.code}>
          <strong>{t(`why.${reason.code}`)}</strong>
          <p className="numbers">{evidence(reason)}</p>
        </li>
      ))}
    </ul>
  )
}

function evidence(reason: Reason): string {
  const percent = (share: number) => formatPercent(Math.round(share * 100))
  switch (reason.code) {
    case 'single':
      return t('why.single.text')
    case 'refused':
      return t('why.refused.text', {
        host: reason.host,
        count: reason.connections,
        at: formatDateTime(reason.at),
      })
    case 'perConnection':
      return t('why.perConnection.text', {
        count: reason.connections,
        each: formatSpeed(reason.each),
        gain: percent(reason.gain - 1),
      })
    case 'line':
      return t('why.line.text', {
        from: reason.from,
        to: reason.to,
        before: formatSpeed(reason.before),
        after: formatSpeed(reason.after),
      })
    case 'hostLimit':
      return t('why.hostLimit.text', { host: reason.host, limit: reason.limit, others: reason.others })
    case 'connectionLimit':
      return t(reason.chosen ? 'why.connectionLimit.chosen' : 'why.connectionLimit.text', { count: reason.allowed })
    case 'speedLimit':
      return t(`why.speedLimit.${reason.scope}`, {
        rate: formatSpeed(reason.rate),
        used: formatSpeed(reason.used),
        share: percent(reason.share),
      })
    case 'proxy':
      return t('why.proxy.text', { proxy: reason.proxy, count: reason.through, all: reason.of })
    case 'disk':
      return t('why.disk.text', { share: percent(reason.share) })
    case 'latency':
      return t('why.latency.text', { ms: Math.round(reason.ms), share: percent(reason.share) })
    case 'servers':
      return t('why.servers.text', {
        used: reason.used,
        all: reason.all,
        host: reason.host,
        reason: downloadProblem({ code: reason.error, retry: 'no', detail: '' }).title,
      })
    case 'retries':
      return t('why.retries.text', {
        count: reason.times,
        reason: downloadProblem({ code: reason.error, retry: 'later', detail: '' }).title,
      })
  }
}
