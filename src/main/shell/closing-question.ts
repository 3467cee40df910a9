import { dialog, type BrowserWindow } from 'electron'
import { say } from './language'

export interface ClosingAnswer {
  readonly choice: 'quit' | 'hide' | 'cancel'
  readonly remember: boolean
}

/**
 * Asks with a dialog of the system: the window may hang, and has to be closable all the same.
 * @param count downloads that are active or queued
 * @param tray whether the window could be opened again from the tray; else that is not offered
 */
export async function askClosing(parent: BrowserWindow, count: number, tray: boolean): Promise<ClosingAnswer> {
  const offers = [
    ...(tray ? [{ choice: 'hide', label: say('close.tray') } as const] : []),
    { choice: 'quit', label: say('close.quit') } as const,
    { choice: 'cancel', label: say('close.cancel') } as const,
  ]
  const { response, checkboxChecked } = await dialog.showMessageBox(parent, {
    type: 'question',
    message: say('close.title', { count }),
    detail: say(tray ? 'close.text' : 'close.textNoTray'),
    buttons: offers.map(({ label }) => label),
    checkboxLabel: say('close.remember'),
    defaultId: 0,
    cancelId: offers.length - 1,
    noLink: true,
  })
  return { choice: offers[response]?.choice ?? 'cancel', remember: checkboxChecked }
}
