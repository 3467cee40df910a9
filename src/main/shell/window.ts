import { BrowserWindow, nativeTheme } from 'electron'
import { fileURLToPath } from 'node:url'
import type { EventName, Events } from '../../shared/contract'
import { uiOrigin } from './protocol'

export interface MainWindow {
  readonly window: BrowserWindow
  send<N extends EventName>(name: N, payload: Events[N]): void
  /** Brings it to the front. */
  show(): void
}

/**
 * Opens the window, sandboxed and isolated (security rule 1).
 * @param onWatching told whether somebody can see it
 */
export function openWindow(onWatching: (watched: boolean) => void): MainWindow {
  const window = new BrowserWindow({
    width: 1080,
    height: 720,
    minWidth: 640,
    minHeight: 420,
    show: false,
    title: 'Longshore',
    // Painted before the first frame: no white flash in the dark.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#14181c' : '#f6f7f8',
    webPreferences: {
      preload: fileURLToPath(new URL('../preload/preload.cjs', import.meta.url)),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  window.on('minimize', () => onWatching(false))
  window.on('hide', () => onWatching(false))
  window.on('restore', () => onWatching(true))
  window.on('show', () => onWatching(true))
  // A failed load is told by Electron itself on the terminal; there is nothing else to show it in.
  void window.loadURL(`${uiOrigin}/`)
  return {
    window,
    send(name, payload) {
      if (!window.isDestroyed()) window.webContents.send(`longshore:${name}`, payload)
    },
    show() {
      if (window.isMinimized()) window.restore()
      window.show()
      window.focus()
    },
  }
}
