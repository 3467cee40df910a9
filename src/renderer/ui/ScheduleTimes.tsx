import { Plus, X } from 'lucide-react'
import { useMemo } from 'react'
import { weekdays, type Weekday } from '../../shared/queues'
import { formatWeekday, locale, t } from '../text'
import { Button } from './Button'
import { IconButton } from './IconButton'
import { newTimes, noteOf, type ScheduleDraft, type Times } from './schedule'
import { Select } from './Select'
import { TimeField } from './TimeField'
import { allZones, currentZone } from './zones'
import './schedule.css'

interface Props {
  readonly draft: ScheduleDraft
  readonly problem: string | null
  readonly onChange: (change: Partial<ScheduleDraft>) => void
}

const system = currentZone(Intl.DateTimeFormat().resolvedOptions().timeZone)

/** Times of some days, in a time zone. */
export function ScheduleTimes({ draft, problem, onChange }: Props) {
  const { times } = draft
  const replace = (key: number, change: Partial<Times>) =>
    onChange({ times: times.map((each) => (each.key === key ? { ...each, ...change } : each)) })
  const next = Math.max(-1, ...times.map(({ key }) => key)) + 1
  return (
    <div className="schedule" role="group" aria-label={t('queues.times')}>
      {times.map((each, index) => (
        <div
          key={each.key}
          className="schedule-times"
          role="group"
          aria-label={t('queues.times.one', { number: index + 1 })}
        >
          <Days days={each.days} onChange={(days) => replace(each.key, { days })} />
          <div className="schedule-span">
            <TimeField
              label={t('queues.from')}
              type="time"
              value={each.from}
              onChange={(from) => replace(each.key, { from })}
            />
            <TimeField
              label={t('queues.to')}
              type="time"
              value={each.to}
              onChange={(to) => replace(each.key, { to })}
              note={noteOf(each)}
            />
            <IconButton
              label={t('queues.removeTimes', { number: index + 1 })}
              onPress={() => onChange({ times: times.filter(({ key }) => key !== each.key) })}
            >
              <X size={15} aria-hidden />
            </IconButton>
          </div>
        </div>
      ))}
      <div>
        <Button icon={<Plus size={15} aria-hidden />} onPress={() => onChange({ times: [...times, newTimes(next)] })}>
          {t('queues.addTimes')}
        </Button>
      </div>
      {problem !== null && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
      <ZoneField zone={draft.zone} onChange={(zone) => onChange({ zone })} />
    </div>
  )
}

interface ZoneFieldProps {
  /** `null` for that of the computer. */
  readonly zone: string | null
  readonly onChange: (zone: string | null) => void
}

function ZoneField({ zone, onChange }: ZoneFieldProps) {
  const zones = useMemo(() => allZones(zone), [zone])
  const now = new Intl.DateTimeFormat(locale(), { timeStyle: 'short', timeZone: zone ?? system }).format(new Date())
  return (
    <Select
      label={t('queues.zone')}
      value={zone === null ? '' : currentZone(zone)}
      options={[
        { value: '', label: t('queues.zone.system', { zone: system.replaceAll('_', ' ') }) },
        ...zones.map(({ name, group, label }) => ({ value: name, label, ...(group === null ? {} : { group }) })),
      ]}
      hint={t('queues.zone.now', { time: now })}
      onChange={(chosen) => onChange(chosen === '' ? null : chosen)}
    />
  )
}

function Days({ days, onChange }: { readonly days: readonly Weekday[]; readonly onChange: (days: Weekday[]) => void }) {
  return (
    <div className="field" role="group" aria-label={t('queues.days')}>
      <span className="label" aria-hidden>
        {t('queues.days')}
      </span>
      <div className="schedule-days">
        {weekdays.map((day) => {
          const on = days.includes(day)
          return (
            <button
              key={day}
              type="button"
              aria-pressed={on}
              onClick={() => onChange(weekdays.filter((each) => (each === day ? !on : days.includes(each))))}
            >
              <span aria-hidden>{formatWeekday(day, 'short')}</span>
              <span className="visually-hidden">{formatWeekday(day, 'long')}</span>
            </button>
          )
        })}
      </div>
    </div>
  )
}
