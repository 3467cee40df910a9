import { existsSync } from 'node:fs'
import path from 'node:path'
import { bundleEnding } from '../../shared/bundle'
import { RequestFailure } from '../../shared/errors'
import { formatSize } from '../../shared/size'
import { compose } from '../compose'
import type { SecretBox } from '../engine/ports'
import { profileFiles, profileFolder } from '../profile/folders'
import { parseAddress } from '../sources/address'
import { openDatabase } from '../store/database'
import { createDownloadStore } from '../store/downloads'
import { takeLocks } from '../store/lock'
import { exitCodes } from './exit-codes'
import { keyOf } from './get'
import { read } from './spec'
import { ofExport } from './specs'
import { UsageError } from './usage-error'

/** What `longshore export` was asked to do. */
export interface ExportOptions {
  readonly url: string
  /** Where it is downloaded to; `null` when there is only one of that address. Absolute. */
  readonly folder: string | null
  /** Path of the bundle; `null` makes one here, named like the download. */
  readonly target: string | null
  /** Folder of the checkpoints; `null` is the profile's. */
  readonly store: string | null
  readonly json: boolean
}

/** Reads the arguments after `export`. @throws UsageError */
export function parseExportOptions(args: readonly string[]): ExportOptions {
  try {
    const { values, positionals } = read(args, ofExport)
    const [url] = positionals
    if (url === undefined || positionals.length > 1) throw new UsageError('export takes exactly one URL')
    const absolute = (text: string | undefined) => (text === undefined ? null : path.resolve(text))
    return {
      url: parseAddress(url).url,
      folder: absolute(values.dir),
      target: absolute(values.to),
      store: absolute(values.store),
      json: values.json ?? false,
    }
  } catch (error) {
    if (error instanceof RequestFailure) throw new UsageError(error.error.detail)
    throw error
  }
}

/** It is only looked whether there is one. */
const noSecrets: SecretBox = { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) }

/**
 * Writes a download of the command line into a bundle.
 * @param interrupt aborted when the user has enough; there is no bundle then
 * @returns the exit code of the contract
 * @throws RequestFailure as `Engine.carryOut`
 */
export async function runExport(options: ExportOptions, digestWorker: URL, interrupt: AbortSignal): Promise<number> {
  const files = profileFiles(options.store ?? profileFolder())
  const { key, name } = find(files.commandLineDatabase, options)
  // Before anything is loaded: what another process downloads is not even looked at.
  const locks = takeLocks(files.locks, [key])
  if (locks.kind === 'taken') {
    process.stderr.write(`longshore: ${locks.by} is downloading ${options.url}: stop it first\n`)
    return exitCodes.conflict
  }
  const composition = compose({
    database: files.commandLineDatabase,
    digestWorker,
    secrets: noSecrets,
    log: () => undefined,
    followsMetalinks: false,
    onLoad: { kind: 'hold', mine: (record) => keyOf(record) === key },
  })
  let closing: Promise<void> | null = null
  const end = () => (closing ??= composition.close())
  interrupt.addEventListener('abort', () => void end(), { once: true })
  try {
    const { engine } = composition
    const [record] = engine.unfinished()
    if (!record) throw notBegun(options.url)
    const target = options.target ?? path.resolve(`${name}${bundleEnding}`)
    const bytes = await engine.carryOut(record.id, target)
    const told = { event: 'exported', id: record.id, path: target, bytes }
    if (options.json) process.stdout.write(`${JSON.stringify(told)}\n`)
    else process.stderr.write(`${target}: ${formatSize(bytes)}\n`)
    return exitCodes.done
  } catch (error) {
    if (interrupt.aborted) return exitCodes.paused
    throw error
  } finally {
    await end()
    locks.release()
  }
}

/** @throws RequestFailure E_NOT_FOUND; UsageError when there are several */
function find(file: string, { url, folder }: ExportOptions): { key: string; name: string } {
  if (!existsSync(file)) throw notBegun(url)
  const database = openDatabase(file)
  try {
    const found = createDownloadStore(database)
      .unfinished()
      .filter((record) => record.url === url && (folder ?? record.folder) === record.folder)
    const [record] = found
    if (!record) throw notBegun(url)
    if (found.length > 1) throw new UsageError(`there are several of ${url}: name the folder with --dir`)
    return { key: keyOf(record), name: record.name }
  } finally {
    database.close()
  }
}

function notBegun(url: string): RequestFailure {
  return new RequestFailure({ code: 'E_NOT_FOUND', detail: `there is no unfinished download of ${url}` })
}
