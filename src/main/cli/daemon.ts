import path from 'node:path'
import { RequestFailure } from '../../shared/errors'
import { environmentProxies } from '../engine/http/proxies'
import { openInstance } from '../instance'
import { createFileLog } from '../profile/log'
import { downloadsFolder, profileFiles, profileFolder } from '../profile/folders'
import type { SecretBox } from '../engine/ports'
import { exitCodes, requestExitCode } from './exit-codes'
import { read } from './spec'
import { ofDaemon } from './specs'
import { UsageError } from './usage-error'

export interface DaemonOptions {
  /** The profile's folder. */
  readonly profile: string
  /** Ends the one that runs. */
  readonly stop: boolean
}

/** @throws UsageError */
export function parseDaemonOptions(args: readonly string[]): DaemonOptions {
  const { values, positionals } = read(args, ofDaemon)
  if (positionals.length > 0) throw new UsageError(`what is "${positionals[0]}" for?`)
  return { profile: path.resolve(values['user-data-dir'] ?? profileFolder()), stop: values.stop ?? false }
}

const alreadyRunning =
  'Downloads run there: "longshore add" and "longshore list" reach it. To run without a window, close the application first, or end another daemon with "longshore daemon --stop".\n'

/** There is no keyring without a desktop: what is secret lives until the daemon ends. */
const noSecrets: SecretBox = { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) }

/**
 * Runs the engine over a profile, without a window, until somebody ends it.
 * @param digestWorker the built file of the digest thread
 * @param interrupt aborted when it is to end
 * @returns the exit code of the contract
 */
export async function runDaemon(
  { profile }: DaemonOptions,
  digestWorker: URL,
  interrupt: AbortSignal,
): Promise<number> {
  const stopped = new AbortController()
  const ended = new Promise<void>((resolve) => {
    for (const signal of [interrupt, stopped.signal]) {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    }
  })
  const log = createFileLog(profileFiles(profile).log)
  try {
    const instance = await openInstance({
      profile,
      downloads: downloadsFolder(),
      stop: () => stopped.abort(),
      log,
      secrets: noSecrets,
      systemProxies: environmentProxies(process.env),
      digestWorker,
      emit: {
        changed: () => undefined,
        progress: () => undefined,
        inspection: () => undefined,
        queues: () => undefined,
      },
    })
    instance.publisher.watching(false)
    log('info', 'daemon started', { pid: process.pid })
    if (instance.reachable) process.stderr.write(`longshore: running as process ${process.pid}, over ${profile}\n`)
    else process.stderr.write('longshore: running, but commands cannot reach it; the log says why\n')
    // Without anything to do, nothing else keeps the process.
    const alive = setInterval(() => undefined, 2 ** 30)
    await ended
    clearInterval(alive)
    await instance.close()
    log('info', 'daemon ended')
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error
    process.stderr.write(`longshore: ${error.error.detail}\n`)
    if (error.error.code === 'E_RUNNING') process.stderr.write(alreadyRunning)
    return requestExitCode(error.error.code)
  }
}
