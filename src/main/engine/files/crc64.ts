/**
 * CRC-64/XZ: reflected polynomial C96C5795D7870F42, all ones at the start and at the end; the checksum of xz (its file
 * format specification, §6) and of OSS's `x-oss-hash-crc64ecma`. Catalogues call another CRC "CRC-64/ECMA-182".
 */

const polynomial = 0xc96c5795d7870f42n

// JavaScript's fast integers have 32 bits: each 64-bit word is a low and a high half. Table k, at k * 256, holds what a
// byte becomes after k more zero bytes, so that eight bytes are taken at a time ("slicing by 8").
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

/** The checksum of bytes that come piece by piece. */
export class Crc64 {
  #low = -1
  #high = -1

  /** @param bytes the next bytes */
  update(bytes: Uint8Array): this {
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

  /** @returns the checksum of all bytes so far, 0 to 2^64 − 1: what OSS sends in decimal */
  value(): bigint {
    return (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0)
  }

  /** @returns the same as 16 lower-case hex digits */
  hex(): string {
    return crc64Hex(this.value())
  }
}

/** @returns a checksum as 16 lower-case hex digits */
export function crc64Hex(value: bigint): string {
  return value.toString(16).padStart(16, '0')
}

/** Product of two polynomials modulo the CRC's; bit 63 is the coefficient of x^0. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n
  for (let bit = 63n; bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= b
    b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n
  }
  return product
}

/**
 * The checksum of two pieces one after the other, from the checksums of the pieces: so parts may arrive in any order.
 * The first piece's is moved past the second's length, a multiplication by x^(8·length), as zlib's crc32_combine does.
 * @param first checksum of the first piece
 * @param second checksum of the second
 * @param secondLength length of the second in bytes, at most 2^53 − 1
 * @returns the checksum of both
 */
export function combineCrc64(first: bigint, second: bigint, secondLength: number): bigint {
  let moved = first
  // x^8, squared for each binary digit of the length
  let power = 1n << 55n
  for (let rest = BigInt(secondLength); rest > 0n; rest >>= 1n) {
    if (rest & 1n) moved = multiply(power, moved)
    power = multiply(power, power)
  }
  return moved ^ second
}
