import { readdir, open } from 'node:fs/promises'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type FileOptions, type TestServer } from '../server'
import { createIntegrityStore } from '../../src/main/store/integrity'
import { openDatabase } from '../../src/main/store/database'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

async function download(options: Partial<FileOptions>) {
  const file = server.file('/data.bin', { size: 6 * mebibyte, ...options })
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, { connections: 4 }))
  return { file, engine, id, view: await untilEnd(engine, id) }
}

describe('digests that the server sends', () => {
  it.each([
    ['repr-digest', 'sha-256'],
    ['content-digest', 'sha-256'],
    ['digest', 'sha-256'],
    ['content-md5', 'md5'],
    ['x-goog-hash', 'md5'],
    ['x-amz-checksum-crc64nvme', 'crc64nvme'],
    ['x-oss-hash-crc64ecma', 'crc64xz'],
  ] as const)('%s: verified with %s', async (field, algorithm) => {
    const { view } = await download({ digests: [field] })
    expect(view.state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm, source: 'server' }] },
    })
  })

  it('none: unverified', async () => {
    const { view } = await download({})
    expect(view.state).toEqual({ kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } })
  })

  it('of an answer that is not the whole: no digest of the file', async () => {
    const { view } = await download({ digests: ['content-digest', 'content-md5'], maxRange: mebibyte })
    expect(view.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })

  it.each(['repr-digest', 'x-oss-hash-crc64ecma'] as const)(
    '11: other bytes than %s says: HASH, no final file, the part kept',
    async (field) => {
      const { view } = await download({ digests: [field], corrupt: { at: 5 * mebibyte } })
      expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
      expect(await rig.files()).toEqual([expect.stringMatching(/^data\.bin\.[0-9a-f]{8}\.part$/)])
    },
  )

  it('that lie: HASH', async () => {
    const { view } = await download({ lyingDigests: ['digest'] })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
  })

  it('that lie, where the user knows better: the user’s checksum decides alone', async () => {
    const file = server.file('/data.bin', { size: mebibyte, lyingDigests: ['repr-digest'] })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { checksum: { algorithm: 'md5', hex: file.digest('md5') } }))
    expect((await untilEnd(engine, id)).state).toMatchObject({
      verification: { kind: 'verified', checks: [{ algorithm: 'md5', source: 'user' }] },
    })
  })

  it('11: the same validators, other bytes, no digest: labelled unverified', async () => {
    const { view } = await download({ corrupt: { at: 5 * mebibyte } })
    expect(view.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })
})

/** Inverts one byte of the partial file. */
async function alterPart(at: number): Promise<void> {
  const name = (await readdir(rig.folder)).find((file) => file.endsWith('.part'))
  const file = await open(rig.path(name ?? ''), 'r+')
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
    await file.write(Buffer.from([~(buffer[0] ?? 0) & 255]), 0, 1, at)
  } finally {
    await file.close()
  }
}

/** The sums that the store has of a download, by block. */
function storedSums(id: number): ReadonlyMap<number, number> {
  const database = openDatabase(path.join(rig.root, 'longshore.db'))
  try {
    const found = database.prepare('SELECT generation FROM blocks WHERE download = ?').pluck().get(id)
    return createIntegrityStore(database).blocks(id, String(found))
  } finally {
    database.close()
  }
}

describe('block sums', () => {
  it('of every block of a finished file are in the store, and right', async () => {
    const { file, id, view } = await download({ size: 41 * mebibyte + 17 })
    expect(view.state.kind).toBe('done')
    await rig.stop()
    const sums = storedSums(id)
    expect([...sums.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, index) => index))
    for (const [block, sum] of sums) {
      expect(sum).toBe(crc32(file.bytes(block * 4 * mebibyte, Math.min(file.size, (block + 1) * 4 * mebibyte))))
    }
  })

  it('of a part are never of other bytes than the claims cover', async () => {
    const file = server.file('/data.bin', { size: 60 * mebibyte, stall: { after: 14 * mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    await waitFor(engine, id, (view) => view.received >= 40 * mebibyte)
    engine.pause([id])
    await rig.stop()
    const sums = storedSums(id)
    expect(sums.size).toBeGreaterThan(4)
    for (const [block, sum] of sums) {
      expect(sum).toBe(crc32(file.bytes(block * 4 * mebibyte, (block + 1) * 4 * mebibyte)))
    }
  })
})

describe('46: a part that is altered while nothing runs', () => {
  it.each([
    ['in a block that was complete long ago', 1 * mebibyte, 64],
    ['where writing stopped', 9 * mebibyte, 64],
    ['in bytes that make no whole block', 2 * mebibyte, 3],
  ])('%s: those bytes alone are fetched again, and said', async (_, at, mib) => {
    const size = mib === 3 ? 6 * mebibyte : 60 * mebibyte
    const after = mib === 3 ? 3 * mebibyte : 14 * mebibyte
    const there = mib === 3 ? 2.5 * mebibyte : 52 * mebibyte
    const file = server.file('/data.bin', { size, stall: { after } })
    const first = rig.start()
    const id = await first.add(rig.request(file.url, { connections: mib === 3 ? 1 : 4 }))
    await waitFor(first, id, (view) => view.received >= there)
    await rig.stop()
    const { bytesSent } = file
    await alterPart(at)
    file.release()
    const engine = rig.start()
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: { code: 'PART_DAMAGED' } })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(file.bytesSent - bytesSent).toBeLessThanOrEqual(mib === 3 ? size : size - after / 2)
  })
})

describe('a digest that needs the order of the file', () => {
  it('lets every connection stay near the front', async () => {
    const size = 200 * mebibyte
    const file = server.file('/data.bin', { size, digests: ['repr-digest'], rate: 60 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'done', verification: { kind: 'verified' } })
    const starts = file.requests.map((request) => request.range?.start ?? 0)
    for (const [index, start] of starts.entries()) expect(start).toBeLessThanOrEqual((index + 4) * 16 * mebibyte)
    expect(starts.length).toBeGreaterThan(10)
  })
})
