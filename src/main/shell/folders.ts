import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import type { FolderChoice } from '../../shared/contract'
import { RequestFailure } from '../../shared/errors'

/** Folders that a dialog or a setting named. The window knows them by token only, so it cannot name any other path. */
export class Folders {
  readonly #paths = new Map<string, string>()
  readonly #tokens = new Map<string, string>()

  offer(path: string): FolderChoice {
    const token = this.#tokens.get(path) ?? randomUUID()
    this.#tokens.set(path, token)
    this.#paths.set(token, path)
    return { token, path }
  }

  /**
   * The path behind a token.
   * @throws RequestFailure E_FOLDER when the token was never given out, or the folder cannot be written
   */
  async redeem(token: string): Promise<string> {
    const path = this.#paths.get(token)
    if (path === undefined) throw new RequestFailure({ code: 'E_FOLDER', field: 'folder', detail: 'unknown folder' })
    await requireWritable(path)
    return path
  }
}

/** A folder that is missing is created when the download begins; one that is there must be a folder and writable. */
async function requireWritable(path: string): Promise<void> {
  try {
    if (!(await stat(path)).isDirectory()) throw new Error('it is not a folder')
    await access(path, constants.W_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new RequestFailure({ code: 'E_FOLDER', field: 'folder', detail: `${path}: ${(error as Error).message}` })
  }
}
