import { describe, expect, it } from 'vitest'
import { readIntoMemory } from '../../src/main/engine/fetch/hedge'
import type { HttpResponse, Sink } from '../../src/main/engine/http/http'

/** An answer 206 to `bytes=0-9` whose body comes in these chunks. */
const answer = (chunks: readonly string[], range = 'bytes 0-9/100'): HttpResponse => ({
  status: 206,
  headers: { 'content-range': range },
  url: 'http://example.com/',
  publicOnly: false,
  async read(sink: Sink) {
    for (const chunk of chunks) {
      const hold = sink(Buffer.from(chunk))
      if (hold === 'enough') return
      await hold
    }
  },
  discard: () => undefined,
})

describe('the last piece, read into memory', () => {
  it('is exactly what was asked for', async () => {
    expect((await readIntoMemory(answer(['01234', '56789']), 10)).toString()).toBe('0123456789')
  })

  it('17: without what comes behind its range', async () => {
    expect((await readIntoMemory(answer(['01234', '56789abc']), 10)).toString()).toBe('0123456789')
    await expect(readIntoMemory(answer(['0123456789'], 'bytes 0-4/100'), 10)).rejects.toThrow('ended early')
  })

  it.each([[[]], [['0123']], [['01234', '5678']]])('14: is nothing when it ends early: %j', async (chunks) => {
    await expect(readIntoMemory(answer(chunks), 10)).rejects.toMatchObject({
      error: { code: 'CONNECTION_LOST', retry: 'later' },
    })
  })

  it('tells how much is there', async () => {
    const there: number[] = []
    await readIntoMemory(answer(['01234', '5678', '9']), 10, { progress: (bytes) => there.push(bytes) })
    expect(there).toEqual([5, 9, 10])
  })
})
