import { app, dialog, Menu, session, type BrowserWindow } from 'electron'
import { fileURLToPath } from 'node:url'
import type { Wish } from '../../shared/contract'
import type { DownloadId } from '../../shared/download'
import { defaultSettings, type Settings } from '../../shared/settings'
import type { ShellCalls } from '../thread/calls'
import { requestError } from '../thread/rpc'
import { profileFiles } from '../profile/folders'
import { Files } from './files'
import { Folders } from './folders'
import { applySettings, createHandlers, downloadFolder } from './handlers'
import { registerCalls, registerDrops } from './ipc'
import { say } from './language'
import { closingOf } from './closing'
import { askClosing } from './closing-question'
import { createDesktop, type Desktop } from './desktop'
import { hasTrayHost } from './desktop/tray-host'
import { runSystem } from './desktop/system-commands'
import { hiddenSwitch } from './desktop/login-item'
import { openFile, showInFolder } from './open-file'
import { serveUi } from './protocol'
import { secretCalls } from './secrets'
import { startEngineOrAsk } from './start-engine'
import { lockDown } from './security'
import { openWindow, type MainWindow } from './window'

/** What the engine's thread asks of this one. */
const shellCalls: ShellCalls = {
  ...secretCalls,
  resolveProxy: (origin) => session.defaultSession.resolveProxy(origin),
}

export interface Shell {
  /** Adds addresses of a command line, and shows the window. */
  add(urls: readonly string[]): Promise<void>
  /** Shows what is under a prefix of a cloud store, to choose from. */
  browse(root: string): void
  /** Shows the form with addresses of a link from outside, for the user to judge. */
  ask(urls: readonly string[]): void
  show(): void
  /** Without a window it stays in the tray. */
  stays(): boolean
  /** Checkpoints everything. */
  close(): Promise<void>
}

/**
 * Builds the shell around the engine's thread, once Electron is ready.
 * @returns `null` when the store cannot be opened and the user chose to quit
 */
export async function startShell(): Promise<Shell | null> {
  let main: MainWindow | null = null
  let desktop: Desktop | null = null
  let settings = defaultSettings
  const apply = (changed: Settings) => {
    settings = applySettings(changed)
    desktop?.apply(settings)
  }
  const engine = await startEngineOrAsk(shellCalls, {
    changed(event) {
      main?.send('changed', event)
      desktop?.changed(event)
    },
    progress(rows) {
      if (main?.watched()) main.send('progress', rows)
      desktop?.progress(rows)
    },
    inspection: (inspection) => main?.send('inspection', inspection),
    queues: (queues) => main?.send('queues', queues),
    settings: (changed) => {
      apply(changed)
      main?.send('settings', changed)
    },
    slow(on) {
      main?.send('slow', on)
      desktop?.slow(on)
    },
    crashed: offerRestart,
  })
  if (!engine) return null
  const { calls } = engine
  lockDown()
  serveUi(fileURLToPath(new URL('../renderer', import.meta.url)))
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)

  const folders = new Folders()
  const files = new Files(calls, folders)
  settings = applySettings(await calls.getSettings())
  let quitting = false
  app.on('before-quit', () => (quitting = true))

  const closing = () =>
    quitting ? 'quit' : closingOf(settings, desktop?.figures() ?? { active: 0, queued: 0 }, process.platform)
  /** The user chose it for this once; a window that is seen again ends it. */
  let inTray = false
  const stays = () => closing() === 'hide' || (inTray && settings.tray && !quitting)
  let asking = false
  const askToClose = async (window: BrowserWindow, toTray: () => void) => {
    if (asking) return
    asking = true
    try {
      const { active, queued } = desktop?.figures() ?? { active: 0, queued: 0 }
      const { choice, remember } = await askClosing(window, active + queued, settings.tray && (await hasTrayHost()))
      if (choice === 'cancel') return
      if (remember) await calls.setSettings({ askOnClose: false, closeToTray: choice === 'hide' })
      if (choice === 'quit') app.quit()
      else {
        inTray = true
        toTray()
      }
    } finally {
      asking = false
    }
  }

  const open = (visible: boolean) => {
    const opened = openWindow({
      onWatching(watched) {
        if (watched) inTray = false
        void calls.watching(watched)
      },
      closing,
      stays,
      onAsk: (...asked) => orTell(askToClose(...asked)),
      placeFile: profileFiles(app.getPath('userData')).windowPlace,
      visible,
    })
    // Windows closes windows when its session ends: nobody is there to answer.
    opened.window.on('query-session-end', () => (quitting = true))
    opened.window.webContents.on('before-input-event', (_event, { type, key, control, alt, shift }) => {
      const quits = type === 'keyDown' && control && !alt && !shift && key.toLowerCase() === 'q'
      if (quits && process.platform !== 'darwin') app.quit()
    })
    opened.window.once('closed', () => {
      if (main !== opened) return
      main = null
      calls.inspect(null).catch(() => undefined) // the program ends
    })
    return (main = opened)
  }
  const current = () => main ?? open(true)

  /** Kept until the window asks: a new one is not there yet when it is wished for. */
  let wishes: readonly Wish[] = []
  const wish = (wanted: Wish) => {
    wishes = [...wishes, wanted]
    const shown = current()
    shown.show()
    shown.send('wished', null)
  }
  const handlers = createHandlers({
    engine,
    folders,
    files,
    window: current,
    wishes: () => {
      const those = wishes
      wishes = []
      return those
    },
    whenDone: {
      get: () => desktop?.whenDone.countdown ?? null,
      async stop() {
        desktop?.whenDone.stop()
        await calls.setSettings({ whenDone: 'nothing' })
      },
      now: () => desktop?.whenDone.now(),
    },
  })
  registerCalls(handlers, () => main)
  registerDrops(
    (file) => files.offer(file),
    () => main,
  )

  /** For what nobody waits for: a problem is told in the window. */
  const orTell = (promise: Promise<unknown>) => {
    promise.catch((error: unknown) => {
      const shown = current()
      const contents = shown.window.webContents
      const tell = () => shown.send('problem', requestError(error))
      if (contents.isLoading()) contents.once('did-finish-load', tell)
      else tell()
    })
  }
  const endedFile = async (id: DownloadId, how: 'open' | 'folder') => {
    const { file, folder } = await calls.locate(id)
    if (how === 'folder') await showInFolder(file, folder)
    else if (file !== null) await openFile(file, current().window)
  }
  open(!process.argv.includes(hiddenSwitch))
  const downloads = await calls.unfinished()
  desktop = createDesktop(
    {
      say,
      window: () => main?.window ?? null,
      actions: {
        open: () => current().show(),
        add: () => wish({ kind: 'add', text: '' }),
        settings: () => wish({ kind: 'settings' }),
        slow: (on) => orTell(calls.setSlow(on)),
        pauseAll: () => orTell(calls.pauseAll()),
        resumeAll: () => orTell(calls.resumeAll()),
        quit: () => app.quit(),
        reveal: (id) => (id === null ? current().show() : wish({ kind: 'reveal', id })),
        run: (action, id) => orTell(action === 'retry' ? calls.resume([id]) : endedFile(id, action)),
        woken: () => orTell(calls.reconnect()),
        supply: ({ battery, metered }) => orTell(calls.power(battery, metered)),
        countdown(countdown) {
          // Whoever sits there has to be able to stop it.
          if (countdown !== null) current().show()
          main?.send('countdown', countdown)
        },
        finish: (action) =>
          orTell(
            (async () => {
              await calls.setSettings({ whenDone: 'nothing' })
              if (action !== 'quit') await runSystem(action)
              if (action !== 'sleep') app.quit()
            })(),
          ),
      },
    },
    downloads,
    { settings, slow: await calls.slow() },
  )
  return {
    async add(urls) {
      current().show()
      const outcomes = await calls.add({
        urls: [...urls],
        folder: null,
        fallback: downloadFolder(settings),
        name: null,
        connections: null,
        headers: '',
        cookies: '',
        user: '',
        password: '',
        checksum: '',
        mirrors: [],
        account: null,
        partSize: null,
        threshold: null,
        limit: null,
        root: null,
        group: null,
        category: null,
        queue: null,
        adopt: null,
        start: true,
      })
      for (const outcome of outcomes) if ('error' in outcome) main?.send('problem', outcome.error)
    },
    browse: (root) => wish({ kind: 'browse', root }),
    ask: (urls) => wish({ kind: 'add', text: urls.join('\n') }),
    show: () => current().show(),
    stays,
    async close() {
      main?.keepPlace()
      desktop?.close()
      // What the engine says while it ends comes to a tray that is gone.
      desktop = null
      await engine.close()
    },
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
