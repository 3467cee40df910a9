import type { DownloadView } from '../../shared/download'
import type { CheckProgress } from '../../shared/verification'
import { formatBytes, formatPercent, percentOf, t } from '../text'
import { ProgressBar } from '../ui/ProgressBar'
import { statusOf, type Status } from './status'

export const tones = {
  queued: 'quiet',
  downloading: 'busy',
  paused: 'quiet',
  waiting: 'warn',
  verifying: 'busy',
  completed: 'ok',
  failed: 'bad',
} as const satisfies Record<Status, string>

/** How far it is, or an errand of it: the bar, and below it the bytes. */
export function ProgressCell({ view }: { readonly view: DownloadView }) {
  const status = statusOf(view)
  const { check } = view
  const done = status === 'completed' && check === undefined
  const { bytes, total } = check ?? { bytes: view.received, total: view.total }
  const percent = done ? 100 : percentOf(bytes, total)
  const exact = done ? 1 : total === null || total === 0 ? 0 : Math.min(1, bytes / total)
  return (
    <>
      <ProgressBar
        of={view.id}
        label={t('row.progress')}
        percent={percent}
        exact={exact}
        tone={check === undefined ? tones[status] : 'busy'}
        moving={status === 'downloading' || status === 'verifying'}
      />
      <div className="figures numbers">
        {percent !== null && !done && <span>{formatPercent(percent)}</span>}
        <span className="figures-size">{check === undefined ? sizeText(view, done) : checkSizes(check)}</span>
      </div>
    </>
  )
}

function checkSizes({ bytes, total }: CheckProgress): string {
  return t('row.receivedOfTotal', { received: formatBytes(bytes), total: formatBytes(total) })
}

function sizeText(view: DownloadView, done: boolean): string {
  const received = formatBytes(view.received)
  if (done) return received
  if (view.total !== null) return t('row.receivedOfTotal', { received, total: formatBytes(view.total) })
  // Before the first answer there is nothing to say.
  return view.received === 0 ? '' : t('row.sizeUnknown', { received })
}
