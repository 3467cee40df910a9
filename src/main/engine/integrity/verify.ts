import { failure } from '../../../shared/errors'
import type { Check, ChecksumAlgorithm, ExpectedDigest, Verification } from '../../../shared/verification'
import type { DownloadRecord, IntegrityStore, Pieces } from '../ports'
import type { BlockKeeper } from './block-keeper'
import type { Range } from './blocks'
import { isCrc, type CrcAlgorithm } from './crc'
import { chooseDigests, saidBy } from './expected'
import type { FileDigester } from './digester'

/** @returns the digests that a download's file has to have, of all that were given */
export function expectedDigests(record: DownloadRecord, store: IntegrityStore): ExpectedDigest[] {
  return chooseDigests([
    ...saidBy('user', record.checksum ? [record.checksum] : []),
    ...(store.promised(record.id)?.digests ?? []),
    ...saidBy('server', record.remote?.digests ?? []),
  ])
}

export type Comparison =
  | { readonly kind: 'fits'; readonly verification: Verification }
  | { readonly kind: 'differs'; readonly expected: ExpectedDigest; readonly found: string }

/**
 * Compares a file, all of which was read, with every digest that it has to have.
 * @param readAgain reads the file for a digest that the keeper does not have
 * @throws DownloadFailure INTERNAL when a digest was not computed
 */
export async function compare(
  expected: readonly ExpectedDigest[],
  keeper: BlockKeeper,
  { notice }: DownloadRecord,
  readAgain: (algorithm: Exclude<ChecksumAlgorithm, CrcAlgorithm>) => Promise<string>,
): Promise<Comparison> {
  for (const each of expected) {
    const { algorithm } = each
    // One that became known too late was not taken along.
    const found = (await keeper.digest(algorithm)) ?? (isCrc(algorithm) ? null : await readAgain(algorithm))
    if (found === null) throw failure('INTERNAL', 'no', `${each.algorithm} was not computed`)
    if (found !== each.hex) return { kind: 'differs', expected: each, found }
  }
  if (expected.length === 0) {
    const reason = notice?.code === 'LENGTH_UNVERIFIED' ? 'length-unknown' : 'no-checksum'
    return { kind: 'fits', verification: { kind: 'unverified', reason } }
  }
  const checks = expected.map(({ algorithm, source }): Check => ({ algorithm, source }))
  return { kind: 'fits', verification: { kind: 'verified', checks } }
}

/**
 * Finds the pieces of a file that are not what a document promised.
 * @param path a file of `total` bytes
 * @param onProgress told how many bytes were read
 * @throws errors of open and read as they are; the signal's reason
 */
export async function badPieces(
  path: string,
  total: number,
  pieces: Pieces,
  digester: FileDigester,
  signal: AbortSignal,
  onProgress: (bytes: number) => void = () => undefined,
): Promise<Range[]> {
  const bad: Range[] = []
  for (const [index, expected] of pieces.hashes.entries()) {
    const start = index * pieces.length
    const end = Math.min(start + pieces.length, total)
    if (start >= end) break
    const found = await digester.digestRange(path, start, end, pieces.algorithm, signal)
    if (found !== expected) bad.push({ start, end })
    onProgress(end)
  }
  return bad
}
