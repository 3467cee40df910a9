import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Connection } from '../../src/main/engine/fetch/connection'
import type { PartFile } from '../../src/main/engine/files/file'
import type { HttpResponse } from '../../src/main/engine/http/http'
import { slabSize } from '../../src/main/engine/http/slabs'
import { Segments, type Claim } from '../../src/main/engine/fetch/segments'
import type { Source } from '../../src/main/engine/fetch/source'
import { Throttle } from '../../src/main/engine/throttle'
import { ClaimWriter } from '../../src/main/engine/fetch/writer'
import { failure } from '../../src/shared/errors'
import { deferred, FakeClock, settled, type Deferred } from './fake-clock'

const kibibyte = 1024

interface Write {
  readonly position: number
  readonly bytes: Buffer
  readonly ends: Deferred
}

/** A writer over a part whose writes end when the test says so. */
function rig(total: number | null = 100_000_000) {
  const clock = new FakeClock()
  const segments = new Segments(total, 1)
  const claim = segments.claim() as Claim
  const writes: Write[] = []
  let flying = 0
  let most = 0
  const part = {
    async write(buffers: readonly Buffer[], position: number) {
      const ends = deferred()
      writes.push({ position, bytes: Buffer.concat(buffers), ends })
      most = Math.max(most, ++flying)
      try {
        await ends.promise
      } finally {
        flying--
      }
    },
  } as unknown as PartFile
  const written: number[] = []
  const writer = new ClaimWriter(part, claim, clock, (bytes) => written.push(bytes))
  const end = async (nth: number) => {
    writes[nth]?.ends.resolve()
    await settled()
  }
  return { clock, segments, claim, writes, written, writer, end, most: () => most, flying: () => flying }
}
const chunk = (bytes: number, fill = 1) => Buffer.alloc(bytes, fill)

describe('the writer of a claim', () => {
  it('gathers chunks to large writes', async () => {
    const { writer, writes, end } = rig()
    for (let n = 0; n < 3; n++) expect(writer.push(chunk(slabSize / 4))).toBeUndefined()
    expect(writes).toEqual([])
    void writer.push(chunk(slabSize / 4))
    expect(writes.map(({ position, bytes }) => [position, bytes.length])).toEqual([[0, slabSize]])
    await end(0)
  })

  it('writes a slow connection’s bytes at least every 200 ms', async () => {
    const { clock, writer, writes } = rig()
    void writer.push(chunk(10))
    await clock.pass(199)
    void writer.push(chunk(10))
    expect(writes).toHaveLength(0)
    await clock.pass(1)
    void writer.push(chunk(10))
    expect(writes.map(({ bytes }) => bytes.length)).toEqual([30])
  })

  it('has one write in flight, while the next one gathers', async () => {
    const { writer, writes, end, most } = rig()
    void writer.push(chunk(slabSize))
    void writer.push(chunk(slabSize))
    void writer.push(chunk(100))
    expect(writes).toHaveLength(1)
    await end(0)
    expect(writes.map(({ position, bytes }) => [position, bytes.length])).toEqual([
      [0, slabSize],
      [slabSize, slabSize + 100],
    ])
    expect(most()).toBe(1)
  })

  it('books bytes as written only after their write has returned', async () => {
    const { writer, segments, written, end } = rig()
    void writer.push(chunk(slabSize))
    await settled()
    expect(segments.written).toBe(0)
    expect(written).toEqual([])
    await end(0)
    expect(segments.written).toBe(slabSize)
    expect(written).toEqual([slabSize])
  })

  it('holds the sender back while a slab waits, until the disk comes after', async () => {
    const { writer, end } = rig()
    void writer.push(chunk(slabSize))
    expect(writer.push(chunk(slabSize - kibibyte))).toBeUndefined()
    let released = false
    void writer.push(chunk(kibibyte))?.then(() => {
      released = true
    })
    await settled()
    expect(released).toBe(false)
    await end(0)
    expect(released).toBe(true)
  })

  it('17: drops bytes beyond the end of its claim', async () => {
    const { writer, writes, claim } = rig(1000)
    void writer.push(chunk(600))
    expect(writer.full).toBe(false)
    void writer.push(chunk(600, 2))
    expect(writer.full).toBe(true)
    void writer.push(chunk(600, 3))
    const finished = writer.finish()
    await settled()
    writes[0]?.ends.resolve()
    await finished
    expect(Buffer.concat(writes.map(({ bytes }) => bytes))).toEqual(Buffer.concat([chunk(600), chunk(400, 2)]))
    expect(claim.position).toBe(1000)
  })

  it('drops what another connection has taken over meanwhile', () => {
    const { writer, segments, claim } = rig(1000)
    void writer.push(chunk(100))
    segments.claim()
    expect(claim.end).toBe(550)
    void writer.push(chunk(1000))
    expect(claim.position).toBe(550)
    expect(writer.full).toBe(true)
  })

  it('is never full when the length is unknown', () => {
    const { writer } = rig(null)
    void writer.push(chunk(2000))
    expect(writer.full).toBe(false)
  })

  it('begins where its claim stands', () => {
    const segments = new Segments(1000, 1, [{ start: 0, end: 1000, written: 300 }])
    const positions: number[] = []
    const part = {
      write: (_: readonly Buffer[], position: number) => {
        positions.push(position)
        return Promise.resolve()
      },
    } as unknown as PartFile
    const writer = new ClaimWriter(part, segments.claim() as Claim, new FakeClock(), () => undefined)
    void writer.push(chunk(10))
    void writer.finish()
    expect(positions).toEqual([300])
  })
})

describe('finishing', () => {
  it('writes what is left and waits for it: no write is in flight afterwards', async () => {
    const { writer, writes, end, segments, flying } = rig()
    void writer.push(chunk(slabSize))
    void writer.push(chunk(100))
    let finished = false
    const finish = writer.finish().then(() => {
      finished = true
    })
    await end(0)
    expect(finished).toBe(false)
    await end(1)
    await finish
    expect(writes).toHaveLength(2)
    expect(flying()).toBe(0)
    expect(segments.written).toBe(slabSize + 100)
  })

  it('is at once when there is nothing', async () => {
    const { writer, writes } = rig()
    await writer.finish()
    expect(writes).toEqual([])
  })

  it('any chunks, any disk: every accepted byte once, in order, one write at a time', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 700 * kibibyte }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 4_000_000 }), async (chunks, total) => {
        const { writer, writes, segments, most } = rig(total)
        let next = 0
        const endOne = async () => {
          writes[next++]?.ends.resolve()
          await settled()
        }
        for (const [index, size] of chunks.entries()) {
          const hold = writer.push(chunk(size, index + 1))
          if (hold) await Promise.all([endOne(), hold])
        }
        const finish = writer.finish()
        while (next < writes.length) await endOne()
        await finish
        const expected = Buffer.concat(chunks.map((size, index) => chunk(size, index + 1))).subarray(0, total)
        expect(Buffer.concat(writes.map(({ bytes }) => bytes)).equals(expected)).toBe(true)
        let at = 0
        for (const { position, bytes } of writes) {
          expect(position).toBe(at)
          at += bytes.length
        }
        expect(segments.written).toBe(expected.length)
        expect(most()).toBeLessThanOrEqual(1)
      }),
      { numRuns: 40 },
    )
  })
})

describe('a disk that fails', () => {
  const full = failure('NOSPACE', 'no', 'full')

  it('40: is told to who is held back', async () => {
    const { writer, writes } = rig()
    void writer.push(chunk(slabSize))
    const hold = writer.push(chunk(1024 * kibibyte))
    writes[0]?.ends.reject(full)
    await expect(hold).rejects.toBe(full)
  })

  it('40: is told by finish, and nothing more is written', async () => {
    const { writer, writes, segments, written } = rig()
    void writer.push(chunk(slabSize))
    void writer.push(chunk(10))
    writes[0]?.ends.reject(full)
    await settled()
    void writer.push(chunk(10))
    await expect(writer.finish()).rejects.toBe(full)
    await expect(writer.finish()).rejects.toBe(full)
    expect(writes).toHaveLength(1)
    expect(segments.written).toBe(0)
    expect(written).toEqual([])
  })

  it('40: in the last write is told by finish', async () => {
    const { writer, writes } = rig()
    void writer.push(chunk(10))
    const finish = writer.finish()
    await settled()
    writes[0]?.ends.reject(full)
    await expect(finish).rejects.toBe(full)
  })
})

describe('a connection whose claim goes to a faster one', () => {
  /** A connection that has one write in flight and is asked for its claim. */
  function inheriting() {
    const { clock, segments, claim, writes, end } = rig(2_000_000)
    const control = new AbortController()
    const response = {
      read: (sink: (bytes: Buffer) => unknown) => {
        sink(chunk(slabSize))
        return new Promise((_, reject) => {
          control.signal.addEventListener('abort', () => reject(control.signal.reason as Error))
        })
      },
    } as unknown as HttpResponse
    const part = {
      async write(buffers: readonly Buffer[], position: number) {
        const ends = deferred()
        writes.push({ position, bytes: Buffer.concat(buffers), ends })
        await ends.promise
      },
    } as unknown as PartFile
    const connection = new Connection({} as Source, response, claim, claim.end, control, clock, {
      number: 1,
      retries: 0,
      latency: null,
    })
    const gate = new Throttle(clock).gate(1, () => [])
    const received = connection.receive(
      part,
      { gate, signal: control.signal },
      { arrived: () => undefined, written: () => undefined, held: () => undefined, limited: () => undefined },
    )
    received.catch(() => undefined)
    return { segments, writes, end, received, heir: connection.inherit() }
  }

  it('gives it away only after its last write, just as far as it wrote', async () => {
    const { segments, end, received, heir } = inheriting()
    let inherited = false
    void heir.then(() => (inherited = true))
    await settled()
    expect(inherited).toBe(false)
    await end(0)
    await expect(received).rejects.toThrow('faster')
    expect((await heir).position).toBe(slabSize)
    expect(segments.written).toBe(slabSize)
  })

  it('41: gives nothing away when its last write failed', async () => {
    const { segments, writes, received, heir } = inheriting()
    const broken = failure('IO', 'no', 'EIO')
    await settled()
    writes[0]?.ends.reject(broken)
    await expect(received).rejects.toBe(broken)
    await expect(heir).rejects.toBe(broken)
    expect(segments.claim()?.position).toBe(0)
  })
})
