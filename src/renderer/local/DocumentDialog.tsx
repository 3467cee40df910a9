import { useEffect, useState, type FormEvent } from 'react'
import type { DescribedFile } from '../../shared/contract'
import { call } from '../api'
import { algorithmNames, formatBytes, t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { FolderField } from '../ui/FolderField'
import { closeDialog, orShow } from '../windowState'
import { useFolderChoice } from './useFolderChoice'
import './local.css'

/** The files of a Metalink document, to choose from. */
export function DocumentDialog({ text }: { readonly text: string }) {
  const [files, setFiles] = useState<readonly DescribedFile[] | null>(null)
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set())
  const [start, setStart] = useState(true)
  const [busy, setBusy] = useState(false)
  const { folder, choose } = useFolderChoice(null)
  useEffect(() => {
    let current = true
    orShow(
      call('documents.read', { text }).then(
        (found) => (current ? setFiles(found) : undefined),
        (error: unknown) => {
          closeDialog()
          throw error
        },
      ),
    )
    return () => void (current = false)
  }, [text])
  const all = files ?? []
  const chosen = all.flatMap((_, index) => (left.has(index) ? [] : index))

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy || folder === null || chosen.length === 0) return
    setBusy(true)
    orShow(
      call('documents.add', { text, chosen, folder: folder.token, start })
        .then(closeDialog)
        .finally(() => setBusy(false)),
    )
  }
  const toggle = (index: number, on: boolean) => {
    const next = new Set(left)
    if (on) next.delete(index)
    else next.add(index)
    setLeft(next)
  }
  return (
    <Dialog title={t('document.title')} onClose={closeDialog}>
      <form onSubmit={submit} noValidate>
        <DialogBody>
          <p>{files === null ? '…' : t('document.text', { count: files.length })}</p>
          <div className="local-files" role="group" aria-label={t('document.files')}>
            {all.map((file, index) => (
              <Checkbox
                // The same name may stand there twice; their order is all that tells them apart.
                key={index}
                checked={!left.has(index)}
                onChange={(on) => toggle(index, on)}
                hint={facts(file)}
              >
                {file.name}
              </Checkbox>
            ))}
          </div>
          <FolderField
            label={t('local.folder')}
            path={folder?.path ?? null}
            choose={t('local.choose')}
            onChoose={choose}
          />
        </DialogBody>
        <DialogFooter>
          <Checkbox checked={start} onChange={setStart}>
            {t('local.start')}
          </Checkbox>
          <span className="spring" />
          <Button onPress={closeDialog}>{t('local.cancel')}</Button>
          <Button look="main" type="submit" disabled={busy || folder === null || chosen.length === 0}>
            {t('document.submit', { count: chosen.length })}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

function facts({ size, servers, algorithm }: DescribedFile): string {
  return [
    ...(size === null ? [] : [formatBytes(size)]),
    t('document.servers', { count: servers }),
    algorithm === null ? t('document.unverified') : t('document.verified', { algorithm: algorithmNames[algorithm] }),
  ].join(' · ')
}
