import { app } from 'electron'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { desktopEntry } from './desktop-entry'

/** As the argument of a start by the system: no window then. */
export const hiddenSwitch = '--hidden'

/**
 * Starts the program with the user's session, or no longer. A development checkout starts the same Electron with its
 * folder.
 */
export function setStartAtLogin(on: boolean): void {
  const args = [...(app.isPackaged ? [] : [app.getAppPath()]), hiddenSwitch]
  if (process.platform !== 'linux') {
    app.setLoginItemSettings({ openAtLogin: on, args })
    return
  }
  // https://specifications.freedesktop.org/autostart-spec/latest/
  const folder = path.join(app.getPath('appData'), 'autostart')
  const file = path.join(folder, 'longshore.desktop')
  if (!on) {
    rmSync(file, { force: true })
    return
  }
  mkdirSync(folder, { recursive: true })
  // An AppImage is mounted somewhere else at every start.
  writeFileSync(file, desktopEntry([process.env['APPIMAGE'] ?? process.execPath, ...args]))
}
