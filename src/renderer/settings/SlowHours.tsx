import { useState } from 'react'
import { weekdays } from '../../shared/queues'
import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { newTimes, scheduleDraftOf, scheduleOf, timesProblem, type ScheduleDraft } from '../ui/schedule'
import { ScheduleTimes } from '../ui/ScheduleTimes'
import { orShow } from '../windowState'

/** What somebody gets who switches the hours on. */
const usual = { zone: null, times: [{ ...newTimes(0, '09:00', '17:00'), days: [...weekdays] }] }

/** When slow mode is on by itself. What stands here is saved as soon as it is a schedule. */
export function SlowHours({ schedule }: { readonly schedule: Settings['slowSchedule'] }) {
  const [draft, setDraft] = useState<ScheduleDraft | null>(schedule === null ? null : scheduleDraftOf(schedule))
  const set = (next: ScheduleDraft | null) => {
    setDraft(next)
    if (next !== null && timesProblem(next) !== null) return
    const slowSchedule = next === null ? null : scheduleOf(next)
    orShow(call('settings.set', { slowSchedule, slowMode: null }).then(setSettings))
  }
  return (
    <>
      <Checkbox checked={draft !== null} onChange={(on) => set(on ? usual : null)}>
        {t('settings.slowHours')}
      </Checkbox>
      {draft !== null && (
        <ScheduleTimes
          draft={draft}
          problem={timesProblem(draft)}
          onChange={(change) => set({ ...draft, ...change })}
        />
      )}
    </>
  )
}
