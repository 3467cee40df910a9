import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const watcher = 'org.kde.StatusNotifierWatcher'

/**
 * Whether an icon in the tray is shown somewhere. On Linux a StatusNotifier host says so (freedesktop StatusNotifierItem
 * specification, IsStatusNotifierHostRegistered); where nobody can be asked, it is not counted on.
 */
export async function hasTrayHost(): Promise<boolean> {
  if (process.platform !== 'linux') return true
  try {
    const { stdout } = await promisify(execFile)(
      'busctl',
      ['--user', 'get-property', watcher, '/StatusNotifierWatcher', watcher, 'IsStatusNotifierHostRegistered'],
      { timeout: 2000 },
    )
    return stdout.trim() === 'b true'
  } catch {
    return false
  }
}
