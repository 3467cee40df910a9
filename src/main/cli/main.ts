import { DownloadFailure, RequestFailure } from '../../shared/errors'
import { carryProblems } from '../../shared/texts/carry.en'
import { problemText, requestText } from '../../shared/texts/problems'
import type { SecretBox } from '../engine/ports'
import { isCommandName } from './command-names'
import { parseCommand, unknownCommand } from './commands'
import { completionFor } from './completion'
import { exitCode, exitCodes, requestExitCode } from './exit-codes'
import { askPassword, Interrupted } from './ask-password'
import { helpOf, overview } from './help'
import { nearest } from './nearest'
import type { Launch } from './remote'
import { specs } from './specs'
import { UsageError } from './usage-error'

export interface Commands {
  /** The built file of the digest thread. */
  readonly digestWorker: URL
  /** What starts a program without a window over a profile; `null` is the user's. */
  readonly launch: (profile: string | null) => Launch
  /** Opens what the window's application sealed; nothing does outside of it. */
  readonly secrets?: SecretBox
}

/**
 * Runs one command. What it needs is loaded when it is known which one: `list` needs no engine, `get` no socket.
 * @param args what stands after the program's name
 * @returns the exit code of the contract
 */
export async function main(args: readonly string[], { digestWorker, launch, secrets }: Commands): Promise<number> {
  const [command, ...rest] = args
  if (command === '--version') {
    process.stdout.write(`${__APP_VERSION__}\n`)
    return exitCodes.done
  }
  const helped = asksForHelp(args)
  if (helped !== null) return helped
  try {
    if (isCommandName(command)) {
      if (rest.some(isSecret)) process.title = `longshore ${command}`
      // `longshore list | head` has read enough.
      process.stdout.on('error', () => process.exit(exitCodes.done))
      const { runCommand } = await import('./remote')
      return await runCommand(parseCommand(command, rest, process.env), launch)
    }
    if (command === 'daemon') {
      const { parseDaemonOptions, runDaemon } = await import('./daemon')
      const options = parseDaemonOptions(rest)
      if (!options.stop) return await runDaemon(options, digestWorker, interrupted('SIGHUP'))
      const { runCommand } = await import('./remote')
      return await runCommand(
        { command: { kind: 'stop' }, json: false, start: false, profile: options.profile },
        launch,
      )
    }
    if (command === 'export') {
      const { parseExportOptions, runExport } = await import('./export')
      return await runExport(parseExportOptions(rest), digestWorker, interrupted())
    }
    if (command === 'completion') {
      process.stdout.write(completionFor(rest))
      return exitCodes.done
    }
    if (command !== 'get' && command !== 'import') return noSuchCommand(command)
    // Other users of the machine can read a process's arguments, and some hold secrets; this overwrites them.
    if (rest.some(isSecret)) process.title = `longshore ${command}`
    const { parseGetOptions } = await import('./options')
    const options = await parseGetOptions(rest, {
      env: process.env,
      warn: (text) => process.stderr.write(`longshore: ${text}\n`),
      askPassword: process.stdin.isTTY ? (prompt) => askPassword(prompt, process.stdin, process.stderr) : null,
    })
    if (command === 'import' && options.downloads.some(({ bundle }) => bundle === null)) {
      throw new UsageError('import takes bundles, and nothing else')
    }
    // What this process starts has no use for it.
    delete process.env['LONGSHORE_PASSWORD']
    const { get } = await import('./get')
    return await get(options, digestWorker, interrupted(), secrets)
  } catch (error) {
    if (error instanceof Interrupted) return exitCodes.paused
    if (error instanceof UsageError) {
      process.stderr.write(`longshore: ${error.message}\nTry: longshore ${command} --help\n`)
      return exitCodes.usage
    }
    process.stderr.write(`longshore: ${describe(error)}\n`)
    if (error instanceof RequestFailure) return requestExitCode(error.error.code)
    return error instanceof DownloadFailure ? exitCode(error.error.code) : exitCodes.internal
  }
}

/** @returns an exit code when help was asked for, and given; `null` when not */
function asksForHelp(args: readonly string[]): number | null {
  const [command, ...rest] = args
  const flags = rest.slice(0, rest.includes('--') ? rest.indexOf('--') : undefined)
  const named = command === 'help' ? rest[0] : command
  const asked = ['--help', '-h', 'help'].includes(command ?? '') || flags.includes('--help') || flags.includes('-h')
  if (!asked) return null
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  if (named === undefined || named.startsWith('-')) {
    process.stdout.write(`${overview(width)}\n`)
    return exitCodes.done
  }
  if (!isKnown(named)) return noSuchCommand(named)
  process.stdout.write(`${helpOf(specs[named], width)}\n`)
  return exitCodes.done
}

function noSuchCommand(command: string | undefined): number {
  if (command === undefined) process.stderr.write(`longshore: no command was given\n\n${overview()}\n`)
  else {
    const meant = nearest(command, Object.keys(specs))
    const hint = command.includes('://') ? `\nTry: longshore get ${command}` : '\nTry: longshore --help'
    process.stderr.write(`longshore: ${unknownCommand(command, meant)}${hint}\n`)
  }
  return exitCodes.usage
}

function isKnown(command: string): command is keyof typeof specs {
  return Object.hasOwn(specs, command)
}

/** A first signal checkpoints, a second one does not wait for that. A reader that went away is a first signal. */
function interrupted(...more: readonly NodeJS.Signals[]): AbortSignal {
  const interrupt = new AbortController()
  const stop = () => (interrupt.signal.aborted ? process.exit(exitCodes.paused) : interrupt.abort())
  for (const signal of ['SIGINT', 'SIGTERM', ...more] as const) process.on(signal, stop)
  process.stdout.on('error', () => interrupt.abort())
  return interrupt.signal
}

/** Whether an argument may hold a password or a token. */
function isSecret(text: string): boolean {
  return /^--(user|header|proxy)(=|$)/.test(text) || /(^|=)[a-z][a-z0-9+.-]*:\/\/[^/]*@/i.test(text)
}

function describe(error: unknown): string {
  if (error instanceof RequestFailure) {
    const { code, detail } = error.error
    return code in carryProblems ? `${requestText(code, 'en').title}: ${detail} (${code})` : detail
  }
  if (error instanceof DownloadFailure) {
    const { code, about, detail } = error.error
    return `${problemText(code, 'en', about).title}: ${detail} (${code})`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
