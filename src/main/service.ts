import path from 'node:path'
import type { AddInput, AddOutcome, Snapshot } from '../shared/contract'
import type { Checksum, DownloadId, Mirror, Priority } from '../shared/download'
import { RequestFailure, type RequestError } from '../shared/errors'
import { undoTime } from '../shared/limits'
import type { Settings } from '../shared/settings'
import type { Composition } from './compose'
import { parseCookies } from './engine/session/cookie-file'
import type { AddRequest } from './engine/engine'
import { parseChecksum } from './engine/integrity/digest'
import { parseHeaderLines } from './engine/http/headers'
import type { Credentials } from './engine/ports'
import type { Publisher } from './publisher'
import { requestError } from './rpc'
import { parseAddress, parseMirror, type Address } from './sources/address'

/** What the engine's thread does for the shell. Folders are real paths here: the shell has redeemed the tokens. */
export function createService({ engine, settings }: Composition, publisher: Publisher) {
  return {
    snapshot(): Snapshot {
      return { revision: publisher.revision(), downloads: engine.list() }
    },
    /** Adds each address on its own; a problem of the whole form rejects before anything is added. */
    async add(input: AddInput): Promise<AddOutcome[]> {
      const checksum = checksumOf(input.checksum)
      const headers = parseHeaderLines(input.headers)
      parseCookies(input.cookies)
      const lines = input.urls.map((line) => line.trim()).filter((line) => line !== '')
      if (lines.length === 0) throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: 'no address' })
      if (lines.length > 1 && input.name !== null) {
        throw new RequestFailure({ code: 'E_NAME', field: 'name', detail: 'one name for several downloads' })
      }
      const mirrors = mirrorsOf(input.mirrors)
      if (lines.length > 1 && mirrors.length > 0) {
        throw new RequestFailure({ code: 'E_MIRROR', field: 'mirrors', detail: 'mirrors for several downloads' })
      }
      const toRequest = (address: Address): AddRequest => ({
        url: address.url,
        mirrors,
        folder: input.folder,
        name: input.name,
        onConflict: 'rename',
        connections: input.connections,
        partSize: null,
        threshold: null,
        checksum,
        credentials: {
          user: input.user === '' ? address.user : input.user,
          password: input.password === '' ? address.password : input.password,
          headers,
          cookies: input.cookies,
        },
        account: null,
        start: input.start,
      })
      const requests: AddRequest[] = []
      const outcomes: ({ url: string; error: RequestError } | { url: string; index: number })[] = []
      for (const url of lines) {
        try {
          requests.push(toRequest(parseAddress(url)))
          outcomes.push({ url, index: requests.length - 1 })
        } catch (error) {
          outcomes.push({ url, error: requestError(error) })
        }
      }
      const ids = await engine.addAll(requests)
      return outcomes.map((outcome) => ('error' in outcome ? outcome : { url: outcome.url, id: ids[outcome.index]! }))
    },
    pause: (ids: DownloadId[]) => engine.pause(ids),
    resume: (ids: DownloadId[]) => engine.resume(ids),
    pauseAll: () => engine.pauseAll(),
    resumeAll: () => engine.resumeAll(),
    remove: (ids: DownloadId[], deleteFile: boolean) => engine.remove(ids, { deleteFile }),
    removeLater: (ids: DownloadId[]) => engine.removeLater(ids, undoTime),
    restore: (ids: DownloadId[]) => engine.restore(ids),
    move: (ids: DownloadId[], before: DownloadId | null) => engine.move(ids, before),
    prioritize: (ids: DownloadId[], priority: Priority) => engine.prioritize(ids, priority),
    authorize(id: DownloadId, user: string, password: string, headerLines: string, cookies: string): Promise<void> {
      const credentials: Credentials = { user, password, headers: parseHeaderLines(headerLines), cookies }
      parseCookies(cookies)
      return engine.authorize(id, credentials)
    },
    restart: (ids: DownloadId[]) => engine.restart(ids),
    verify: (id: DownloadId) => engine.verify(id),
    repair: (id: DownloadId) => engine.repair(id),
    relink: (id: DownloadId, text: string): Promise<void> => engine.relink(id, parseAddress(text).url),
    setMirrors: (id: DownloadId, urls: readonly string[]) => engine.setMirrors(id, mirrorsOf(urls)),
    /** Where a download's file is: the completed one, or the folder it will be in. */
    locate(id: DownloadId): { file: string | null; folder: string } {
      const view = engine.view(id)
      if (!view) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
      return { file: view.state.kind === 'done' ? path.join(view.folder, view.name) : null, folder: view.folder }
    },
    getSettings: (): Settings => settings.read(),
    setSettings: (change: Partial<Settings>): Promise<Settings> => settings.write(change),
    inspect: (id: DownloadId | null) => publisher.inspect(id),
    reconnect: () => engine.reconnect(),
    watching: (on: boolean) => publisher.watching(on),
  }
}

function mirrorsOf(lines: readonly string[]): Mirror[] {
  return lines.filter((line) => line.trim() !== '').map((line) => ({ url: parseMirror(line), from: 'user' }))
}

function checksumOf(text: string): Checksum | null {
  return text.trim() === '' ? null : parseChecksum(text)
}
