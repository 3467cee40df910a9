import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import type { ControlInput, Ids } from '../control/protocol'
import type { CommandName } from './command-names'
import { UsageError } from './usage-error'
import { sizeBetween, whole } from './values'

/** What a command asks of the running program. */
export type Command =
  | { readonly kind: 'add'; readonly input: ControlInput<'add'> }
  | { readonly kind: 'list' }
  | { readonly kind: 'pause' | 'resume'; readonly ids: Ids }
  | { readonly kind: 'remove'; readonly ids: Ids; readonly deleteFile: boolean }
  /** `undefined` only shows the limits. */
  | { readonly kind: 'limit'; readonly of: ControlInput<'limit'>['of']; readonly rate: number | null | undefined }
  /** `null` only asks. */
  | { readonly kind: 'slow'; readonly on: boolean | null }
  | { readonly kind: 'queues' }
  | { readonly kind: 'addQueue' | 'removeQueue'; readonly name: string }
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

export const commandUsage = `Usage: longshore add [options] URL...        adds downloads to the running program
       longshore list                        shows all downloads
       longshore pause|resume ID...|--all    pauses downloads, or lets them go on
       longshore remove ID...|--all          takes downloads off the list; partial files are deleted
       longshore limit [SIZE|none]           shows or sets the bytes per second of all downloads together
       longshore limit --id ID [SIZE|none]   the same of one download; --id may be repeated
       longshore limit --queue NAME [SIZE|none]  the same of the downloads of a queue together
       longshore slow [on|off]               shows or switches slow mode
       longshore queue list                  shows the queues; the first one is called default here
       longshore queue add|remove|start|stop NAME
       longshore queue move NAME ID...|--all moves downloads to a queue
       longshore daemon [--stop]             runs without a window, until it is ended

All of them take:
      --json               one JSON object a line on standard output
      --start              starts the program without a window when none is running
      --user-data-dir DIR  the profile (default: the user's)

add takes:
  -d, --dir DIR            folder (default: that of its category, or the program's)
  -o, --output NAME        file name, one URL only
  -i, --input-file FILE    URLs, one a line, '-' is standard input
  -x, --connections N      connections per download (1-256)
      --mirror URL         another address of the same file, repeatable, one URL only
      --header 'K: V'      repeatable
      --user NAME          the password is read from $LONGSHORE_PASSWORD
      --load-cookies FILE  cookies.txt in Netscape's format, or 'name=value; name2=value2'
      --checksum ALGO=HEX  md5, sha-1, sha-256, sha-512, crc64xz
      --limit-rate SIZE    bytes per second of each of these downloads (at least 1K)
      --queue NAME         the queue that they wait in
      --paused             does not begin yet

remove takes:
      --delete-file        deletes finished files too

Exit: as for get; 10 nothing is running, 11 no such download.`

const common = {
  json: { type: 'boolean' },
  start: { type: 'boolean' },
  'user-data-dir': { type: 'string' },
} as const
const ofIds = { ...common, all: { type: 'boolean' } } as const
const ofAdd = {
  ...common,
  dir: { type: 'string', short: 'd' },
  output: { type: 'string', short: 'o' },
  'input-file': { type: 'string', short: 'i' },
  connections: { type: 'string', short: 'x' },
  mirror: { type: 'string', multiple: true },
  header: { type: 'string', multiple: true },
  user: { type: 'string' },
  'load-cookies': { type: 'string' },
  checksum: { type: 'string' },
  'limit-rate': { type: 'string' },
  queue: { type: 'string' },
  paused: { type: 'boolean' },
} as const

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
      const { values, positionals } = read(args, common)
      none(positionals)
      return { ...rest(values), command: { kind: 'list' } }
    }
    case 'pause':
    case 'resume': {
      const { values, positionals } = read(args, ofIds)
      return { ...rest(values), command: { kind: name, ids: idsOf(values.all, positionals) } }
    }
    case 'remove': {
      const { values, positionals } = read(args, { ...ofIds, 'delete-file': { type: 'boolean' } })
      const deleteFile = values['delete-file'] ?? false
      return { ...rest(values), command: { kind: 'remove', ids: idsOf(values.all, positionals), deleteFile } }
    }
    case 'slow': {
      const { values, positionals } = read(args, common)
      const [word, ...more] = positionals
      none(more)
      if (word !== undefined && word !== 'on' && word !== 'off') throw new UsageError('slow takes on or off')
      return { ...rest(values), command: { kind: 'slow', on: word === undefined ? null : word === 'on' } }
    }
    case 'queue': {
      const { values, positionals } = read(args, ofIds)
      const [word, ...more] = positionals
      return { ...rest(values), command: queueCommand(word, more, values.all) }
    }
    case 'limit': {
      const options = { ...common, id: { type: 'string', multiple: true }, queue: { type: 'string' } } as const
      const { values, positionals } = read(args, options)
      if (values.id !== undefined && values.queue !== undefined) throw new UsageError('--id or --queue, not both')
      const [size, ...more] = positionals
      none(more)
      const ofQueue = values.queue === undefined ? ('all' as const) : { queue: queueName(values.queue) }
      const of = values.id === undefined ? ofQueue : idsOf(false, values.id)
      const rate = size === undefined ? undefined : size === 'none' ? null : sizeBetween('limit', size, '1K', '1T')
      return { ...rest(values), command: { kind: 'limit', of, rate } }
    }
  }
}

/** What stands behind `queue`. */
function queueCommand(name: string | undefined, rest: readonly string[], all: boolean | undefined): Command {
  const [given, ...more] = rest
  if (name === undefined || name === 'list') {
    none(rest)
    return { kind: 'queues' }
  }
  if (!['add', 'remove', 'start', 'stop', 'move'].includes(name)) throw new UsageError(`no command "queue ${name}"`)
  if (given === undefined) throw new UsageError(`queue ${name} takes the name of a queue`)
  if (name === 'move') return { kind: 'moveToQueue', name: queueName(given), ids: idsOf(all, more) }
  none(more)
  if (name === 'add') return { kind: 'addQueue', name: given }
  if (name === 'remove') return { kind: 'removeQueue', name: queueName(given) }
  return { kind: 'runQueue', name: queueName(given), run: name === 'start' }
}

/** The default queue has a name in every language, and none of its own. */
function queueName(given: string): string {
  return given === 'default' ? '' : given
}

function read<O extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message)
    throw error
  }
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
  return positionals.map((text) => whole('a download', text, 1, Number.MAX_SAFE_INTEGER) ?? 0)
}

interface AddValues {
  readonly dir?: string | undefined
  readonly output?: string | undefined
  readonly 'input-file'?: string | undefined
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
  const list = values['input-file']
  const listed = list === undefined ? [] : readText('--input-file', list === '-' ? 0 : list).split(/\r?\n/)
  const urls = [
    ...positionals,
    ...listed.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')),
  ]
  if (urls.length === 0) throw new UsageError('no URL was given')
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
    limit: sizeBetween('--limit-rate', values['limit-rate'], '1K', '1T'),
    queue: queueName(values.queue ?? ''),
    start: values.paused !== true,
  }
}

function login(user: string | undefined, env: Readonly<Record<string, string | undefined>>): [string, string] {
  if (user === undefined) return ['', '']
  const colon = user.indexOf(':')
  return colon < 0 ? [user, env['LONGSHORE_PASSWORD'] ?? ''] : [user.slice(0, colon), user.slice(colon + 1)]
}

function readText(option: string, file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${(error as Error).message}`)
  }
}
