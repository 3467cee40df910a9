import { failure } from '../../../shared/errors'
import type { ExpectedDigest } from '../../../shared/verification'
import { writtenBytes } from '../fetch/segments'
import { diskFailure } from '../files/disk-errors'
import { saidBy } from '../integrity/expected'
import type { Keeping } from '../integrity/keeping'
import { lookBeside } from '../integrity/sibling'
import { badPieces, compare, expectedDigests } from '../integrity/verify'
import type { Job, OpenPart, TransferEnv } from './job'
import { publish, type Completed } from './publish'

/**
 * Checks what was fetched and gives it its final name.
 * @returns `null` when bytes were found that are to be fetched again
 * @throws DownloadFailure HASH when the file is not the expected one and nothing tells where, or not after repairs
 */
export async function finish(
  job: Job,
  env: TransferEnv,
  keeping: Keeping,
  part: OpenPart,
  signal: AbortSignal,
): Promise<Completed | null> {
  const { record } = job
  const { remote } = record
  const bytes = writtenBytes(part.segments)
  if (remote?.total !== bytes) throw failure('INTERNAL', 'no', `${bytes} bytes of ${remote?.total ?? '?'} at the end`)
  const expected = await knownDigests(job, env, signal)
  const promised = env.integrity.promised(record.id)
  if (promised !== null && promised.size !== null && promised.size !== bytes) {
    throw failure('HASH', 'no', `${promised.size} bytes were promised, ${bytes} came`)
  }
  const keeper = keeping.of(part, remote)
  job.phase({ kind: 'verifying' })
  try {
    const damaged = await keeper.settled(part.segments, bytes, signal)
    if (damaged.length > 0) {
      keeping.again(remote, part, damaged, 'PART_DAMAGED', 'the disk gives back other bytes than were written')
      return null
    }
    const result = await compare(expected, keeper, record, (algorithm) =>
      env.digester.digestRange(part.path, 0, bytes, algorithm, signal),
    )
    if (result.kind === 'fits') {
      signal.throwIfAborted()
      job.phase({ kind: 'publishing' })
      return await publish(job, part, bytes, result.verification, env)
    }
    const { algorithm, hex, source } = result.expected
    const problem = `${algorithm} (${source}) should be ${hex} and is ${result.found}`
    const pieces = promised?.pieces ?? null
    const wrong = pieces === null ? [] : await badPieces(part.path, bytes, pieces, env.digester, signal)
    if (wrong.length === 0) throw failure('HASH', 'no', problem)
    keeping.again(remote, part, wrong, 'PIECES_REPAIRED', problem)
    return null
  } catch (error) {
    signal.throwIfAborted()
    throw diskFailure(error)
  }
}

/** The digests that are known; when there are none, and the user allows it, one is looked for. */
async function knownDigests(job: Job, env: TransferEnv, signal: AbortSignal): Promise<ExpectedDigest[]> {
  const known = expectedDigests(job.record, env.integrity)
  if (known.length > 0 || !env.looksBeside()) return known
  job.phase({ kind: 'verifying' })
  const found = await lookBeside(await job.sources.own.ready(), env.http, signal)
  if (!found) return []
  const promised = env.integrity.promised(job.record.id) ?? { size: null, digests: [], pieces: null }
  env.integrity.promise(job.record.id, { ...promised, digests: saidBy('sibling', [found]) })
  return expectedDigests(job.record, env.integrity)
}
