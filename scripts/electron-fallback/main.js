// Stands where Electron keeps its own starter (default_app), which this runtime lacks: runs the application in the
// folder that is the first argument.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { app } from 'electron'

const argument = process.argv.slice(1).find((arg) => !arg.startsWith('-'))
if (argument === undefined) throw new Error('The first argument is the folder of the application')
const folder = resolve(argument)
/** @type {{ main: string, name: string, productName?: string, version: string }} */
const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** Electron has these for its own starter and leaves them out of its types. */
const starter = /** @type {{ setVersion(version: string): void, setAppPath(path: string): void }} */ (
  /** @type {unknown} */ (app)
)
Object.assign(process, { defaultApp: true })
app.setName(description.productName ?? description.name)
starter.setVersion(description.version)
starter.setAppPath(folder)
process.env.LONGSHORE_APPLICATION = folder
createRequire(import.meta.url)('../sqlite.cjs')

// Awaited, so that the application's first lines run before Electron's "ready", as they do in every Electron.
await import(pathToFileURL(join(folder, description.main)).href)
