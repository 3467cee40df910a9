import { existsSync } from 'node:fs'
import path from 'node:path'
import { endpointOrigin } from '../../shared/accounts'
import type { Checksum, Mirror, OnConflict } from '../../shared/download'
import { namesMany } from '../../shared/cloud-address'
import { RequestFailure } from '../../shared/errors'
import { attemptsRange, maxMirrors } from '../../shared/limits'
import { carryProblems } from '../../shared/texts/carry.en'
import { parseChecksum } from '../engine/integrity/digest'
import type { Credentials, Promised } from '../engine/ports'
import { parseAddress, parseMirror } from '../sources/address'
import type { CloudOptions } from './cloud'
import { readCredentials, type Surroundings } from './credentials'
import { givenUrls } from './given'
import { describedBy, type Described } from './local-file'
import { readNetwork, type NetworkChoice } from './network'
import { read } from './spec'
import { ofGet } from './specs'
import { UsageError } from './usage-error'
import { rateOf, sizeBetween, whole } from './values'

/** One download of a command. */
export interface Asked {
  readonly url: string
  readonly credentials: Credentials
  readonly mirrors: readonly Mirror[]
  readonly name: string | null
  /** What a Metalink document says of it. */
  readonly promised: Promised | null
  /** Path of the bundle that brings its bytes; `null` for none. */
  readonly bundle: string | null
}

/** What `longshore get` was asked to do. */
export interface GetOptions {
  readonly downloads: readonly Asked[]
  /** Absolute. */
  readonly folder: string
  readonly connections: number | null
  readonly concurrent: number | null
  /** Bytes. */
  readonly partSize: number | null
  /** Bytes per second, all downloads together. */
  readonly speedLimit: number | null
  /** Attempts in a row without a byte in between; `null` takes the setting. */
  readonly tries: number | null
  /** ms of silence after which an attempt is over; `null` takes the engine's. */
  readonly timeout: number | null
  /** Bytes. */
  readonly threshold: number | null
  readonly checksum: Checksum | null
  readonly onConflict: OnConflict
  /** Path of a partial file of another program; `null` for none. */
  readonly adopt: string | null
  /** A new address for the only bundle. */
  readonly link: string | null
  /** `null` takes the setting. */
  readonly keepServerDate: boolean | null
  /** Folder of the checkpoints; `null` is the profile's. */
  readonly store: string | null
  readonly resume: boolean
  readonly output: 'json' | 'quiet' | 'progress'
  readonly network: NetworkChoice
  readonly cloud: CloudOptions
}

/**
 * Reads the arguments after `get`.
 * @param around where passwords come from that are not among them
 * @throws UsageError with a sentence for the user
 */
export async function parseGetOptions(args: readonly string[], around: Surroundings): Promise<GetOptions> {
  try {
    const { values, positionals } = read(args, ofGet)
    const { urls, files } = await readGiven(givenUrls(positionals, values), values.link)
    if (values.output !== undefined && urls.length > 1) throw new UsageError('--output needs exactly one URL')
    if (values.checksum !== undefined && urls.length > 1) throw new UsageError('--checksum needs exactly one URL')
    if (values.mirror !== undefined && urls.length > 1) throw new UsageError('--mirror needs exactly one URL')
    if (values.output !== undefined && !isFileName(values.output)) {
      throw new UsageError(`--output takes a file name, not a path: ${values.output} (the folder is --dir)`)
    }
    const addresses = urls.map((url) => parseAddress(url))
    if (values.output !== undefined && addresses.some(({ url }) => namesMany(url))) {
      throw new UsageError('--output needs one file, not a prefix; the folder is --dir')
    }
    const mirrors = mirrorsOf(values.mirror ?? [])
    const onConflict = conflict(values['on-conflict'] ?? 'rename')
    const checksum = values.checksum === undefined ? null : parseChecksum(values.checksum)
    const network = readNetwork(values, around.env)
    const connections = whole('--connections', values.connections, 1, 256)
    const concurrent = whole('--concurrent', values.concurrent, 1, 100)
    const partSize = sizeBetween('--part-size', values['part-size'], '100K', '5G')
    const speedLimit = rateOf('--limit-rate', values['limit-rate'])
    const tries = whole('--tries', values.tries, attemptsRange.min, attemptsRange.max)
    const timeout = whole('--timeout', values.timeout, 1, 3600)
    const threshold = sizeBetween('--threshold', values.threshold, '0', '8191T')
    // Last: it may ask on the terminal.
    const credentialsFor = await readCredentials(values, around)
    return {
      downloads: addresses.map((address, index) => {
        const described = files[index]
        return {
          url: address.url,
          credentials: credentialsFor(address),
          mirrors: mirrors.length > 0 ? mirrors : (described?.mirrors ?? []),
          name: values.output ?? described?.name ?? null,
          promised: described?.promised ?? null,
          bundle: described?.bundle ?? null,
        }
      }),
      folder: path.resolve(values.dir ?? '.'),
      connections,
      concurrent,
      partSize,
      speedLimit,
      tries,
      timeout: timeout === null ? null : 1000 * timeout,
      threshold,
      checksum,
      onConflict,
      link: values.link === undefined ? null : parseAddress(values.link).url,
      adopt: values.adopt === undefined ? null : adoptable(values.adopt, urls),
      keepServerDate: values['remote-time'] ?? null,
      store: values.store === undefined ? null : path.resolve(values.store),
      resume: values['no-resume'] !== true,
      network,
      cloud: cloudOptions(values),
      output: values.json === true ? 'json' : values.quiet === true ? 'quiet' : 'progress',
    }
  } catch (error) {
    if (error instanceof RequestFailure && !(error.error.code in carryProblems))
      throw new UsageError(error.error.detail)
    throw error
  }
}

/**
 * Files in place of addresses: each stands for what it describes.
 * @param link the new address of a bundle whose own was signed
 */
async function readGiven(given: readonly string[], link: string | undefined) {
  const urls: string[] = []
  const files: (Described | null)[] = []
  for (const text of given) {
    const described = (await describedBy(text)) ?? [null]
    if (described.length === 0) throw new UsageError(`${text} describes nothing that can be downloaded`)
    urls.push(...described.map((each) => each?.url ?? text))
    files.push(...described)
  }
  if (urls.length === 0) throw new UsageError('no URL was given')
  const [only] = files
  if (link !== undefined && (files.length > 1 || !only?.bundle)) throw new UsageError('--link needs exactly one bundle')
  const cut = files.find((each) => each?.linkCut)
  if (cut && link === undefined) {
    throw new UsageError(`the link in ${cut.bundle} was signed, and is not in it: give a new one with --link`)
  }
  return { urls, files }
}

function cloudOptions({ profile, region, endpoint }: CloudOptions): CloudOptions {
  if (endpoint !== undefined && endpointOrigin(endpoint) === null) {
    throw new UsageError(`--endpoint takes a host or an address without a path, not ${endpoint}`)
  }
  return { profile, region, endpoint }
}

function mirrorsOf(texts: readonly string[]): Mirror[] {
  if (texts.length > maxMirrors) throw new UsageError(`--mirror can be given ${maxMirrors} times`)
  return texts.map((text) => ({ url: parseMirror(text), from: 'user' }))
}

function adoptable(file: string, urls: readonly string[]): string {
  if (urls.length > 1) throw new UsageError('--adopt needs exactly one URL')
  if (!existsSync(file)) throw new UsageError(`--adopt: there is no file ${file}`)
  return path.resolve(file)
}

function isFileName(name: string): boolean {
  return name.trim() !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
}

function conflict(text: string): OnConflict {
  if (text === 'rename' || text === 'overwrite' || text === 'fail') return text
  throw new UsageError('--on-conflict takes rename, overwrite or fail')
}
