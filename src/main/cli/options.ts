import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Checksum, OnConflict } from '../../shared/download'
import { RequestFailure } from '../../shared/errors'
import { parseChecksum } from '../engine/digest'
import { parseHeaderLines } from '../engine/headers'
import type { Credentials } from '../engine/ports'
import { parseAddress } from '../sources/address'
import { parseSize } from './size'

/** What `longshore get` was asked to do. */
export interface GetOptions {
  readonly downloads: readonly { readonly url: string; readonly credentials: Credentials }[]
  /** Absolute. */
  readonly folder: string
  readonly name: string | null
  readonly connections: number | null
  readonly concurrent: number | null
  /** Bytes. */
  readonly partSize: number | null
  readonly checksum: Checksum | null
  readonly onConflict: OnConflict
  /** Folder of the checkpoints; `null` is the profile's. */
  readonly store: string | null
  readonly resume: boolean
  readonly output: 'json' | 'quiet' | 'progress'
}

/** A command line that cannot be carried out; nothing was done. */
export class UsageError extends Error {}

export const usage = `Usage: longshore get [options] URL...

Downloads in the foreground, without a window. A second run of the same command goes on where the first one was.

  -d, --dir DIR            folder (default: the current one); created if missing
  -o, --output NAME        file name, one URL only
  -i, --input-file FILE    URLs, one a line, '-' is standard input
  -x, --connections N      connections per download (1-256)
  -j, --concurrent N       downloads at a time
      --part-size SIZE     smallest piece (100K-5G); sizes take K, M, G (binary)
      --header 'K: V'      repeatable
      --user NAME:PASS
      --checksum ALGO=HEX  md5, sha-1, sha-256, sha-512, crc64xz
      --on-conflict rename|overwrite|fail   (default: rename)
      --store DIR          where checkpoints are kept (default: the profile's folder)
      --no-resume          ignore and drop an earlier checkpoint
      --json               one JSON object a line on standard output
  -q, --quiet              no progress

Exit: 0 all done, 1 internal, 2 usage, 3 network, 4 HTTP status, 5 TLS, 6 disk, 7 changed, range or protocol error,
8 verification, 9 conflict or lock, 130 paused.`

const spec = {
  dir: { type: 'string', short: 'd' },
  output: { type: 'string', short: 'o' },
  'input-file': { type: 'string', short: 'i' },
  connections: { type: 'string', short: 'x' },
  concurrent: { type: 'string', short: 'j' },
  'part-size': { type: 'string' },
  header: { type: 'string', multiple: true },
  user: { type: 'string' },
  checksum: { type: 'string' },
  'on-conflict': { type: 'string' },
  store: { type: 'string' },
  'no-resume': { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const

/**
 * Reads the arguments after `get`.
 * @throws UsageError with a sentence for the user
 */
export function parseGetOptions(args: readonly string[]): GetOptions {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: spec, allowPositionals: true })
    const urls = [...positionals, ...(values['input-file'] === undefined ? [] : listedUrls(values['input-file']))]
    if (urls.length === 0) throw new UsageError('no URL was given')
    if (values.output !== undefined && urls.length > 1) throw new UsageError('--output needs exactly one URL')
    if (values.checksum !== undefined && urls.length > 1) throw new UsageError('--checksum needs exactly one URL')
    if (values.output !== undefined && !isFileName(values.output)) {
      throw new UsageError(`--output takes a file name, not a path: ${values.output} (the folder is --dir)`)
    }
    const headers = parseHeaderLines((values.header ?? []).join('\n'))
    const login = values.user === undefined ? null : splitUser(values.user)
    return {
      downloads: urls.map((text) => {
        const { url, user, password } = parseAddress(text)
        return { url, credentials: { ...(login ?? { user, password }), headers } }
      }),
      folder: path.resolve(values.dir ?? '.'),
      name: values.output ?? null,
      connections: whole('--connections', values.connections, 1, 256),
      concurrent: whole('--concurrent', values.concurrent, 1, 100),
      partSize: sizeBetween('--part-size', values['part-size'], 100 * 1024, 5 * 1024 ** 3),
      checksum: values.checksum === undefined ? null : parseChecksum(values.checksum),
      onConflict: conflict(values['on-conflict'] ?? 'rename'),
      store: values.store === undefined ? null : path.resolve(values.store),
      resume: values['no-resume'] !== true,
      output: values.json === true ? 'json' : values.quiet === true ? 'quiet' : 'progress',
    }
  } catch (error) {
    if (error instanceof RequestFailure) throw new UsageError(error.error.detail)
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message) // parseArgs
    throw error
  }
}

function listedUrls(file: string): string[] {
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`--input-file cannot be read: ${(error as Error).message}`)
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

function isFileName(name: string): boolean {
  return name.trim() !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

function splitUser(text: string): { user: string; password: string } {
  const colon = text.indexOf(':')
  return colon < 0 ? { user: text, password: '' } : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}

function whole(option: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (!(value >= least && value <= most)) throw new UsageError(`${option} takes a number from ${least} to ${most}`)
  return value
}

function sizeBetween(option: string, text: string | undefined, least: number, most: number): number | null {
  if (text === undefined) return null
  const bytes = parseSize(text)
  if (bytes === null || bytes < least || bytes > most) throw new UsageError(`${option} takes a size from 100K to 5G`)
  return bytes
}

function conflict(text: string): OnConflict {
  if (text === 'rename' || text === 'overwrite' || text === 'fail') return text
  throw new UsageError('--on-conflict takes rename, overwrite or fail')
}
