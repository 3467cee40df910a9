import { useEffect, useState } from 'react'
import type { Editable } from '../../shared/contract'
import type { DownloadId } from '../../shared/download'
import type { RequestError } from '../../shared/errors'
import { asRequestError, call } from '../api'
import { useDownload } from '../store'
import { requestProblem, t } from '../text'
import { FormDialog } from '../ui/FormDialog'
import { TextField } from '../ui/TextField'
import { closeDialog, orShow, showDone } from '../windowState'

/** For a link that has expired or moved: another address of the same file. What is there is compared before it goes on. */
export function RelinkDialog({ id }: { readonly id: DownloadId }) {
  const view = useDownload(id)
  // The old one, of which often a signature alone is another; as it is shown everywhere, without user name and password.
  const [url, setUrl] = useState(view?.url ?? '')
  const [who, setWho] = useState<Editable['credentials']>('none')
  const [error, setError] = useState<RequestError | 'empty' | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    orShow(call('downloads.editable', { id }).then(({ credentials }) => setWho(credentials)))
  }, [id])

  const send = async () => {
    if (busy) return
    if (url.trim() === '') return setError('empty')
    setBusy(true)
    try {
      await call('downloads.relink', { id, url: url.trim() })
      closeDialog()
      showDone(t('relink.done', { name: view?.name ?? '' }))
    } catch (failure) {
      setError(asRequestError(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDialog
      title={t('relink.title')}
      cancel={t('relink.cancel')}
      submit={t('relink.submit')}
      busy={busy}
      onClose={closeDialog}
      onSubmit={() => void send()}
    >
      {view !== undefined && <p>{t('relink.text', { name: view.name })}</p>}
      <TextField
        label={t('relink.url')}
        value={url}
        onChange={(value) => {
          setUrl(value)
          setError(null)
        }}
        code
        autoFocus
        chosen
        {...(who === 'none' ? {} : { hint: t(who === 'known' ? 'relink.login' : 'relink.loginLost') })}
        error={message(error)}
      />
    </FormDialog>
  )
}

function message(error: RequestError | 'empty' | null): string | null {
  if (error === null) return null
  if (error === 'empty') return t('relink.empty')
  const problem = requestProblem(error)
  const text = t('join.sentences', { first: problem.cause, second: problem.suggestion })
  return t('join.titleText', { title: problem.title, text })
}
