import type { NoticeCode } from '../../../shared/download'
import { failure } from '../../../shared/errors'
import { withoutRanges } from '../fetch/segments'
import type { Clock, DownloadRecord, IntegrityStore, Log, Part, Remote } from '../ports'
import { isResumable } from '../remote'
import { BlockKeeper } from './block-keeper'
import type { Range } from './blocks'
import { isCrc } from './crc'
import type { FileDigester } from './digester'
import { keepLeftovers, recheck, type Committed } from './recheck'
import { expectedDigests } from './verify'
import type { WrittenSums } from './written-sums'

/**
 * Bytes that a connection takes at a time when a digest needs the file's order: the end of the file then comes last, and
 * little is left to digest when it is there.
 */
const inOrderPiece = 16 * 1024 * 1024

/** How often wrong bytes are looked for and fetched again before a download is given up. */
const maxRepairs = 2

/** The part of a running download that is needed here. */
interface Kept {
  readonly record: DownloadRecord
  save(change: Partial<DownloadRecord>): void
}

export interface KeepingEnv {
  readonly digester: FileDigester
  readonly integrity: IntegrityStore
  readonly clock: Clock
  readonly log: Log
}

type OpenPart = Extract<Part, { kind: 'open' }>

/** Looks after the bytes of one run, over its generations. */
export class Keeping {
  readonly #job: Kept
  readonly #env: KeepingEnv
  #keeper: BlockKeeper | null = null
  #repairs = 0

  constructor(job: Kept, env: KeepingEnv) {
    this.#job = job
    this.#env = env
  }

  /** Bytes that a connection may take at a time. */
  longestPiece(remote: Remote): number {
    const expected = expectedDigests({ ...this.#job.record, remote }, this.#env.integrity)
    return isResumable(remote) && expected.some(({ algorithm }) => !isCrc(algorithm)) ? inOrderPiece : Infinity
  }

  /**
   * The keeper of a generation; it stays over interruptions.
   * @param sums of what will be written from now on
   */
  of(part: OpenPart, remote: Remote, sums?: WrittenSums): BlockKeeper {
    const keeper = this.#keeperOf(part, remote)
    if (sums) keeper.writing(sums)
    return keeper
  }

  /** Looks once, at the beginning of a run, whether what the last one left is still right. */
  async recheck(part: OpenPart, remote: Remote, signal: AbortSignal): Promise<Range[]> {
    if (this.#keeper?.generation === part.generation) return []
    const { digester, integrity } = this.#env
    return recheck(this.#committed(part, remote), { digester, store: integrity }, signal)
  }

  /** Takes claims back, so that the next attempt fetches those bytes. @throws DownloadFailure when that did not help */
  again(remote: Remote, part: OpenPart, ranges: readonly Range[], code: NoticeCode, problem: string): void {
    if (!isResumable(remote) || ++this.#repairs > maxRepairs) {
      throw failure(code === 'PIECES_REPAIRED' ? 'HASH' : 'IO', 'no', problem)
    }
    this.#env.log('warn', 'bytes are fetched again', { id: this.#job.record.id, code, ranges: ranges.length })
    // Their sums are right for the wrong bytes.
    if (code === 'PIECES_REPAIRED') this.#keeper?.forget(ranges)
    const segments = withoutRanges(part.segments, ranges)
    this.#job.save({ part: { ...part, segments }, notice: { code, at: this.#env.clock.now() } })
  }

  /** Ends the run; what it leaves is noted for the next one. */
  async end(): Promise<void> {
    const { part, remote } = this.#job.record
    const standing = part.kind === 'open' && this.#keeper?.generation === part.generation
    await this.#keeper?.close(standing ? part.segments : null)
    if (!standing || remote === null) return
    const { digester, integrity, log } = this.#env
    try {
      await keepLeftovers(this.#committed(part, remote), { digester, store: integrity })
    } catch (error) {
      log('warn', 'sums were not kept', { id: this.#job.record.id, error: String(error) })
    }
  }

  #keeperOf({ generation, path: file }: OpenPart, remote: Remote): BlockKeeper {
    if (this.#keeper?.generation === generation) return this.#keeper
    void this.#keeper?.close()
    const { record } = this.#job
    const { digester, integrity: store } = this.#env
    const algorithms = expectedDigests({ ...record, remote }, store).map(({ algorithm }) => algorithm)
    this.#keeper = new BlockKeeper({
      id: record.id,
      generation,
      path: file,
      total: remote.total,
      algorithms,
      digester,
      store,
    })
    return this.#keeper
  }

  #committed({ generation, path: file, segments }: OpenPart, remote: Remote): Committed {
    return { id: this.#job.record.id, generation, path: file, total: remote.total ?? Infinity, segments }
  }
}
