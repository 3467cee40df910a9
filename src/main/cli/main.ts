import { DownloadFailure, RequestFailure } from '../../shared/errors'
import { problemText } from '../../shared/texts/problems'
import type { SecretBox } from '../engine/ports'
import { exitCode, exitCodes } from './exit-codes'
import { get } from './get'
import { askPassword, Interrupted } from './ask-password'
import { parseGetOptions, usage } from './options'
import { UsageError } from './usage-error'

/**
 * Runs one command.
 * @param args what stands after the program's name
 * @param digestWorker the built file of the digest thread
 * @param secrets opens what the window's application sealed; nothing does outside of it
 * @returns the exit code of the contract
 */
export async function main(args: readonly string[], digestWorker: URL, secrets?: SecretBox): Promise<number> {
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
    // Other users of the machine can read a process's arguments, and some hold secrets; this overwrites them.
    if (rest.some(isSecret)) process.title = 'longshore get'
    const options = await parseGetOptions(rest, {
      env: process.env,
      warn: (text) => process.stderr.write(`longshore: ${text}\n`),
      askPassword: process.stdin.isTTY ? (prompt) => askPassword(prompt, process.stdin, process.stderr) : null,
    })
    // What this process starts has no use for it.
    delete process.env['LONGSHORE_PASSWORD']
    const interrupt = new AbortController()
    // A first signal checkpoints, a second one does not wait for that. A reader that went away is a first signal.
    const stop = () => (interrupt.signal.aborted ? process.exit(exitCodes.paused) : interrupt.abort())
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
    process.stdout.on('error', () => interrupt.abort())
    return await get(options, digestWorker, interrupt.signal, secrets)
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes.paused
    if (error instanceof UsageError) {
      process.stderr.write(`longshore: ${error.message}\nTry: longshore get --help\n`)
      return exitCodes.usage
    }
    process.stderr.write(`longshore: ${describe(error)}\n`)
    return error instanceof DownloadFailure ? exitCode(error.error.code) : exitCodes.internal
  }
}

/** Whether an argument may hold a password or a token. */
function isSecret(text: string): boolean {
  return /^--(user|header|proxy)(=|$)/.test(text) || /(^|=)[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.test(text)
}

function describe(error: unknown): string {
  if (error instanceof RequestFailure) return error.error.detail
  if (error instanceof DownloadFailure) {
    const { code, about, detail } = error.error
    return `${problemText(code, 'en', about).title}: ${detail} (${code})`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
