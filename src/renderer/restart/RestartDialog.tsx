import type { DownloadId } from '../../shared/download'
import { call } from '../api'
import { useDownload } from '../store'
import { formatBytes, t } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { closeDialog, orShow } from '../windowState'

/** Before what is there is thrown away: how much that is. */
export function RestartDialog({ id }: { readonly id: DownloadId }) {
  const view = useDownload(id)
  const restart = () => {
    closeDialog()
    orShow(call('downloads.restart', { ids: [id] }))
  }
  return (
    <Dialog title={t('restart.title')} role="alertdialog" size="small" onClose={closeDialog}>
      <DialogBody>
        <p>{t('restart.text', { name: view?.name ?? '', received: formatBytes(view?.received ?? 0) })}</p>
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button onPress={closeDialog} autoFocus>
          {t('record.cancel')}
        </Button>
        <Button look="danger" onPress={restart}>
          {t('action.startOver')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
