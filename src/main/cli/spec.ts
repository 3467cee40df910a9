import { parseArgs } from 'node:util'
import { nearest } from './nearest'
import { UsageError } from './usage-error'

/** An option of a command: how it is read, and what its help and the shell's completion say of it. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** What stands for its value in the help. */
  readonly value?: string
  /** What it means, in a few words. */
  readonly says: string
}
export type Options = Readonly<Record<string, Option>>

/** A command as its help shows it. */
export interface Spec {
  readonly name: string
  /** For the list of all commands. */
  readonly summary: string
  /** How it is called, without the program's name. */
  readonly forms: readonly string[]
  readonly about?: string
  readonly options: Options
  /** Words that may stand behind it. */
  readonly words?: readonly string[]
  /** Whether files may stand behind it. */
  readonly files?: boolean
  readonly examples: readonly (readonly [line: string, what: string])[]
  /** What it ends with, beside 0. */
  readonly exits: string
}

/**
 * Reads arguments.
 * @throws UsageError with a sentence for the user
 */
export function read<O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new UsageError(problemOf(error.message, options))
    throw error
  }
}

/** Node's words for developers, made into some for people. */
function problemOf(message: string, options: Options): string {
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1]
  if (unknown === undefined) return message.split('. ', 1)[0]!.replaceAll("'", '"')
  const meant = nearest(unknown.replace(/^-+/, ''), Object.keys(options))
  return `no option "${unknown}"${meant === null ? '' : `; did you mean "--${meant}"?`}`
}
