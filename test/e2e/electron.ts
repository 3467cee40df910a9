import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { findElectron } from '../../scripts/electron.mjs'
import { root } from '../../scripts/paths.mjs'
import { patience } from '../patience'

export interface LaunchOptions {
  /** The profile; without it a new one, which `close` and `kill9` remove. */
  readonly userData?: string
  /** Arguments for the application: addresses, switches. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface Longshore {
  readonly app: ElectronApplication
  readonly window: Page
  readonly pid: number
  readonly userData: string
  /** Quits as a user would. */
  close(): Promise<void>
  /** What a power cut looks like to the program: no handler of it runs. */
  kill9(): Promise<void>
}

/** A new, empty profile folder. */
export function newUserData(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'longshore-e2e-'))
}

/** Starts what `npm run build` built, in the real Electron, and waits for its window. */
export async function launch(options: LaunchOptions = {}): Promise<Longshore> {
  const electron = await findElectron(() => {})
  const userData = options.userData ?? (await newUserData())
  const app = await _electron.launch({
    executablePath: electron.path,
    args: [...electron.args, root, `--user-data-dir=${userData}`, ...(options.args ?? [])],
    env: { ...definedEnvironment(), ...options.env },
    cwd: root,
    timeout: patience,
  })
  app.context().setDefaultTimeout(patience)
  const child = app.process()
  const { pid } = child
  if (pid === undefined) throw new Error('Electron has no process')
  const removeOwn = async () => {
    if (options.userData === undefined) await rm(userData, { recursive: true, force: true, maxRetries: 5 })
  }
  return {
    app,
    window: await app.firstWindow({ timeout: patience }),
    pid,
    userData,
    async close() {
      await app.close()
      await removeOwn()
    },
    async kill9() {
      const gone = once(child, 'exit')
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL')
        await gone
      }
      await removeOwn()
    },
  }
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
