import { RequestFailure } from '../../shared/errors'
import { exitCodes } from './exit-codes'
import { get } from './get'
import { parseGetOptions, usage, UsageError } from './options'

/**
 * Runs one command.
 * @param args what stands after the program's name
 * @param digestWorker the built file of the digest thread
 * @returns the exit code of the contract
 */
export async function main(args: readonly string[], digestWorker: URL): Promise<number> {
  const [command, ...rest] = args
  if (command === '--version') {
    process.stdout.write(`${__APP_VERSION__}\n`)
    return exitCodes.done
  }
  if (command === '--help' || command === '-h' || command === 'help' || rest.includes('--help')) {
    process.stdout.write(`${usage}\n`)
    return exitCodes.done
  }
  try {
    if (command !== 'get') throw new UsageError(command === undefined ? 'no command' : `no command "${command}"`)
    const options = parseGetOptions(rest)
    const interrupt = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())
    return await get(options, digestWorker, interrupt.signal)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`longshore: ${error.message}\nTry: longshore get --help\n`)
      return exitCodes.usage
    }
    process.stderr.write(`longshore: ${describe(error)}\n`)
    return exitCodes.internal
  }
}

function describe(error: unknown): string {
  if (error instanceof RequestFailure) return error.error.detail
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
