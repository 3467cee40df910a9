import { rmSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { root } from './paths.mjs'

/**
 * Makes, from the fallback runtime, what electron-builder expects: an Electron without a starter of its own, and the
 * application with the better-sqlite3 that this runtime can load.
 * @param {string} installed the folder of the runtime
 */
export async function stageFallback(installed) {
  const stage = await mkdtemp(join(tmpdir(), 'longshore-dist-'))
  process.once('exit', () => rmSync(stage, { recursive: true, force: true }))
  const runtime = join(stage, 'electron')
  const resources = join(installed, 'resources')
  await cp(installed, runtime, { recursive: true, filter: (path) => !path.startsWith(resources + sep) })

  const application = join(stage, 'application')
  await mkdir(application)
  await cp(join(root, 'out'), join(application, 'out'), { recursive: true })
  await cp(join(resources, 'app', 'node_modules'), join(application, 'node_modules'), { recursive: true })
  await writeFile(join(application, 'package.json'), await description())
  return { runtime, application }
}

/** Our package.json, with the older better-sqlite3 as its only dependency. */
async function description() {
  /** @type {Record<string, unknown>} */
  const json = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  delete json.devDependencies
  return JSON.stringify({ ...json, dependencies: { 'better-sqlite3': '11.5.0' } })
}
