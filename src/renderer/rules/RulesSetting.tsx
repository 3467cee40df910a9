import { useEffect, useState } from 'react'
import type { HostRuleView } from '../../shared/host-rules'
import { call } from '../api'
import { removeSoon, useStaying } from '../removals'
import { useStore } from '../store'
import { formatSpeed, t } from '../text'
import { Records } from '../ui/Records'
import { orShow } from '../windowState'
import { RuleForm } from './RuleForm'

/** What holds for single hosts. */
export function RulesSetting() {
  const [rules, setRules] = useState<readonly HostRuleView[]>([])
  /** Id of the one whose form is open, or `new`. */
  const [edited, setEdited] = useState<string | null>(null)
  // An import brings rules as well.
  const settings = useStore((state) => state.settings)
  useEffect(() => orShow(call('hostRules.list').then(setRules)), [settings])

  const close = (list: readonly HostRuleView[] | null) => {
    if (list !== null) setRules(list)
    setEdited(null)
  }
  const remove = ({ id, pattern }: HostRuleView) =>
    removeSoon(id, pattern, () => call('hostRules.remove', { id }).then(setRules))
  return (
    <Records
      records={useStaying(rules, ({ id }) => id)}
      idOf={({ id }) => id}
      row={(rule) => ({
        name: rule.pattern,
        says: <span className="record-says">{saidBy(rule).join(' · ')}</span>,
        onRemove: () => remove(rule),
      })}
      edited={edited}
      onEdit={setEdited}
      form={(rule) => <RuleForm known={rule} onClose={close} />}
      none={t('rules.none')}
      add={t('rules.add')}
    />
  )
}

function saidBy({ connections, downloads, speedLimit, attempts, proxy, secret }: HostRuleView): string[] {
  return [
    ...(connections === null ? [] : [t('rules.says.connections', { count: connections })]),
    ...(downloads === null ? [] : [t('rules.says.downloads', { count: downloads })]),
    ...(speedLimit === null ? [] : [t('row.limit', { rate: formatSpeed(speedLimit) })]),
    ...(attempts === null ? [] : [t('rules.says.attempts', { count: attempts })]),
    ...(proxy === null ? [] : [proxy === 'direct' ? t('rules.says.direct') : proxy]),
    ...(secret === 'none' ? [] : [t(`rules.says.${secret}`)]),
  ]
}
