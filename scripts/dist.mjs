// `npm run dist`: the installers for this system. `npm run dist -- --dir`: only the unpacked program, from the Electron
// at hand, so without any download. Arguments go to electron-builder.
import './plain-errors.mjs'
import { dirname } from 'node:path'
import { stageFallback } from './dist-fallback.mjs'
import { officialFolder } from './electron-official.mjs'
import { findElectron } from './electron.mjs'
import { root, tool } from './paths.mjs'
import { run } from './process.mjs'

const args = process.argv.slice(2)
const electron = await findElectron()
/** @type {string[]} */
let source = []
if (electron.source === 'fallback') {
  console.log(`This package is for testing only: it holds Electron ${electron.version}, not the one of package.json`)
  const stage = await stageFallback(dirname(electron.path))
  source = [`-c.directories.app=${stage.application}`, `-c.electronDist=${stage.runtime}`]
} else if (args.includes('--dir')) {
  source = [`-c.electronDist=${officialFolder()}`]
}
source.push(`-c.electronVersion=${electron.version}`)

process.chdir(root)
process.exitCode = await run(process.execPath, [
  tool('electron-builder'),
  ...['--config', 'electron-builder.config.cjs', '--publish', 'never'],
  ...source,
  ...args,
])
