import { stat } from 'node:fs/promises'
import type { Check, ExpectedDigest, Verification } from '../../../shared/verification'
import type { DownloadRecord, IntegrityStore } from '../ports'
import { blockCount, blockRange, bytesOfBlocks, completeBlocks, mergeRanges, touchedBlocks, type Range } from './blocks'
import { combineCrc, crcHex, isCrc, type CrcAlgorithm } from './crc'
import type { FileDigester } from './digester'
import type { CrcValues } from './reader'
import { badPieces, expectedDigests } from './verify'

export interface InspectEnv {
  readonly digester: FileDigester
  readonly integrity: IntegrityStore
}

/** A file on the disk, finished or not. */
export interface Inspected {
  readonly record: DownloadRecord
  readonly generation: string | null
  readonly path: string
  /** Bytes that it should have. */
  readonly total: number
  /** What of it was written. */
  readonly segments: readonly { readonly start: number; readonly written: number }[]
}

export interface Inspection {
  /** Bytes that are not what was written, or not what was promised. */
  readonly bad: readonly Range[]
  /** Blocks that hold such bytes. */
  readonly blocks: readonly number[]
  /** Bytes that were read of the file. */
  readonly read: number
  /** What to call a finished file; `null` when there was nothing to compare it with, not even block sums. */
  readonly verification: Verification | null
}

/** Blocks that are read in one go. */
const batch = 16

/**
 * Reads a file from end to end and compares it with everything that is known: block sums, digests, hashes of pieces.
 * @param onProgress told how many bytes were read, of how many
 * @throws errors of open and read as they are; the signal's reason
 */
export async function inspect(
  file: Inspected,
  env: InspectEnv,
  signal: AbortSignal,
  onProgress: (bytes: number, of: number) => void,
): Promise<Inspection> {
  const { record, path, total, generation } = file
  const { size } = await stat(path)
  const sums = generation === null ? new Map<number, number>() : env.integrity.blocks(record.id, generation)
  const blocks = completeBlocks(file.segments, total)
  const whole = blocks.length === blockCount(total)
  const expected = whole ? expectedDigests(record, env.integrity) : []
  const pieces = whole ? (env.integrity.promised(record.id)?.pieces ?? null) : null
  if (expected.length === 0 && pieces === null && !blocks.some((block) => sums.has(block))) {
    return { bad: [], blocks: [], read: 0, verification: null }
  }
  const there = blocks.filter((block) => blockRange(block, total).end <= size)
  const toRead = bytesOfBlocks(there, total) + (pieces !== null && size >= total ? total : 0)
  let read = 0
  const values = new Map<number, CrcValues>()
  const algorithms = [...new Set(['crc32' as const, ...expected.map(({ algorithm }) => algorithm)])]
  const reading = env.digester.open(path, total, algorithms)
  const bad: Range[] = []
  let differs: ExpectedDigest | null = null
  try {
    for (let at = 0; at < there.length;) {
      const first = there[at]!
      let count = 1
      while (count < batch && there[at + count] === first + count) count++
      const { start } = blockRange(first, total)
      const { end } = blockRange(first + count - 1, total)
      const before = read
      const found = await reading.read(start, end, {
        signal,
        onProgress: (bytes) => onProgress(before + bytes, toRead),
      })
      for (const [index, value] of found.entries()) values.set(first + index, value)
      at += count
      onProgress((read += end - start), toRead)
    }
    for (const block of blocks) {
      const sum = sums.get(block)
      const found = values.get(block)?.crc32
      if (found === undefined || (sum !== undefined && BigInt(sum) !== found)) bad.push(blockRange(block, total))
    }
    // More than there should be: the last block is put right together with the length.
    if (whole && size > total && total > 0) bad.push(blockRange(blockCount(total) - 1, total))
    if (whole && values.size === blocks.length) {
      const digests = await reading.digests()
      differs =
        expected.find(({ algorithm, hex }) => {
          const found = isCrc(algorithm)
            ? crcHex(algorithm, combined(algorithm, values, total))
            : digests.get(algorithm)
          return found !== hex
        }) ?? null
    }
  } finally {
    reading.close()
  }
  if (pieces !== null && size >= total) {
    const known = (bytes: number) => onProgress(read + bytes, toRead)
    bad.push(...(await badPieces(path, total, pieces, env.digester, signal, known)))
  }
  const merged = mergeRanges(bad)
  const touched = touchedBlocks(merged, total)
  return { bad: merged, blocks: touched, read, verification: verificationOf(merged, touched.length, differs, expected) }
}

function verificationOf(
  bad: readonly Range[],
  blocks: number,
  differs: ExpectedDigest | null,
  expected: readonly ExpectedDigest[],
): Verification {
  if (bad.length > 0) return { kind: 'damaged', damage: { kind: 'blocks', count: blocks, ranges: bad } }
  if (differs) {
    return { kind: 'damaged', damage: { kind: 'digest', algorithm: differs.algorithm, source: differs.source } }
  }
  if (expected.length === 0) return { kind: 'unverified', reason: 'no-checksum' }
  return { kind: 'verified', checks: expected.map(({ algorithm, source }): Check => ({ algorithm, source })) }
}

/** @returns the CRC of a whole file, put together from those of its blocks */
export function combined(algorithm: CrcAlgorithm, values: ReadonlyMap<number, CrcValues>, total: number): bigint {
  let sum = 0n
  for (let block = 0; block < blockCount(total); block++) {
    const { start, end } = blockRange(block, total)
    sum = combineCrc(algorithm, sum, values.get(block)?.[algorithm] ?? 0n, end - start)
  }
  return sum
}
