import { t } from '../text'
import { newTimes } from '../ui/schedule'
import { ScheduleTimes } from '../ui/ScheduleTimes'
import { Select } from '../ui/Select'
import type { Draft } from './draft'

interface Props {
  readonly draft: Draft
  readonly problem: string | null
  readonly onChange: (change: Partial<Draft>) => void
}

/** When a queue runs: at any time, or at times of some days in a time zone. */
export function ScheduleEditor({ draft, problem, onChange }: Props) {
  const { times } = draft
  return (
    <>
      <Select
        label={t('queues.when')}
        value={draft.scheduled ? 'scheduled' : 'always'}
        options={[
          { value: 'always', label: t('queues.always') },
          { value: 'scheduled', label: t('queues.scheduled') },
        ]}
        onChange={(when) =>
          onChange({
            scheduled: when === 'scheduled',
            times: when === 'scheduled' && times.length === 0 ? [newTimes(0)] : times,
          })
        }
      />
      {draft.scheduled && <ScheduleTimes draft={draft} problem={problem} onChange={onChange} />}
    </>
  )
}
