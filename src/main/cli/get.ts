import path from 'node:path'
import type { DownloadId, DownloadState, DownloadView, Phase } from '../../shared/download'
import type { DownloadErrorCode } from '../../shared/errors'
import { formatObjectAddress, isPrefix, namesMany, parseObjectAddress } from '../../shared/cloud-address'
import { noticeText, problemText } from '../../shared/texts/problems'
import { importBundle } from '../exchange/bundles'
import type { Cloud } from '../browse/cloud'
import { compose, type EngineParts } from '../compose'
import type { Engine } from '../engine/engine'
import type { DownloadRecord, SecretBox } from '../engine/ports'
import { isNobody } from '../engine/session/session'
import { takeLocks } from '../store/lock'
import { profileFiles, profileFolder } from '../profile/folders'
import { Tree } from '../browse/tree'
import { exitCode, exitCodes } from './exit-codes'
import { readCloud } from './cloud'
import type { Asked, GetOptions } from './options'
import { jsonReporter, progressReporter, quietReporter, type Reporter } from './report'

/** The command line gets its secrets anew with every run, so it keeps none. */
const noSecrets: SecretBox = { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) }

/** ms between two progress reports. */
const progressInterval = 250

/** Same address, folder and chosen name: the same download. */
export const keyOf = (d: Pick<DownloadRecord, 'url' | 'folder' | 'requestedName'>): string =>
  JSON.stringify([d.url, d.folder, d.requestedName])

type Wanted = Asked & { readonly key: string; readonly folder: string }

/**
 * Downloads in the foreground, and reports.
 * @param digestWorker the built file of the digest thread
 * @param interrupt aborted when the user wants to pause
 * @returns the exit code of the contract
 */
export async function get(
  options: GetOptions,
  digestWorker: URL,
  interrupt: AbortSignal,
  secrets: SecretBox = noSecrets,
): Promise<number> {
  const files = profileFiles(options.store ?? profileFolder())
  const signer = await readCloud(options.cloud, process.env, profileFiles(profileFolder()).database, secrets)
  const wanted = options.downloads.map((d) => wish(d, options.folder))
  const locks = takeLocks(
    files.locks,
    wanted.map(({ key }) => key),
  )
  if (locks.kind === 'taken') {
    const url = wanted.find(({ key }) => key === locks.key)?.url
    process.stderr.write(`longshore: ${locks.by} is downloading ${url} to this place already\n`)
    return exitCodes.conflict
  }
  const people = options.output === 'progress'
  const stopping = () => tell(`Stopping: what is there is kept. ${again} ends at once.`)
  if (people) interrupt.addEventListener('abort', stopping, { once: true })
  try {
    const parts = { database: files.commandLineDatabase, digestWorker, signer }
    const outcome = await run(options, wanted, parts, interrupt)
    if (outcome === exitCodes.paused && people) {
      tell(`The same command${options.resume ? '' : ' without --no-resume'} goes on.`)
    }
    return outcome
  } catch (error) {
    if (interrupt.aborted) return exitCodes.paused
    throw error
  } finally {
    interrupt.removeEventListener('abort', stopping)
    locks.release()
  }
}

const again = process.platform === 'win32' || process.stdin.isTTY ? 'Ctrl+C again' : 'A second signal'

/** A line for people, in place of the progress. */
function tell(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}longshore: ${text}\n`)
}

async function run(
  options: GetOptions,
  wanted: readonly Wanted[],
  parts: Pick<EngineParts, 'database' | 'digestWorker' | 'signer'>,
  interrupt: AbortSignal,
): Promise<number> {
  const keys = new Set(wanted.map((d) => d.key))
  const { connections, concurrent, speedLimit, keepServerDate, tries, timeout } = options
  const composition = compose({
    ...parts,
    ...options.network,
    ...(timeout === null
      ? {}
      : { timeouts: { connectTimeout: timeout, headersTimeout: timeout, bodyTimeout: timeout } }),
    secrets: noSecrets,
    log: () => undefined,
    override: {
      // Whoever runs a command waits for its end, and hears why there is none.
      spaceMargin: null,
      portalWait: 0,
      pauseOnBattery: false,
      pauseOnMetered: false,
      ...(connections === null ? {} : { connections }),
      ...(concurrent === null ? {} : { concurrentDownloads: concurrent }),
      ...(speedLimit === null ? {} : { speedLimit }),
      ...(keepServerDate === null ? {} : { keepServerDate }),
      ...(tries === null ? {} : { attempts: tries }),
    },
    followsMetalinks: false, // it does what it was told, and no more
    keepsTraces: false, // nobody can look at the details of what it downloads
    onLoad: { kind: 'hold', mine: (record) => keys.has(keyOf(record)) || wanted.some((w) => isUnder(record, w)) },
  })
  const { engine } = composition
  let watch: Watch | null = null
  try {
    const settings = composition.settings.read()
    const plannedConnections = connections ?? Math.min(settings.connections, settings.connectionsPerHost)
    watch = new Watch(engine, reporterFor(options), plannedConnections)
    const earlier = engine.unfinished()
    if (!options.resume) {
      const ids = earlier.splice(0).map(({ id }) => id)
      await engine.remove(ids, { deleteFile: false })
    }
    const all = await listed(wanted, composition.cloud, interrupt)
    for (const id of await putAll(engine, options, all, earlier, interrupt)) watch.follow(id)
    const outcome = await watch.finished(interrupt)
    // Of no further use: the next run of the command is a new one.
    await engine.remove(watch.done, { deleteFile: false })
    return outcome
  } finally {
    const paused = watch?.paused() ?? []
    await composition.close()
    // Only now it is on the medium.
    for (const tellIt of paused) tellIt()
  }
}

function wish(download: Asked, folder: string): Wanted {
  return { ...download, folder, key: keyOf({ url: download.url, folder, requestedName: download.name }) }
}

/** Whether a download was made from a wish for all that is under a prefix. */
function isUnder({ url, folder }: DownloadRecord, wanted: Wanted): boolean {
  return (
    wanted.url.endsWith('/') && namesMany(wanted.url) && url.startsWith(wanted.url) && folder.startsWith(wanted.folder)
  )
}

/** Takes a prefix apart into its objects, each with its folder. */
async function listed(wanted: readonly Wanted[], cloud: Cloud, interrupt: AbortSignal): Promise<Wanted[]> {
  const all: Wanted[] = []
  for (const download of wanted) {
    const root = parseObjectAddress(download.url)
    if (root === null || root === 'bad' || !isPrefix(root)) {
      all.push(download)
      continue
    }
    const tree = new Tree(download.url, download.folder)
    for (let token: string | null = null, more = true; more; more = token !== null) {
      const page = await cloud.list(download.url, null, token, interrupt)
      for (const { key } of page.objects) {
        const url = formatObjectAddress({ ...root, key, query: [] })
        const folder = await tree.folderOf(url)
        if (!isPrefix({ key })) all.push(wish({ ...download, url }, folder))
      }
      token = page.next
    }
  }
  return all
}

/**
 * Takes up the earlier runs of the same downloads, and adds the others in one commit.
 * @param earlier what is left of earlier runs; each is taken up once, so that an address that was given twice is two
 *   downloads in every run (fault 60)
 * @returns their ids, in the order of `wanted`
 */
async function putAll(
  engine: Engine,
  options: GetOptions,
  wanted: readonly Wanted[],
  earlier: readonly DownloadRecord[],
  interrupt: AbortSignal,
): Promise<DownloadId[]> {
  const { onConflict, connections, partSize, threshold, checksum } = options
  const account = null
  const byKey = new Map<string, DownloadRecord[]>()
  for (const record of earlier) byKey.set(keyOf(record), [...(byKey.get(keyOf(record)) ?? []), record])
  const known = wanted.map(({ key }) => byKey.get(key)?.shift())
  const added = await engine.addAll(
    wanted.flatMap(({ url, folder, credentials, name, mirrors, promised, bundle }, index) =>
      known[index] || bundle !== null
        ? []
        : {
            url,
            mirrors,
            folder,
            name,
            onConflict,
            connections,
            partSize,
            threshold,
            checksum,
            promised,
            credentials,
            account,
            alone: !options.resume,
            ...(options.adopt === null ? {} : { adopt: options.adopt }),
            start: true,
          },
    ),
  )
  const ids: DownloadId[] = []
  for (const [index, each] of wanted.entries()) {
    const { credentials, mirrors, bundle } = each
    const before = known[index]
    if (!before && bundle !== null) {
      ids.push(await bring(engine, options, each, bundle, interrupt))
      continue
    }
    if (!before) {
      ids.push(added.shift()!)
      continue
    }
    engine.choose(before.id, {
      onConflict,
      connections,
      partSize,
      threshold,
      account,
      checksum: checksum ?? before.checksum,
      mirrors: mirrors.length > 0 ? mirrors : before.mirrors,
    })
    if (isNobody(credentials)) engine.resume([before.id])
    else await engine.authorize(before.id, credentials)
    ids.push(before.id)
  }
  return ids
}

/** Imports a bundle; its download goes on at once. */
async function bring(
  engine: Engine,
  { link }: GetOptions,
  { folder, credentials }: Wanted,
  bundle: string,
  signal: AbortSignal,
): Promise<DownloadId> {
  const id = await importBundle(engine, bundle, () => ({
    folder,
    credentials,
    account: null,
    start: link === null,
    signal,
    onProgress: () => undefined,
  }))
  if (link !== null) await engine.relink(id, link)
  return id
}

/** Follows the downloads of one command until the last has ended. */
class Watch {
  readonly #followed = new Set<DownloadId>()
  readonly #engine: Engine
  readonly #report: Reporter
  readonly #plannedConnections: number
  readonly #started = new Map<DownloadId, number>()
  readonly #ended = new Map<DownloadId, number>()
  readonly #noticed = new Map<DownloadId, number>()
  /** Why each one waits, as far as it was said, and until when. */
  readonly #told = new Map<DownloadId, { readonly code: DownloadErrorCode; until: number | null }>()
  /** Download and address of servers that were said to be dropped. */
  readonly #dropped = new Set<string>()
  #firstFailure: number | null = null
  #interrupted = false
  #settle: (() => void) | null = null

  constructor(engine: Engine, report: Reporter, plannedConnections: number) {
    this.#engine = engine
    this.#report = report
    this.#plannedConnections = plannedConnections
  }

  /** Those that are completed. */
  get done(): DownloadId[] {
    return [...this.#ended].flatMap(([id, code]) => (code === exitCodes.done ? id : []))
  }

  follow(id: DownloadId): void {
    this.#followed.add(id)
    const view = this.#engine.view(id)
    if (view) this.#report({ event: 'added', id, url: view.url }, view)
    if (view?.notice) this.#noticed.set(id, view.notice.at)
  }

  async finished(interrupt: AbortSignal): Promise<number> {
    const unsubscribe = this.#engine.subscribe(({ upserts }) => {
      for (const id of upserts) this.#look(id)
    })
    const timer = setInterval(() => this.#progress(), progressInterval)
    const onInterrupt = () => this.#settle?.()
    try {
      await new Promise<void>((resolve) => {
        this.#settle = resolve
        interrupt.addEventListener('abort', onInterrupt, { once: true })
        if (interrupt.aborted) resolve()
        for (const id of this.#followed) this.#look(id)
      })
      // A second signal ends the process at once; a first one checkpoints.
      if (interrupt.aborted && this.#ended.size < this.#followed.size) {
        this.#engine.pauseAll()
        this.#interrupted = true
        return exitCodes.paused
      }
      return this.#firstFailure ?? exitCodes.done
    } finally {
      clearInterval(timer)
      unsubscribe()
      interrupt.removeEventListener('abort', onInterrupt)
    }
  }

  /** @returns what tells of each that was interrupted, to be called once all is kept */
  paused(): (() => void)[] {
    if (!this.#interrupted) return []
    const left = [...this.#followed].filter((id) => !this.#ended.has(id))
    return left.flatMap((id) => {
      const view = this.#engine.view(id)
      if (!view) return []
      const { received, total } = view
      const resumable = received > 0 && view.ranges === true
      return () => this.#report({ event: 'paused', id, received, total, resumable }, view)
    })
  }

  #look(id: DownloadId): void {
    if (!this.#followed.has(id) || this.#ended.has(id)) return
    const view = this.#engine.view(id)
    if (!view) return
    this.#start(view)
    if (view.notice && this.#noticed.get(id) !== view.notice.at) {
      this.#noticed.set(id, view.notice.at)
      const { code } = view.notice
      if (code !== 'MIRROR_DROPPED') {
        this.#report({ event: 'warning', id, code, message: noticeText(code, 'en').title }, view)
      }
    }
    this.#drops(view)
    if (view.state.kind === 'active') this.#wait(view, view.state.phase)
    if (view.state.kind === 'done' || view.state.kind === 'failed') this.#end(view, view.state)
    if (this.#ended.size === this.#followed.size) this.#settle?.()
  }

  /** Says of each server that is not used any more which one it is, and why. */
  #drops(view: DownloadView): void {
    const { id } = view
    for (const { url, host, state } of view.sources) {
      const key = `${id} ${url}`
      if (state.kind !== 'dropped' || this.#dropped.has(key)) continue
      this.#dropped.add(key)
      const { title } = noticeText('MIRROR_DROPPED', 'en')
      const why = problemText(state.error.code, 'en').title
      this.#report({ event: 'warning', id, code: 'MIRROR_DROPPED', message: `${title}: ${host}: ${why}` }, view)
    }
  }

  /** Says once why nothing moves. */
  #wait(view: DownloadView, phase: Phase): void {
    const { id } = view
    if (phase.kind !== 'waiting') {
      if (phase.kind === 'transferring' && view.connections > 0) this.#told.delete(id)
      return
    }
    const { until, reason } = phase
    const { code } = reason
    const { title } = problemText(code, 'en')
    const told = this.#told.get(id)
    if (told?.code !== code) this.#report({ event: 'warning', id, code, message: `${title}; trying again` }, view)
    if (told?.code === code && told.until === until) return
    this.#told.set(id, { code, until })
    this.#report({ event: 'waiting', id, code, message: title, until }, view)
  }

  #start(view: DownloadView): void {
    const { id, state } = view
    const running = state.kind === 'done' || (state.kind === 'active' && state.phase.kind !== 'probing')
    if (!running || this.#started.has(id) || view.ranges === null) return
    this.#started.set(id, performance.now())
    const connections = view.ranges ? this.#plannedConnections : 1
    this.#report(
      { event: 'started', id, total: view.total, connections, ranges: view.ranges, resumedAt: view.received },
      view,
    )
  }

  #end(view: DownloadView, state: Extract<DownloadState, { kind: 'done' | 'failed' }>): void {
    const { id } = view
    if (state.kind === 'done') {
      const ms = performance.now() - (this.#started.get(id) ?? performance.now())
      const seconds = Math.round(ms) / 1000
      const check = state.verification.kind === 'verified' ? state.verification.checks[0] : undefined
      const verified = check ? { verified: check.algorithm, verifiedBy: check.source } : { verified: null }
      const file = path.join(view.folder, view.name)
      this.#report({ event: 'done', id, path: file, bytes: view.received, seconds, ...verified }, view)
      this.#ended.set(id, exitCodes.done)
      return
    }
    const { code } = state.error
    this.#report(
      {
        event: 'failed',
        id,
        code,
        message: `${problemText(code, 'en').title}: ${state.error.detail}`,
        resumable: view.received > 0 && view.ranges === true,
      },
      view,
    )
    const exit = exitCode(code)
    this.#firstFailure ??= exit
    this.#ended.set(id, exit)
  }

  #progress(): void {
    for (const view of this.#engine.active()) {
      const { id, received, total, state } = view
      if (!this.#started.has(id) || (state.kind === 'active' && state.phase.kind === 'waiting')) continue
      const bytesPerSecond = Math.round(view.bytesPerSecond)
      this.#report({ event: 'progress', id, received, total, bytesPerSecond }, view)
    }
  }
}

function reporterFor({ output }: GetOptions): Reporter {
  if (output === 'json') return jsonReporter
  return output === 'quiet' ? quietReporter : progressReporter(process.stderr)
}
