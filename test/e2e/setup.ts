import type { TestProject } from 'vitest/node'
import { ensureDisplay } from '../../scripts/display.mjs'
import { findElectron, type Electron } from '../../scripts/electron.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    electron: Electron
    display: string | undefined
  }
}

/** Once for all e2e tests: an Electron, downloaded if need be, and a display. */
export default async function setup(project: TestProject): Promise<() => void> {
  project.provide('electron', await findElectron())
  const endDisplay = await ensureDisplay()
  project.provide('display', process.env.DISPLAY)
  return endDisplay
}
