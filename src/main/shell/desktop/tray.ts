import { Menu, nativeImage, Tray } from 'electron'
import { fileURLToPath } from 'node:url'
import type { Figures } from './overview'
import { trayMenu, trayStatus, type Say, type TrayActions } from './tray-menu'

export interface TrayIcon {
  /** @param slow whether slow mode is on */
  show(figures: Figures, slow: boolean): void
  destroy(): void
}

/** The icon beside the clock. On a desktop that has no place for it, nothing appears. */
export function createTray(say: Say, actions: TrayActions): TrayIcon {
  const name = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'
  const tray = new Tray(nativeImage.createFromPath(fileURLToPath(new URL(`./icons/${name}`, import.meta.url))))
  tray.on('click', actions.open)
  let shown = ''
  return {
    show(figures, slow) {
      const template = trayMenu(figures, slow, say, actions)
      // A menu that is open closes when it is replaced: only when it says something else.
      const words = JSON.stringify(template)
      if (words === shown) return
      shown = words
      tray.setToolTip(`Longshore\n${trayStatus(figures, say)}`)
      tray.setContextMenu(Menu.buildFromTemplate(template))
    },
    destroy: () => tray.destroy(),
  }
}
