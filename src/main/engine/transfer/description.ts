import { maxMirrors } from '../../../shared/limits'
import type { Mirror } from '../../../shared/download'
import { isPrivateHost } from '../http/address-class'
import type { Links } from '../http/link-header'
import { saidBy } from '../integrity/expected'
import { longestMetalink, parseMetalink, type MetalinkFile } from '../integrity/metalink'
import type { Remote } from '../ports'
import type { Job, TransferEnv } from './job'

/** ms: the first bytes wait for it. */
const patience = 5000

/** Takes the servers that an answer names as mirrors (`rel=duplicate`, RFC 6249). */
export function takeDuplicates(job: Job, { duplicates }: Links): void {
  addMirrors(job, duplicates)
}

/**
 * Fetches the Metalink document that the server names for the file (`rel=describedby`), when the user allows such
 * requests: its digests, the hashes of its pieces, and its servers. What goes wrong is no problem of the download.
 */
export async function readDescription(job: Job, env: TransferEnv, remote: Remote, signal: AbortSignal): Promise<void> {
  const { description } = remote
  const { id } = job.record
  const known = env.integrity.promised(id)
  const described = known?.digests.some(({ source }) => source === 'metalink') ?? false
  if (description === undefined || described || !env.looksBeside()) return
  try {
    const text = await fetchText(
      job,
      env,
      description,
      remote.url,
      AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    )
    const file = theFile(text === null ? null : await parseMetalink(text), job.record.name, remote)
    if (!file) return
    const digests = [...(known?.digests ?? []), ...saidBy('metalink', file.digests)]
    env.integrity.promise(id, { size: file.size, digests, pieces: known?.pieces ?? file.pieces })
    addMirrors(job, trusted(file.urls, remote.url))
  } catch (error) {
    signal.throwIfAborted()
    env.log('info', 'the description was not read', { id, error: String(error) })
  }
}

async function fetchText(
  job: Job,
  { http }: TransferEnv,
  url: string,
  from: string,
  signal: AbortSignal,
): Promise<string | null> {
  const session = await job.sources.own.ready()
  // What a public server names must not lead into the private network (fault 74), and the certificate is not for it.
  const publicOnly = !isPrivateHost(new URL(from).hostname)
  const response = await http.open(
    { url, session, start: 0, end: longestMetalink, validator: null, publicOnly, mirror: true },
    signal,
  )
  try {
    if ((response.status !== 200 && response.status !== 206) || response.headers['content-encoding'] !== undefined)
      return null
    const chunks: Buffer[] = []
    let length = 0
    await response.read((chunk) => {
      length += chunk.length
      if (length > longestMetalink) return 'enough'
      chunks.push(Buffer.from(chunk))
      return undefined
    })
    return length > longestMetalink ? null : Buffer.concat(chunks).toString('utf8')
  } finally {
    response.discard()
  }
}

/** A document may describe several: the one of that name and length, or the only one of that length. */
function theFile(files: readonly MetalinkFile[] | null, name: string, { total }: Remote): MetalinkFile | undefined {
  const fitting = (files ?? []).filter(({ size }) => size === null || total === null || size === total)
  return fitting.find((file) => file.name === name) ?? (fitting.length === 1 ? fitting[0] : undefined)
}

/** Neither from a public server into the private network nor from https to http. */
function trusted(urls: readonly string[], from: string): string[] {
  const { hostname, protocol } = new URL(from)
  return urls.filter((url) => {
    const to = new URL(url)
    if (protocol === 'https:' && to.protocol === 'http:') return false
    return isPrivateHost(hostname) || !isPrivateHost(to.hostname)
  })
}

function addMirrors(job: Job, urls: readonly string[]): void {
  const { record } = job
  const known = new Set([record.url, ...record.mirrors.map(({ url }) => url)])
  const found = urls.filter((url) => !known.has(url)).slice(0, Math.max(0, maxMirrors - record.mirrors.length))
  if (found.length === 0) return
  const mirrors = [...record.mirrors, ...found.map((url): Mirror => ({ url, from: 'server' }))]
  job.sources.set(record.url, mirrors)
  job.save({ mirrors })
}
