import path from 'node:path'
import type { DownloadId } from '../../shared/download'
import type { ControlInput, Ids, ListFilter, QueueChange } from '../control/protocol'
import { concurrentRange, maxUrls } from '../../shared/limits'
import type { StatusFilter } from '../../shared/status'
import type { CommandName } from './command-names'
import { givenUrls, readText } from './given'
import { read } from './spec'
import { common, ofAdd, ofIds, ofLimit, ofList, ofQueue, ofRemove, ofResume, ofSlow, specs } from './specs'
import { parseMoment } from './moments'
import { nearest } from './nearest'
import { parseSpan } from './spans'
import { UsageError } from './usage-error'
import { rateOf, whole } from './values'

/** What a command asks of the running program. */
export type Command =
  | { readonly kind: 'add'; readonly input: ControlInput<'add'> }
  | { readonly kind: 'list'; readonly wanted: ListFilter }
  | { readonly kind: 'show'; readonly ids: readonly DownloadId[] }
  | { readonly kind: 'pause'; readonly ids: Ids }
  | { readonly kind: 'resume'; readonly ids: Ids; readonly now: boolean }
  | { readonly kind: 'remove'; readonly ids: Ids; readonly deleteFile: boolean }
  /** `undefined` only shows the limits. */
  | { readonly kind: 'limit'; readonly of: ControlInput<'limit'>['of']; readonly rate: number | null | undefined }
  | { readonly kind: 'slow'; readonly input: ControlInput<'slow'> }
  | { readonly kind: 'queues' }
  | { readonly kind: 'addQueue' | 'setQueue'; readonly name: string; readonly change: QueueChange }
  | { readonly kind: 'removeQueue'; readonly name: string }
  | { readonly kind: 'runQueue'; readonly name: string; readonly run: boolean }
  | { readonly kind: 'moveToQueue'; readonly name: string; readonly ids: Ids }
  | { readonly kind: 'stop' }

export interface CommandLine {
  readonly command: Command
  readonly json: boolean
  /** Starts a program when none runs. */
  readonly start: boolean
  /** The profile's folder; `null` is the user's. */
  readonly profile: string | null
}

/**
 * Reads a command for the running program.
 * @param args what stands after its name
 * @param env where a password comes from
 * @throws UsageError with a sentence for the user
 */
export function parseCommand(
  name: CommandName,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  switch (name) {
    case 'add': {
      const { values, positionals } = read(args, ofAdd)
      return { ...rest(values), command: { kind: 'add', input: addInput(values, positionals, env) } }
    }
    case 'list': {
      const { values, positionals } = read(args, ofList)
      const queue = values.queue === undefined ? null : queueName(values.queue)
      const only = { states: statesOf(values), words: positionals.join(' '), queue }
      return { ...rest(values), command: { kind: 'list', wanted: only } }
    }
    case 'show': {
      const { values, positionals } = read(args, common)
      return { ...rest(values), command: { kind: 'show', ids: numbers(positionals) } }
    }
    case 'pause': {
      const { values, positionals } = read(args, ofIds)
      return { ...rest(values), command: { kind: 'pause', ids: idsOf(values.all, positionals) } }
    }
    case 'resume': {
      const { values, positionals } = read(args, ofResume)
      const now = values.now ?? false
      return { ...rest(values), command: { kind: 'resume', ids: idsOf(values.all, positionals), now } }
    }
    case 'remove': {
      const { values, positionals } = read(args, ofRemove)
      const deleteFile = values['delete-file'] ?? false
      return { ...rest(values), command: { kind: 'remove', ids: idsOf(values.all, positionals), deleteFile } }
    }
    case 'slow': {
      const { values, positionals } = read(args, ofSlow)
      const [word, ...more] = positionals
      none(more)
      if (word !== undefined && word !== 'on' && word !== 'off') throw new UsageError('slow takes on or off')
      const on = word === undefined ? {} : { on: word === 'on' }
      return { ...rest(values), command: { kind: 'slow', input: { ...on, ...slowHours(values) } } }
    }
    case 'queue': {
      const { values, positionals } = read(args, ofQueue)
      const [word, ...more] = positionals
      return { ...rest(values), command: queueCommand(word, more, values) }
    }
    case 'limit': {
      const { values, positionals } = read(args, ofLimit)
      if (values.id !== undefined && values.queue !== undefined) throw new UsageError('--id or --queue, not both')
      const [size, ...more] = positionals
      none(more)
      const ofQueue = values.queue === undefined ? ('all' as const) : { queue: queueName(values.queue) }
      const of = values.id === undefined ? ofQueue : idsOf(false, values.id)
      const rate = size === undefined ? undefined : size === 'none' ? null : rateOf('limit', size)
      return { ...rest(values), command: { kind: 'limit', of, rate } }
    }
  }
}

interface SlowValues {
  readonly at?: readonly string[] | undefined
  readonly zone?: string | undefined
  readonly never?: boolean | undefined
}

function slowHours({ at, zone, never }: SlowValues): Pick<ControlInput<'slow'>, 'hours'> {
  if (never === true && at !== undefined) throw new UsageError('--at or --never, not both')
  if (at === undefined && zone !== undefined) throw new UsageError('--zone goes with --at')
  if (never === true) return { hours: null }
  return at === undefined ? {} : { hours: { zone: zone ?? null, windows: at.map(parseSpan) } }
}

interface QueueValues {
  readonly slots?: string | undefined
  readonly limit?: string | undefined
  readonly dir?: string | undefined
  readonly at?: readonly string[] | undefined
  readonly zone?: string | undefined
  readonly always?: boolean | undefined
  readonly 'start-at'?: string | undefined
  readonly 'stop-at'?: string | undefined
  readonly rename?: string | undefined
  readonly all?: boolean | undefined
}

/** What stands behind `queue`. */
function queueCommand(name: string | undefined, rest: readonly string[], values: QueueValues): Command {
  const [given, ...more] = rest
  const change = queueChange(values)
  if (Object.keys(change).length > 0 && name !== 'add' && name !== 'set') {
    throw new UsageError('slots, limit, folder and times of a queue go with "queue add" or "queue set"')
  }
  if (values.all === true && name !== 'move') throw new UsageError('--all goes with "queue move"')
  if (name === undefined || name === 'list') {
    none(rest)
    return { kind: 'queues' }
  }
  if (!specs.queue.words!.includes(name)) {
    throw new UsageError(unknownCommand(`queue ${name}`, nearest(name, specs.queue.words ?? []), 'queue '))
  }
  if (given === undefined) throw new UsageError(`queue ${name} takes the name of a queue`)
  if (name === 'move') return { kind: 'moveToQueue', name: queueName(given), ids: idsOf(values.all, more) }
  none(more)
  if (name === 'add') return { kind: 'addQueue', name: ownName(given), change }
  if (name === 'remove') return { kind: 'removeQueue', name: queueName(given) }
  if (name !== 'set') return { kind: 'runQueue', name: queueName(given), run: name === 'start' }
  if (Object.keys(change).length === 0) throw new UsageError('what is to be set? See "longshore queue --help"')
  return { kind: 'setQueue', name: queueName(given), change }
}

/** What the options say; what they do not name is missing. */
function queueChange(values: QueueValues): QueueChange {
  const { slots, limit, dir, at, zone, always, rename, 'start-at': startAt, 'stop-at': stopAt } = values
  if (always === true && at !== undefined) throw new UsageError('--at or --always, not both')
  if (at === undefined && zone !== undefined) throw new UsageError('--zone goes with --at')
  const orNone = <T>(text: string, value: (text: string) => T) => (text === 'none' ? null : value(text))
  const { min, max } = concurrentRange
  return {
    ...(slots !== undefined && { slots: orNone(slots, (text) => whole('--slots', text, min, max)) }),
    ...(limit !== undefined && { limit: orNone(limit, (text) => rateOf('--limit', text)) }),
    ...(dir !== undefined && { folder: orNone(dir, (text) => path.resolve(text)) }),
    ...(always === true && { schedule: null }),
    ...(at !== undefined && { schedule: { zone: zone ?? null, windows: at.map(parseSpan) } }),
    ...(startAt !== undefined && { startAt: orNone(startAt, (text) => parseMoment('--start-at', text)) }),
    ...(stopAt !== undefined && { stopAt: orNone(stopAt, (text) => parseMoment('--stop-at', text)) }),
    ...(rename !== undefined && { name: ownName(rename) }),
  }
}

/** Says what somebody may have meant. */
export function unknownCommand(given: string, meant: string | null, before = ''): string {
  return `no command "${given}"${meant === null ? '' : `; did you mean "${before}${meant}"?`}`
}

/** The default queue has a name in every language, and none of its own. @throws UsageError */
function queueName(given: string): string {
  return given === 'default' ? '' : ownName(given)
}

function ownName(given: string): string {
  const name = given.trim()
  if (name === '' || name.length > 100) throw new UsageError('the name of a queue has 1 to 100 characters')
  return name
}

interface CommonValues {
  readonly json?: boolean | undefined
  readonly start?: boolean | undefined
  readonly 'user-data-dir'?: string | undefined
}

function rest({ json, start, 'user-data-dir': profile }: CommonValues) {
  return { json: json ?? false, start: start ?? false, profile: profile === undefined ? null : path.resolve(profile) }
}

function none(positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`what is "${positionals[0]}" for?`)
}

function idsOf(all: boolean | undefined, positionals: readonly string[]): Ids {
  if (all === true) {
    none(positionals)
    return 'all'
  }
  if (positionals.length === 0) throw new UsageError('which downloads? Their numbers are in "longshore list"; or --all')
  return numbers(positionals)
}

function numbers(positionals: readonly string[]): DownloadId[] {
  if (positionals.length === 0) throw new UsageError('which downloads? Their numbers are in "longshore list"')
  return positionals.map((text) => whole('a download', text, 1, Number.MAX_SAFE_INTEGER) ?? 0)
}

const stateOptions = {
  active: 'active',
  waiting: 'waiting',
  paused: 'paused',
  done: 'completed',
  failed: 'failed',
} as const satisfies Record<string, StatusFilter>

/** Those that were asked for; all of them when none was. */
function statesOf(values: { readonly [K in keyof typeof stateOptions]?: boolean | undefined }): StatusFilter[] {
  const all = Object.keys(stateOptions) as (keyof typeof stateOptions)[]
  const asked = all.filter((option) => values[option] === true)
  return (asked.length === 0 ? all : asked).map((option) => stateOptions[option])
}

interface AddValues {
  readonly dir?: string | undefined
  readonly output?: string | undefined
  readonly 'input-file'?: string | undefined
  readonly literal?: boolean | undefined
  readonly connections?: string | undefined
  readonly mirror?: readonly string[] | undefined
  readonly header?: readonly string[] | undefined
  readonly user?: string | undefined
  readonly 'load-cookies'?: string | undefined
  readonly checksum?: string | undefined
  readonly 'limit-rate'?: string | undefined
  readonly queue?: string | undefined
  readonly paused?: boolean | undefined
}

function addInput(
  values: AddValues,
  positionals: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ControlInput<'add'> {
  const urls = givenUrls(positionals, values)
  if (urls.length === 0) throw new UsageError('no URL was given')
  if (urls.length > maxUrls) throw new UsageError(`${urls.length} addresses, ${maxUrls} can be added at a time`)
  const [user, password] = login(values.user, env)
  const cookies = values['load-cookies']
  return {
    urls,
    folder: values.dir === undefined ? null : path.resolve(values.dir),
    name: values.output ?? null,
    connections: whole('--connections', values.connections, 1, 256),
    headers: (values.header ?? []).join('\n'),
    cookies: cookies === undefined ? '' : readText('--load-cookies', cookies),
    user,
    password,
    checksum: values.checksum ?? '',
    mirrors: [...(values.mirror ?? [])],
    limit: rateOf('--limit-rate', values['limit-rate']),
    queue: values.queue === undefined ? '' : queueName(values.queue),
    start: values.paused !== true,
  }
}

function login(user: string | undefined, env: Readonly<Record<string, string | undefined>>): [string, string] {
  if (user === undefined) return ['', '']
  const colon = user.indexOf(':')
  return colon < 0 ? [user, env['LONGSHORE_PASSWORD'] ?? ''] : [user.slice(0, colon), user.slice(colon + 1)]
}
