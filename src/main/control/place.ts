import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'

/**
 * Where a running program is reached: a file in its profile says it. On Unix that is a socket in a folder that nobody
 * else may enter, on Windows a pipe whose name nobody can guess. The token is for Windows, where others may open a pipe
 * once they know its name; it is asked everywhere.
 */
const placeSchema = z.object({
  longshore: z.number().int(),
  socket: z.string(),
  token: z.string(),
  pid: z.number().int(),
})
export type Place = z.infer<typeof placeSchema>

/** Bytes of a socket's path: 104 on macOS and 108 on Linux, with the zero behind it. */
const longestSocketPath = 100
const prefix = 'longshore-'

/** @returns `null` when the file is not there or says nothing */
export function readPlace(file: string): Place | null {
  try {
    return placeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** Makes a new place for the program that has the profile; that of one that is gone is cleared away. */
export function makePlace(file: string, version: number): Place {
  clearPlace(file)
  const token = randomBytes(32).toString('hex')
  return {
    longshore: version,
    socket: process.platform === 'win32' ? pipeName() : socketPath(file),
    token,
    pid: process.pid,
  }
}

/** Tells commands where the program is; to be called once it listens. */
export function publishPlace(file: string, place: Place): void {
  const fresh = `${file}.${process.pid}`
  rmSync(fresh, { force: true })
  writeFileSync(fresh, `${JSON.stringify(place)}\n`, { mode: 0o600, flag: 'wx' })
  renameSync(fresh, file)
}

/** Deletes the file and the socket that it names. The caller has the profile's lock: nobody listens there. */
export function clearPlace(file: string): void {
  const place = readPlace(file)
  rmSync(file, { force: true })
  if (!place || process.platform === 'win32') return
  const folder = path.dirname(place.socket)
  // Only what this program makes: the file might have been changed.
  const own =
    folder === ownFolder(file) || (path.dirname(folder) === tmpdir() && path.basename(folder).startsWith(prefix))
  if (!own || path.basename(place.socket) !== socketName || !isOurs(folder)) return
  rmSync(place.socket, { force: true })
  if (folder !== ownFolder(file)) rmSync(folder, { recursive: true, force: true })
}

const socketName = 'control.sock'

function ownFolder(file: string): string {
  return path.join(path.dirname(file), 'control')
}

function socketPath(file: string): string {
  const own = path.join(ownFolder(file), socketName)
  if (Buffer.byteLength(own) > longestSocketPath) return path.join(mkdtempSync(path.join(tmpdir(), prefix)), socketName)
  const folder = ownFolder(file)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!isOurs(folder)) throw new Error(`${folder} belongs to somebody else`)
  chmodSync(folder, 0o700)
  rmSync(own, { force: true })
  return own
}

/** A folder, no link to one, of this user. */
function isOurs(folder: string): boolean {
  try {
    const found = lstatSync(folder)
    return found.isDirectory() && found.uid === process.getuid?.()
  } catch {
    return false
  }
}

function pipeName(): string {
  return `\\\\.\\pipe\\${prefix}${randomBytes(16).toString('hex')}`
}
