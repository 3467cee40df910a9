import { crc32 } from 'node:zlib'
import type { ChecksumAlgorithm } from '../../../shared/verification'

/**
 * The CRCs that servers send: reflected, all ones at the start and at the end (names and check values as in Greg Cook's
 * catalogue of parametrised CRC algorithms).
 * - crc32: CRC-32/ISO-HDLC, of zlib and `x-amz-checksum-crc32`.
 * - crc32c: CRC-32/ISCSI, Castagnoli's (RFC 3720 §12.1), of `x-goog-hash` and `x-amz-checksum-crc32c`.
 * - crc64xz: CRC-64/XZ, of xz (its file format, §6) and `x-oss-hash-crc64ecma`; not CRC-64/ECMA-182.
 * - crc64nvme: CRC-64/NVME, of `x-amz-checksum-crc64nvme`.
 */
export type CrcAlgorithm = Extract<ChecksumAlgorithm, `crc${string}`>

interface Crc {
  /** Bits. */
  readonly width: 32 | 64
  /** Reflected: the highest bit is the coefficient of x^0. */
  readonly polynomial: bigint
}

const crcs: Readonly<Record<CrcAlgorithm, Crc>> = {
  crc32: { width: 32, polynomial: 0xedb88320n },
  crc32c: { width: 32, polynomial: 0x82f63b78n },
  crc64xz: { width: 64, polynomial: 0xc96c5795d7870f42n },
  crc64nvme: { width: 64, polynomial: 0x9a6c9329ac4bc9b5n },
}

export function isCrc(algorithm: ChecksumAlgorithm): algorithm is CrcAlgorithm {
  return Object.hasOwn(crcs, algorithm)
}

/** A checksum of bytes that come piece by piece. */
export interface CrcSum {
  /** @param bytes the next bytes */
  update(bytes: Uint8Array): this
  /** @returns the checksum of all bytes so far, 0 to 2^width − 1 */
  value(): bigint
}

/** @returns the sum of no bytes */
export function createCrc(algorithm: CrcAlgorithm): CrcSum {
  if (algorithm === 'crc32') return new NativeCrc32()
  const { width, polynomial } = crcs[algorithm]
  return new SlicedCrc(tablesOf(polynomial), width)
}

/** @returns a checksum as lower-case hex of the algorithm's width */
export function crcHex(algorithm: CrcAlgorithm, value: bigint): string {
  return value.toString(16).padStart(crcs[algorithm].width / 4, '0')
}

class NativeCrc32 implements CrcSum {
  #value = 0

  update(bytes: Uint8Array): this {
    this.#value = crc32(bytes, this.#value)
    return this
  }

  value(): bigint {
    return BigInt(this.#value)
  }
}

interface Tables {
  readonly low: Int32Array
  readonly high: Int32Array
}

const made = new Map<bigint, Tables>()

/**
 * JavaScript's fast integers have 32 bits: each word is a low and a high half (the high one is 0 in a 32-bit CRC). Table
 * k, at k * 256, holds what a byte becomes after k more zero bytes, so that eight bytes are taken at a time ("slicing by
 * 8").
 */
function tablesOf(polynomial: bigint): Tables {
  const known = made.get(polynomial)
  if (known) return known
  const low = new Int32Array(8 * 256)
  const high = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
    low[byte] = Number(BigInt.asIntN(32, crc))
    high[byte] = Number(BigInt.asIntN(32, crc >> 32n))
  }
  for (let i = 256; i < 8 * 256; i++) {
    const [l, h] = [low[i - 256]!, high[i - 256]!]
    low[i] = low[l & 255]! ^ ((l >>> 8) | (h << 24))
    high[i] = high[l & 255]! ^ (h >>> 8)
  }
  const tables = { low, high }
  made.set(polynomial, tables)
  return tables
}

class SlicedCrc implements CrcSum {
  readonly #tables: Tables
  readonly #wide: boolean
  #low = -1
  #high: number

  constructor(tables: Tables, width: 32 | 64) {
    this.#tables = tables
    this.#wide = width === 64
    this.#high = this.#wide ? -1 : 0
  }

  update(bytes: Uint8Array): this {
    const { low, high } = this.#tables
    let l = this.#low
    let h = this.#high
    let i = 0
    // indexes are in range by construction: `!` keeps checks out of the loop that reads every byte of a file
    for (const end = bytes.length - 7; i < end; i += 8) {
      l ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
      h ^= bytes[i + 4]! | (bytes[i + 5]! << 8) | (bytes[i + 6]! << 16) | (bytes[i + 7]! << 24)
      const t7 = 1792 + (l & 255)
      const t6 = 1536 + ((l >>> 8) & 255)
      const t5 = 1280 + ((l >>> 16) & 255)
      const t4 = 1024 + (l >>> 24)
      const t3 = 768 + (h & 255)
      const t2 = 512 + ((h >>> 8) & 255)
      const t1 = 256 + ((h >>> 16) & 255)
      const t0 = h >>> 24
      l = low[t7]! ^ low[t6]! ^ low[t5]! ^ low[t4]! ^ low[t3]! ^ low[t2]! ^ low[t1]! ^ low[t0]!
      h = high[t7]! ^ high[t6]! ^ high[t5]! ^ high[t4]! ^ high[t3]! ^ high[t2]! ^ high[t1]! ^ high[t0]!
    }
    for (; i < bytes.length; i++) {
      const t = (l ^ bytes[i]!) & 255
      l = low[t]! ^ ((l >>> 8) | (h << 24))
      h = high[t]! ^ (h >>> 8)
    }
    this.#low = l
    this.#high = h
    return this
  }

  value(): bigint {
    const low = BigInt(~this.#low >>> 0)
    return this.#wide ? (BigInt(~this.#high >>> 0) << 32n) | low : low
  }
}

/** Product of two polynomials modulo the CRC's; the highest bit is the coefficient of x^0. */
function multiply({ width, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n
  for (let bit = BigInt(width - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= b
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n
  }
  return product
}

/**
 * The checksum of two pieces one after the other, from the checksums of the pieces: so blocks may be read in any order.
 * The first piece's is moved past the second's length, a multiplication by x^(8·length), as zlib's crc32_combine does.
 * @param first checksum of the first piece
 * @param second checksum of the second
 * @param secondLength length of the second in bytes, at most 2^53 − 1
 * @returns the checksum of both
 */
export function combineCrc(algorithm: CrcAlgorithm, first: bigint, second: bigint, secondLength: number): bigint {
  const crc = crcs[algorithm]
  let moved = first
  // x^8, squared for each binary digit of the length
  let power = 1n << BigInt(crc.width - 9)
  for (let rest = BigInt(secondLength); rest > 0n; rest >>= 1n) {
    if (rest & 1n) moved = multiply(crc, power, moved)
    power = multiply(crc, power, power)
  }
  return moved ^ second
}
