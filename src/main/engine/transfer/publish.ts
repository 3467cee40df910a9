import path from 'node:path'
import type { Verification } from '../../../shared/download'
import { failure } from '../../../shared/errors'
import type { Disk } from '../files/disk'
import { removeIfThere } from '../files/file'
import { finishFile, publishNew, publishOver } from '../files/final-name'
import { syncFolder } from '../files/folder-sync'
import { numberedName } from '../files/filename'
import { standsAt } from '../files/identity'
import { markOrigin, type Origin } from '../files/origin-mark'
import { withoutSecrets } from '../public-url'
import type { BlockSums } from '../integrity/blocks'
import type { DownloadRecord, Log, StandingPart } from '../ports'
import type { Job } from './job'

export interface Completed {
  readonly verification: Verification
  readonly finalPath: string
  /** Length of the file. */
  readonly bytes: number
}

/** The part of a running download that publishing needs. */
interface Publishing {
  readonly record: DownloadRecord
  /** The page that the download came from; `null` when nobody said. */
  readonly referrer: string | null
  save(change: Partial<DownloadRecord>): void
  commit: Job['commit']
}

interface PublishEnv {
  readonly disk: Disk
  readonly log: Log
  /** Whether files get the server's time of their last change. */
  readonly keepServerDate: () => boolean
}

/** More numbered names than this mean that something else is wrong. */
const maxNumber = 10_000

/**
 * Gives a complete, verified part its final name (rule 5 of the durability protocol). It is marked as one from the
 * internet before that, so that no program finds it without the mark. Each name is committed before it
 * is tried, so that a crash in between is recognised at the next start.
 * @param bytes length of the file
 * @returns where the file is
 * @throws DownloadFailure CONFLICT, RENAME; the part stays
 */
export async function publish(
  job: Publishing,
  part: StandingPart,
  bytes: number,
  verification: Verification,
  env: PublishEnv,
): Promise<Completed> {
  const { remote } = job.record
  await markOrigin(part.path, originOf(job), env.log)
  await finishFile(part.path, bytes, env.keepServerDate() ? (remote?.modified ?? null) : null)
  return giveName(job, part, bytes, verification, env)
}

/** Where the file came from, as other programs may read it. */
export function originOf({ record, referrer }: Pick<Publishing, 'record' | 'referrer'>): Origin {
  return { url: withoutSecrets(record.url), referrer: referrer === null ? null : withoutSecrets(referrer) }
}

/**
 * Gives a part its name that has its mark, its date and its rights already.
 * @param news what else is committed with its name
 * @param sums of its blocks, when they are not stored yet
 * @throws as `publish`
 */
export async function giveName(
  job: Publishing,
  part: StandingPart,
  bytes: number,
  verification: Verification,
  { disk }: Pick<PublishEnv, 'disk'>,
  news: Partial<Pick<DownloadRecord, 'name' | 'remote'>> = {},
  sums?: BlockSums,
): Promise<Completed> {
  const { folder, name, onConflict } = { ...job.record, ...news }
  const { generation, path: file, inode } = part
  for (let n = 0; n <= maxNumber; n++) {
    const finalPath = path.join(folder, n === 0 ? name : numberedName(name, n))
    const finalizing = { kind: 'finalizing', generation, path: file, inode, finalPath, bytes, verification } as const
    await job.commit({ ...news, part: finalizing }, sums && { generation, sums })
    if (onConflict === 'overwrite') await publishOver(file, finalPath)
    else if (!(await publishNew(disk, file, finalPath))) {
      if (onConflict === 'fail') {
        if (part.kind === 'open') job.save({ part })
        throw failure('CONFLICT', 'no', `${finalPath} exists already`)
      }
      continue
    }
    return { verification, finalPath, bytes }
  }
  throw failure('CONFLICT', 'no', `${maxNumber} names like ${name} are taken`)
}

/**
 * Finishes what a crash interrupted between the final name and `done` (faults 54, 57).
 * @returns `null` when there was no such interruption, or nothing is left of it and the download must begin again
 */
export async function recoverPublished(job: Publishing, env: PublishEnv): Promise<Completed | null> {
  const { part } = job.record
  if (part.kind !== 'finalizing') return null
  const { verification } = part
  if (await standsAt(part.finalPath, part.inode)) {
    if (await standsAt(part.path, part.inode)) await removeIfThere(part.path)
    await syncFolder(path.dirname(part.finalPath))
    return { verification, finalPath: part.finalPath, bytes: part.bytes }
  }
  if (await standsAt(part.path, part.inode)) return publish(job, part, part.bytes, verification, env)
  job.save({ part: { kind: 'none' } })
  return null
}
