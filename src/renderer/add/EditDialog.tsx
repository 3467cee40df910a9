import { useEffect, useState, type FormEvent } from 'react'
import type { Editable } from '../../shared/contract'
import type { DownloadId } from '../../shared/download'
import { connectionsRange } from '../../shared/limits'
import { lines } from '../../shared/links'
import { asRequestError, call } from '../api'
import { useDownload, useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { NumberField } from '../ui/NumberField'
import { TextField } from '../ui/TextField'
import { closeDialog, orShow } from '../windowState'
import { check, emptyFields, hasProblems, noProblems, withError, type Fields, type Problems } from './form'
import { LineErrors } from './LineErrors'

/** Everything that was said when it was added, for a download that is paused or failed. */
export function EditDialog({ id }: { readonly id: DownloadId }) {
  const [editable, setEditable] = useState<Editable | null>(null)
  useEffect(() => {
    orShow(call('downloads.editable', { id }).then(setEditable))
  }, [id])
  return (
    <Dialog title={t('edit.title')} onClose={closeDialog}>
      {editable !== null && <Form id={id} editable={editable} />}
    </Dialog>
  )
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
  const [others, setOthers] = useState(!editable.hasCredentials)

  const set = (change: Partial<Fields>) => {
    setFields((before) => ({ ...before, ...change }))
    setProblems(noProblems)
  }
  const text = (field: 'headers' | 'cookies' | 'user' | 'password' | 'checksum') => ({
    value: fields[field],
    onChange: (value: string) => set({ [field]: value }),
    error: problems.fields[field] ?? null,
  })
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
        credentials: others && (said || editable.hasCredentials) ? { user, password, headers, cookies } : null,
      })
      closeDialog()
    } catch (error) {
      setProblems(withError(noProblems, asRequestError(error)))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void save()
  }
  const lineErrors = (errors: Problems['lines']) =>
    errors.length === 0 ? null : <LineErrors errors={errors} single={errors.length === 1} />
  return (
    <form onSubmit={submit} noValidate>
      <DialogBody>
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
          <TextField label={t('add.checksum')} {...text('checksum')} code example={t('add.checksumHint')} />
          <NumberField
            label={t('add.connections')}
            value={fields.connections ?? String(setting ?? '')}
            onChange={(connections) => set({ connections })}
            min={connectionsRange.min}
            max={connectionsRange.max}
            error={problems.fields.connections ?? null}
          />
        </div>
        {editable.hasCredentials && (
          <Checkbox checked={!others} onChange={(keep) => setOthers(!keep)}>
            {t('edit.keepCredentials')}
          </Checkbox>
        )}
        {others && (
          <>
            <TextField label={t('add.headers')} {...text('headers')} rows={2} code example={t('add.headersHint')} />
            <TextField label={t('add.cookies')} {...text('cookies')} rows={2} code example={t('add.cookiesHint')} />
            <div className="add-halves">
              <TextField label={t('add.user')} {...text('user')} />
              <TextField label={t('add.password')} {...text('password')} secret />
            </div>
          </>
        )}
        {problems.form !== null && (
          <p className="field-error" role="alert">
            {problems.form}
          </p>
        )}
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button onPress={closeDialog}>{t('edit.cancel')}</Button>
        <Button look="main" type="submit" disabled={busy}>
          {t('edit.save')}
        </Button>
      </DialogFooter>
    </form>
  )
}
