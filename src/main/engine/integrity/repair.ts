import { crc32 } from 'node:zlib'
import { DownloadFailure, RequestFailure } from '../../../shared/errors'
import { readIntoMemory } from '../fetch/hedge'
import { RangeSource } from '../fetch/range-source'
import { openPart } from '../files/file'
import type { HttpClient } from '../http/http'
import type { Clock, Session } from '../ports'
import { isResumable } from '../remote'
import { blockRange, type Range } from './blocks'
import { blocksOf, type InspectEnv, type Inspected } from './inspect'

export interface RepairEnv extends InspectEnv {
  readonly http: HttpClient
  readonly clock: Clock
  readonly session: Session
}

/**
 * Fetches the bad blocks of a finished file again and writes them in their places. Each is fetched and compared with the sum
 * of what was downloaded before a byte of it is written, and only blocks that are known to be bad are written: a crash in
 * the middle leaves the file no worse than it was.
 * @param bad what `inspect` found
 * @throws RequestFailure E_CHANGED when the server has another file now; E_REPAIR when the bytes cannot be asked for;
 *   nothing was written then. The signal's reason
 */
export async function repair(
  file: Inspected,
  inode: string,
  bad: readonly Range[],
  env: RepairEnv,
  signal: AbortSignal,
): Promise<void> {
  const { record, generation, total } = file
  const { remote } = record
  const cannot = (detail: string) => new RequestFailure({ code: 'E_REPAIR', detail })
  if (remote === null || !isResumable(remote)) throw cannot('the server does not send parts of a file')
  if (bad.length === 0) throw cannot('nothing tells which bytes are wrong')
  const sums = generation === null ? new Map<number, number>() : env.integrity.blocks(record.id, generation)
  const source = new RangeSource({ remote, session: env.session, http: env.http, clock: env.clock })
  try {
    const part = await openPart(file.path, inode)
    if (!part) throw cannot('another file stands in its place')
    try {
      const blocks = [...new Set(bad.flatMap((range) => blocksOf(range, total)))]
      let truncate = part.size > total
      for (const block of blocks) {
        const { start, end } = blockRange(block, total)
        const response = await source.open(start, end, signal)
        const bytes = await readIntoMemory(response, end - start).finally(() => response.discard())
        const sum = sums.get(block)
        if (sum === undefined) throw cannot('no sum of the right bytes was kept')
        if (crc32(bytes) !== sum) {
          throw new RequestFailure({ code: 'E_CHANGED', detail: `the server sends other bytes from ${start} now` })
        }
        if (truncate) {
          await part.resize(total)
          truncate = false
        }
        await part.write([bytes], start)
      }
      await part.sync()
    } finally {
      await part.close()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof DownloadFailure)) throw error
    const changed = error.error.code === 'CHANGED'
    throw new RequestFailure({
      code: changed ? 'E_CHANGED' : 'E_REPAIR',
      detail: `${error.error.code}: ${error.error.detail}`,
    })
  }
}
