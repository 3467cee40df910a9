import fc from 'fast-check'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { asSegments, before, block, fullRuns, inBoth, samplesOf, type Run } from '../../src/main/engine/adopt/runs'
import { Segments, writtenBytes } from '../../src/main/engine/fetch/segments'

const runs = fc
  .uniqueArray(fc.nat(1000), { maxLength: 20 })
  .map((cuts) => cuts.sort((a, b) => a - b))
  .map((cuts) =>
    cuts.flatMap((start, n): Run[] => (n % 2 === 0 && cuts[n + 1] !== undefined ? [{ start, end: cuts[n + 1]! }] : [])),
  )
const has = (list: readonly Run[], at: number) => list.some(({ start, end }) => start <= at && at < end)

it('what is in both', () => {
  fc.assert(
    fc.property(runs, runs, fc.nat(1000), (a, b, at) => {
      expect(has(inBoth(a, b), at)).toBe(has(a, at) && has(b, at))
      expect(has(before(a, 500), at)).toBe(has(a, at) && at < 500)
    }),
  )
})

it('as claims they cover the file and claim just these bytes', () => {
  fc.assert(
    fc.property(runs, (list) => {
      const segments = asSegments(list, 1001)
      expect(new Segments(1001, 1, segments).written).toBe(list.reduce((sum, { start, end }) => sum + end - start, 0))
      expect(writtenBytes(segments)).toBe(new Segments(1001, 1, segments).written)
    }),
  )
})

it('samples are within, with the beginning and the end', () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 16 }), (list, most) => {
      const scaled = list.map(({ start, end }) => ({ start: start * block, end: end * block }))
      const samples = samplesOf(scaled, most)
      expect(samples.length).toBeLessThanOrEqual(most)
      for (const sample of samples) expect(inBoth([sample], scaled)).toEqual([sample])
      if (scaled.length > 0) expect(samples[0]?.start).toBe(scaled[0]?.start)
      if (scaled.length > 0 && most > 1 && samples.length > 1) expect(samples.at(-1)?.end).toBe(scaled.at(-1)?.end)
    }),
  )
})

it('blocks with a page of zeros are doubted, and their neighbours', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'longshore-runs-'))
  const handle = await open(path.join(folder, 'file'), 'w+')
  try {
    await handle.write(Buffer.alloc(20 * block + 100, 1), 0)
    await handle.write(Buffer.alloc(4096), 0, 4096, 5 * block + 8192)
    await handle.write(Buffer.alloc(4000), 0, 4000, 12 * block) // less than a page
    const signal = new AbortController().signal
    expect(await fullRuns(handle, 20 * block + 100, signal)).toEqual([
      { start: 0, end: 4 * block },
      { start: 7 * block, end: 20 * block },
    ])
  } finally {
    await handle.close()
    await rm(folder, { recursive: true })
  }
})
