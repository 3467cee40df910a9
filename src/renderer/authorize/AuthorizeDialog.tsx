import { useState } from 'react'
import type { DownloadId } from '../../shared/download'
import type { RequestError } from '../../shared/errors'
import { asRequestError, call } from '../api'
import { useDownload, useStore } from '../store'
import { requestProblem, t } from '../text'
import { CredentialFields, type TypedCredentials } from '../ui/CredentialFields'
import { FormDialog } from '../ui/FormDialog'
import { closeDialog } from '../windowState'

/** For a server that asks who is there: user name and password, a header such as a token, or cookies. */
export function AuthorizeDialog({ id }: { readonly id: DownloadId }) {
  const view = useDownload(id)
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const [typed, setTyped] = useState<TypedCredentials>({ user: '', password: '', headers: '', cookies: '' })
  const [error, setError] = useState<RequestError | 'empty' | null>(null)
  const [busy, setBusy] = useState(false)

  const send = async () => {
    if (busy) return
    const { user, headers, cookies } = typed
    if (user === '' && headers.trim() === '' && cookies.trim() === '') return setError('empty')
    setBusy(true)
    try {
      await call('downloads.authorize', { id, ...typed })
      closeDialog()
    } catch (failure) {
      setError(asRequestError(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDialog
      title={t('authorize.title')}
      size="small"
      cancel={t('authorize.cancel')}
      submit={t('authorize.submit')}
      busy={busy}
      onClose={closeDialog}
      onSubmit={() => void send()}
    >
      {view !== undefined && <p>{t('authorize.text', { name: view.name, host: hostOf(view.url) })}</p>}
      <CredentialFields
        value={typed}
        problems={problemsOf(error)}
        onChange={(change) => {
          setTyped((before) => ({ ...before, ...change }))
          setError(null)
        }}
        loginFirst
      />
      {!keepsSecrets && <p className="hint">{t('add.secretsNotKept')}</p>}
    </FormDialog>
  )
}

/** What is said at a field; errors without a field stand at the first. */
function problemsOf(error: RequestError | 'empty' | null): Partial<Record<keyof TypedCredentials, string>> {
  if (error === null) return {}
  if (error === 'empty') return { user: t('authorize.empty') }
  const { field } = error
  const place = field === 'password' || field === 'headers' || field === 'cookies' ? field : 'user'
  const problem = requestProblem(error)
  return { [place]: t('join.titleText', { title: problem.title, text: problem.suggestion }) }
}

function hostOf(url: string): string {
  try {
    return new URL(url).host
  } catch {
    return url
  }
}
