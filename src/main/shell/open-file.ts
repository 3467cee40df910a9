import { dialog, shell, type BrowserWindow } from 'electron'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { RequestFailure } from '../../shared/errors'
import { say } from './language'

/** Files that run when they are opened. */
const executable = new Set(
  'apk app appimage bat bin cmd com command cpl deb desktop dmg exe hta jar js jse lnk msi msix pkg ps1 py reg rpm run scr sh vb vbe vbs wsf'.split(
    ' ',
  ),
)

/**
 * Opens a completed file with the system's program for it; asks first when opening it means running it (rule 9).
 * @throws RequestFailure E_FILE_MISSING, E_OPEN
 */
export async function openFile(file: string, parent: BrowserWindow): Promise<void> {
  requirePresent(file)
  if (executable.has(path.extname(file).slice(1).toLowerCase()) && !(await confirmed(file, parent))) return
  const problem = await shell.openPath(file)
  if (problem !== '') throw new RequestFailure({ code: 'E_OPEN', detail: problem })
}

/**
 * Shows a file in the system's file manager, or its folder while there is no file yet.
 * @throws RequestFailure E_FILE_MISSING, E_OPEN
 */
export async function showInFolder(file: string | null, folder: string): Promise<void> {
  if (file !== null) {
    requirePresent(file)
    shell.showItemInFolder(file)
    return
  }
  const problem = await shell.openPath(folder)
  if (problem !== '') throw new RequestFailure({ code: 'E_OPEN', detail: problem })
}

function requirePresent(file: string): void {
  if (!existsSync(file)) throw new RequestFailure({ code: 'E_FILE_MISSING', detail: file })
}

async function confirmed(file: string, parent: BrowserWindow): Promise<boolean> {
  const { response } = await dialog.showMessageBox(parent, {
    type: 'warning',
    message: say('run.title', { name: path.basename(file) }),
    detail: say('run.text'),
    buttons: [say('run.cancel'), say('run.confirm')],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  })
  return response === 1
}
