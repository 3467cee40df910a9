import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endsSlab, keep, minimumRead, Slab, slabsInUse, slabSize } from '../../src/main/engine/http/slabs'

describe('a slab', () => {
  it('is read into piece by piece, and from its start again when nobody needs the bytes', () => {
    const slab = Slab.take()
    const first = slab.room()
    expect(first.length).toBe(slabSize)
    slab.filled(1000)
    expect(slab.room().byteOffset).toBe(first.byteOffset)
    slab.release()
  })

  it('does not touch bytes that somebody keeps', () => {
    const slab = Slab.take()
    slab.room().fill(1)
    const chunk = slab.filled(1000)
    const release = keep(chunk)
    slab.room().fill(2)
    slab.filled(1000)
    slab.release()
    const other = Slab.take()
    other.room().fill(3)
    expect(chunk.every((byte) => byte === 1)).toBe(true)
    release()
    other.release()
    expect(slabsInUse()).toBe(0)
  })

  it('has no room when little is left of it', () => {
    const slab = Slab.take()
    const chunk = slab.filled(slabSize - minimumRead + 1)
    const release = keep(chunk)
    expect(slab.room().length).toBe(0)
    expect(endsSlab(chunk)).toBe(true)
    release()
    expect(slab.room().length).toBe(slabSize)
    slab.release()
  })

  it('cannot be released twice', () => {
    const slab = Slab.take()
    slab.release()
    expect(() => slab.release()).toThrow('released twice')
  })

  it('leaves memory that is not its own alone', () => {
    const chunk = Buffer.alloc(10)
    expect(endsSlab(chunk)).toBe(false)
    keep(chunk)()
    expect(slabsInUse()).toBe(0)
  })

  it('any order of reads, keeps and releases: kept bytes stay, and in the end none is in use', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: slabSize }), fc.nat(5)), { maxLength: 60 }), (steps) => {
        let slab = Slab.take()
        const kept: { chunk: Buffer; mark: number; release: () => void }[] = []
        for (const [index, [wanted, drop]] of steps.entries()) {
          if (slab.room().length === 0) {
            slab.release()
            slab = Slab.take()
          }
          const room = slab.room()
          const bytes = Math.min(wanted, room.length)
          room.fill(index & 0xff, 0, bytes)
          const chunk = slab.filled(bytes)
          kept.push({ chunk, mark: index & 0xff, release: keep(chunk) })
          for (const { release } of kept.splice(0, drop === 0 ? 0 : drop - 1)) release()
          for (const { chunk: each, mark } of kept) {
            if (each[0] !== mark || each.at(-1) !== mark) throw new Error('kept bytes changed')
          }
        }
        slab.release()
        for (const { release } of kept) release()
        expect(slabsInUse()).toBe(0)
      }),
      { numRuns: 50 },
    )
  })
})
