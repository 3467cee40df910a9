import type { Countdown } from '../../shared/when-done'
import { call } from '../api'
import { formatDuration, t } from '../text'
import { Button } from '../ui/Button'
import { Dialog, DialogBody, DialogFooter } from '../ui/Dialog'
import { useNow } from '../useNow'
import { orShow } from '../windowState'

/** All is done, and something follows that nobody could take back: it can be stopped until the time is over. */
export function CountdownDialog({ countdown: { action, until } }: { readonly countdown: Countdown }) {
  const seconds = Math.max(0, Math.floor(until / 1000 - useNow()))
  const stop = () => orShow(call('whenDone.stop'))
  return (
    <Dialog title={t('whenDone.allDone')} role="alertdialog" size="small" onClose={stop}>
      <DialogBody>
        <p role="timer">{t(`whenDone.in.${action}`, { time: formatDuration(seconds) })}</p>
      </DialogBody>
      <DialogFooter>
        <span className="spring" />
        <Button onPress={() => orShow(call('whenDone.now'))}>{t(`whenDone.now.${action}`)}</Button>
        <Button look="main" autoFocus onPress={stop}>
          {t('whenDone.stop')}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
