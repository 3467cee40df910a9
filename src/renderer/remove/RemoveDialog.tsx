import { useState } from 'react'
import type { DownloadId, DownloadView } from '../../shared/download'
import { undoTime } from '../../shared/limits'
import { call } from '../api'
import { useStore } from '../store'
import { t } from '../text'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { MiddleEllipsis } from '../ui/MiddleEllipsis'
import { closeDialog, orShow, showDone } from '../windowState'
import './remove.css'

const SHOWN = 5

export function RemoveDialog({ ids }: { readonly ids: readonly DownloadId[] }) {
  // As they were when the question was asked: the answer is about those.
  const [views] = useState(() => {
    const { rows } = useStore.getState().mirror
    return ids.flatMap((id) => rows.get(id) ?? [])
  })
  const [deleteFile, setDeleteFile] = useState(false)
  const remove = () => {
    closeDialog()
    if (deleteFile) {
      // Asked for in so many words: this is carried out at once.
      orShow(call('downloads.remove', { ids: [...ids], deleteFile }))
      return
    }
    orShow(
      call('downloads.removeLater', { ids: [...ids] }).then(() => {
        const back = () => orShow(call('downloads.restore', { ids: [...ids] }))
        showDone(t('remove.done', { count: ids.length }), { label: t('remove.undo'), run: back, within: undoTime })
      }),
    )
  }
  const unfinished = views.filter((view) => view.state.kind !== 'done').length
  const only = views.length === 1 ? views[0] : undefined
  return (
    <Dialog title={t('remove.title')} role="alertdialog" size="small" onClose={closeDialog}>
      <DialogBody>
        {only === undefined ? (
          <Many views={views} />
        ) : (
          <p className="remove-name">{t('remove.one', { name: only.name })}</p>
        )}
        {unfinished > 0 && (
          <p className="remove-note">
            {/* With the tick it is carried out at once. */}
            {deleteFile
              ? t('remove.partialAtOnce', { count: unfinished })
              : only === undefined
                ? t('remove.partialMany', { count: unfinished })
                : t('remove.partialOne')}
          </p>
        )}
        {/* Where no file is complete there is nothing to choose. */}
        {unfinished < views.length && (
          <Checkbox
            checked={deleteFile}
            onChange={setDeleteFile}
            hint={t(views.length === 1 ? 'remove.fileKept' : 'remove.filesKept')}
          >
            {t('remove.deleteFile')}
          </Checkbox>
        )}
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button onPress={closeDialog} autoFocus>
          {t('remove.cancel')}
        </Button>
        <Button look={deleteFile ? 'danger' : 'main'} onPress={remove}>
          {t('remove.confirm')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}

function Many({ views }: { readonly views: readonly DownloadView[] }) {
  const more = views.length - SHOWN
  return (
    <div>
      <p>{t('remove.many', { count: views.length })}</p>
      <ul className="remove-list">
        {views.slice(0, SHOWN).map((view) => (
          <li key={view.id}>
            <MiddleEllipsis text={view.name} />
          </li>
        ))}
        {more > 0 && <li className="remove-more">{t('remove.more', { count: more })}</li>}
      </ul>
    </div>
  )
}
