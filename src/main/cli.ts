import { exitCodes } from './cli/exit-codes'
import { get } from './cli/get'
import { parseGetOptions, usage, UsageError } from './cli/options'
import { RequestFailure } from '../shared/errors'

/** `longshore get …`: the engine without a window, in the main thread of plain Node. */
async function main(args: readonly string[]): Promise<number> {
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
    return await get(options, interrupt.signal)
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`longshore: ${error.message}\nTry: longshore get --help\n`)
      return exitCodes.usage
    }
    const detail =
      error instanceof RequestFailure ? error.error.detail : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`longshore: ${detail}\n`)
    return exitCodes.internal
  }
}

process.exitCode = await main(process.argv.slice(2))
