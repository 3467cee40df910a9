import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { root, tool } from './paths.mjs'
import { run } from './process.mjs'

const SOURCES = ['src', 'package.json', 'package-lock.json', 'electron.config.ts']
const OUTPUTS = ['out/main/index.js', 'out/preload/preload.cjs', 'out/renderer/index.html']

/** Builds when a source is newer than what was built. */
export async function buildWhenNeeded() {
  const sources = await Promise.all(SOURCES.map((path) => newest(join(root, path))))
  const outputs = await Promise.all(OUTPUTS.map((path) => modified(join(root, path))))
  if (Math.max(...sources) < Math.min(...outputs)) return
  console.log('Building: the sources are newer than out/')
  const code = await run(process.execPath, [
    tool('electron-vite'),
    'build',
    '-c',
    'electron.config.ts',
    '--logLevel',
    'warn',
  ])
  if (code !== 0) process.exit(code)
}

/**
 * A folder's own time counts too: it changes when a file in it is removed.
 * @param {string} path
 * @returns {Promise<number>}
 */
async function newest(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const times = entries.map((entry) => {
    const child = join(path, entry.name)
    return entry.isDirectory() ? newest(child) : modified(child)
  })
  return Math.max(await modified(path), ...(await Promise.all(times)))
}

/** @param {string} path */
const modified = (path) =>
  stat(path).then(
    (file) => file.mtimeMs,
    () => 0,
  )
