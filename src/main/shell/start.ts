import { app, dialog, Menu, session } from 'electron'
import { renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RequestFailure } from '../../shared/errors'
import type { ShellCalls } from '../engine-thread'
import { profileFiles } from '../profile'
import { startEngine, type EngineHost, type EngineListener } from './engine-host'
import { Folders } from './folders'
import { applySettings, createHandlers, downloadFolder } from './handlers'
import { registerCalls } from './ipc'
import { say } from './language'
import { serveUi } from './protocol'
import { secretCalls } from './secrets'
import { lockDown } from './security'
import { openWindow, type MainWindow } from './window'

/** What the engine's thread asks of this one. */
const shellCalls: ShellCalls = {
  ...secretCalls,
  resolveProxy: (origin) => session.defaultSession.resolveProxy(origin),
}

export interface Shell {
  /** Adds addresses that came from outside the window, and shows it. */
  add(urls: readonly string[]): Promise<void>
  show(): void
  /** Checkpoints everything. */
  close(): Promise<void>
}

/**
 * Builds the shell around the engine's thread, once Electron is ready.
 * @returns `null` when the store cannot be opened and the user chose to quit
 */
export async function startShell(): Promise<Shell | null> {
  let main: MainWindow | null = null
  const engine = await startEngineOrAsk({
    changed: (event) => main?.send('changed', event),
    progress: (rows) => main?.send('progress', rows),
    inspection: (inspection) => main?.send('inspection', inspection),
    crashed: offerRestart,
  })
  if (!engine) return null
  lockDown()
  serveUi(fileURLToPath(new URL('../renderer', import.meta.url)))
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)

  const folders = new Folders()
  const open = () => {
    const opened = openWindow((watched) => void engine.calls.watching(watched))
    opened.window.once('closed', () => {
      if (main === opened) main = null
    })
    return (main = opened)
  }
  const current = () => main ?? open()
  registerCalls(createHandlers({ engine, folders, window: current }), () => main)
  applySettings(await engine.calls.getSettings())
  open()
  return {
    async add(urls) {
      current().show()
      const outcomes = await engine.calls.add({
        urls: [...urls],
        folder: downloadFolder(await engine.calls.getSettings()),
        name: null,
        connections: null,
        headers: '',
        cookies: '',
        user: '',
        password: '',
        checksum: '',
        mirrors: [],
        start: true,
      })
      for (const outcome of outcomes) if ('error' in outcome) main?.send('problem', outcome.error)
    },
    show: () => current().show(),
    close: () => engine.close(),
  }
}

/** A store that cannot be opened is told and left as it is; a damaged one may be set aside when the user says so. */
async function startEngineOrAsk(listener: EngineListener): Promise<EngineHost | null> {
  const { database, log } = profileFiles(app.getPath('userData'))
  for (;;) {
    try {
      return await startEngine({ database, log }, shellCalls, listener)
    } catch (error) {
      const problem = error instanceof RequestFailure ? error.error : { code: 'E_ENGINE', detail: String(error) }
      if (problem.code !== 'E_DB_DAMAGED') {
        dialog.showErrorBox(
          say('start.failed'),
          problem.code === 'E_DB_VERSION' ? `${say('start.newer')}\n\n${problem.detail}` : problem.detail,
        )
        return null
      }
      const aside = `${database}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
      const { response } = await dialog.showMessageBox({
        type: 'error',
        message: say('start.damaged'),
        detail: say('start.damagedText', { detail: problem.detail, file: aside }),
        buttons: [say('start.quit'), say('start.setAside')],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      })
      if (response === 0) return null
      for (const suffix of ['', '-wal', '-shm']) setAside(database + suffix, aside + suffix)
    }
  }
}

function setAside(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Everything up to the last checkpoint is safe; a new start goes on from there. */
function offerRestart(detail: string): void {
  const answer = dialog.showMessageBoxSync({
    type: 'error',
    message: say('engine.stopped'),
    detail: `${say('engine.stoppedText')}\n\n${detail}`,
    buttons: [say('engine.restart'), say('engine.quit')],
    defaultId: 0,
    cancelId: 1,
    noLink: true,
  })
  if (answer === 0) app.relaunch()
  app.exit(1)
}
