import { CircleStop } from 'lucide-react'
import type { DownloadId } from '../../../shared/download'
import type { CheckProgress } from '../../../shared/verification'
import { errandText, formatBytes, formatSpeed, percentOf, t } from '../../text'
import { Button } from '../../ui/Button'
import { ProgressBar } from '../../ui/ProgressBar'
import { stopErrand } from '../actions'
import './ErrandLine.css'

/** A check, a repair or an export while it runs: how far it is, how fast, and its end. */
export function ErrandLine({ id, check }: { readonly id: DownloadId; readonly check: CheckProgress }) {
  const { bytes, total, bytesPerSecond } = check
  const text = errandText(check)
  const sizes = { bytes: formatBytes(bytes), total: formatBytes(total) }
  return (
    <div className="errand">
      <span>{text}</span>
      <ProgressBar
        label={text}
        percent={percentOf(bytes, total)}
        exact={total === 0 ? 0 : Math.min(1, bytes / total)}
        tone="busy"
        moving
      />
      <span className="errand-figures numbers">
        {bytesPerSecond > 0
          ? t('check.progressSpeed', { ...sizes, speed: formatSpeed(bytesPerSecond) })
          : t('check.progress', sizes)}
      </span>
      <Button icon={<CircleStop size={14} aria-hidden />} onPress={() => stopErrand(id)}>
        {t('action.stop')}
      </Button>
    </div>
  )
}
