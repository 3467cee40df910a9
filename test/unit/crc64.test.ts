import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combineCrc64, Crc64, crc64Hex } from '../../src/main/engine/files/crc64'

const crc = (data: string | Uint8Array): bigint => new Crc64().update(Buffer.from(data)).value()

/** Bit by bit, straight from the definition. */
function slowly(data: Uint8Array): bigint {
  let state = 0xffffffffffffffffn
  for (const byte of data) {
    state ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) state = state & 1n ? (state >> 1n) ^ 0xc96c5795d7870f42n : state >> 1n
  }
  return state ^ 0xffffffffffffffffn
}

describe('CRC-64/XZ', () => {
  it.each([
    ['123456789', '995dc9bbdf1939fa'],
    ['This is a test of the emergency broadcast system.', '27db187fc15bbc72'],
    ['12345', '5da746ffa5045ce9'],
    ['67890', '573a0a56c70bc2dd'],
    ['1234567890', 'b1cb31bbb4a2b2be'],
    ['', '0000000000000000'],
  ])('of %j', (text, hex) => {
    expect(new Crc64().update(Buffer.from(text)).hex()).toBe(hex)
    expect(crc64Hex(crc(text))).toBe(hex)
  })

  it('is the decimal number that OSS sends', () => {
    expect(crc('123456789')).toBe(11051210869376104954n)
    const both = combineCrc64(crc('123456789'), crc('This is a test of the emergency broadcast system.'), 49)
    expect(both).toBe(7672622622872733320n)
    expect(combineCrc64(crc('12345'), crc('67890'), 5)).toBe(0xb1cb31bbb4a2b2ben)
  })

  it('is what the definition says, for every length and alignment', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (data) => crc(data) === slowly(data)))
  })

  it('does not care where the data is split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), (data, cuts) => {
        const pieces = new Crc64()
        let at = 0
        for (const cut of [...cuts.filter((c) => c <= data.length).sort((a, b) => a - b), data.length]) {
          pieces.update(data.subarray(at, cut))
          at = cut
        }
        expect(pieces.value()).toBe(crc(data))
      }),
    )
  })

  it('combines pieces into the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (data, cut) => {
        const [first, second] = [data.subarray(0, cut), data.subarray(cut)]
        expect(combineCrc64(crc(first), crc(second), second.length)).toBe(crc(data))
      }),
    )
  })

  it('combines long pieces: moving twice is moving once by the sum', () => {
    const length = fc.integer({ min: 0, max: 2 ** 52 - 1 })
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), length, length, (value, a, b) => {
        expect(combineCrc64(combineCrc64(value, 0n, a), 0n, b)).toBe(combineCrc64(value, 0n, a + b))
      }),
      { numRuns: 30 },
    )
  })
})
