import { formatObjectAddress, parseObjectAddress } from '../../../shared/cloud-address'
import type { BundleHead } from '../../../shared/bundle'
import { RequestFailure } from '../../../shared/errors'
import { writtenBytes } from '../fetch/segments'
import { mergeRanges } from '../integrity/blocks'
import type { DownloadRecord, Promised, Remote } from '../ports'
import { withoutSecrets } from '../public-url'
import { isResumable } from '../remote'

/** The bytes of a record that can be carried: where they are, and which of them are committed. */
export interface Carried {
  readonly path: string
  readonly inode: string
  readonly generation: string
}

export interface Described {
  readonly head: BundleHead
  /** `null` when there are no bytes yet. */
  readonly carried: Carried | null
}

/**
 * What is written down of a download for another computer: no login, headers, cookies or account, and no address with
 * something in it that lets its holder in.
 * @param login whether there is something of that kind
 * @param now ms since the epoch
 * @throws RequestFailure E_CARRY when it could only begin again at byte 0 there; E_STATE when it has no bytes of its own
 */
export function describe(
  record: DownloadRecord,
  promised: Promised | null,
  login: boolean,
  program: string,
  now: number,
): Described {
  const { part, remote, url } = record
  const { runs, carried } = carriedBytes(record)
  const openly = publicAddress(url)
  const said = runs.length === 0 || remote === null ? null : publicRemote(remote, openly)
  const head: BundleHead = {
    program,
    made: now,
    url: openly,
    linkCut: openly !== url || (said !== null && remote?.address !== said.address),
    login,
    mirrors: record.mirrors.filter((mirror) => publicAddress(mirror.url) === mirror.url).map(({ ...mirror }) => mirror),
    name: record.name,
    requestedName: record.requestedName,
    connections: record.connections,
    partSize: record.partSize,
    threshold: record.threshold,
    checksum: record.checksum,
    ...(record.category === null ? {} : { category: record.category }),
    addedAt: record.addedAt,
    remote: said,
    promised: promised === null ? null : plain(promised),
    runs,
  }
  return { head, carried: part.kind === 'none' ? null : carried }
}

function carriedBytes(record: DownloadRecord): { runs: [number, number][]; carried: Carried | null } {
  const { part, remote } = record
  switch (part.kind) {
    case 'none':
      return { runs: [], carried: null }
    case 'finalizing':
      return { runs: part.bytes === 0 ? [] : [[0, part.bytes]], carried: part }
    case 'open': {
      const done = writtenBytes(part.segments)
      if (remote === null || (done !== remote.total && !isResumable(remote))) {
        throw new RequestFailure({ code: 'E_CARRY', detail: 'the server cannot continue this download' })
      }
      const written = mergeRanges(part.segments.map(({ start, written: end }) => ({ start, end })))
      return { runs: written.map(({ start, end }) => [start, end]), carried: part }
    }
    case 'foreign':
    case 'published':
      throw new RequestFailure({ code: 'E_STATE', detail: `its part is ${part.kind}` })
  }
}

/** Parameters of an object's address that let nobody in. */
const harmless = /^(versionId|x-oss-process|response-[a-z-]+)$/i

/** An address without what lets its holder in. */
function publicAddress(url: string): string {
  const object = parseObjectAddress(url)
  if (object === null || object === 'bad') return withoutSecrets(url)
  return formatObjectAddress({ ...object, query: object.query.filter(([name]) => harmless.test(name)) })
}

/**
 * Where redirects ended is asked anew there: such addresses are often signed, and for one computer. Only the version of
 * an object in a cloud store is kept.
 */
function publicRemote(remote: Remote, openly: string): NonNullable<BundleHead['remote']> {
  const { address, publicOnly: _, description: __, url, digests, modified, validator, ...rest } = remote
  const from = address === undefined ? openly : publicAddress(address)
  return {
    ...rest,
    url: ofVersion(from, url),
    validator: validator === null ? null : { ...validator },
    ...(address === undefined ? {} : { address: from }),
    ...(modified === undefined ? {} : { modified }),
    ...(digests === undefined ? {} : { digests: digests.map(({ algorithm, hex }) => ({ algorithm, hex })) }),
  }
}

function ofVersion(from: string, remote: string): string {
  const answered = new URL(remote)
  const version = answered.searchParams.get('versionId')
  const asked = new URL(from)
  const isWeb = asked.protocol === 'http:' || asked.protocol === 'https:'
  if (isWeb && (version === null || asked.host !== answered.host || asked.pathname !== answered.pathname)) return from
  const bare = `${answered.origin}${answered.pathname}`
  return version === null ? bare : `${bare}?${new URLSearchParams({ versionId: version }).toString()}`
}

function plain({ size, digests, pieces }: Promised): NonNullable<BundleHead['promised']> {
  return {
    size,
    digests: digests.map(({ algorithm, hex, source }) => ({ algorithm, hex, source })),
    pieces: pieces === null ? null : { ...pieces, hashes: [...pieces.hashes] },
  }
}
