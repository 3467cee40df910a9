import { useState } from 'react'
import type { DownloadId } from '../../shared/download'
import type { RequestError } from '../../shared/errors'
import { asRequestError, call } from '../api'
import { useDownload, useStore } from '../store'
import { requestProblem, t, wantsHeaders } from '../text'
import { looksLikeCurl, readCurl } from '../curl'
import { CredentialFields, type TypedCredentials } from '../ui/CredentialFields'
import { FormDialog } from '../ui/FormDialog'
import { closeDialog } from '../windowState'

/** Nothing was entered, or a command in which nothing was found. */
type Missing = 'empty' | 'headers' | 'curl'

/** For a server that asks who is there: user name and password, a header such as a token, or cookies. */
export function AuthorizeDialog({ id }: { readonly id: DownloadId }) {
  const view = useDownload(id)
  const keepsSecrets = useStore((state) => state.info?.keepsSecrets ?? true)
  const [typed, setTyped] = useState<TypedCredentials>({ user: '', password: '', headers: '', cookies: '' })
  /** It had headers or cookies, and they were not kept. */
  const lost = view?.state.kind === 'failed' && wantsHeaders(view.state.error)
  const [error, setError] = useState<RequestError | Missing | null>(null)
  const [busy, setBusy] = useState(false)

  const change = (typed: Partial<TypedCredentials>) => {
    const { headers } = typed
    if (headers !== undefined && looksLikeCurl(headers)) return takeCurl(headers)
    setTyped((before) => ({ ...before, ...typed }))
    setError(null)
  }
  /** What stands in a command that the browser copied, in the fields that it belongs to. */
  const takeCurl = (command: string) => {
    const read = readCurl(command)
    if (read.kind === 'refused' || (read.headers === '' && read.cookies === '' && read.user === ''))
      return setError('curl')
    const { headers, cookies, user, password } = read
    setTyped({ headers, cookies, user, password })
    setError(null)
  }
  const send = async () => {
    if (busy) return
    const { user, headers, cookies } = typed
    if (user === '' && headers.trim() === '' && cookies.trim() === '') return setError(lost ? 'headers' : 'empty')
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
      title={t(lost ? 'authorize.headersTitle' : 'authorize.title')}
      size="small"
      cancel={t('authorize.cancel')}
      submit={t('authorize.submit')}
      busy={busy}
      onClose={closeDialog}
      onSubmit={() => void send()}
    >
      {view !== undefined && (
        <p>
          {lost
            ? t('authorize.headersText', { name: view.name })
            : t('authorize.text', { name: view.name, host: hostOf(view.url) })}
        </p>
      )}
      <CredentialFields
        value={typed}
        problems={problemsOf(error)}
        onChange={change}
        first={lost ? 'headers' : 'login'}
      />
      {!keepsSecrets && <p className="hint">{t('add.secretsNotKept')}</p>}
    </FormDialog>
  )
}

/** What is said at a field; errors without a field stand at the first. */
function problemsOf(error: RequestError | Missing | null): Partial<Record<keyof TypedCredentials, string>> {
  if (error === null) return {}
  if (error === 'empty') return { user: t('authorize.empty') }
  if (error === 'headers') return { headers: t('authorize.headersEmpty') }
  if (error === 'curl') return { headers: t('authorize.curlNone') }
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
