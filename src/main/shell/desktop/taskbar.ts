import { app, type BrowserWindow } from 'electron'
import type { Figures } from './overview'

/** More than 1 is Electron's word for “busy, nobody knows how long”. */
const busy = 2
const none = -1

/** Progress on the window's entry in taskbar or dock, and the number of unfinished ones as its badge. */
export function createTaskbar(window: () => BrowserWindow | null): { show(figures: Figures): void } {
  let badge = 0
  return {
    show({ active, queued, share }) {
      const current = window()
      if (current && !current.isDestroyed()) current.setProgressBar(active === 0 ? none : (share ?? busy))
      const count = active + queued
      if (count === badge) return
      badge = count
      app.setBadgeCount(count) // Windows has none
    },
  }
}
