import { weekdays } from '../../shared/queues'
import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { setSettings } from '../store'
import { t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { TimeField } from '../ui/TimeField'
import { orShow } from '../windowState'

/** The same hours of every day: who wants more of it makes queues. */
export function SlowHours({ schedule }: { readonly schedule: Settings['slowSchedule'] }) {
  const [window] = schedule?.windows ?? []
  const { from, to } = window ?? { from: 9 * 60, to: 17 * 60 }
  const save = (slowSchedule: Settings['slowSchedule']) =>
    orShow(call('settings.set', { slowSchedule, slowMode: null }).then(setSettings))
  const set = (change: { readonly from?: number | null; readonly to?: number | null }) => {
    const next = { days: [...weekdays], from, to, ...change }
    if (next.from !== null && next.to !== null)
      save({ zone: null, windows: [{ ...next, from: next.from, to: next.to }] })
  }
  return (
    <>
      <Checkbox checked={schedule !== null} onChange={(on) => (on ? set({}) : save(null))}>
        {t('settings.slowHours')}
      </Checkbox>
      {schedule !== null && (
        <div className="settings-hours">
          <TimeField
            label={t('settings.slowFrom')}
            type="time"
            value={typed(from)}
            onChange={(text) => set({ from: minuteOf(text) })}
          />
          <TimeField
            label={t('settings.slowTo')}
            type="time"
            value={typed(to)}
            onChange={(text) => set({ to: minuteOf(text) })}
          />
        </div>
      )}
    </>
  )
}

function typed(minute: number): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`
}

/** @returns `null` while it is half typed */
function minuteOf(text: string): number | null {
  const match = /^(\d\d):(\d\d)/.exec(text)
  return match ? Number(match[1]) * 60 + Number(match[2]) : null
}
