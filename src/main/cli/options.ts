import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { endpointOrigin } from '../../shared/accounts'
import type { Checksum, Mirror, OnConflict } from '../../shared/download'
import { namesMany } from '../../shared/cloud-address'
import { RequestFailure } from '../../shared/errors'
import { maxMirrors } from '../../shared/limits'
import { carryProblems } from '../../shared/texts/carry.en'
import { parseChecksum } from '../engine/integrity/digest'
import type { Credentials, Promised } from '../engine/ports'
import { parseAddress, parseMirror } from '../sources/address'
import type { CloudOptions } from './cloud'
import { readCredentials, type Surroundings } from './credentials'
import { describedBy, type Described } from './local-file'
import { readNetwork, type NetworkChoice } from './network'
import { UsageError } from './usage-error'
import { sizeBetween, whole } from './values'

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

export const usage = `Usage: longshore get [options] URL|FILE...

Downloads in the foreground, without a window. A second run of the same command goes on where the first one was.
A FILE is a Metalink document, or a bundle of \`longshore export\`, whose download then goes on here.

  -d, --dir DIR            folder (default: the current one); created if missing
  -o, --output NAME        file name, one URL only
  -i, --input-file FILE    URLs, one a line, '-' is standard input
      --mirror URL         another address of the same file, repeatable, one URL only
  -x, --connections N      connections per download (1-256)
  -j, --concurrent N       downloads at a time
      --part-size SIZE     smallest piece (100K-5G); sizes take K, M, G (binary)
      --limit-rate SIZE    bytes per second, all downloads together (at least 1K)
      --threshold SIZE     a smaller file comes over one connection (default: as it pays)
      --header 'K: V'      repeatable
      --referer URL        short for --header 'Referer: URL'
      --user-agent TEXT    short for --header 'User-Agent: TEXT'
      --user NAME[:PASS]   without PASS: $LONGSHORE_PASSWORD, .netrc, or asked for (others may see arguments)
      --netrc              user names and passwords from ~/.netrc, or the file that $NETRC names
      --netrc-file FILE    the same from FILE
      --load-cookies FILE  cookies.txt in Netscape's format, or 'name=value; name2=value2'
      --proxy URL          http, https, socks5 (names are looked up by it); without it $https_proxy, $all_proxy ...
      --no-proxy LIST      hosts, domains, networks that are asked directly, '*' is all; without it $no_proxy
      --ca-certificate FILE  PEM, authorities to trust beside the system's
      --certificate FILE   client certificate, PEM or PKCS#12 without a password
      --private-key FILE   its key, unless FILE above holds it
      --checksum ALGO=HEX  md5, sha-1, sha-256, sha-512, crc64xz
      --adopt FILE         go on with a partial file of another program (browser, wget, aria2), one URL only
      --link URL           a new address for a bundle, compared with its bytes before it goes on
      --remote-time        files get the server's date of their last change
      --on-conflict rename|overwrite|fail   (default: rename)
      --profile NAME       cloud account of the window for oss:// and s3:// addresses; without it the environment:
                           OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SESSION_TOKEN, OSS_REGION, OSS_ENDPOINT, or AWS_…
      --region REGION      of the bucket: cn-hangzhou, us-east-1
      --endpoint URL       in place of the service's own in that region; https unless it says http://
      --store DIR          where checkpoints are kept (default: the profile's folder)
      --no-resume          ignore and drop an earlier checkpoint
      --json               one JSON object a line on standard output
  -q, --quiet              no progress

Exit: 0 all done, 1 internal, 2 usage, 3 network, 4 HTTP status, 5 TLS, 6 disk, 7 changed, range or protocol error,
8 verification, 9 conflict or lock, 130 paused.`

const spec = {
  dir: { type: 'string', short: 'd' },
  output: { type: 'string', short: 'o' },
  'input-file': { type: 'string', short: 'i' },
  mirror: { type: 'string', multiple: true },
  connections: { type: 'string', short: 'x' },
  concurrent: { type: 'string', short: 'j' },
  'part-size': { type: 'string' },
  'limit-rate': { type: 'string' },
  threshold: { type: 'string' },
  header: { type: 'string', multiple: true },
  referer: { type: 'string' },
  'user-agent': { type: 'string' },
  user: { type: 'string' },
  netrc: { type: 'boolean' },
  'netrc-file': { type: 'string' },
  'load-cookies': { type: 'string' },
  proxy: { type: 'string' },
  'no-proxy': { type: 'string' },
  'ca-certificate': { type: 'string' },
  certificate: { type: 'string' },
  'private-key': { type: 'string' },
  checksum: { type: 'string' },
  adopt: { type: 'string' },
  link: { type: 'string' },
  'remote-time': { type: 'boolean' },
  'on-conflict': { type: 'string' },
  profile: { type: 'string' },
  region: { type: 'string' },
  endpoint: { type: 'string' },
  store: { type: 'string' },
  'no-resume': { type: 'boolean' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
} as const

/**
 * Reads the arguments after `get`.
 * @param around where passwords come from that are not among them
 * @throws UsageError with a sentence for the user
 */
export async function parseGetOptions(args: readonly string[], around: Surroundings): Promise<GetOptions> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: spec, allowPositionals: true })
    const given = [...positionals, ...(values['input-file'] === undefined ? [] : listedUrls(values['input-file']))]
    const { urls, files } = await readGiven(given, values.link)
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
    const speedLimit = sizeBetween('--limit-rate', values['limit-rate'], '1K', '1T')
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
    if (error instanceof TypeError && 'code' in error) throw new UsageError(error.message) // parseArgs
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

function listedUrls(file: string): string[] {
  let text: string
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`--input-file cannot be read: ${(error as Error).message}`)
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
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
