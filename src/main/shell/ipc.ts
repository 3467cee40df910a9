import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import path from 'node:path'
import { calls, type CallName, type CallOutput, type CallResult, type LocalFile } from '../../shared/contract'
import type { z } from 'zod'
import { RequestFailure } from '../../shared/errors'
import { requestError } from '../thread/rpc'
import { uiOrigin } from './protocol'
import type { MainWindow } from './window'

/** One function for each call of the contract; it gets input that was parsed. */
export type CallHandlers = {
  readonly [N in CallName]: (input: z.output<(typeof calls)[N]['input']>) => Promise<CallOutput<N>> | CallOutput<N>
}

/**
 * Registers every call: check who asks, parse what they ask, run, answer with a closed result (security rule 7).
 * @param current the window that may ask
 */
export function registerCalls(handlers: CallHandlers, current: () => MainWindow | null): void {
  for (const name of Object.keys(calls) as CallName[]) {
    ipcMain.handle(`longshore:${name}`, async (event, input: unknown): Promise<CallResult<CallName>> => {
      try {
        requireOwnFrame(event, current())
        const parsed = calls[name].input.safeParse(input)
        if (!parsed.success) throw new RequestFailure({ code: 'E_IPC', detail: parsed.error.message })
        const handler = handlers[name] as (input: unknown) => unknown
        return { ok: true, value: (await handler(parsed.data)) as CallOutput<CallName> }
      } catch (error) {
        return { ok: false, error: requestError(error) }
      }
    })
  }
}

/**
 * Registers what the preload script asks when a file is dropped. The window itself cannot ask it: it has no path to give.
 * @param offer what the file is
 */
export function registerDrops(offer: (file: string) => Promise<LocalFile>, current: () => MainWindow | null): void {
  ipcMain.handle('longshore:dropped', async (event, file: unknown) => {
    try {
      requireOwnFrame(event, current())
      // What another program's page or this one made has no path; its text may hold links all the same.
      if (file === '') return { ok: true, value: null }
      if (typeof file !== 'string' || !path.isAbsolute(file)) {
        throw new RequestFailure({ code: 'E_FILE_MISSING', detail: 'not a file of this computer' })
      }
      return { ok: true, value: await offer(file) }
    } catch (error) {
      return { ok: false, error: requestError(error) }
    }
  })
}

function requireOwnFrame(event: IpcMainInvokeEvent, main: MainWindow | null): void {
  const frame = event.senderFrame
  const own = main !== null && frame !== null && frame === main.window.webContents.mainFrame
  // Not `origin`: that is "null" for schemes that the URL standard does not know.
  if (!own || !frame.url.startsWith(`${uiOrigin}/`)) {
    throw new RequestFailure({ code: 'E_IPC', detail: 'not from the window' })
  }
}
