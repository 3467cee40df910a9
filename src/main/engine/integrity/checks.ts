import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { DownloadId } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import type { CheckProgress, CheckReport, Verification } from '../../../shared/verification'
import type { Errand, Errands } from '../errands'
import { standsAt } from '../files/identity'
import type { DownloadRecord } from '../ports'
import type { Range } from './blocks'
import { inspect, type InspectEnv, type Inspected } from './inspect'
import { repair, type RepairEnv } from './repair'

/** What the checks need of the engine. */
export interface ChecksEnv extends InspectEnv, Pick<RepairEnv, 'http' | 'clock'> {
  session(record: DownloadRecord): Promise<RepairEnv['session']>
  /** Its other addresses. */
  others(record: DownloadRecord): RepairEnv['others']
  /** Stores how a finished file is known to be right or wrong. */
  verified(id: DownloadId, verification: Verification): void
  /** Takes claims of an unfinished one back. */
  takeBack(id: DownloadId, ranges: readonly Range[]): void
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
    return this.#errands.run(record.id, 'verify', (errand) => this.#check(record, repairs, errand))
  }

  async #check(record: DownloadRecord, repairs: boolean, errand: Errand): Promise<CheckReport> {
    const { id, state } = record
    const { file, inode } = await inspectable(record)
    const first = await this.#inspect(file, 'verify', errand)
    if (first.verification === null) return { kind: 'nothing' }
    const bytes = first.bad.reduce((sum, { start, end }) => sum + (end - start), 0)
    if (state.kind !== 'done') {
      if (bytes === 0) return { kind: 'right', verification: first.verification }
      this.#env.takeBack(id, first.bad)
      return { kind: 'damaged', bytes }
    }
    this.#env.verified(id, first.verification)
    if (first.verification.kind !== 'damaged') return { kind: 'right', verification: first.verification }
    if (!repairs) return { kind: 'damaged', bytes }
    errand.tell({ doing: 'repair', bytes: 0 })
    await repair(
      file,
      inode,
      first.bad,
      { ...this.#env, session: await this.#env.session(record), others: this.#env.others(record) },
      errand.signal,
    )
    const second = await this.#inspect(file, 'repair', errand)
    if (second.verification) this.#env.verified(id, second.verification)
    return second.verification?.kind === 'damaged' ? { kind: 'damaged', bytes } : { kind: 'repaired', bytes }
  }

  #inspect(file: Inspected, doing: CheckProgress['doing'], { signal, tell }: Errand) {
    return inspect(file, this.#env, signal, (bytes) => tell({ doing, bytes }))
  }
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
