import type { BrowserWindow } from 'electron'
import type { Events } from '../../../shared/contract'
import type { DownloadView } from '../../../shared/download'
import type { Countdown, FinalAction } from '../../../shared/when-done'
import type { Settings } from '../../../shared/settings'
import { setStartAtLogin } from './login-item'
import { createNotices, type NoticeActions } from './notices'
import { createOverview, type Figures } from './overview'
import { createWakefulness, onWake } from './power'
import { watchSupply, type Supply } from './supply'
import { createTaskbar } from './taskbar'
import { createTray, type TrayIcon } from './tray'
import type { Say, TrayActions } from './tray-menu'
import { WhenDoneWatch } from './when-done'

export interface DesktopParts {
  readonly say: Say
  readonly window: () => BrowserWindow | null
  readonly actions: TrayActions &
    NoticeActions & {
      readonly woken: () => void
      readonly supply: (supply: Supply) => void
      readonly countdown: (countdown: Countdown | null) => void
      readonly finish: (action: FinalAction) => void
    }
}

/** What the program is on the desktop beside its window. */
export interface Desktop {
  changed(event: Events['changed']): void
  progress(rows: Events['progress']): void
  apply(settings: Settings): void
  /** Slow mode has begun or ended. */
  slow(on: boolean): void
  readonly whenDone: WhenDoneWatch
  figures(): Figures
  close(): void
}

export function createDesktop(
  { say, window, actions }: DesktopParts,
  start: readonly DownloadView[],
  first: { readonly settings: Settings; readonly slow: boolean },
): Desktop {
  const overview = createOverview(start, Date.now())
  const taskbar = createTaskbar(window)
  const notices = createNotices(say, actions)
  const wakefulness = createWakefulness()
  const stopWaiting = onWake(actions.woken)
  const supply = watchSupply(actions.supply)
  const whenDone = new WhenDoneWatch({
    notify: () => notices.allDone(),
    act: actions.finish,
    tell: actions.countdown,
  })
  let { settings } = first
  let tray: TrayIcon | null = null
  let slow = first.slow

  const show = (ended = false) => {
    const figures = overview.figures()
    taskbar.show(figures)
    whenDone.changed(figures, ended)
    tray?.show(figures, slow)
    wakefulness.keep(settings.keepAwake && figures.active > 0)
  }
  /** Whoever looks at the list sees it there. */
  const looking = () => window()?.isFocused() ?? false
  const apply = (next: Settings) => {
    if (next.tray && !tray) tray = createTray(say, actions)
    else if (!next.tray && tray) {
      tray.destroy()
      tray = null
    }
    if (next.startAtLogin !== settings.startAtLogin) setStartAtLogin(next.startAtLogin)
    settings = next
    supply.want({ battery: next.pauseOnBattery, metered: next.pauseOnMetered })
    whenDone.set(next.whenDone)
    show()
  }
  apply(first.settings)
  return {
    changed(event) {
      const endings = overview.changed(event)
      const wanted = { done: settings.notifyDone, failed: settings.notifyFailed }
      if (!looking()) notices.ended(endings.filter(({ state }) => wanted[state.kind]))
      show(endings.length > 0)
    },
    progress(rows) {
      overview.progress(rows)
      show()
    },
    apply,
    slow(on) {
      slow = on
      show()
    },
    whenDone,
    figures: () => overview.figures(),
    close() {
      supply.close()
      whenDone.stop()
      stopWaiting()
      notices.close()
      tray?.destroy()
      wakefulness.keep(false)
    },
  }
}
