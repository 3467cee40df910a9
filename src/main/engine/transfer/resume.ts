import { diskFailure } from '../files/disk-errors'
import { openPart } from '../files/file'
import { clampToSize, coverFile, Segments, withoutRanges, writtenBytes } from '../fetch/segments'
import type { Keeping } from '../integrity/keeping'
import { isResumable } from '../remote'
import { defaultPartSize, notice, type Job, type Opened, type TransferEnv } from './job'

/**
 * Takes up the generation of an earlier run, as far as its part is what was committed.
 * @returns `null` when it must begin again; the user was told why
 * @throws DownloadFailure of the disk
 */
export async function resume(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  signal: AbortSignal,
): Promise<Opened | null> {
  const { part, remote, partSize } = job.record
  if (part.kind !== 'open' || remote === null) return null
  const done = writtenBytes(part.segments)
  if (done !== remote.total && !isResumable(remote)) {
    if (done > 0) job.save({ notice: notice(env, 'RESTARTED_NO_RANGES') })
    return null
  }
  if (!coverFile(part.segments, remote.total)) {
    job.save({ notice: notice(env, 'RESTARTED_CLAIMS_DAMAGED') })
    return null
  }
  const file = await openPart(part.path, part.inode)
  if (!file) {
    job.save({ notice: notice(env, 'RESTARTED_PART_LOST') })
    return null
  }
  try {
    let segments = part.segments
    if (remote.total !== null && file.size !== remote.total) {
      segments = clampToSize(segments, file.size)
      // Committed before the file has its length again: after a crash in between nothing would tell the hole.
      job.save({ part: { ...part, segments }, notice: notice(env, 'PART_TRUNCATED') })
      await file.resize(remote.total)
    }
    const damaged = await keeping.recheck({ ...part, segments }, remote, signal)
    if (damaged.length > 0) {
      if (!isResumable(remote)) {
        job.save({ notice: notice(env, 'RESTARTED_PART_LOST') })
        await file.close()
        return null
      }
      segments = withoutRanges(segments, damaged)
      job.save({ part: { ...part, segments }, notice: notice(env, 'PART_DAMAGED') })
    }
    const longest = keeping.longestPiece(remote)
    return { file, remote, segments: new Segments(remote.total, partSize ?? defaultPartSize, segments, longest) }
  } catch (error) {
    await file.close()
    signal.throwIfAborted()
    throw diskFailure(error)
  }
}
