import { useState } from 'react'
import type { DownloadId, DownloadView } from '../../shared/download'
import { call } from '../api'
import { changeAll } from '../bulk'
import { fromField, toField } from '../moments'
import { useStore } from '../store'
import { t } from '../text'
import { FormDialog } from '../ui/FormDialog'
import { TimeField } from '../ui/TimeField'
import { closeDialog, orShow } from '../windowState'

/** When chosen downloads start, and when they are paused. */
export function AppointDialog({ ids }: { readonly ids: readonly DownloadId[] }) {
  const first = useStore((state) => state.mirror.rows.get(ids[0] ?? 0))
  const [startAt, setStartAt] = useState(() => toField(first?.startAt ?? null))
  const [stopAt, setStopAt] = useState(() => toField(first?.stopAt ?? null))
  const [start, stop] = [fromField(startAt), fromField(stopAt)]
  const wrong = start !== null && stop !== null && stop <= start
  const save = () => {
    if (wrong) return
    const give = (those: DownloadId[], at: string) => {
      const [startAt = null, stopAt = null] = JSON.parse(at) as (number | null)[]
      return call('downloads.appoint', { ids: those, startAt, stopAt })
    }
    const times = (view: Pick<DownloadView, 'startAt' | 'stopAt'>) => JSON.stringify([view.startAt, view.stopAt])
    orShow(changeAll(ids, times({ startAt: start, stopAt: stop }), times, give).then(closeDialog))
  }
  return (
    <FormDialog
      title={t('appoint.title')}
      size="small"
      cancel={t('appoint.cancel')}
      submit={t('appoint.save')}
      busy={wrong}
      problem={wrong ? t('appoint.order') : null}
      onClose={closeDialog}
      onSubmit={save}
    >
      <TimeField label={t('appoint.startAt')} type="datetime-local" value={startAt} onChange={setStartAt} />
      <TimeField label={t('appoint.stopAt')} type="datetime-local" value={stopAt} onChange={setStopAt} />
      <p className="hint">{t('appoint.hint')}</p>
    </FormDialog>
  )
}
