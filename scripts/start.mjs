// `npm start -- ARGUMENTS`: the application from this checkout. All arguments go to it.
import './plain-errors.mjs'
import { buildWhenNeeded } from './build.mjs'
import { ensureDisplay } from './display.mjs'
import { findElectron } from './electron.mjs'
import { root } from './paths.mjs'
import { run } from './process.mjs'

// Chromium's complaints about a machine without D-Bus or graphics card; it goes on without.
const NOISE =
  /:ERROR:(dbus\/)?bus\.cc\(\d+\)\] Failed to connect to the bus|:ERROR:viz_main_impl\.cc\(\d+\)\] Exiting GPU process/

await buildWhenNeeded()
const electron = await findElectron()
const endDisplay = await ensureDisplay()
const args = [...electron.args, root, ...process.argv.slice(2)]
process.exitCode = await run(electron.path, args, { noise: NOISE })
endDisplay()
