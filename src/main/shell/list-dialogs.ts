import { dialog, type BrowserWindow } from 'electron'

const filters = [{ name: 'JSON', extensions: ['json'] }]

/** Asks where the list is to be written. @returns `null` when the user cancelled */
export async function chooseListTarget(parent: BrowserWindow): Promise<string | null> {
  const { filePath } = await dialog.showSaveDialog(parent, { defaultPath: 'longshore-list.json', filters })
  return filePath === '' ? null : filePath
}

/** Asks for such a file. @returns `null` when the user cancelled */
export async function chooseList(parent: BrowserWindow): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(parent, { properties: ['openFile'], filters })
  return filePaths[0] ?? null
}
