import { lstat } from 'node:fs/promises'
import path from 'node:path'
import type { DownloadId } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import type { CheckProgress, CheckReport, Verification } from '../../../shared/verification'
import { standsAt } from '../files/identity'
import type { DownloadRecord } from '../ports'
import type { Range } from './blocks'
import { inspect, type InspectEnv, type Inspected } from './inspect'
import { repair, type RepairEnv } from './repair'

/** What the checks need of the engine. */
export interface ChecksEnv extends InspectEnv, Pick<RepairEnv, 'http' | 'clock'> {
  session(record: DownloadRecord): Promise<RepairEnv['session']>
  /** Stores how a finished file is known to be right or wrong. */
  verified(id: DownloadId, verification: Verification): void
  /** Takes claims of an unfinished one back. */
  takeBack(id: DownloadId, ranges: readonly Range[]): void
  /** Something to show has changed. */
  changed(id: DownloadId): void
}

interface Running {
  readonly control: AbortController
  readonly ended: Promise<unknown>
  progress: CheckProgress
}

/** Checks and repairs that users asked for, one at a time for each download. */
export class Checks {
  readonly #env: ChecksEnv
  readonly #running = new Map<DownloadId, Running>()

  constructor(env: ChecksEnv) {
    this.#env = env
  }

  progress(id: DownloadId): CheckProgress | null {
    return this.#running.get(id)?.progress ?? null
  }

  /**
   * Reads all of a file and compares it with what is known of it.
   * @param repairs whether a finished file's bad blocks are fetched again
   * @throws RequestFailure E_STATE while it runs or is checked; E_FILE_MISSING, E_CHANGED, E_REPAIR
   */
  check(record: DownloadRecord, repairs: boolean): Promise<CheckReport> {
    const { id } = record
    if (this.#running.has(id)) throw new RequestFailure({ code: 'E_STATE', detail: `download ${id} is being checked` })
    const control = new AbortController()
    const ended = this.#check(record, repairs, control.signal).finally(() => {
      this.#running.delete(id)
      this.#env.changed(id)
    })
    const progress: CheckProgress = { doing: 'verify', bytes: 0 }
    this.#running.set(id, { control, ended, progress })
    this.#env.changed(id)
    return ended
  }

  /** Ends those that run, of these downloads or of all. */
  async stop(ids: Iterable<DownloadId> = [...this.#running.keys()]): Promise<void> {
    const running = [...ids].flatMap((id) => this.#running.get(id) ?? [])
    for (const { control } of running) control.abort(new RequestFailure({ code: 'E_STATE', detail: 'it was stopped' }))
    await Promise.allSettled(running.map(({ ended }) => ended))
  }

  async #check(record: DownloadRecord, repairs: boolean, signal: AbortSignal): Promise<CheckReport> {
    await Promise.resolve() // its progress can be shown from the beginning
    const { id, state } = record
    const { file, inode } = await inspectable(record)
    const first = await this.#inspect(file, 'verify', signal)
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
    this.#tell(id, { doing: 'repair', bytes: 0 })
    await repair(file, inode, first.bad, { ...this.#env, session: await this.#env.session(record) }, signal)
    const second = await this.#inspect(file, 'repair', signal)
    if (second.verification) this.#env.verified(id, second.verification)
    return second.verification?.kind === 'damaged' ? { kind: 'damaged', bytes } : { kind: 'repaired', bytes }
  }

  #inspect(file: Inspected, doing: CheckProgress['doing'], signal: AbortSignal) {
    return inspect(file, this.#env, signal, (bytes) => this.#tell(file.record.id, { doing, bytes }))
  }

  #tell(id: DownloadId, progress: CheckProgress): void {
    const running = this.#running.get(id)
    if (running) running.progress = progress
    this.#env.changed(id)
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
