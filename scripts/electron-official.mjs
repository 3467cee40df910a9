import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cache, root } from './paths.mjs'

const packageFolder = join(root, 'node_modules', 'electron')

/** A network without GitHub either refuses at once or never answers. */
const FIRST_BYTE_MS = 8_000
const STALL_MS = 60_000
/** How long a failed download is remembered, so that not every start has to wait for it. */
const REMEMBER_MS = 24 * 3600_000

export function officialVersion() {
  /** @type {{ version: string }} */
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  return version
}

export const officialFolder = () => process.env.ELECTRON_OVERRIDE_DIST_PATH || join(packageFolder, 'dist')

/** @returns {string | undefined} the executable of the electron package, when its download is complete */
export function officialExecutable() {
  try {
    const name = readFileSync(join(packageFolder, 'path.txt'), 'utf8')
    const path = join(officialFolder(), name)
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

/** @returns {Promise<boolean>} whether a download failed lately */
export async function failedLately() {
  const failure = await stat(memory()).catch(() => undefined)
  return failure !== undefined && Date.now() - failure.mtimeMs < REMEMBER_MS
}

/**
 * Runs the electron package's own installer, for as long as bytes keep coming.
 * @returns {Promise<string | undefined>} why it failed, or nothing
 */
export async function installOfficial() {
  // The installer downloads into the temporary folder: there one can see whether anything comes.
  const temporary = await mkdtemp(join(tmpdir(), 'longshore-electron-'))
  const installer = spawn(process.execPath, [join(packageFolder, 'install.js')], {
    stdio: ['ignore', 'inherit', 'pipe'],
    env: { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
  })
  let errors = ''
  installer.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => (errors += text))

  let size = 0
  let movedAt = Date.now()
  let stalled = false
  const watch = setInterval(() => {
    void folderSize(temporary).then((now) => {
      if (now !== size) movedAt = Date.now()
      size = now
      if (Date.now() - movedAt < (size === 0 ? FIRST_BYTE_MS : STALL_MS)) return
      stalled = true
      installer.kill('SIGKILL')
    })
  }, 500)
  const code = await new Promise((resolve) => {
    installer.on('error', () => resolve(1))
    installer.on('close', resolve)
  })
  clearInterval(watch)
  await rm(temporary, { recursive: true, force: true })

  if (code === 0 && officialExecutable() !== undefined) {
    await rm(memory(), { force: true })
    return undefined
  }
  const reason = stalled ? 'nothing came' : (errors.trim().split('\n')[0] ?? 'no reason given')
  await mkdir(cache, { recursive: true })
  await writeFile(memory(), `${reason}\n`)
  return reason
}

const memory = () => join(cache, `electron-${officialVersion()}.failed`)

/**
 * @param {string} folder
 * @returns {Promise<number>}
 */
async function folderSize(folder) {
  let size = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    size += entry.isDirectory()
      ? await folderSize(path)
      : await stat(path).then(
          (file) => file.size,
          () => 0,
        )
  }
  return size
}
