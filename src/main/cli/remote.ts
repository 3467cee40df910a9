import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { DownloadId, DownloadView } from '../../shared/download'
import { RequestFailure, type RequestError } from '../../shared/errors'
import type { QueueView, Schedule } from '../../shared/queues'
import { formatSize } from '../../shared/size'
import { openControl, type Control } from '../control/client'
import type { Limits, ListFilter, ListPage, ListPlace } from '../control/protocol'
import { profileFiles, profileFolder } from '../profile/folders'
import type { Command, CommandLine } from './commands'
import { exitCodes, requestExitCode } from './exit-codes'
import { formatMoment } from './moments'
import { details, entryOf, headRow, plainRow, shownQueue, tableRow, type QueueNames } from './rows'
import { formatSpan } from './spans'

/** A program and its arguments. */
export type Launch = readonly [program: string, ...args: string[]]

/** ms for a program to end: more than it gives a disk that hangs. */
const endTime = 40_000
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

/** Resolves when a process has ended: who asked for that may want its profile next. Not for ever: a disk may hang. */
async function gone(pid: number): Promise<void> {
  const deadline = performance.now() + endTime
  while (runs(pid) && performance.now() < deadline) await delay(20)
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // One whose end nobody has asked for yet has none the less ended: in a container nobody may ever ask.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
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
      await list(control, command.wanted, json)
      return exitCodes.done
    case 'show': {
      const { ids } = command
      const queues = await queueNames(control)
      const views = await control.call('show', { ids: [...ids] })
      if (json) for (const view of views) print({ event: 'download', ...entryOf(view, queues) })
      else process.stdout.write(`${views.map((view) => details(view, queues)).join('\n\n')}\n`)
      return exitCodes.done
    }
    case 'pause': {
      tellAll('paused', await control.call('pause', { ids: command.ids }), json)
      return exitCodes.done
    }
    case 'resume': {
      const { ids, now } = command
      tellAll('resumed', await control.call('resume', { ids, now }), json)
      return exitCodes.done
    }
    case 'remove': {
      const { ids, deleteFile } = command
      tellAll('removed', await control.call('remove', { ids, deleteFile }), json)
      return exitCodes.done
    }
    case 'limit': {
      const { of, rate } = command
      const limits = await (rate === undefined ? control.call('limits', {}) : control.call('limit', { of, rate }))
      tell({ event: 'limits', ...limits }, limitText(limits))
      return exitCodes.done
    }
    case 'slow': {
      const limits = await control.call('slow', command.input)
      tell({ event: 'limits', ...limits }, limitText(limits))
      return exitCodes.done
    }
    case 'queues':
      for (const queue of await control.call('queues', {}))
        tell({ event: 'queue', ...queueEntry(queue) }, queueRow(queue))
      return exitCodes.done
    case 'addQueue':
    case 'setQueue': {
      const { kind, name, change } = command
      const queue = await control.call(kind === 'addQueue' ? 'addQueue' : 'changeQueue', { name, change })
      tell({ event: 'queue', ...queueEntry(queue) }, queueRow(queue))
      return exitCodes.done
    }
    case 'removeQueue':
      await control.call('removeQueue', { name: command.name })
      return exitCodes.done
    case 'runQueue':
      await control.call('runQueue', { name: command.name, run: command.run })
      return exitCodes.done
    case 'moveToQueue': {
      const { name, ids } = command
      tellAll('moved', await control.call('moveToQueue', { name, ids }), json)
      return exitCodes.done
    }
    case 'stop':
      await control.call('stop', {})
      await gone(control.welcome.pid)
      return exitCodes.done
  }
}

/** Says which downloads it was done to: a line each for programs, one for people. */
function tellAll(event: string, ids: readonly DownloadId[], json: boolean): void {
  if (json) for (const id of ids) print({ event, id })
  else if (ids.length === 0) process.stdout.write(`nothing to be ${event}\n`)
  else process.stdout.write(`${event} ${ids.length > 20 ? `${ids.length} downloads` : ids.join(', ')}\n`)
}

/** Prints the downloads page by page. */
async function list(control: Control, wanted: ListFilter, json: boolean): Promise<void> {
  const queues = await queueNames(control)
  const { isTTY, columns } = process.stdout
  const line = json
    ? (view: DownloadView) => JSON.stringify({ event: 'download', ...entryOf(view, queues) })
    : isTTY
      ? (view: DownloadView) => tableRow(view, queues, columns)
      : plainRow
  let some = false
  for (let from: ListPlace | null = null; ;) {
    const { downloads, next }: ListPage = await control.call('list', { ...wanted, from })
    if (downloads.length > 0 && !some && !json && isTTY) process.stdout.write(`${headRow(columns)}\n`)
    some ||= downloads.length > 0
    // Who reads slowly is waited for: a long list is nowhere whole.
    const text = downloads.map((view) => `${line(view)}\n`).join('')
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain')
    if (next === null) break
    from = next
  }
  if (!some && !json && isTTY) process.stdout.write('No downloads.\n')
}

async function queueNames(control: Control): Promise<QueueNames> {
  return new Map((await control.call('queues', {})).map(({ id, name }) => [id, name]))
}

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

function problem({ code, detail }: RequestError) {
  return { code, message: detail }
}

function limitText({ all, slow, slowLimit, slowHours, queues, downloads }: Limits): string {
  const together = all === null ? 'no limit for all downloads together' : `${formatSize(all)}/s, all downloads together`
  return [
    together,
    `slow mode ${slow ? 'on' : 'off'} (${formatSize(slowLimit)}/s, all downloads together)`,
    ...(slowHours === null ? [] : [`slow mode by itself: ${hoursText(slowHours)}`]),
    ...queues.map(({ name, rate }) => `${formatSize(rate)}/s, queue ${shownQueue(name)}`),
    ...downloads.map(({ id, rate }) => `${formatSize(rate)}/s, download ${id}`),
  ].join('\n')
}

function hoursText({ windows, zone }: Schedule): string {
  return `${windows.map(formatSpan).join('; ')}${zone === null ? '' : ` (${zone})`}`
}

function queueEntry({ id, name, slots, limit, folder, schedule, startAt, stopAt, stopped, hold, until }: QueueView) {
  const open = hold === null
  return { id, name: shownQueue(name), slots, limit, folder, schedule, startAt, stopAt, stopped, open, until }
}

function queueRow({ name, slots, limit, folder, schedule, startAt, stopAt, hold, until }: QueueView): string {
  const open = hold === null ? 'open' : hold.kind === 'stopped' ? 'stopped' : 'closed by its schedule'
  const more = [
    ...(slots === null ? [] : [`${slots} at a time`]),
    ...(limit === null ? [] : [`${formatSize(limit)}/s`]),
    ...(folder === null ? [] : [`into ${folder}`]),
    ...(schedule === null ? [] : [`runs ${hoursText(schedule)}`]),
    ...(until === null ? [] : [`until ${formatMoment(until)}`]),
    ...(startAt === null ? [] : [`starts at ${formatMoment(startAt)}`]),
    ...(stopAt === null ? [] : [`stops at ${formatMoment(stopAt)}`]),
  ]
  return [shownQueue(name).padEnd(20), open, ...more].join('  ')
}
