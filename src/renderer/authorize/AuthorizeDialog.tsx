import { useState, type FormEvent } from 'react'
import type { DownloadId } from '../../shared/download'
import type { RequestError } from '../../shared/errors'
import { asRequestError, call } from '../api'
import { useDownload, useStore } from '../store'
import { requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { TextField } from '../ui/TextField'
import { closeDialog } from '../windowState'

/** For a server that asks who is there: user name and password, a header such as a token, or cookies. */
export function AuthorizeDialog({ id }: { readonly id: DownloadId }) {
  const view = useDownload(id)
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const [user, setUser] = useState('')
  const [password, setPassword] = useState('')
  const [headers, setHeaders] = useState('')
  const [cookies, setCookies] = useState('')
  const [error, setError] = useState<RequestError | 'empty' | null>(null)
  const [busy, setBusy] = useState(false)

  const send = async () => {
    if (busy) return
    if (user === '' && headers.trim() === '' && cookies.trim() === '') return setError('empty')
    setBusy(true)
    try {
      await call('downloads.authorize', { id, user, password, headers, cookies })
      closeDialog()
    } catch (failure) {
      setError(asRequestError(failure))
    } finally {
      setBusy(false)
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void send()
  }

  /** What is said at a field; errors without a field stand at the first. */
  const at = (field: 'user' | 'password' | 'headers' | 'cookies') => {
    if (error === null) return null
    if (error === 'empty') return field === 'user' ? t('authorize.empty') : null
    const named = error.field ?? 'user'
    const place = named === 'password' || named === 'headers' || named === 'cookies' ? named : 'user'
    const problem = requestProblem(error)
    return place === field ? t('join.titleText', { title: problem.title, text: problem.suggestion }) : null
  }
  const edit = (set: (value: string) => void) => (value: string) => {
    set(value)
    setError(null)
  }

  return (
    <Dialog title={t('authorize.title')} size="small" onClose={closeDialog}>
      <form onSubmit={submit} noValidate>
        <DialogBody>
          {view !== undefined && <p>{t('authorize.text', { name: view.name, host: hostOf(view.url) })}</p>}
          <TextField label={t('add.user')} value={user} onChange={edit(setUser)} autoFocus error={at('user')} />
          <TextField
            label={t('add.password')}
            value={password}
            onChange={edit(setPassword)}
            secret
            error={at('password')}
          />
          <TextField
            label={t('add.headers')}
            value={headers}
            onChange={edit(setHeaders)}
            rows={2}
            code
            example={t('add.headersHint')}
            error={at('headers')}
          />
          <TextField
            label={t('add.cookies')}
            value={cookies}
            onChange={edit(setCookies)}
            rows={2}
            code
            example={t('add.cookiesHint')}
            error={at('cookies')}
          />
          {!keepsSecrets && <p className="hint">{t('add.secretsNotKept')}</p>}
        </DialogBody>
        <DialogFooter>
          <span className="spring" />
          <Button onPress={closeDialog}>{t('authorize.cancel')}</Button>
          <Button look="main" type="submit" disabled={busy}>
            {t('authorize.submit')}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
