import { ChevronDown } from 'lucide-react'
import { whenDoneActions } from '../../shared/when-done'
import { call } from '../api'
import { setSettings, useStore } from '../store'
import { t } from '../text'
import { orShow } from '../windowState'

/** What follows when everything is done: to be seen where one looks for how far everything is, and chosen there. */
export function WhenDone() {
  const chosen = useStore((state) => state.settings?.whenDone ?? null)
  if (chosen === null) return null
  return (
    <div className={`when-done ${chosen === 'nothing' ? '' : 'when-done-armed'}`}>
      <span aria-hidden>{t('summary.then', { action: t(`then.${chosen}`) })}</span>
      <ChevronDown size={13} aria-hidden />
      {/* The native one lies over its own short words: its list is the system's. */}
      <select
        aria-label={t('settings.whenDone')}
        title={t('settings.whenDone')}
        value={chosen}
        onChange={(event) => {
          const whenDone = whenDoneActions[event.target.selectedIndex]
          if (whenDone !== undefined) orShow(call('settings.set', { whenDone }).then(setSettings))
        }}
      >
        {whenDoneActions.map((each) => (
          <option key={each} value={each}>
            {t(`whenDone.${each}`)}
          </option>
        ))}
      </select>
    </div>
  )
}
