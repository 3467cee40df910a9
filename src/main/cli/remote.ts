import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { DownloadView, Phase } from '../../shared/download'
import { RequestFailure, type RequestError } from '../../shared/errors'
import type { QueueView } from '../../shared/queues'
import { formatSize } from '../../shared/size'
import { openControl, type Control } from '../control/client'
import type { Limits } from '../control/protocol'
import { profileFiles, profileFolder } from '../profile'
import type { Command, CommandLine } from './commands'
import { exitCodes, requestExitCode } from './exit-codes'

/** A program and its arguments. */
export type Launch = readonly [program: string, ...args: string[]]

/** ms for a program that was started to answer. */
const startTime = 20_000

/**
 * Gives a command to the running program and tells what it answered.
 * @param launch what starts a program without a window over a profile
 * @returns the exit code of the contract
 */
export async function runCommand(line: CommandLine, launch: (profile: string | null) => Launch): Promise<number> {
  const file = profileFiles(line.profile ?? profileFolder()).control
  try {
    const control = (await openControl(file)) ?? (line.start ? await startProgram(file, launch(line.profile)) : null)
    if (!control) {
      process.stderr.write('longshore: nothing is running. Start Longshore or "longshore daemon", or say --start.\n')
      return exitCodes.notRunning
    }
    try {
      return await run(control, line.command, line.json)
    } finally {
      control.close()
    }
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error
    if (line.json) print({ event: 'refused', ...problem(error.error) })
    else process.stderr.write(`longshore: ${error.error.detail}\n`)
    return requestExitCode(error.error.code)
  }
}

/** @throws RequestFailure E_ENGINE when it does not come up */
async function startProgram(file: string, [program, ...args]: Launch): Promise<Control> {
  const child = spawn(program, args, { detached: true, stdio: 'ignore', windowsHide: true })
  let ended: string | null = null
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code) => (ended = `it ended with ${code}`))
  child.unref()
  for (
    const deadline = performance.now() + startTime;
    performance.now() < deadline && ended === null;
    await delay(50)
  ) {
    const control = await openControl(file)
    if (control) return control
  }
  throw new RequestFailure({
    code: 'E_ENGINE',
    detail: `the program could not be started: ${ended ?? 'it does not answer'}`,
  })
}

async function run(control: Control, command: Command, json: boolean): Promise<number> {
  const tell = (event: object, text: string) => (json ? print(event) : process.stdout.write(`${text}\n`))
  switch (command.kind) {
    case 'add': {
      let code: number = exitCodes.done
      for (const outcome of await control.call('add', command.input)) {
        const { url } = outcome
        if ('id' in outcome) tell({ event: 'added', id: outcome.id, url }, `${outcome.id}  ${url}`)
        else {
          if (json) print({ event: 'refused', url, ...problem(outcome.error) })
          else process.stderr.write(`longshore: ${url}: ${outcome.error.detail}\n`)
          if (code === exitCodes.done) code = requestExitCode(outcome.error.code)
        }
      }
      return code
    }
    case 'list':
      for (const view of await control.call('list', {})) tell({ event: 'download', ...entry(view) }, row(view))
      return exitCodes.done
    case 'pause':
    case 'resume': {
      const event = command.kind === 'pause' ? 'paused' : 'resumed'
      for (const id of await control.call(command.kind, { ids: command.ids })) if (json) print({ event, id })
      return exitCodes.done
    }
    case 'remove': {
      const { ids, deleteFile } = command
      for (const id of await control.call('remove', { ids, deleteFile })) if (json) print({ event: 'removed', id })
      return exitCodes.done
    }
    case 'limit': {
      const { of, rate } = command
      const limits = await (rate === undefined ? control.call('limits', {}) : control.call('limit', { of, rate }))
      tell({ event: 'limits', ...limits }, limitText(limits))
      return exitCodes.done
    }
    case 'slow': {
      const limits = await control.call('slow', { on: command.on })
      tell({ event: 'limits', ...limits }, limitText(limits))
      return exitCodes.done
    }
    case 'queues':
      for (const queue of await control.call('queues', {}))
        tell({ event: 'queue', ...queueEntry(queue) }, queueRow(queue))
      return exitCodes.done
    case 'addQueue':
    case 'removeQueue':
      await control.call(command.kind, { name: command.name })
      return exitCodes.done
    case 'runQueue':
      await control.call('runQueue', { name: command.name, run: command.run })
      return exitCodes.done
    case 'moveToQueue': {
      const { name, ids } = command
      for (const id of await control.call('moveToQueue', { name, ids })) if (json) print({ event: 'moved', id })
      return exitCodes.done
    }
    case 'stop':
      await control.call('stop', {})
      return exitCodes.done
  }
}

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

function problem({ code, detail }: RequestError) {
  return { code, message: detail }
}

/** What scripts may rely on; the rest of a view may change. */
function entry(view: DownloadView) {
  const { id, url, name, folder, state, total, received, bytesPerSecond, connections, limit } = view
  const error = state.kind === 'failed' ? { code: state.error.code } : {}
  return {
    id,
    state: state.kind,
    status: statusOf(view),
    name,
    folder,
    url,
    total,
    received,
    bytesPerSecond,
    connections,
    limit,
    ...error,
  }
}

const phases: Readonly<Record<Phase['kind'], string>> = {
  probing: 'Downloading',
  transferring: 'Downloading',
  verifying: 'Verifying',
  publishing: 'Verifying',
  waiting: 'Waiting',
}
const states = { queued: 'Queued', paused: 'Paused', failed: 'Failed', done: 'Completed' } as const

function statusOf({ state }: DownloadView): string {
  return state.kind === 'active' ? phases[state.phase.kind] : states[state.kind]
}

function row(view: DownloadView): string {
  const { id, name, total, received, bytesPerSecond, state } = view
  const percent = total === null ? '' : `${Math.floor(total === 0 ? 100 : (100 * received) / total)} %`
  const speed = state.kind === 'active' ? `${formatSize(bytesPerSecond)}/s` : ''
  const size = formatSize(total ?? received)
  return `${String(id).padStart(5)}  ${statusOf(view).padEnd(11)} ${percent.padStart(5)} ${size.padStart(10)} ${speed.padStart(12)}  ${printable(name)}`
}

/** A name comes from a server: what moves a terminal's cursor stays out of it. */
function printable(name: string): string {
  return name.replaceAll(/\p{C}/gu, '?')
}

function limitText({ all, slow, slowLimit, queues, downloads }: Limits): string {
  const together = all === null ? 'no limit for all downloads together' : `${formatSize(all)}/s, all downloads together`
  return [
    together,
    `slow mode ${slow ? 'on' : 'off'} (${formatSize(slowLimit)}/s, all downloads together)`,
    ...queues.map(({ name, rate }) => `${formatSize(rate)}/s, queue ${shownName(name)}`),
    ...downloads.map(({ id, rate }) => `${formatSize(rate)}/s, download ${id}`),
  ].join('\n')
}

function queueEntry({ id, name, slots, limit, stopped, hold, until }: QueueView) {
  return { id, name: shownName(name), slots, limit, stopped, open: hold === null, until }
}

function queueRow({ name, slots, limit, hold, until }: QueueView): string {
  const open = hold === null ? 'open' : hold.kind === 'stopped' ? 'stopped' : 'closed by its schedule'
  const more = [
    ...(slots === null ? [] : [`${slots} at a time`]),
    ...(limit === null ? [] : [`${formatSize(limit)}/s`]),
    ...(until === null ? [] : [`until ${new Date(until).toLocaleString()}`]),
  ]
  return [shownName(name).padEnd(20), open, ...more].join('  ')
}

function shownName(name: string): string {
  return name === '' ? 'default' : printable(name)
}
