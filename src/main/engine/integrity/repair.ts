import { crc32 } from 'node:zlib'
import { DownloadFailure, failure, RequestFailure, type DownloadError } from '../../../shared/errors'
import { readIntoMemory } from '../fetch/hedge'
import { RangeSource } from '../fetch/range-source'
import { openPart } from '../files/file'
import type { HttpClient } from '../http/http'
import { judgeLink } from '../http/judge'
import { networkFailure } from '../http/network-errors'
import type { Clock, Session } from '../ports'
import { isResumable } from '../remote'
import { blockRange, bytesOfBlocks, type Range } from './blocks'
import type { InspectEnv, Inspected } from './inspect'

/** Another address of the file, of which nothing is known: only sums decide about its bytes. */
export interface OtherServer {
  readonly session: () => Promise<Session>
  /** True for one that a server named: then it must not lead to a private address. */
  readonly publicOnly: boolean
}

export interface RepairEnv extends InspectEnv {
  readonly http: HttpClient
  readonly clock: Clock
  /** Of the server that gave the file. */
  readonly session: Session
  /** Asked when that one does not have the right bytes any more. */
  readonly others: readonly OtherServer[]
}

/** Fetches [start, end), and tells how many bytes are there. @throws DownloadFailure */
type Source = (start: number, end: number, signal: AbortSignal, onProgress: (bytes: number) => void) => Promise<Buffer>

/**
 * Fetches the bad blocks of a finished file again and writes them in their places: from the server that gave it, and
 * where that one fails or has another file now, from the next address. Each is fetched and compared with the sum
 * of what was downloaded before a byte of it is written, and only blocks that are known to be bad are written: a crash in
 * the middle leaves the file no worse than it was.
 * @param bad the blocks that `inspect` found
 * @param onProgress told how many bytes were fetched, of how many
 * @throws RequestFailure E_CHANGED when the server has another file now; E_REPAIR when the bytes cannot be asked for;
 *   no block was made worse then. The signal's reason
 */
export async function repair(
  file: Inspected,
  inode: string,
  bad: readonly number[],
  env: RepairEnv,
  signal: AbortSignal,
  onProgress: (bytes: number, of: number) => void,
): Promise<void> {
  const { record, generation, total } = file
  const cannot = (detail: string) => new RequestFailure({ code: 'E_REPAIR', detail })
  const sources = sourcesOf(file, env)
  if (sources.length === 0) throw cannot('the server does not send parts of a file')
  if (bad.length === 0) throw cannot('nothing tells which bytes are wrong')
  const sums = generation === null ? new Map<number, number>() : env.integrity.blocks(record.id, generation)
  const part = await openPart(file.path, inode)
  if (!part) throw cannot('another file stands in its place')
  try {
    let truncate = part.size > total
    const all = bytesOfBlocks(bad, total)
    let fetched = 0
    onProgress(0, all)
    for (const block of bad) {
      const { start, end } = blockRange(block, total)
      const sum = sums.get(block)
      if (sum === undefined) throw cannot('no sum of the right bytes was kept')
      const bytes = await rightBytes(sources, { start, end, sum }, signal, (there) => onProgress(fetched + there, all))
      if (truncate) {
        await part.resize(total)
        truncate = false
      }
      await part.write([bytes], start)
      onProgress((fetched += bytes.length), all)
    }
    await part.sync()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof DownloadFailure)) throw error
    throw cannot(`${error.error.code}: ${error.error.detail}`)
  } finally {
    await part.close()
  }
}

function sourcesOf({ record, total }: Inspected, { session, others, http, clock }: RepairEnv): Source[] {
  const { remote } = record
  const all: Source[] = []
  if (remote !== null && isResumable(remote)) {
    const own = new RangeSource({ remote, session, http, clock })
    all.push(async (start, end, signal, onProgress) => {
      const response = await own.open(start, end, signal)
      return readIntoMemory(response, end - start, { progress: onProgress }).finally(() => response.discard())
    })
  }
  for (const other of others) {
    all.push(async (start, end, signal, onProgress) => {
      const there = await other.session()
      const { publicOnly } = other
      const request = { url: there.url, session: there, start, end, validator: null, publicOnly, mirror: true }
      const response = await http.open(request, signal)
      try {
        const found = judgeLink(response, start, end, clock.now())
        if (found.total !== total) throw failure('OTHER_FILE', 'no', `it has ${found.total} bytes there`)
        return await readIntoMemory(response, end - start, { progress: onProgress })
      } finally {
        response.discard()
      }
    })
  }
  return all
}

/**
 * Asks one source after the other for a block, whose right bytes have the CRC-32 `sum`; one that failed is not asked again.
 * @param sources those that are left
 * @throws RequestFailure E_CHANGED, E_REPAIR: what the first source said; the signal's reason
 */
async function rightBytes(
  sources: Source[],
  { start, end, sum }: Range & { readonly sum: number },
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<Buffer> {
  let first: RequestFailure | null = null
  for (let source = sources[0]; source; source = sources[0]) {
    let cause: Pick<DownloadError, 'code' | 'detail'>
    try {
      const bytes = await source(start, end, signal, onProgress)
      if (crc32(bytes) === sum) return bytes
      cause = { code: 'CHANGED', detail: `the server sends other bytes from ${start} now` }
    } catch (error) {
      signal.throwIfAborted()
      cause = networkFailure(error).error
    }
    first ??= new RequestFailure({
      code: cause.code === 'CHANGED' ? 'E_CHANGED' : 'E_REPAIR',
      detail: `${cause.code}: ${cause.detail}`,
    })
    sources.shift()
  }
  throw first ?? new RequestFailure({ code: 'E_REPAIR', detail: 'no server is left' })
}
