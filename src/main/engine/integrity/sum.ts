import { stat } from 'node:fs/promises'
import type { ChecksumAlgorithm } from '../../../shared/verification'
import { blockCount } from './blocks'
import { crcHex, isCrc } from './crc'
import type { FileDigester } from './digester'
import { combined } from './inspect'

/**
 * Reads a whole file, as long as it is now, for one digest.
 * @param path a file; a symbolic link is not followed
 * @param onProgress told how many bytes were read, of how many
 * @returns lower-case hex
 * @throws errors of open and read as they are; the signal's reason
 */
export async function sumOf(
  path: string,
  algorithm: ChecksumAlgorithm,
  digester: FileDigester,
  signal: AbortSignal,
  onProgress: (bytes: number, of: number) => void,
): Promise<string> {
  const { size } = await stat(path)
  const reading = digester.open(path, size, [algorithm])
  try {
    onProgress(0, size)
    const blocks = await reading.read(0, size, { signal, onProgress: (bytes) => onProgress(bytes, size) })
    if (!isCrc(algorithm)) return (await reading.digests()).get(algorithm) ?? ''
    const values = new Map(blocks.slice(0, blockCount(size)).map((value, block) => [block, value]))
    return crcHex(algorithm, combined(algorithm, values, size))
  } finally {
    reading.close()
  }
}
