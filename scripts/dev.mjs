// `npm run dev`: the application with Vite's server behind the window, rebuilt while you type.
import './plain-errors.mjs'
import { ensureDisplay } from './display.mjs'
import { findElectron } from './electron.mjs'
import { tool } from './paths.mjs'
import { run } from './process.mjs'

const electron = await findElectron()
const endDisplay = await ensureDisplay()
const args = [tool('electron-vite'), 'dev', '-c', 'electron.config.ts', '--watch']
if (electron.args.includes('--no-sandbox')) args.push('--noSandbox')
if (process.argv.length > 2) args.push('--', ...process.argv.slice(2))
process.exitCode = await run(process.execPath, args, {
  env: { ...process.env, ELECTRON_EXEC_PATH: electron.path },
})
endDisplay()
