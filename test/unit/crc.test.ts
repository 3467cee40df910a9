import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combineCrc, createCrc, crcHex, type CrcAlgorithm } from '../../src/main/engine/integrity/crc'

const crc = (algorithm: CrcAlgorithm, data: string | Uint8Array): bigint =>
  createCrc(algorithm).update(Buffer.from(data)).value()

const definitions = {
  crc32: { width: 32n, polynomial: 0xedb88320n, check: 'cbf43926' },
  crc32c: { width: 32n, polynomial: 0x82f63b78n, check: 'e3069283' },
  crc64xz: { width: 64n, polynomial: 0xc96c5795d7870f42n, check: '995dc9bbdf1939fa' },
  crc64nvme: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n, check: 'ae8b14860a799888' },
} as const
const algorithms = Object.keys(definitions) as CrcAlgorithm[]

/** Bit by bit, straight from the definition. */
function slowly(algorithm: CrcAlgorithm, data: Uint8Array): bigint {
  const { width, polynomial } = definitions[algorithm]
  const ones = (1n << width) - 1n
  let state = ones
  for (const byte of data) {
    state ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) state = state & 1n ? (state >> 1n) ^ polynomial : state >> 1n
  }
  return state ^ ones
}

describe.each(algorithms)('%s', (algorithm) => {
  it('has the check value of the catalogue, and nothing has 0', () => {
    expect(crcHex(algorithm, crc(algorithm, '123456789'))).toBe(definitions[algorithm].check)
    expect(crc(algorithm, '')).toBe(0n)
  })

  it('is what the definition says, for every length and alignment', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (data) => crc(algorithm, data) === slowly(algorithm, data)),
    )
  })

  it('does not care where the data is split', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(300), { maxLength: 5 }), (data, cuts) => {
        const pieces = createCrc(algorithm)
        let at = 0
        for (const cut of [...cuts.filter((c) => c <= data.length).sort((a, b) => a - b), data.length]) {
          pieces.update(data.subarray(at, cut))
          at = cut
        }
        expect(pieces.value()).toBe(crc(algorithm, data))
      }),
    )
  })

  it('combines pieces into the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (data, cut) => {
        const [first, second] = [data.subarray(0, cut), data.subarray(cut)]
        const both = combineCrc(algorithm, crc(algorithm, first), crc(algorithm, second), second.length)
        expect(both).toBe(crc(algorithm, data))
      }),
    )
  })

  it('combines long pieces: moving twice is moving once by the sum', () => {
    const length = fc.integer({ min: 0, max: 2 ** 52 - 1 })
    const any = fc.bigInt({ min: 0n, max: (1n << definitions[algorithm].width) - 1n })
    fc.assert(
      fc.property(any, length, length, (value, a, b) => {
        const twice = combineCrc(algorithm, combineCrc(algorithm, value, 0n, a), 0n, b)
        expect(twice).toBe(combineCrc(algorithm, value, 0n, a + b))
      }),
      { numRuns: 30 },
    )
  })
})

describe('crc64xz', () => {
  it.each([
    ['This is a test of the emergency broadcast system.', '27db187fc15bbc72'],
    ['12345', '5da746ffa5045ce9'],
    ['67890', '573a0a56c70bc2dd'],
    ['1234567890', 'b1cb31bbb4a2b2be'],
  ])('of %j', (text, hex) => {
    expect(crcHex('crc64xz', crc('crc64xz', text))).toBe(hex)
  })

  it('is the decimal number that OSS sends', () => {
    expect(crc('crc64xz', '123456789')).toBe(11051210869376104954n)
    const second = crc('crc64xz', 'This is a test of the emergency broadcast system.')
    expect(combineCrc('crc64xz', crc('crc64xz', '123456789'), second, 49)).toBe(7672622622872733320n)
  })
})
