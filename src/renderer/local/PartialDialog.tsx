import { useState } from 'react'
import type { FolderChoice } from '../../shared/contract'
import { asRequestError, call } from '../api'
import { formatBytes, requestProblem, t } from '../text'
import { FormDialog } from '../ui/FormDialog'
import { FolderField } from '../ui/FolderField'
import { TextField } from '../ui/TextField'
import { closeDialog, reveal } from '../windowState'
import { useFolderChoice } from './useFolderChoice'
import './local.css'

interface Props {
  readonly file: string
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly where: FolderChoice
}

/** A file that a browser, wget or aria2 did not finish: its address, and what will happen to it. */
export function PartialDialog({ file, name, size, where }: Props) {
  const { folder, choose } = useFolderChoice(where)
  const [url, setUrl] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  const add = async () => {
    if (busy || folder === null) return
    if (url.trim() === '') return setProblem(t('partial.empty'))
    setBusy(true)
    try {
      const [outcome] = await call('downloads.add', { ...plain, urls: [url.trim()], folder: folder.token, adopt: file })
      if (outcome === undefined || 'error' in outcome) return setProblem(outcome ? words(outcome.error) : null)
      closeDialog()
      reveal(outcome.id)
    } catch (failure) {
      setProblem(words(asRequestError(failure)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <FormDialog
      title={t('partial.title')}
      cancel={t('local.cancel')}
      submit={t('partial.submit')}
      busy={busy}
      onClose={closeDialog}
      onSubmit={() => void add()}
    >
      <p>{t('partial.text', { name, size: formatBytes(size) })}</p>
      <TextField
        label={t('partial.url')}
        value={url}
        onChange={(value) => {
          setUrl(value)
          setProblem(null)
        }}
        code
        autoFocus
        error={problem}
      />
      <FolderField label={t('local.folder')} path={folder?.path ?? null} choose={t('local.choose')} onChoose={choose} />
    </FormDialog>
  )
}

const plain = {
  name: null,
  connections: null,
  headers: '',
  user: '',
  password: '',
  checksum: '',
  start: true,
} as const

function words(error: Parameters<typeof requestProblem>[0]): string {
  const { title, suggestion } = requestProblem(error)
  return t('join.titleText', { title, text: suggestion })
}
