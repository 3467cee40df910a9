import { constants } from 'node:fs'
import { access, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import type { FolderProblem } from '../../shared/contract'

export type ReadFolder =
  | {
      /** Absolute. */
      readonly path: string
      /** False: it is made when something is saved there. */
      readonly there: boolean
    }
  | { readonly wrong: FolderProblem }

/** Where files of users have no business, and the devices and processes that look like files. */
const systemPlaces: readonly string[] =
  process.platform === 'win32'
    ? ['SystemRoot', 'ProgramFiles', 'ProgramFiles(x86)'].flatMap((name) => process.env[name] ?? [])
    : [
        ...['/proc', '/sys', '/dev', '/boot', '/etc', '/bin', '/sbin', '/lib', '/lib64', '/usr'],
        ...(process.platform === 'darwin' ? ['/System', '/Library', '/private/etc'] : []),
      ]

/**
 * Reads what a user typed as a folder to save in.
 * @param text `~` stands for the home folder; quotation marks around it are dropped
 * @returns the absolute path, or what is wrong with it. Links on the way count with where they lead
 */
export async function readFolder(text: string): Promise<ReadFolder> {
  const plain = text.trim().replace(/^(["'])(.*)\1$/, '$2')
  const named = plain === '~' || /^~[/\\]/.test(plain) ? path.join(homedir(), plain.slice(1)) : plain
  // A share without its name, and Windows' own names of devices, are no places.
  if (!path.isAbsolute(named) || named.includes('\0') || /^\\\\[.?]\\/.test(named)) return { wrong: 'relative' }
  const folder = path.resolve(named)
  try {
    const above = await nearest(folder)
    const real = path.join(await realpath(above), path.relative(above, folder))
    if (isSystem(folder) || isSystem(real)) return { wrong: 'system' }
    if (!(await stat(above)).isDirectory()) return { wrong: 'file' }
    return await access(above, constants.W_OK | constants.X_OK).then(
      () => ({ path: folder, there: above === folder }),
      () => ({ wrong: 'readonly' as const }),
    )
  } catch {
    return { wrong: 'unreadable' }
  }
}

/** What of a path is there; a file on the way counts. */
async function nearest(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    try {
      await stat(at)
      return at
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || path.dirname(at) === at) throw error
    }
  }
}

function isSystem(folder: string): boolean {
  const fold = (text: string) => (process.platform === 'win32' ? text.toLowerCase() : text)
  return systemPlaces.some((place) => {
    const below = path.relative(fold(place), fold(folder))
    return below === '' || (!below.startsWith('..') && !path.isAbsolute(below))
  })
}
