import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import path from 'node:path'
import type { FolderChoice, TypedFolder } from '../../shared/contract'
import { RequestFailure } from '../../shared/errors'
import { readFolder } from './typed-folder'

/** Folders that a dialog or a setting named. The window knows them by token only, so it cannot name any other path. */
export class Folders {
  readonly #paths = new Map<string, string>()
  readonly #tokens = new Map<string, string>()

  offer(folder: string): FolderChoice {
    const token = this.#tokens.get(folder) ?? randomUUID()
    this.#tokens.set(folder, token)
    this.#paths.set(token, folder)
    return { token, path: folder }
  }

  /**
   * A folder as the user typed it. Nothing is made and nothing is read but what stands on the way to it.
   * @param text `~` and quotation marks around it are understood
   * @returns what is wrong with it, or a token
   */
  async typed(text: string): Promise<TypedFolder> {
    const found = await readFolder(text)
    return 'wrong' in found ? found : { folder: this.offer(found.path), there: found.there }
  }

  /** Those of the folders that are there. */
  async offerThere(folders: readonly string[]): Promise<FolderChoice[]> {
    const there = await Promise.all(folders.map((folder) => stat(folder).then((found) => found.isDirectory(), no)))
    return folders.filter((_, index) => there[index] === true).map((folder) => this.offer(folder))
  }

  /**
   * Bytes that this user may still write where a folder is, or where it will be made.
   * @returns `null` when the system does not say
   */
  async space(token: string): Promise<number | null> {
    let folder = this.#pathOf(token)
    for (;;) {
      try {
        const { bavail, bsize } = await statfs(folder)
        return bavail * bsize
      } catch (error) {
        const above = path.dirname(folder)
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) return null
        folder = above
      }
    }
  }

  /**
   * The path behind a token.
   * @throws RequestFailure E_FOLDER when the token was never given out, or the folder cannot be written
   */
  async redeem(token: string): Promise<string> {
    const folder = this.#pathOf(token)
    await requireWritable(folder)
    return folder
  }

  #pathOf(token: string): string {
    const folder = this.#paths.get(token)
    if (folder === undefined) throw new RequestFailure({ code: 'E_FOLDER', field: 'folder', detail: 'unknown folder' })
    return folder
  }
}

const no = () => false

/** A folder that is missing is created when the download begins; one that is there must be a folder and writable. */
async function requireWritable(folder: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) throw new Error('it is not a folder')
    await access(folder, constants.W_OK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new RequestFailure({ code: 'E_FOLDER', field: 'folder', detail: `${folder}: ${(error as Error).message}` })
  }
}
