import { dialog, type BrowserWindow } from 'electron'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { RequestFailure } from '../../shared/errors'
import { defaultSettings, type Settings } from '../../shared/settings'
import { say } from './language'
import { parseSettings, printSettings, type SettingsFile, type SettingsIn } from './settings-text'

/** Characters: our own files have some thousand. */
const largest = 1024 * 1024
const filters = [{ name: 'JSON', extensions: ['json'] }]

/**
 * Asks for a file and writes settings and rules there, without secrets.
 * @returns false when the user cancelled
 * @throws RequestFailure E_SETTINGS when it cannot be written
 */
export async function exportSettings(file: SettingsFile, parent: BrowserWindow): Promise<boolean> {
  const { filePath } = await dialog.showSaveDialog(parent, { defaultPath: 'longshore-settings.json', filters })
  if (!filePath) return false
  try {
    await writeFile(filePath, printSettings(file))
  } catch (error) {
    throw new RequestFailure({ code: 'E_SETTINGS', detail: String(error) })
  }
  return true
}

/**
 * Asks for a file of `exportSettings`.
 * @returns `null` when the user cancelled
 * @throws RequestFailure E_SETTINGS when it is none
 */
export async function chooseSettings(parent: BrowserWindow): Promise<SettingsIn | null> {
  const { filePaths } = await dialog.showOpenDialog(parent, { properties: ['openFile'], filters })
  const [file] = filePaths
  if (file === undefined) return null
  const size = await stat(file).then(
    ({ size: bytes }) => bytes,
    () => Infinity,
  )
  if (size > largest) throw new RequestFailure({ code: 'E_SETTINGS', detail: `${size} bytes` })
  return parseSettings(await readFile(file, 'utf8'))
}

/** @returns all defaults when the user agrees, else `null` */
export async function confirmReset(parent: BrowserWindow): Promise<Settings | null> {
  const { response } = await dialog.showMessageBox(parent, {
    type: 'question',
    message: say('reset.title'),
    detail: say('reset.text'),
    buttons: [say('reset.cancel'), say('reset.confirm')],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return response === 1 ? defaultSettings : null
}
