import { useEffect, useState, type FormEvent, type KeyboardEvent } from 'react'
import type { BundleLook } from '../../shared/bundle'
import type { RequestError } from '../../shared/errors'
import { asRequestError, call } from '../api'
import { formatBytes, requestProblem, t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { FolderField } from '../ui/FolderField'
import { ProgressBar } from '../ui/ProgressBar'
import { closeDialog, reveal } from '../windowState'
import { useFolderChoice } from './useFolderChoice'
import './local.css'

interface Props {
  readonly file: string
  readonly look: BundleLook
}

/** ms between two looks at how far it is. */
const interval = 200

/** An unfinished download of another computer: what it is, what it lacks, and where it shall go on. */
export function ImportDialog({ file, look }: Props) {
  const { folder, choose } = useFolderChoice(null)
  const [start, setStart] = useState(true)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<RequestError | null>(null)
  const bytes = useArrived(busy)
  const share = look.bytes === 0 ? 1 : bytes / look.bytes

  const bring = async () => {
    if (busy || folder === null) return
    setBusy(true)
    setError(null)
    try {
      const id = await call('downloads.import', { file, folder: folder.token, start })
      closeDialog()
      reveal(id)
    } catch (failure) {
      setError(asRequestError(failure))
    } finally {
      setBusy(false)
    }
  }
  const leave = () => {
    if (busy) void call('downloads.stopImport').catch(() => undefined)
    closeDialog()
  }
  const submit = (event: FormEvent | KeyboardEvent) => {
    event.preventDefault()
    void bring()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
  }
  const problem = error === null ? null : requestProblem(error)
  return (
    <Dialog title={t('import.title')} onClose={leave}>
      <form onSubmit={submit} onKeyDown={onKeyDown} noValidate>
        <DialogBody>
          <p className="local-name selectable">{look.name}</p>
          <p>{amount(look)}</p>
          <p className="local-from selectable">
            {t('import.from')}: {look.url}
          </p>
          {look.login && <p className="local-note">{t('import.login')}</p>}
          {look.linkCut && <p className="local-note">{t('import.link')}</p>}
          <FolderField
            label={t('local.folder')}
            path={folder?.path ?? null}
            choose={t('local.choose')}
            onChoose={choose}
          />
          {busy ? (
            <ProgressBar
              label={t('import.progress')}
              percent={Math.floor(100 * share)}
              exact={share}
              tone="busy"
              moving
            />
          ) : (
            <p className="hint">{t('import.checked')}</p>
          )}
          {problem !== null && (
            <p className="field-error" role="alert">
              {t('join.titleText', {
                title: problem.title,
                text: t('join.sentences', { first: problem.cause, second: problem.suggestion }),
              })}
            </p>
          )}
        </DialogBody>
        <DialogFooter>
          {/* Without its link it cannot start. */}
          {!look.linkCut && (
            <Checkbox checked={start} onChange={setStart}>
              {t('local.start')}
            </Checkbox>
          )}
          <span className="spring" />
          <Button onPress={leave}>{t(busy ? 'import.stop' : 'local.cancel')}</Button>
          {/* Enter imports as soon as the folder is known: a button that is disabled takes no focus. */}
          <Button
            key={folder === null ? 'waits' : 'ready'}
            look="main"
            type="submit"
            disabled={busy || folder === null}
            autoFocus
          >
            {t(busy ? 'import.busy' : 'import.submit')}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

function amount({ bytes, total }: BundleLook): string {
  if (bytes === 0) return t('import.nothing')
  return total === null
    ? t('import.thereUnknown', { bytes: formatBytes(bytes) })
    : t('import.there', { bytes: formatBytes(bytes), total: formatBytes(total) })
}

function useArrived(busy: boolean): number {
  const [bytes, setBytes] = useState(0)
  useEffect(() => {
    if (!busy) return
    const timer = setInterval(
      () =>
        void call('downloads.importing').then(
          (arrived) => setBytes(arrived ?? 0),
          () => undefined,
        ),
      interval,
    )
    return () => clearInterval(timer)
  }, [busy])
  return bytes
}
