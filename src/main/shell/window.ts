import { BrowserWindow, nativeTheme, screen } from 'electron'
import { fileURLToPath } from 'node:url'
import type { EventName, Events } from '../../shared/contract'
import type { Closing } from './closing'
import { uiOrigin } from './protocol'
import { reachable, readPlace, writePlace } from './window-place'

export interface MainWindow {
  readonly window: BrowserWindow
  /** Remembers where it is, for the next start; closing it does the same. */
  keepPlace(): void
  /** Somebody could see it: neither hidden nor minimized. */
  watched(): boolean
  send<N extends EventName>(name: N, payload: Events[N]): void
  /** Brings it to the front. */
  show(): void
}

export interface WindowOptions {
  /** Told whether somebody can see it. */
  readonly onWatching: (watched: boolean) => void
  /** What closing it does: hide it, at first, or leave it as it is until `onAsk` has had an answer. */
  readonly closing: () => Closing
  /** @param toTray what closing it to the tray does */
  readonly onAsk: (asked: BrowserWindow, toTray: () => void) => void
  /** Whether the program goes on without a window, once it is hidden. */
  readonly stays: () => boolean
  /** Where its place is kept. */
  readonly placeFile: string
  /** False opens it without showing it. */
  readonly visible: boolean
}

/** ms for which a window that was closed to the tray is kept: who comes back soon finds it as it was. */
const keptHidden = 60_000

/** Opens the window, sandboxed and isolated (security rule 1), where it was. */
export function openWindow({ onWatching, closing, onAsk, stays, placeFile, visible }: WindowOptions): MainWindow {
  const place = readPlace(placeFile)
  const screens = screen.getAllDisplays().map((display) => display.workArea)
  const window = new BrowserWindow({
    width: place?.width ?? 1160,
    height: place?.height ?? 740,
    ...(place && reachable(place, screens) ? { x: place.x, y: place.y } : {}),
    minWidth: 400,
    minHeight: 360,
    show: false,
    title: 'Longshore',
    // Elsewhere it is part of the program's own file.
    ...(process.platform === 'linux' ? { icon: fileURLToPath(new URL('./icons/window.png', import.meta.url)) } : {}),
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
  if (place?.maximized) window.maximize()
  // As maximize() does on its own, but only when it should be seen.
  if (!visible) window.hide()
  let shown = visible
  window.once('ready-to-show', () => {
    if (visible) window.show()
  })
  const keepPlace = () => {
    if (!shown || window.isDestroyed()) return
    const { x, y, width, height } = window.getNormalBounds()
    writePlace(placeFile, { x, y, width, height, maximized: window.isMaximized() })
  }
  let unloading: NodeJS.Timeout | undefined
  const toTray = () => {
    if (window.isDestroyed()) return
    window.hide()
    // Its process is a third of what the program has in memory, and a new one is there in half a second.
    clearTimeout(unloading)
    unloading = setTimeout(() => {
      if (stays()) window.destroy()
    }, keptHidden)
  }
  window.on('close', (event) => {
    keepPlace()
    const what = closing()
    if (what === 'quit') return
    event.preventDefault()
    if (what === 'ask') onAsk(window, toTray)
    else toTray()
  })
  window.once('closed', () => clearTimeout(unloading))
  window.on('minimize', () => onWatching(false))
  window.on('hide', () => onWatching(false))
  window.on('restore', () => onWatching(true))
  window.on('show', () => {
    clearTimeout(unloading)
    shown = true
    onWatching(true)
  })
  if (!visible) onWatching(false)
  // A failed load is told by Electron itself on the terminal; there is nothing else to show it in.
  void window.loadURL(`${uiOrigin}/`)
  return {
    window,
    keepPlace,
    watched: () => !window.isDestroyed() && window.isVisible() && !window.isMinimized(),
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
