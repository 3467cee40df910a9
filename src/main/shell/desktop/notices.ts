import { Notification } from 'electron'
import type { DownloadId } from '../../../shared/download'
import type { Ending } from './overview'
import { noticeOf, type Notice, type NoticeAction } from './notice'
import type { Say } from './tray-menu'

export interface NoticeActions {
  readonly reveal: (id: DownloadId | null) => void
  readonly run: (action: NoticeAction, id: DownloadId) => void
}

/** ms: what ends within it is one notification. */
const gather = 700

/** Notifications of the system about what ended. Where there are no buttons, a click shows the download in the list. */
export function createNotices(
  say: Say,
  actions: NoticeActions,
): { ended(endings: readonly Ending[]): void; allDone(): void; close(): void } {
  let pending: Ending[] = []
  let timer: NodeJS.Timeout | null = null
  /** A notification that nobody refers to loses its listeners. */
  const shown = new Set<Notification>()

  const show = (notice: Notice) => {
    const notification = new Notification({
      title: notice.title,
      body: notice.body,
      silent: true,
      actions: notice.actions.map((action) => ({ type: 'button', text: say(`notice.${action}`) })),
    })
    const gone = () => shown.delete(notification)
    notification.on('click', () => (gone(), actions.reveal(notice.id)))
    notification.on('action', (event: { actionIndex?: number }, index?: number) => {
      const action = notice.actions[event.actionIndex ?? index ?? -1]
      gone()
      if (action !== undefined && notice.id !== null) actions.run(action, notice.id)
    })
    notification.on('close', gone)
    notification.on('failed', gone)
    shown.add(notification)
    notification.show()
  }
  return {
    ended(endings) {
      if (endings.length === 0 || !Notification.isSupported()) return
      pending.push(...endings)
      timer ??= setTimeout(() => {
        timer = null
        for (const notice of noticeOf(pending, say)) show(notice)
        pending = []
      }, gather)
    },
    allDone() {
      if (!Notification.isSupported()) return
      show({ title: say('notice.allDone'), body: say('notice.allDoneText'), id: null, actions: [] })
    },
    close() {
      if (timer) clearTimeout(timer)
      for (const notification of shown) notification.close()
    },
  }
}
