import { app } from 'electron'
import { registerUiScheme, uiOrigin } from './shell/protocol'
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

/** An installed `longshore get …` is this program: the command line, without a window. */
const command = process.argv.slice(app.isPackaged ? 1 : 2)
const addresses = (argv: readonly string[]) => argv.filter((argument) => /^https?:\/\//i.test(argument))

if (command[0] === 'get') {
  const { main } = await import('./cli/main')
  app.exit(await main(command, new URL('./digest.js', import.meta.url)))
} else if (!app.requestSingleInstanceLock()) {
  // The first instance has been told what this one was started with.
  app.exit(0)
} else {
  let shell: Shell | null = null
  let closing: Promise<void> | null = null
  /** Asked for before the shell was ready. */
  const early = addresses(process.argv)

  const add = (urls: readonly string[]) => {
    if (!shell) early.push(...urls)
    else if (urls.length > 0) void shell.add(urls)
    else shell.show()
  }
  app.on('second-instance', (_event, argv) => add(addresses(argv)))
  app.on('open-url', (_event, url) => add(addresses([url])))
  app.on('activate', () => shell?.show())
  app.on('window-all-closed', () => app.quit())
  app.on('before-quit', (event) => {
    if (!shell) return
    event.preventDefault()
    closing ??= shell.close().finally(() => app.exit(0))
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())

  // Before the first window: the session would fetch a dictionary for the spelling that no field here checks.
  app.on('session-created', (session) => session.setSpellCheckerDictionaryDownloadURL(`${uiOrigin}/dictionaries/`))
  void app.whenReady().then(async () => {
    shell = await startShell()
    if (!shell) app.exit(1)
    else if (early.length > 0) await shell.add(early)
  })
}
