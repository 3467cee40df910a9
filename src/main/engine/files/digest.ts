import { createHash } from 'node:crypto'
import { constants, open } from 'node:fs/promises'
import type { Checksum, ChecksumAlgorithm } from '../../../shared/download'
import { RequestFailure } from '../../../shared/errors'
import { Crc64, crc64Hex } from './crc64'

/** A digest of bytes that come piece by piece. */
export interface Digest {
  update(bytes: Uint8Array): void
  /** Ends the digest. @returns lower-case hex */
  hex(): string
}

/**
 * @param algorithm which digest
 * @returns an empty digest
 */
export function createDigest(algorithm: ChecksumAlgorithm): Digest {
  if (algorithm === 'crc64xz') {
    const crc = new Crc64()
    return { update: (bytes) => void crc.update(bytes), hex: () => crc.hex() }
  }
  const hash = createHash(algorithm.replace('-', ''))
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') }
}

const hexLengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  md5: 32,
  'sha-1': 40,
  'sha-256': 64,
  'sha-512': 128,
  crc64xz: 16,
}

/** How people and servers spell the names, without signs between the letters. */
const spellings: ReadonlyMap<string, ChecksumAlgorithm> = new Map([
  ['md5', 'md5'],
  ['sha', 'sha-1'],
  ['sha1', 'sha-1'],
  ['sha256', 'sha-256'],
  ['sha512', 'sha-512'],
  ['crc64', 'crc64xz'],
  ['crc64xz', 'crc64xz'],
  ['crc64ecma', 'crc64xz'],
])

/**
 * Reads a checksum as a user gives it.
 * @param text `algorithm=hex` or `algorithm:hex`, or bare hex whose length names the algorithm (32 MD5, 40 SHA-1, 64
 *   SHA-256, 128 SHA-512). A CRC-64 always needs its name; exactly 16 digits are hex, everything else is the decimal
 *   number that OSS sends.
 * @returns the checksum, hex in lower case
 * @throws RequestFailure E_CHECKSUM that says what does not fit
 */
export function parseChecksum(text: string): Checksum {
  const fail = (detail: string): RequestFailure => new RequestFailure({ code: 'E_CHECKSUM', field: 'checksum', detail })
  const match = /^\s*(?:([^=:]*?)\s*[=:])?\s*([0-9a-z]*)\s*$/i.exec(text)
  if (match === null) throw fail('A checksum has the form "algorithm=hex", for example "sha-256=9f86d0…"')
  const value = (match[2] ?? '').toLowerCase()
  const names = Object.keys(hexLengths).join(', ')
  let algorithm: ChecksumAlgorithm | undefined
  if (match[1] === undefined) {
    algorithm = ([...Object.keys(hexLengths)] as ChecksumAlgorithm[]).find(
      (name) => name !== 'crc64xz' && hexLengths[name] === value.length,
    )
    if (algorithm === undefined) {
      throw fail(`${value.length} digits do not tell the algorithm; write "algorithm=hex" with one of ${names}`)
    }
  } else {
    algorithm = spellings.get(match[1].toLowerCase().replace(/[-_/ ]/g, ''))
    if (algorithm === undefined) throw fail(`"${match[1]}" is not one of ${names}`)
  }
  const length = hexLengths[algorithm]
  if (algorithm === 'crc64xz' && value.length !== length) {
    const number = /^\d{1,20}$/.test(value) ? BigInt(value) : null
    if (number === null || number >= 1n << 64n) {
      throw fail('A crc64xz checksum has 16 hex digits, or is a decimal number below 2^64')
    }
    return { algorithm, hex: crc64Hex(number) }
  }
  if (value.length !== length) throw fail(`A ${algorithm} checksum has ${length} hex digits, not ${value.length}`)
  if (!/^[0-9a-f]*$/.test(value)) throw fail('A checksum has only the digits 0–9 and a–f')
  return { algorithm, hex: value }
}

export interface ReadDigestOptions {
  /** Looked at before every read. */
  readonly signal: AbortSignal
  /** Called with the bytes read so far. */
  readonly onProgress?: (bytes: number) => void
  /** Bytes a read; default 1 MiB. */
  readonly bufferSize?: number
}

/**
 * Digest of a whole file, in this thread (see verify.ts for a thread of its own). Memory is two buffers, whatever the
 * file's size: one is read into while the other is digested.
 * @param path a file; a symbolic link is not followed (fault 68)
 * @param algorithm which digest
 * @returns lower-case hex
 * @throws the signal's reason; errors of open and read as they are, with their `code`
 */
export async function readDigest(
  path: string,
  algorithm: ChecksumAlgorithm,
  { signal, onProgress, bufferSize = 1 << 20 }: ReadDigestOptions,
): Promise<string> {
  signal.throwIfAborted()
  const digest = createDigest(algorithm)
  // Windows has no O_NOFOLLOW
  const file = await open(path, constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0))
  try {
    const buffers = [Buffer.allocUnsafeSlow(bufferSize), Buffer.allocUnsafeSlow(bufferSize)] as const
    let position = 0
    const read = async (turn: number): Promise<Buffer> => {
      const buffer = buffers[turn % 2 === 0 ? 0 : 1]
      const { bytesRead } = await file.read(buffer, 0, bufferSize, position)
      return buffer.subarray(0, bytesRead)
    }
    let piece = await read(0)
    for (let turn = 1; piece.length > 0; turn++) {
      signal.throwIfAborted()
      position += piece.length
      onProgress?.(position)
      const next = read(turn)
      digest.update(piece)
      piece = await next
    }
    return digest.hex()
  } finally {
    await file.close()
  }
}
