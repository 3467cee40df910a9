import { dialog, type BrowserWindow } from 'electron'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import type { LocalFile } from '../../shared/contract'
import { bundleEnding } from '../../shared/bundle'
import { RequestFailure } from '../../shared/errors'
import type { EngineHost } from './engine-host'
import type { Folders } from './folders'
import { say } from './language'

/** Files that the user chose in a dialog or dropped. Like folders, the window knows them by token only. */
export class Files {
  readonly #calls: EngineHost['calls']
  readonly #folders: Folders
  readonly #paths = new Map<string, string>()

  constructor(calls: EngineHost['calls'], folders: Folders) {
    this.#calls = calls
    this.#folders = folders
  }

  /** @throws RequestFailure E_BUNDLE, E_BUNDLE_VERSION, E_FILE_MISSING, E_DISK */
  async offer(file: string): Promise<LocalFile> {
    const found = await this.#calls.lookAtFile(file)
    const token = randomUUID()
    this.#paths.set(token, file)
    const named = { token, name: path.basename(file) }
    if (found.kind !== 'other') return { ...named, ...found }
    return { ...named, ...found, folder: this.#folders.offer(path.dirname(file)) }
  }

  /** A file of the system's dialog that is opened later. @returns its token */
  hold(file: string): string {
    const token = randomUUID()
    this.#paths.set(token, file)
    return token
  }

  /** @throws RequestFailure E_FILE_MISSING when the token was never given out */
  redeem(token: string): string {
    const file = this.#paths.get(token)
    if (file === undefined) throw new RequestFailure({ code: 'E_FILE_MISSING', detail: 'unknown file' })
    return file
  }

  /** Asks for a file. @returns `null` when the user cancelled */
  async choose(what: 'bundle' | 'document' | 'partial', parent: BrowserWindow): Promise<LocalFile | null> {
    const endings = { bundle: [bundleEnding.slice(1)], document: ['meta4', 'metalink'], partial: [] }[what]
    const all = { name: '*', extensions: ['*'] }
    const { filePaths } = await dialog.showOpenDialog(parent, {
      title: say(`open.${what}`),
      properties: ['openFile'],
      filters:
        endings.length === 0
          ? [all]
          : [{ name: endings.map((each) => `.${each}`).join(', '), extensions: endings }, all],
    })
    const [file] = filePaths
    return file === undefined ? null : this.offer(file)
  }

  /** Asks where a bundle is to be. @returns `null` when the user cancelled */
  async target(name: string, parent: BrowserWindow): Promise<string | null> {
    const { filePath } = await dialog.showSaveDialog(parent, {
      title: say('export.title'),
      message: say('export.secrets'),
      defaultPath: `${name}${bundleEnding}`,
      filters: [{ name: bundleEnding, extensions: [bundleEnding.slice(1)] }],
    })
    return filePath || null
  }
}
