import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { DownloadId } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import type { JournalEvent } from '../../../shared/inspection'
import type {
  CheckReport,
  Checksum,
  ChecksumAlgorithm,
  Errand as Doing,
  Verification,
} from '../../../shared/verification'
import type { Errand, Errands } from '../errands'
import { standsAt } from '../files/identity'
import type { DownloadRecord } from '../ports'
import { bytesOfBlocks, type Range } from './blocks'
import { inspect, type InspectEnv, type Inspected } from './inspect'
import { repair, type RepairEnv } from './repair'
import { sumOf } from './sum'

/** What the checks need of the engine. */
export interface ChecksEnv extends InspectEnv, Pick<RepairEnv, 'http' | 'clock'> {
  session(record: DownloadRecord): Promise<RepairEnv['session']>
  /** Its other addresses. */
  others(record: DownloadRecord): RepairEnv['others']
  /** Stores how a finished file is known to be right or wrong. */
  verified(id: DownloadId, verification: Verification): void
  /** Takes claims of an unfinished one back. */
  takeBack(id: DownloadId, ranges: readonly Range[]): void
  /** For the journal. */
  readonly note: (id: DownloadId, event: JournalEvent) => void
}

/** Checks and repairs that users asked for. */
export class Checks {
  readonly #env: ChecksEnv
  readonly #errands: Errands

  constructor(env: ChecksEnv, errands: Errands) {
    this.#env = env
    this.#errands = errands
  }

  /**
   * Reads all of a file and compares it with what is known of it.
   * @param repairs whether a finished file's bad blocks are fetched again
   * @throws RequestFailure E_STATE while it runs or is checked; E_FILE_MISSING, E_CHANGED, E_REPAIR
   */
  check(record: DownloadRecord, repairs: boolean): Promise<CheckReport> {
    return this.#errand(record.id, 'verify', async (errand) => {
      this.#env.note(record.id, { code: 'CHECK', repairs })
      return this.#check(record, repairs, errand)
    })
  }

  /**
   * Reads all of a finished file for one digest.
   * @throws RequestFailure E_STATE while it is checked; E_FILE_MISSING, E_STOPPED
   */
  digest(record: DownloadRecord, algorithm: ChecksumAlgorithm): Promise<Checksum> {
    return this.#errand(record.id, 'compare', async (errand) => {
      const { file } = await inspectable(record)
      const { digester } = this.#env
      const hex = await sumOf(file.path, algorithm, digester, errand.signal, progressOf(errand, 'compare'))
      return { algorithm, hex }
    })
  }

  #errand<T>(id: DownloadId, doing: Doing, work: (errand: Errand) => Promise<T>): Promise<T> {
    return this.#errands.run(id, doing, async (errand) => {
      try {
        return await work(errand)
      } catch (error) {
        if (error instanceof RequestFailure) this.#env.note(id, { code: 'CHECK_FAILED', error: error.error.code })
        throw error
      }
    })
  }

  async #check(record: DownloadRecord, repairs: boolean, errand: Errand): Promise<CheckReport> {
    const { id, state } = record
    const { note } = this.#env
    const { file, inode } = await inspectable(record)
    const first = await inspect(file, this.#env, errand.signal, progressOf(errand, 'verify'))
    const { verification, blocks } = first
    if (verification === null) {
      note(id, { code: 'INCOMPARABLE' })
      return { kind: 'nothing' }
    }
    if (state.kind === 'done') this.#env.verified(id, verification)
    const bytes = bytesOfBlocks(blocks, file.total)
    const found = { blocks: blocks.length, bytes }
    if (verification.kind !== 'damaged') {
      note(id, intact(first.read, verification))
      return { kind: 'right', verification }
    }
    note(id, { code: 'DAMAGED', ...found })
    if (state.kind !== 'done') this.#env.takeBack(id, first.bad)
    if (state.kind !== 'done' || !repairs) return { kind: 'damaged', ...found }
    const servers = { session: await this.#env.session(record), others: this.#env.others(record) }
    await repair(file, inode, blocks, { ...this.#env, ...servers }, errand.signal, progressOf(errand, 'repair'))
    const second = await inspect(file, this.#env, errand.signal, progressOf(errand, 'confirm'))
    if (second.verification) this.#env.verified(id, second.verification)
    if (second.verification?.kind === 'damaged') {
      const left = { blocks: second.blocks.length, bytes: bytesOfBlocks(second.blocks, file.total) }
      note(id, { code: 'DAMAGED', ...left })
      return { kind: 'damaged', ...left }
    }
    note(id, { code: 'REPAIRED', bytes })
    return { kind: 'repaired', bytes }
  }
}

function progressOf({ tell }: Errand, doing: Doing): (bytes: number, of: number) => void {
  return (bytes, of) => tell(doing, bytes, of)
}

function intact(bytes: number, verification: Verification): JournalEvent {
  const algorithm = verification.kind === 'verified' ? (verification.checks[0]?.algorithm ?? null) : null
  return { code: 'INTACT', bytes, algorithm }
}

/** @throws RequestFailure E_FILE_MISSING, or E_STATE when there is nothing on the disk yet */
async function inspectable(record: DownloadRecord): Promise<{ file: Inspected; inode: string }> {
  const { part, remote, finalBytes } = record
  const known =
    part.kind === 'published'
      ? { path: path.join(record.folder, record.name), total: finalBytes ?? 0, segments: whole(finalBytes ?? 0) }
      : part.kind === 'open'
        ? { path: part.path, total: remote?.total ?? Infinity, segments: part.segments }
        : null
  if (known === null || part.kind === 'none' || part.kind === 'foreign') {
    throw new RequestFailure({ code: 'E_STATE', detail: 'there is nothing to check yet' })
  }
  const there = await standsAt(known.path, part.inode)
  if (!there || !(await lstat(known.path)).isFile()) {
    throw new RequestFailure({ code: 'E_FILE_MISSING', detail: `${known.path} is not there any more` })
  }
  return { file: { record, generation: part.generation, ...known }, inode: part.inode }
}

function whole(total: number) {
  return [{ start: 0, written: total }]
}
