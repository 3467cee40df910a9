import { app } from 'electron'
import v8 from 'node:v8'
import { isCommand } from './cli/command-names'
import { hiddenSwitch } from './shell/desktop/login-item'
import { linksOfArguments, linksOfLink, linkSwitch, type OutsideLinks } from './shell/outside-links'
import { registerUiScheme, uiOrigin } from './shell/protocol'
import { secretCalls } from './shell/secrets'
import { startShell, type Shell } from './shell/start'

/** Electron's application events, nothing else. */

// As root on Linux Chromium runs only without its sandbox, and enabling it here would undo that switch.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
registerUiScheme()
// Chromium would look for components, dictionaries and experiments of its own: nothing here uses them, and a download
// manager tells nobody that it has been started.
for (const off of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability']) {
  app.commandLine.appendSwitch(off)
}
// A young generation that grows to 16 MiB in each thread and process buys nothing here, and stays for good.
app.commandLine.appendSwitch('js-flags', '--max-semi-space-size=2')
v8.setFlagsFromString('--semi-space-growth-factor=1')

/** ms for everything to end by itself: more than the engine takes until it says in the log what hangs. */
const quitDeadline = 30_000

/** An installed `longshore get …` or `longshore list` is this program: the command line, without a window. */
const command = process.argv.slice(app.isPackaged ? 1 : 2)

if (isCommand(command[0])) {
  const { main } = await import('./cli/main')
  // What the system sealed can be opened only then.
  if (command.some((argument) => argument.startsWith('--profile'))) await app.whenReady()
  const digestWorker = new URL('./digest.js', import.meta.url)
  const launch = (profile: string | null) =>
    [
      process.execPath,
      ...(app.isPackaged ? [] : [app.getAppPath()]),
      hiddenSwitch,
      ...(profile === null ? [] : [`--user-data-dir=${profile}`]),
    ] as const
  app.exit(await main(command, { digestWorker, launch, secrets: secretCalls }))
} else if (!app.requestSingleInstanceLock()) {
  // The first instance has been told what this one was started with.
  app.exit(0)
} else {
  let shell: Shell | null = null
  let closing: Promise<void> | null = null
  /** Asked for before the shell was ready. */
  const early = [linksOfArguments(process.argv)]

  const take = (links: OutsideLinks) => {
    if (!shell) early.push(links)
    else {
      if (links.add.length > 0) void shell.add(links.add)
      for (const root of links.browse) shell.browse(root)
      if (links.ask.length > 0) shell.ask(links.ask)
    }
  }
  app.on('second-instance', (_event, argv) => {
    shell?.show()
    take(linksOfArguments(argv))
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    take({ add: [], browse: [], ask: linksOfLink(url) })
  })
  app.on('activate', () => shell?.show())
  app.on('window-all-closed', () => {
    // On macOS programs stay without a window, elsewhere in the tray.
    if (process.platform !== 'darwin' && shell?.stays() !== true) app.quit()
  })
  app.on('before-quit', (event) => {
    if (!shell) return
    event.preventDefault()
    closing ??= shell.close().finally(() => app.exit(0))
    // A disk that hangs keeps even `exit` waiting for its thread. What is checkpointed survives this, as it does everything.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), quitDeadline).unref()
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())

  // Linux has it in the installed entry, macOS in the bundle.
  if (process.platform === 'win32' && app.isPackaged) {
    app.setAsDefaultProtocolClient('longshore', process.execPath, [linkSwitch])
  }
  // Before the first window: the session would fetch a dictionary for the spelling that no field here checks.
  app.on('session-created', (session) => session.setSpellCheckerDictionaryDownloadURL(`${uiOrigin}/dictionaries/`))
  void app.whenReady().then(async () => {
    shell = await startShell()
    if (!shell) app.exit(1)
    else for (const links of early) take(links)
  })
}
