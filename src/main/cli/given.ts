import { readFileSync } from 'node:fs'
import { maxUrls } from '../../shared/limits'
import { countOf, ends, expand } from '../../shared/ranges'
import { UsageError } from './usage-error'

/** What the options say about the addresses of a command. */
export interface GivenOptions {
  readonly 'input-file'?: string | undefined
  readonly literal?: boolean | undefined
}

/**
 * The addresses (and names of files) of a command, in their order: those of its line, then those of its list. `[1-9]` in
 * an address stands for nine of them; in the name of a file for itself. Ranges are bounded, because one digit too many
 * is soon typed; a list is as long as somebody made it.
 * @param positionals what stands behind the command
 * @throws UsageError
 */
export function givenUrls(positionals: readonly string[], options: GivenOptions): string[] {
  const file = options['input-file']
  const lines = [...positionals, ...(file === undefined ? [] : listed(file))]
  if (options.literal === true) return lines
  let count = 0
  return lines.flatMap((line) => {
    if (!line.includes('://')) return [line]
    const own = countOf(line)
    if (own === 1) return expand(line)
    const [first, last] = ends(line)
    count += own
    if (count > maxUrls) {
      throw new UsageError(
        `more than ${maxUrls} addresses, ${first} to ${last} among them; --literal takes [ ] as it is`,
      )
    }
    return expand(line)
  })
}

/** The text of a file that an option names, 0 is standard input. @throws UsageError */
export function readText(option: string, file: string | 0): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${(error as Error).message}`)
  }
}

/** Empty lines and those that begin with # do not count. */
function listed(file: string): string[] {
  return readText('--input-file', file === '-' ? 0 : file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}
