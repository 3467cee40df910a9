import { useEffect, useState } from 'react'
import type { Editable } from '../../shared/contract'
import type { DownloadId } from '../../shared/download'
import { lines } from '../../shared/links'
import { asRequestError, call } from '../api'
import { useDownload, useStore } from '../store'
import { t } from '../text'
import { Checkbox } from '../ui/Checkbox'
import { CredentialFields } from '../ui/CredentialFields'
import { FormDialog } from '../ui/FormDialog'
import { TextField } from '../ui/TextField'
import { closeDialog, orShow } from '../windowState'
import { ConnectionsField } from './ConnectionsField'
import { check, emptyFields, hasProblems, noProblems, withError, type Fields, type Problems } from './form'
import { LineErrors } from './LineErrors'

/** Everything that was said when it was added, for a download that is paused or failed. */
export function EditDialog({ id }: { readonly id: DownloadId }) {
  const [editable, setEditable] = useState<Editable | null>(null)
  useEffect(() => {
    orShow(call('downloads.editable', { id }).then(setEditable))
  }, [id])
  return editable === null ? null : <Form id={id} editable={editable} />
}

function Form({ id, editable }: { readonly id: DownloadId; readonly editable: Editable }) {
  const name = useDownload(id)?.name ?? ''
  const setting = useStore(({ settings }) => settings?.connections ?? null)
  const [fields, setFields] = useState<Fields>(() => ({
    ...emptyFields(editable.url),
    ranges: false,
    mirrors: editable.mirrors.join('\n'),
    connections: editable.connections === null ? null : String(editable.connections),
    checksum: editable.checksum,
  }))
  const [problems, setProblems] = useState<Problems>(noProblems)
  const [busy, setBusy] = useState(false)
  /** Those that are there stay, unless the user wants to enter others. */
  const [others, setOthers] = useState(editable.credentials !== 'known')

  const set = (change: Partial<Fields>) => {
    setFields((before) => ({ ...before, ...change }))
    setProblems(noProblems)
  }
  const { user, password, headers, cookies } = fields
  const said = [user, password, headers, cookies].some((each) => each !== '')
  const save = async () => {
    if (busy) return
    const found = check(fields, 'stays')
    setProblems(found)
    if (hasProblems(found)) return
    setBusy(true)
    try {
      await call('downloads.edit', {
        id,
        url: fields.urls.trim(),
        mirrors: lines(fields.mirrors),
        connections: fields.connections === null ? null : Number(fields.connections),
        checksum: fields.checksum,
        credentials: others && (said || editable.credentials === 'known') ? { user, password, headers, cookies } : null,
      })
      closeDialog()
    } catch (error) {
      setProblems(withError(noProblems, asRequestError(error)))
    } finally {
      setBusy(false)
    }
  }
  const lineErrors = (errors: Problems['lines']) =>
    errors.length === 0 ? null : <LineErrors errors={errors} single={errors.length === 1} />
  return (
    <FormDialog
      title={t('edit.title')}
      cancel={t('edit.cancel')}
      submit={t('edit.save')}
      busy={busy}
      problem={problems.form}
      onClose={closeDialog}
      onSubmit={() => void save()}
    >
      <p>{t('edit.text', { name })}</p>
      <TextField
        label={t('edit.url')}
        value={fields.urls}
        onChange={(urls) => set({ urls })}
        code
        autoFocus
        error={lineErrors(problems.lines)}
      />
      <TextField
        label={t('add.mirrors')}
        value={fields.mirrors}
        onChange={(mirrors) => set({ mirrors })}
        rows={3}
        code
        example={t('add.mirrorsHint')}
        error={lineErrors(problems.mirrors)}
      />
      <div className="add-pair">
        <TextField
          label={t('add.checksum')}
          value={fields.checksum}
          onChange={(checksum) => set({ checksum })}
          error={problems.fields.checksum ?? null}
          code
          example={t('add.checksumHint')}
        />
        <ConnectionsField fields={fields} problems={problems} setting={setting} onChange={set} />
      </div>
      {editable.credentials === 'known' && (
        <Checkbox checked={!others} onChange={(keep) => setOthers(!keep)}>
          {t('edit.keepCredentials')}
        </Checkbox>
      )}
      {editable.credentials === 'lost' && <p className="hint">{t('edit.credentialsLost')}</p>}
      {others && <CredentialFields value={fields} problems={problems.fields} onChange={set} />}
    </FormDialog>
  )
}
