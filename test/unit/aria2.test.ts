import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseAria2 } from '../../src/main/engine/adopt/aria2'
import { aria2Control } from '../integration/aria2-control'

it('version 1: pieces that are complete, neighbours as one run, the last one as long as it is', () => {
  const bytes = aria2Control({ pieceLength: 1024, total: 5000, complete: [0, 1, 4], inFlight: [2] })
  expect(parseAria2(bytes)).toEqual({
    total: 5000,
    runs: [
      { start: 0, end: 2048 },
      { start: 4096, end: 5000 },
    ],
  })
})

it('what is cut off, of a torrent, or something else is none', () => {
  const bytes = aria2Control({ pieceLength: 1024, total: 5000, complete: [0], inFlight: [2] })
  for (let length = 0; length < bytes.length; length++) expect(parseAria2(bytes.subarray(0, length))).toBeNull()
  const torrent = Buffer.from(bytes)
  torrent.writeUInt32BE(20, 6)
  expect(parseAria2(torrent)).toBeNull()
  expect(parseAria2(Buffer.from('<html>'))).toBeNull()
})

it('never fails, and never claims more than the file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const found = parseAria2(Buffer.from(bytes))
      for (const { start, end } of found?.runs ?? []) expect(start < end && end <= found!.total).toBe(true)
    }),
    { numRuns: 300 },
  )
})
