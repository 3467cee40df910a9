import { useState } from 'react'
import type { HostRuleView } from '../../shared/host-rules'
import { asRequestError, call } from '../api'
import { rateRead } from '../rate'
import { useStore } from '../store'
import { requestProblem, t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { RecordForm } from '../ui/RecordForm'
import { TextField } from '../ui/TextField'
import { same } from '../ui/unsaved'
import { draftOf, problemsOf, ruleOf, type RuleDraft, type RuleField } from './draft'

interface Props {
  /** As it is stored; `null` for a new one. */
  readonly known: HostRuleView | null
  /** @param list all rules after a change; `null` when nothing changed */
  readonly onClose: (list: readonly HostRuleView[] | null) => void
}

export function RuleForm({ known, onClose }: Props) {
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const [before] = useState<RuleDraft>(() => draftOf(known))
  const [draft, setDraft] = useState(before)
  const [problems, setProblems] = useState<Partial<Record<RuleField | 'form', string>>>({})
  const hasSecret = known !== null && known.secret !== 'none'
  /** Headers and login that are there already. */
  const [keeps, setKeeps] = useState(hasSecret)
  const hasProxyLogin = known?.proxyLogin === true
  const [keepsProxyLogin, setKeepsProxyLogin] = useState(hasProxyLogin)
  const [busy, setBusy] = useState(false)
  const settings = useStore((state) => state.settings)

  const save = async () => {
    const found = problemsOf(draft)
    setProblems(found)
    if (busy || Object.keys(found).length > 0) return
    setBusy(true)
    try {
      const { headers, user, password } = draft
      const secret = keeps ? null : { headers, user, password }
      onClose(await call('hostRules.save', { rule: ruleOf(draft), secret, keepsProxyLogin }))
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
      setDraft((now) => ({ ...now, [name]: value }))
      setProblems(({ [name]: _, form: __, ...others }) => others)
    },
    error: problems[name] ?? null,
  })
  return (
    <RecordForm
      label={t('rules.form')}
      unsaved={!same(draft, before) || keeps !== hasSecret || keepsProxyLogin !== hasProxyLogin}
      busy={busy}
      problem={problems.form ?? null}
      onSave={() => void save()}
      onCancel={() => onClose(null)}
    >
      <TextField {...text('pattern')} hint={t('rules.patternHint')} code autoFocus />
      <div className="halves">
        <TextField {...text('connections')} example={asSet(settings?.connectionsPerHost)} />
        <TextField {...text('downloads')} example={t('rules.unlimited')} />
        <TextField {...text('speedLimit')} example={t('add.limitHint')} hint={rateRead(draft.speedLimit)} />
        <TextField {...text('attempts')} example={asSet(settings?.attempts)} />
      </div>
      <TextField {...text('proxy')} example={t('rules.proxyHint')} hint={t('rules.proxyLoginHint')} code />
      {hasProxyLogin && draft.proxy.trim() === known.proxy && (
        <Checkbox checked={keepsProxyLogin} onChange={setKeepsProxyLogin}>
          {t('settings.proxy.login')}
        </Checkbox>
      )}
      {keeps ? (
        <Checkbox checked onChange={setKeeps} hint={t('rules.keepsHint')}>
          {t('rules.keeps')}
        </Checkbox>
      ) : (
        <>
          <TextField {...text('headers')} rows={2} code example={t('add.headersHint')} />
          <div className="halves">
            <TextField {...text('user')} />
            <TextField {...text('password')} secret />
          </div>
          <p className="hint">{t(keepsSecrets ? 'rules.secretHint' : 'rules.notKept')}</p>
        </>
      )}
    </RecordForm>
  )
}

const asSet = (value: number | undefined) => (value === undefined ? '' : t('rules.asSet', { value }))
