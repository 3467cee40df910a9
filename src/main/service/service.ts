import path from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Account, AccountView } from '../../shared/accounts'
import type { AddInput, AddOutcome, FinishedText, HistoryPage, ObjectPage, SnapshotText } from '../../shared/contract'
import type { Checksum, DownloadId, DownloadView, Mirror, Priority } from '../../shared/download'
import { categorizer } from '../../shared/categories'
import { namesMany } from '../../shared/cloud-address'
import { RequestFailure, type DownloadError, type RequestError } from '../../shared/errors'
import type { HostRule, HostRuleSecret } from '../../shared/host-rules'
import { historyPage, type HistoryPlace } from '../../shared/history'
import { undoTime } from '../../shared/limits'
import type { QueueChoices, QueueId, QueueView } from '../../shared/queues'
import type { Settings } from '../../shared/settings'
import type { ChecksumAlgorithm } from '../../shared/verification'
import type { TypedSecret } from '../settings/accounts'
import type { Composition } from '../compose'
import { createLists } from '../exchange/lists'
import { parseCookies } from '../engine/session/cookie-file'
import { edit, editable, type Edit } from './edit'
import type { AddRequest } from '../engine/engine'
import { parseChecksum, readChecksum } from '../engine/integrity/digest'
import { parseHeaderLines } from '../engine/http/headers'
import { networkFailure } from '../engine/http/network-errors'
import type { Credentials } from '../engine/ports'
import { comparePlaces, type Move } from '../engine/queues/order'
import { createLocalFiles } from '../exchange/local-files'
import type { Publisher } from './publisher'
import { requestError } from '../thread/rpc'
import { parseAddress, parseMirror, type Address } from '../sources/address'
import { Tree } from '../browse/tree'

/** Completed downloads that go to the window at a time: the engine does nothing else meanwhile. */
const finishedPage = 1500
/** More than a screen has room for. */
const firstRows = 60

/** One that was there and began again. */
interface Begun {
  readonly url: string
  readonly id: DownloadId
}

/** As the form says it, with real folders. */
type AddOrder = Omit<AddInput, 'folder' | 'replaces' | 'adopt'> & {
  readonly replaces?: AddInput['replaces']
  /** Path of a partial file of another program; `null` for none. */
  readonly adopt: string | null
  /** `null` for the folder of each one's category. */
  readonly folder: string | null
  /** Where files go that have no other folder. */
  readonly fallback: string
}

/** What the engine's thread does for the shell. Folders are real paths here: the shell has redeemed the tokens. */
export function createService(
  { engine, settings, accounts, hostRules, slowMode, cloud, prober }: Composition,
  publisher: Publisher,
) {
  /** Everything that is not completed. */
  const unfinished = (): DownloadView[] => engine.unfinished().flatMap(({ id }) => engine.view(id) ?? [])
  return {
    ...createLocalFiles(engine),
    ...createLists(engine, () => settings.read().categories),
    history(query: string, after: HistoryPlace | null): HistoryPage {
      const { views, next } = engine.history(query, after, historyPage)
      return { downloads: views, next }
    },
    snapshot(): SnapshotText {
      return { revision: publisher.revision(), downloads: JSON.stringify(unfinished()) }
    },
    first(): string {
      const head = engine.unfinished().sort(comparePlaces).slice(0, firstRows)
      return JSON.stringify(head.flatMap(({ id }) => engine.view(id) ?? []))
    },
    finished(before: DownloadId | null): FinishedText {
      const { views, next } = engine.finished(before, finishedPage)
      return { downloads: JSON.stringify(views), next }
    },
    unfinished,
    /** Adds each address on its own; a problem of the whole form rejects before anything is added. */
    async add(input: AddOrder): Promise<AddOutcome[]> {
      const checksum = checksumOf(input.checksum)
      const headers = parseHeaderLines(input.headers)
      parseCookies(input.cookies)
      const lines = input.urls.map((line) => line.trim()).filter((line) => line !== '')
      if (lines.length === 0) throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: 'no address' })
      if (lines.length > 1 && input.name !== null) {
        throw new RequestFailure({ code: 'E_NAME', field: 'name', detail: 'one name for several downloads' })
      }
      if (input.queue !== null && !engine.queues().some(({ id }) => id === input.queue)) {
        throw new RequestFailure({ code: 'E_QUEUE', detail: `no queue ${input.queue}` })
      }
      const mirrors = mirrorsOf(input.mirrors)
      if (lines.length > 1 && input.adopt !== null) {
        throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: 'one partial file for several downloads' })
      }
      if (lines.length > 1 && mirrors.length > 0) {
        throw new RequestFailure({ code: 'E_MIRROR', field: 'mirrors', detail: 'mirrors for several downloads' })
      }
      const tree = input.root === null ? null : new Tree(input.root, input.folder ?? input.fallback)
      const toRequest = (address: Address, folder: string): AddRequest => ({
        url: address.url,
        mirrors,
        folder,
        name: input.name,
        onConflict: 'rename',
        connections: input.connections,
        partSize: input.partSize,
        threshold: input.threshold,
        limit: input.limit,
        checksum,
        credentials: {
          user: input.user === '' ? address.user : input.user,
          password: input.password === '' ? address.password : input.password,
          headers,
          cookies: input.cookies,
        },
        account: input.account,
        category: input.category,
        group: input.group === null ? null : { ...input.group, folder: input.folder ?? input.fallback },
        ...(input.queue === null ? {} : { queue: input.queue }),
        ...(input.adopt === null ? {} : { adopt: input.adopt }),
        start: input.start,
      })
      const folderOf = input.folder === null ? folderByCategory(settings.read(), input) : () => input.folder ?? ''
      const replaced = new Map(
        (input.replaces ?? []).flatMap((id) => engine.view(id) ?? []).map((view) => [view.url, view]),
      )
      const requests: AddRequest[] = []
      const outcomes: ({ url: string; error: RequestError } | { url: string; index: number } | Begun)[] = []
      for (const url of lines) {
        try {
          const address = parseAddress(url)
          const folder = (await tree?.folderOf(address.url)) ?? folderOf(address.url)
          if (namesMany(address.url)) {
            // A "folder" of the store: with its tree it is made, alone there is nothing to fetch.
            if (tree === null) throw new RequestFailure({ code: 'E_PREFIX', field: 'urls', detail: url })
            continue
          }
          const old = replaced.get(address.url)
          if (old !== undefined && old.state.kind !== 'done') {
            engine.pause([old.id])
            engine.restart([old.id])
            outcomes.push({ url, id: old.id })
            continue
          }
          const request = toRequest(address, folder)
          requests.push(
            old === undefined ? request : { ...request, folder: old.folder, name: old.name, onConflict: 'overwrite' },
          )
          outcomes.push({ url, index: requests.length - 1 })
        } catch (error) {
          outcomes.push({ url, error: requestError(error) })
        }
      }
      const ids: DownloadId[] = []
      await inBatches(requests, async (some) => void ids.push(...(await engine.addAll(some))))
      const gone = [...replaced.values()].filter(({ state }) => state.kind === 'done').map(({ id }) => id)
      if (gone.length > 0) await engine.remove(gone, { deleteFile: false })
      return outcomes.map((outcome) => ('index' in outcome ? { url: outcome.url, id: ids[outcome.index]! } : outcome))
    },
    /** The folder that a download's group was added to. */
    groupFolder(id: DownloadId): string {
      const folder = engine.view(id)?.group?.folder
      if (folder === undefined) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no group of download ${id}` })
      return folder
    },
    look: (url: string | null, account: string | null) => prober.look(url, account),
    // From the end of the list: those at its beginning run, and their slots would go to the next ones meanwhile.
    pause: (ids: DownloadId[]) => inBatches(ids.toReversed(), (some) => engine.pause(some)),
    resume: (ids: DownloadId[]) => inBatches(ids, (some) => engine.resume(some)),
    startNow: (ids: DownloadId[]) => inBatches(ids, (some) => engine.startNow(some)),
    pauseAll: () =>
      inBatches(
        engine
          .unfinished()
          .map(({ id }) => id)
          .reverse(),
        (some) => engine.pause(some),
        largeBatch,
      ),
    resumeAll: () => {
      // All of them: also those that wait while others are to run alone.
      engine.onlyNow([])
      return inBatches(
        engine.unfinished().map(({ id }) => id),
        (some) => engine.resume(some),
        largeBatch,
      )
    },
    remove: (ids: DownloadId[], deleteFile: boolean) =>
      inBatches(ids.toReversed(), (some) => engine.remove(some, { deleteFile })),
    removeLater: (ids: DownloadId[]) => inBatches(ids.toReversed(), (some) => engine.removeLater(some, undoTime)),
    restore: (ids: DownloadId[]) => inBatches(ids, (some) => engine.restore(some)),
    categorize: (ids: DownloadId[], category: string | null) =>
      inBatches(ids, (some) => engine.categorize(some, category)),
    move: (moves: Move[]) => engine.move(...moves),
    prioritize: (ids: DownloadId[], priority: Priority) => inBatches(ids, (some) => engine.prioritize(some, priority)),
    toQueue: (ids: DownloadId[], queue: QueueId) =>
      inBatches(ids, (some) => engine.moveToQueue(some, queue), largeBatch),
    appoint: (ids: DownloadId[], startAt: number | null, stopAt: number | null) =>
      engine.appoint(ids, { startAt, stopAt }),
    onlyNow: (ids: DownloadId[]) => engine.onlyNow(ids),
    queues: (): QueueView[] => engine.queues(),
    /** @param folder absolute path; `undefined` keeps it */
    saveQueue(id: QueueId | null, choices: Omit<QueueChoices, 'folder'>, folder: string | null | undefined): QueueId {
      if (id === null) return engine.addQueue({ ...choices, folder: folder ?? null })
      engine.changeQueue(id, { ...choices, ...(folder === undefined ? {} : { folder }) })
      return id
    },
    runQueue: (id: QueueId, run: boolean) =>
      engine.changeQueue(id, run ? { stopped: false, startAt: null } : { stopped: true, stopAt: null }),
    removeQueue: (id: QueueId) => engine.removeQueue(id),
    power: (battery: boolean, metered: boolean) => engine.power({ battery, metered }),
    limit: (ids: DownloadId[], rate: number | null) => inBatches(ids, (some) => engine.limit(some, rate)),
    authorize(id: DownloadId, user: string, password: string, headerLines: string, cookies: string): Promise<void> {
      const credentials: Credentials = { user, password, headers: parseHeaderLines(headerLines), cookies }
      parseCookies(cookies)
      return engine.authorize(id, credentials)
    },
    restart: (ids: DownloadId[]) => engine.restart(ids),
    verify: (id: DownloadId) => engine.verify(id),
    repair: (id: DownloadId) => engine.repair(id),
    digest: (id: DownloadId, algorithm: ChecksumAlgorithm) => engine.digest(id, algorithm),
    /** @param text a checksum as the user has it; see `readChecksum` */
    compare: async (id: DownloadId, text: string) => engine.compare(id, readChecksum(text)),
    editable: (id: DownloadId) => editable(engine, id),
    edit: (id: DownloadId, change: Edit) => edit(engine, id, change),
    relink: (id: DownloadId, text: string): Promise<void> => engine.relink(id, parseAddress(text).url),
    setMirrors: (id: DownloadId, urls: readonly string[]) => engine.setMirrors(id, mirrorsOf(urls)),
    /** Where a download's file is: the completed one, or the folder it will be in. */
    locate(id: DownloadId): { file: string | null; folder: string } {
      const view = engine.view(id)
      if (!view) throw new RequestFailure({ code: 'E_NOT_FOUND', detail: `no download ${id}` })
      return { file: view.state.kind === 'done' ? path.join(view.folder, view.name) : null, folder: view.folder }
    },
    async thaw(id: DownloadId): Promise<DownloadError | null> {
      return answered(() => engine.thaw(id).then(() => null))
    },
    listAccounts: (): Promise<AccountView[]> => accounts.list(),
    async saveAccount(account: Account, typed: TypedSecret): Promise<AccountView[]> {
      const list = await accounts.save(account, typed)
      engine.accountChanged(account.id)
      return list
    },
    async removeAccount(id: string): Promise<AccountView[]> {
      const list = await accounts.remove(id)
      engine.accountChanged(id)
      return list
    },
    listHostRules: () => hostRules.list(),
    saveHostRule: (rule: HostRule, secret: HostRuleSecret | null, keepsProxyLogin: boolean) =>
      hostRules.save(rule, secret, keepsProxyLogin),
    replaceHostRules: (rules: readonly HostRule[]) => hostRules.replace(rules),
    removeHostRule: (id: string) => hostRules.remove(id),
    testAccount: (account: Account, typed: TypedSecret) => cloud.test(account, typed),
    async listObjects(url: string, account: string | null, token: string | null): Promise<ObjectPage> {
      const none = new AbortController().signal
      const found = await answered(() => cloud.list(url, account, token, none))
      return 'code' in found ? { error: found } : found
    },
    slow: () => slowMode.slow(),
    setSlow: (on: boolean) => slowMode.set(on),
    getSettings: (): Settings => settings.read(),
    setSettings: (change: Partial<Settings>): Promise<Settings> => settings.write(change),
    setCertificate: (file: string, passphrase: string): Promise<Settings> => settings.setCertificate(file, passphrase),
    inspect: (id: DownloadId | null) => publisher.inspect(id),
    reconnect: () => engine.reconnect(),
    watching: (on: boolean) => publisher.watching(on),
  }
}

function folderByCategory(
  { categories }: Settings,
  { name, fallback, category: chosen }: AddOrder,
): (url: string) => string {
  const categorize = categorizer(categories)
  return (url) => {
    const category = chosen ?? categorize(name ?? '', url)
    return categories.find(({ id }) => id === category)?.folder ?? fallback
  }
}

/** As many as are changed in one commit: others wait meanwhile for the thread, and none should notice. */
const batch = 500
/** For changes that are cheap for each, or after each of which all that wait are looked at. */
const largeBatch = 5000

async function inBatches<T>(
  all: readonly T[],
  change: (some: readonly T[]) => void | Promise<void>,
  size = batch,
): Promise<void> {
  for (let at = 0; at < all.length; at += size) {
    if (at > 0) await nextTurn()
    await change(all.slice(at, at + size))
  }
}

function mirrorsOf(lines: readonly string[]): Mirror[] {
  return lines.filter((line) => line.trim() !== '').map((line) => ({ url: parseMirror(line), from: 'user' }))
}

/** What a store answers is an answer, also when it is no. */
async function answered<T>(ask: () => Promise<T>): Promise<T | DownloadError> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof RequestFailure) throw error
    return networkFailure(error).error
  }
}

function checksumOf(text: string): Checksum | null {
  return text.trim() === '' ? null : parseChecksum(text)
}
