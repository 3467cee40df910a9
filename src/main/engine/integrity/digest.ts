import { createHash } from 'node:crypto'
import { RequestFailure } from '../../../shared/errors'
import { checksumAlgorithms, type Checksum, type ChecksumAlgorithm } from '../../../shared/verification'
import { createCrc, crcHex, isCrc } from './crc'

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
  if (isCrc(algorithm)) {
    const crc = createCrc(algorithm)
    return { update: (bytes) => void crc.update(bytes), hex: () => crcHex(algorithm, crc.value()) }
  }
  const hash = createHash(algorithm.replace('-', ''))
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') }
}

/** Hex digits of each. */
export const hexLengths: Readonly<Record<ChecksumAlgorithm, number>> = {
  md5: 32,
  'sha-1': 40,
  'sha-256': 64,
  'sha-512': 128,
  crc64xz: 16,
  crc64nvme: 16,
  crc32: 8,
  crc32c: 8,
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
  ['crc64nvme', 'crc64nvme'],
  ['crc32', 'crc32'],
  ['crc32c', 'crc32c'],
])

/** @returns the algorithm of a name as people and documents spell it (`SHA256`, `sha-256`); null for another one */
export function algorithmNamed(text: string): ChecksumAlgorithm | null {
  return spellings.get(text.toLowerCase().replace(/[-_/ ]/g, '')) ?? null
}

/** @returns the checksum; null when it has another length or other signs than its algorithm's hex */
export function checksumOf(algorithm: ChecksumAlgorithm, hex: string): Checksum | null {
  return hex.length === hexLengths[algorithm] && /^[0-9a-f]+$/i.test(hex) ? { algorithm, hex: hex.toLowerCase() } : null
}

/** @returns the algorithm of cryptography whose digest has so many hex digits: a CRC always needs its name */
export function algorithmOfLength(digits: number): ChecksumAlgorithm | null {
  return checksumAlgorithms.find((name) => !isCrc(name) && hexLengths[name] === digits) ?? null
}

/**
 * Reads a checksum as a user gives it.
 * @param text `algorithm=hex` or `algorithm:hex`, or bare hex whose length names the algorithm (32 MD5, 40 SHA-1, 64
 *   SHA-256, 128 SHA-512). A CRC always needs its name; exactly 16 digits of a CRC-64 are hex, everything else is the
 *   decimal number that OSS sends.
 * @returns the checksum, hex in lower case
 * @throws RequestFailure E_CHECKSUM that says what does not fit
 */
export function parseChecksum(text: string): Checksum {
  const fail = (detail: string): RequestFailure => new RequestFailure({ code: 'E_CHECKSUM', field: 'checksum', detail })
  const match = /^\s*(?:([^=:]*?)\s*[=:])?\s*([0-9a-z]*)\s*$/i.exec(text)
  if (match === null) throw fail('A checksum has the form "algorithm=hex", for example "sha-256=9f86d0…"')
  const value = (match[2] ?? '').toLowerCase()
  const names = Object.keys(hexLengths).join(', ')
  let algorithm: ChecksumAlgorithm | null
  if (match[1] === undefined) {
    algorithm = algorithmOfLength(value.length)
    if (algorithm === null) {
      throw fail(`${value.length} digits do not tell the algorithm; write "algorithm=hex" with one of ${names}`)
    }
  } else {
    algorithm = algorithmNamed(match[1])
    if (algorithm === null) throw fail(`"${match[1]}" is not one of ${names}`)
  }
  const length = hexLengths[algorithm]
  if (algorithm === 'crc64xz' && value.length !== length) {
    const number = /^\d{1,20}$/.test(value) ? BigInt(value) : null
    if (number === null || number >= 1n << 64n) {
      throw fail('A crc64xz checksum has 16 hex digits, or is a decimal number below 2^64')
    }
    return { algorithm, hex: crcHex(algorithm, number) }
  }
  if (value.length !== length) throw fail(`A ${algorithm} checksum has ${length} hex digits, not ${value.length}`)
  if (!/^[0-9a-f]*$/.test(value)) throw fail('A checksum has only the digits 0–9 and a–f')
  return { algorithm, hex: value }
}

/**
 * Reads a checksum from what a user pasted: as `parseChecksum` has it, or a line of sha256sum (`HEX  NAME`), of BSD
 * (`SHA256 (NAME) = HEX`) or of OpenSSL (`SHA256(NAME)= HEX`).
 * @throws RequestFailure E_CHECKSUM
 */
export function readChecksum(text: string): Checksum {
  const line = text.trim()
  const bsd = /^([a-z0-9-]+) ?\(.+\) ?= ?([0-9a-f]+)$/i.exec(line)
  if (bsd) return parseChecksum(`${bsd[1]}=${bsd[2]}`)
  const gnu = /^\\?([0-9a-f]{32,128})[ \t]+\*?[^\r\n]+$/i.exec(line)
  return parseChecksum(gnu ? gnu[1]! : line)
}
