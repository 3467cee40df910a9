import type { Phase } from '../../../shared/download'
import { failure } from '../../../shared/errors'
import type { Check, ExpectedDigest, Verification } from '../../../shared/verification'
import { diskFailure } from '../files/disk-errors'
import type { DownloadRecord, IntegrityStore } from '../ports'
import { blockRange } from './blocks'
import { combineCrc, crcHex, isCrc } from './crc'
import type { FileDigester } from './digester'
import { chooseDigests, saidBy } from './expected'
import type { CrcValues } from './reader'

export interface VerifyEnv {
  readonly digester: FileDigester
  readonly integrity: IntegrityStore
}

interface Verifying {
  readonly record: DownloadRecord
  phase(phase: Phase): void
}

/** @returns the digests that a download's file has to have, of all that were given */
export function expectedDigests(record: DownloadRecord, store: IntegrityStore): ExpectedDigest[] {
  return chooseDigests([
    ...saidBy('user', record.checksum ? [record.checksum] : []),
    ...(store.promised(record.id)?.digests ?? []),
    ...saidBy('server', record.remote?.digests ?? []),
  ])
}

/**
 * Compares a complete file with every digest that it has to have, in one pass.
 * @param bytes length of the file
 * @returns how it is known to be right
 * @throws DownloadFailure HASH; IO, …; or the signal's reason
 */
export async function verifyFile(
  job: Verifying,
  env: VerifyEnv,
  path: string,
  bytes: number,
  signal: AbortSignal,
): Promise<Verification> {
  const expected = expectedDigests(job.record, env.integrity)
  if (expected.length === 0) {
    const reason = job.record.notice?.code === 'LENGTH_UNVERIFIED' ? 'length-unknown' : 'no-checksum'
    return { kind: 'unverified', reason }
  }
  job.phase({ kind: 'verifying' })
  const file = env.digester.open(
    path,
    bytes,
    expected.map(({ algorithm }) => algorithm),
  )
  try {
    const blocks = await file.read(0, bytes, { signal })
    const digests = await file.digests()
    for (const { algorithm, hex, source } of expected) {
      const found = isCrc(algorithm) ? crcHex(algorithm, wholeCrc(algorithm, blocks, bytes)) : digests.get(algorithm)
      if (found !== hex) {
        throw failure('HASH', 'no', `${algorithm} (${source}) should be ${hex} and is ${found ?? 'not known'}`)
      }
    }
    return { kind: 'verified', checks: expected.map(({ algorithm, source }): Check => ({ algorithm, source })) }
  } catch (error) {
    signal.throwIfAborted()
    throw diskFailure(error)
  } finally {
    file.close()
  }
}

/** The CRC of a file from those of its blocks. */
export function wholeCrc(algorithm: keyof CrcValues, blocks: readonly CrcValues[], total: number): bigint {
  return blocks.reduce((sum, block, index) => {
    const { start, end } = blockRange(index, total)
    return combineCrc(algorithm, sum, block[algorithm] ?? 0n, end - start)
  }, 0n)
}
