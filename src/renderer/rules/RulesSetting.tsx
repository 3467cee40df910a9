import { useEffect, useState } from 'react'
import type { HostRuleView } from '../../shared/host-rules'
import { call } from '../api'
import { formatSpeed, t } from '../text'
import { Button } from '../ui/Button'
import { orShow } from '../windowState'
import { RuleForm } from './RuleForm'
import './rules.css'

/** What holds for single hosts. */
export function RulesSetting() {
  const [rules, setRules] = useState<readonly HostRuleView[]>([])
  /** Id of the one whose form is open, or `new`. */
  const [edited, setEdited] = useState<string | null>(null)
  useEffect(() => orShow(call('hostRules.list').then(setRules)), [])

  const close = (list: readonly HostRuleView[] | null) => {
    if (list !== null) setRules(list)
    setEdited(null)
  }
  return (
    <div className="rules">
      {rules.length === 0 && edited === null && <p className="hint">{t('rules.none')}</p>}
      {rules.map((rule) =>
        edited === rule.id ? (
          <RuleForm key={rule.id} known={rule} onClose={close} />
        ) : (
          <Row
            key={rule.id}
            rule={rule}
            onEdit={() => setEdited(rule.id)}
            onRemove={() => orShow(call('hostRules.remove', { id: rule.id }).then(setRules))}
          />
        ),
      )}
      {edited === 'new' && <RuleForm known={null} onClose={close} />}
      {edited === null && (
        <div>
          <Button onPress={() => setEdited('new')}>{t('rules.add')}</Button>
        </div>
      )}
    </div>
  )
}

interface RowProps {
  readonly rule: HostRuleView
  readonly onEdit: () => void
  readonly onRemove: () => void
}

function Row({ rule, onEdit, onRemove }: RowProps) {
  const { pattern: name } = rule
  return (
    <div className="rule" role="group" aria-label={name}>
      <span className="rule-name">{name}</span>
      <span className="rule-says">{saidBy(rule).join(' · ')}</span>
      <span className="spring" />
      <Button label={t('rules.editOne', { name })} onPress={onEdit}>
        {t('rules.edit')}
      </Button>
      <Button label={t('rules.removeOne', { name })} onPress={onRemove}>
        {t('rules.remove')}
      </Button>
    </div>
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
