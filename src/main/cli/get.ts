import type { DownloadId } from '../../shared/download'
import { formatObjectAddress, isPrefix, namesMany, parseObjectAddress } from '../../shared/cloud-address'
import { importBundle } from '../exchange/bundles'
import type { Cloud } from '../browse/cloud'
import { compose, type EngineParts } from '../compose'
import type { Engine } from '../engine/engine'
import type { DownloadRecord, SecretBox } from '../engine/ports'
import { isNobody } from '../engine/session/session'
import { takeLocks } from '../store/lock'
import { profileFiles, profileFolder } from '../profile/folders'
import { Tree } from '../browse/tree'
import { exitCodes } from './exit-codes'
import { readCloud } from './cloud'
import type { Asked, GetOptions } from './options'
import { jsonReporter, progressReporter, quietReporter, type Reporter } from './report'
import { Watch } from './watch'

/** The command line gets its secrets anew with every run, so it keeps none. */
const noSecrets: SecretBox = { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) }

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
      serverWait: 0,
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
      checksum: checksum ?? (refuted(before) ? null : before.checksum),
      mirrors: mirrors.length > 0 ? mirrors : before.mirrors,
    })
    if (isNobody(credentials)) engine.resume([before.id])
    else await engine.authorize(before.id, credentials)
    ids.push(before.id)
  }
  return ids
}

/** The checksum that was asked for was not that of the file: who leaves it out now does not want it again. */
function refuted({ state }: DownloadRecord): boolean {
  return state.kind === 'failed' && state.error.code === 'HASH'
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

function reporterFor({ output }: GetOptions): Reporter {
  if (output === 'json') return jsonReporter
  return output === 'quiet' ? quietReporter : progressReporter(process.stderr)
}
