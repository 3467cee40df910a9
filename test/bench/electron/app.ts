import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ensureDisplay } from '../../../scripts/display.mjs'
import { findElectron } from '../../../scripts/electron.mjs'
import { root } from '../../../scripts/paths.mjs'
import { Unable } from '../bench'
import { endChild } from '../children'
import { connect, connectPage, type Inspected } from './devtools'

/** The production build in a real Electron, with nothing attached that would keep it busy. */
export interface App {
  readonly pid: number
  /** When the process was asked for, in ms since the epoch. */
  readonly began: number
  page(): Promise<Inspected>
  /** Its main process; `startApp` has to be told. */
  main(): Promise<Inspected>
  /** Quits as SIGTERM does: everything is checkpointed. */
  quit(): Promise<void>
}

let ready: Promise<{ path: string; args: string[]; version: string }> | null = null

/** An Electron and a display, once for all cases. @throws Unable where there is none */
export function electron(): Promise<{ path: string; args: string[]; version: string }> {
  ready ??= (async () => {
    try {
      const found = await findElectron(() => undefined)
      const endDisplay = await ensureDisplay(() => undefined)
      process.once('exit', endDisplay)
      return found
    } catch (error) {
      throw new Unable(error instanceof Error ? error.message : String(error))
    }
  })()
  return ready
}

/** @param inspected whether `main` will be asked for */
export async function startApp(userData: string, inspected = false): Promise<App> {
  const { path, args: own } = await electron()
  const began = Date.now()
  const debugging = ['--remote-debugging-port=0', ...(inspected ? ['--inspect=0'] : [])]
  const child = spawn(path, [...own, ...debugging, root, `--user-data-dir=${userData}`], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines = createInterface(child.stderr)
  const told = (pattern: RegExp) => {
    const found = new Promise<string>((resolve, reject) => {
      lines.on('line', (line) => {
        const match = pattern.exec(line)?.[1]
        if (match !== undefined) resolve(match)
      })
      child.once('exit', (code) => reject(new Error(`Electron ended with ${code}`)))
    })
    found.catch(() => undefined)
    return found
  }
  const devtools = told(/^DevTools listening on ws:\/\/([^/]+)\//)
  const inspector = told(/^Debugger listening on (ws:\S+)/)
  return {
    pid: child.pid ?? 0,
    began,
    page: async () => connectPage(`http://${await devtools}`),
    main: async () => connect(await inspector),
    quit: () => endChild(child),
  }
}

/** In the page: waits until the list, or the word that it is empty, has been painted. ms since the epoch. */
const painted = `new Promise((resolve) => {
  const soon = () => requestAnimationFrame(() => requestAnimationFrame(() => resolve(Date.now())))
  const there = () => document.querySelector('.row, .empty') !== null
  if (there()) return soon()
  const observer = new MutationObserver(() => {
    if (!there()) return
    observer.disconnect()
    soon()
  })
  observer.observe(document, { childList: true, subtree: true })
})`

/** Waits for the first list on the screen. @returns s since the start */
export async function untilList(app: App): Promise<number> {
  for (;;) {
    const page = await app.page()
    try {
      return ((await page.evaluate<number>(painted)) - app.began) / 1000
    } catch (error) {
      // The empty page that every window begins with has been replaced.
      if (!(error instanceof Error && error.message.includes('destroyed'))) throw error
    } finally {
      page.close()
    }
  }
}
