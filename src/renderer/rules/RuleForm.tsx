import { useState, type FormEvent } from 'react'
import type { HostRuleView } from '../../shared/host-rules'
import { asRequestError, call } from '../api'
import { useStore } from '../store'
import { requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { TextField } from '../ui/TextField'
import { draftOf, problemsOf, ruleOf, type RuleDraft, type RuleField } from './draft'

interface Props {
  /** As it is stored; `null` for a new one. */
  readonly known: HostRuleView | null
  /** @param list all rules after a change; `null` when nothing changed */
  readonly onClose: (list: readonly HostRuleView[] | null) => void
}

export function RuleForm({ known, onClose }: Props) {
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const [draft, setDraft] = useState<RuleDraft>(() => draftOf(known))
  const [problems, setProblems] = useState<Partial<Record<RuleField | 'form', string>>>({})
  /** Headers and login that are there already. */
  const [keeps, setKeeps] = useState(known !== null && known.secret !== 'none')
  const [busy, setBusy] = useState(false)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    void save()
  }
  const save = async () => {
    const found = problemsOf(draft)
    setProblems(found)
    if (busy || Object.keys(found).length > 0) return
    setBusy(true)
    try {
      const { headers, user, password } = draft
      onClose(await call('hostRules.save', { rule: ruleOf(draft), secret: keeps ? null : { headers, user, password } }))
    } catch (error) {
      const request = asRequestError(error)
      const text = requestProblem(request)
      const field = request.field === 'pattern' || request.field === 'proxy' || request.field === 'headers'
      setProblems({
        [field ? request.field : 'form']: t('join.titleText', { title: text.title, text: text.suggestion }),
      })
    } finally {
      setBusy(false)
    }
  }
  const text = (name: RuleField) => ({
    label: t(`rules.${name}`),
    value: draft[name],
    onChange: (value: string) => {
      setDraft((before) => ({ ...before, [name]: value }))
      setProblems(({ [name]: _, form: __, ...others }) => others)
    },
    error: problems[name] ?? null,
  })
  return (
    <form className="rule-form" onSubmit={submit} noValidate aria-label={t('rules.form')}>
      <TextField {...text('pattern')} hint={t('rules.patternHint')} code autoFocus />
      <div className="rule-halves">
        <TextField {...text('connections')} example={t('rules.asSet')} />
        <TextField {...text('downloads')} example={t('rules.unlimited')} />
        <TextField {...text('speedLimit')} example={t('add.limitHint')} />
        <TextField {...text('attempts')} example={t('rules.asSet')} />
      </div>
      <TextField {...text('proxy')} example={t('rules.proxyHint')} code />
      {keeps ? (
        <Checkbox checked onChange={setKeeps} hint={t('rules.keepsHint')}>
          {t('rules.keeps')}
        </Checkbox>
      ) : (
        <>
          <TextField {...text('headers')} rows={2} code example={t('add.headersHint')} />
          <div className="rule-halves">
            <TextField {...text('user')} />
            <TextField {...text('password')} secret />
          </div>
          <p className="hint">{t(keepsSecrets ? 'rules.secretHint' : 'rules.notKept')}</p>
        </>
      )}
      {problems.form !== undefined && (
        <p className="field-error" role="alert">
          {problems.form}
        </p>
      )}
      <div className="rule-buttons">
        <span className="spring" />
        <Button onPress={() => onClose(null)}>{t('rules.cancel')}</Button>
        <Button look="main" type="submit" disabled={busy}>
          {t('rules.save')}
        </Button>
      </div>
    </form>
  )
}
