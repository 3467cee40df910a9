import { useState } from 'react'
import type { Account, AccountView } from '../../shared/accounts'
import { asRequestError, call } from '../api'
import { useStore } from '../store'
import { downloadProblem, requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { RecordForm } from '../ui/RecordForm'
import { Select } from '../ui/Select'
import { TextField } from '../ui/TextField'
import { same } from '../ui/unsaved'
import { accountProblem, emptyAccount, type AccountField } from './accountFields'

interface Props {
  /** As it is stored; `null` for a new one. */
  readonly known: AccountView | null
  /** @param list all accounts after a change; `null` when nothing changed */
  readonly onClose: (list: readonly AccountView[] | null) => void
}

export function AccountForm({ known, onClose }: Props) {
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const [given] = useState<Account>(() => (known === null ? emptyAccount() : fieldsOf(known)))
  const [fields, setFields] = useState(given)
  const [secret, setSecret] = useState('')
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState<{ field: AccountField | null; text: string } | null>(null)
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  const stored = fields.keys === 'stored'

  const set = (change: Partial<Account>) => {
    setFields((before) => ({ ...before, ...change }))
    setProblem(null)
    setSaid('')
  }
  /** Asks the main process, unless something is plainly missing. */
  const ask = async (
    work: (input: { account: Account; secret: { secret: string; token: string } | null }) => Promise<void>,
  ) => {
    if (busy) return
    setSaid('')
    const found = accountProblem(fields, secret !== '' || (known !== null && known.secret !== 'missing'))
    setProblem(found)
    if (found !== null) return
    setBusy(true)
    try {
      await work({ account: fields, secret: secret === '' ? null : { secret, token } })
    } catch (error) {
      const request = asRequestError(error)
      const text = requestProblem(request)
      const field = fieldOf(request.field)
      setProblem({ field, text: t('join.titleText', { title: text.title, text: text.suggestion }) })
    } finally {
      setBusy(false)
    }
  }
  const save = () => void ask(async (input) => onClose(await call('accounts.save', input)))
  const test = () =>
    void ask(async (input) => {
      const error = await call('accounts.test', input)
      if (error === null)
        return setSaid(t(stored || fields.keys === 'environment' ? 'accounts.works' : 'accounts.answers'))
      const text = downloadProblem(error)
      setSaid(t('join.titleText', { title: text.title, text: text.suggestion }))
    })

  const at = (field: AccountField) => (problem?.field === field ? problem.text : null)
  const text = (name: AccountField & keyof Account, hint?: string) => ({
    value: fields[name],
    onChange: (value: string) => set({ [name]: value }),
    error: at(name),
    ...(hint === undefined ? {} : { hint }),
  })
  return (
    <RecordForm
      label={t('accounts.form')}
      unsaved={!same(fields, given) || secret !== '' || token !== ''}
      busy={busy}
      problem={problem?.field === null ? problem.text : null}
      buttons={
        <Button onPress={test} disabled={busy}>
          {t('accounts.test')}
        </Button>
      }
      onSave={save}
      onCancel={() => onClose(null)}
    >
      <div className="halves">
        <TextField label={t('accounts.name')} {...text('name')} autoFocus />
        <Select
          label={t('accounts.kind')}
          value={fields.kind}
          options={[
            { value: 'oss', label: t('accounts.kind.oss') },
            { value: 's3', label: t('accounts.kind.s3') },
          ]}
          onChange={(kind) => set({ kind, ...(kind === 's3' ? { signature: 'v4', internal: false, domain: '' } : {}) })}
        />
      </div>
      <Select
        label={t('accounts.keys')}
        value={fields.keys}
        options={[
          { value: 'stored', label: t('accounts.keys.stored') },
          { value: 'environment', label: t('accounts.keys.environment', { names: environmentNames[fields.kind] }) },
          { value: 'none', label: t('accounts.keys.none') },
        ]}
        onChange={(keys) => set({ keys })}
      />
      {stored && (
        <>
          <div className="halves">
            <TextField label={t('accounts.keyId')} {...text('keyId')} code />
            <TextField
              label={t('accounts.secret')}
              value={secret}
              onChange={(value) => {
                setSecret(value)
                set({})
              }}
              secret
              code
              error={at('secret')}
              example={known !== null && known.secret !== 'missing' ? t('accounts.secretUnchanged') : ''}
            />
          </div>
          <TextField
            label={t('accounts.token')}
            value={token}
            onChange={setToken}
            secret
            code
            hint={t('accounts.tokenHint')}
          />
          {!keepsSecrets && <p className="hint">{t('accounts.notKept')}</p>}
        </>
      )}
      <div className="halves">
        <TextField label={t('accounts.region')} {...text('region')} example={regionExamples[fields.kind]} code />
        <TextField label={t('accounts.endpoint')} {...text('endpoint')} example={t('accounts.endpointHint')} code />
      </div>
      {fields.kind === 'oss' && (
        <>
          <Checkbox
            checked={fields.internal}
            onChange={(internal) => set({ internal })}
            hint={t('accounts.internalHint')}
          >
            {t('accounts.internal')}
          </Checkbox>
          <div className="halves">
            <TextField label={t('accounts.domain')} {...text('domain')} example={t('accounts.optional')} code />
            <Select
              label={t('accounts.signature')}
              value={fields.signature}
              options={[
                { value: 'v4', label: t('accounts.signature.v4') },
                { value: 'v1', label: t('accounts.signature.v1') },
              ]}
              onChange={(signature) => set({ signature })}
            />
          </div>
        </>
      )}
      <Checkbox
        checked={fields.pathStyle}
        onChange={(pathStyle) => set({ pathStyle })}
        hint={t('accounts.pathStyleHint')}
      >
        {t('accounts.pathStyle')}
      </Checkbox>
      <p role="status">{said}</p>
    </RecordForm>
  )
}

const environmentNames = { oss: 'OSS_ACCESS_KEY_ID', s3: 'AWS_ACCESS_KEY_ID' } as const
const regionExamples = { oss: 'cn-hangzhou', s3: 'us-east-1' } as const

/** Without what only the list shows. */
function fieldsOf(account: Account & { readonly secret?: unknown }): Account {
  const { secret: _, ...fields } = account
  return fields
}

function fieldOf(field: string | undefined): AccountField | null {
  const all: readonly AccountField[] = ['name', 'keyId', 'secret', 'region', 'endpoint', 'domain']
  return all.find((known) => known === field) ?? null
}
