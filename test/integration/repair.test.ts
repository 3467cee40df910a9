import { open, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { describe, expect, it, vi } from 'vitest'
import { createDigest } from '../../src/main/engine/integrity/digest'
import type { Engine } from '../../src/main/engine/engine'
import type { DownloadId } from '../../src/shared/download'
import { checksumAlgorithms } from '../../src/shared/verification'
import { type FileOptions, type TestFile, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

async function finished(options: Partial<FileOptions> = {}) {
  const file = server.file('/data.bin', { size: 30 * mebibyte + 17, ...options })
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, { connections: 4 }))
  expect((await untilEnd(engine, id)).state.kind).toBe('done')
  return { file, engine, id, sent: file.bytesSent }
}

async function alter(name: string, ...places: number[]): Promise<void> {
  const file = await open(rig.path(name), 'r+')
  try {
    for (const at of places) {
      const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
      await file.write(Buffer.from([~(buffer[0] ?? 0) & 255]), 0, 1, at)
    }
  } finally {
    await file.close()
  }
}

/** @param ranges in MiB */
const damaged = (...ranges: readonly (readonly [number, number])[]) => ({
  kind: 'done',
  verification: {
    kind: 'damaged',
    damage: {
      kind: 'blocks',
      count: ranges.reduce((sum, [start, end]) => sum + Math.ceil((end - start) / 4), 0),
      ranges: ranges.map(([start, end]) => ({ start: start * mebibyte, end: end * mebibyte })),
    },
  },
})
const end = 30 + 17 / mebibyte

const saidOf = (engine: Engine, id: DownloadId) =>
  (engine.inspect(id)?.journal ?? [])
    .map(({ event }) => event)
    .filter(({ code }) => /CHECK|INTACT|DAMAGED|REPAIRED|COMPARED/.test(code))

describe('verify a finished file', () => {
  it('that is as it was: says so, and is as verified as before', async () => {
    const { engine, id } = await finished()
    expect(await engine.verify(id)).toEqual({
      kind: 'right',
      verification: { kind: 'unverified', reason: 'no-checksum' },
    })
  })

  it('that has its digest: verified', async () => {
    const { engine, id } = await finished({ digests: ['repr-digest'] })
    const verification = { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'server' }] }
    expect(await engine.verify(id)).toEqual({ kind: 'right', verification })
  })

  it('with altered blocks: damaged, also after a restart of the program', async () => {
    const { engine, id } = await finished()
    await alter('data.bin', 5 * mebibyte, 6 * mebibyte, 30 * mebibyte + 16)
    const found = { blocks: 2, bytes: 4 * mebibyte + 2 * mebibyte + 17 }
    expect(await engine.verify(id)).toEqual({ kind: 'damaged', ...found })
    expect(engine.view(id)?.state).toEqual(damaged([4, 8], [28, end]))
    await rig.stop()
    const again = rig.start()
    expect(again.view(id)?.state).toEqual(damaged([4, 8], [28, end]))
    expect(saidOf(again, id)).toEqual([
      { code: 'CHECK', repairs: false },
      { code: 'DAMAGED', ...found },
    ])
  })

  it('that is shorter, or longer: damaged', async () => {
    const { engine, id } = await finished()
    await truncate(rig.path('data.bin'), 29 * mebibyte)
    expect((await engine.verify(id)).kind).toBe('damaged')
    expect(engine.view(id)?.state).toEqual(damaged([28, end]))
    await truncate(rig.path('data.bin'), 40 * mebibyte)
    expect((await engine.verify(id)).kind).toBe('damaged')
  })

  it('that is not there, or another one: says so', async () => {
    const { engine, id } = await finished()
    await rename(rig.path('data.bin'), rig.path('moved.bin'))
    await expect(engine.verify(id)).rejects.toMatchObject({ error: { code: 'E_FILE_MISSING' } })
    await writeFile(rig.path('data.bin'), 'something else')
    await expect(engine.verify(id)).rejects.toMatchObject({ error: { code: 'E_FILE_MISSING' } })
    await expect(engine.verify(99)).rejects.toMatchObject({ error: { code: 'E_NOT_FOUND' } })
  })
})

describe('repair a finished file', () => {
  it('fetches the bad blocks alone, and puts them right', async () => {
    const { file, engine, id, sent } = await finished({ digests: ['repr-digest'] })
    await alter('data.bin', 5 * mebibyte, 30 * mebibyte)
    expect(await engine.repair(id)).toEqual({ kind: 'repaired', bytes: 6 * mebibyte + 17 })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(engine.view(id)?.state).toMatchObject({ verification: { kind: 'verified' } })
    expect(saidOf(engine, id)).toEqual([
      { code: 'CHECK', repairs: true },
      { code: 'DAMAGED', blocks: 2, bytes: 6 * mebibyte + 17 },
      { code: 'REPAIRED', bytes: 6 * mebibyte + 17 },
    ])
    expect(file.bytesSent - sent).toBe(6 * mebibyte + 17)
  })

  it('gives it its length again', async () => {
    const { file, engine, id } = await finished()
    await truncate(rig.path('data.bin'), 10 * mebibyte)
    expect((await engine.repair(id)).kind).toBe('repaired')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    await truncate(rig.path('data.bin'), 40 * mebibyte)
    expect((await engine.repair(id)).kind).toBe('repaired')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it.each([
    ['with another validator', {}],
    ['under the same validator', { keepValidators: true }],
  ])('from a server that has another file now, %s: says so and changes nothing', async (_, change) => {
    const { file, engine, id } = await finished()
    await alter('data.bin', 5 * mebibyte)
    const before = await readFile(rig.path('data.bin'))
    file.change({ seed: 7, ...change })
    await expect(engine.repair(id)).rejects.toMatchObject({ error: { code: 'E_CHANGED' } })
    expect((await readFile(rig.path('data.bin'))).equals(before)).toBe(true)
    expect(engine.view(id)?.state).toEqual(damaged([4, 8]))
  })

  it('shows how far it is: what was read, what was fetched, what was read again', async () => {
    const { engine, id } = await finished()
    await alter('data.bin', 5 * mebibyte)
    const seen = new Map<string, { bytes: number; total: number }>()
    const unsubscribe = engine.subscribe(() => {
      const check = engine.view(id)?.check
      if (check) seen.set(check.doing, check)
    })
    await engine.repair(id)
    unsubscribe()
    const size = 30 * mebibyte + 17
    expect([...seen.keys()]).toEqual(['verify', 'repair', 'confirm'])
    expect(seen.get('verify')).toMatchObject({ total: size })
    expect(seen.get('repair')).toMatchObject({ total: 4 * mebibyte })
    expect(seen.get('confirm')).toMatchObject({ total: size })
    expect(engine.view(id)?.check).toBeUndefined()
  })

  it('that needs no repair: nothing is asked of the server', async () => {
    const { file, engine, id } = await finished()
    const asked = file.requests.length
    expect((await engine.repair(id)).kind).toBe('right')
    expect(file.requests.length).toBe(asked)
  })

  it('while the server fails: says so, the file is no worse, a later try works', async () => {
    const { file, engine, id } = await finished()
    await alter('data.bin', 5 * mebibyte)
    const before = await readFile(rig.path('data.bin'))
    file.set({ cut: { after: 1 * mebibyte } })
    await expect(engine.repair(id)).rejects.toMatchObject({ error: { code: 'E_REPAIR' } })
    expect((await readFile(rig.path('data.bin'))).equals(before)).toBe(true)
    file.unset('cut')
    expect((await engine.repair(id)).kind).toBe('repaired')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('ends with the program: the damage is known afterwards, and can be repaired', async () => {
    const { file, engine, id } = await finished()
    await alter('data.bin', 5 * mebibyte)
    file.set({ stall: { after: 1 * mebibyte } })
    const stopped = expect(engine.repair(id)).rejects.toMatchObject({ error: { code: 'E_STOPPED' } })
    await waitFor(engine, id, ({ check }) => check?.doing === 'repair' && check.total === 4 * mebibyte)
    await rig.stop()
    await stopped
    file.release()
    const again = rig.start()
    expect(again.view(id)?.state).toEqual(damaged([4, 8]))
    expect((await again.repair(id)).kind).toBe('repaired')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

describe('a checksum that the user has', () => {
  it.each(checksumAlgorithms)('%s: fits, or does not', async (algorithm) => {
    const file = server.file('/data.bin', { size: 9 * mebibyte + 3 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    const hash = createDigest(algorithm)
    hash.update(await readFile(rig.path('data.bin')))
    const hex = hash.hex()
    const other = (hex.startsWith('0') ? '1' : '0') + hex.slice(1)
    expect(await engine.compare(id, { algorithm, hex: other })).toEqual({ fits: false, found: { algorithm, hex } })
    expect(engine.view(id)?.state).toMatchObject({ verification: { kind: 'unverified' } })
    expect(await engine.compare(id, { algorithm, hex })).toEqual({ fits: true, found: { algorithm, hex } })
    expect(engine.view(id)?.state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm, source: 'user' }] },
    })
    expect(saidOf(engine, id)).toEqual([
      { code: 'COMPARED', algorithm, fits: false },
      { code: 'COMPARED', algorithm, fits: true },
    ])
    // It is remembered: from now on the file has to have it.
    await alter('data.bin', 1)
    expect((await engine.verify(id)).kind).toBe('damaged')
    expect((await engine.compare(id, { algorithm, hex })).fits).toBe(false)
  })

  it('that is weak: does not take the place of the server’s', async () => {
    const { engine, id } = await finished({ digests: ['repr-digest'] })
    const { hex } = await engine.digest(id, 'md5')
    expect((await engine.compare(id, { algorithm: 'md5', hex })).fits).toBe(true)
    expect(engine.view(id)?.state).toMatchObject({
      verification: { checks: [{ algorithm: 'sha-256', source: 'server' }] },
    })
  })

  it('of a damaged file that fits all the same: it stays damaged', async () => {
    const { engine, id } = await finished()
    await alter('data.bin', 5 * mebibyte)
    await engine.verify(id)
    const { hex } = await engine.digest(id, 'sha-256')
    expect((await engine.compare(id, { algorithm: 'sha-256', hex })).fits).toBe(true)
    expect(engine.view(id)?.state).toEqual(damaged([4, 8]))
  })

  it('is refused before the download is complete', async () => {
    const file = server.file('/data.bin', { size: 10 * mebibyte, stall: { after: 1000 } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { start: false }))
    await expect(engine.digest(id, 'md5')).rejects.toMatchObject({ error: { code: 'E_STATE' } })
  })
})

describe('repair a finished file with the help of its mirrors', () => {
  async function mirrored(mirror: Partial<FileOptions> = {}) {
    const file = server.file('/data.bin', { size: 30 * mebibyte + 17 })
    const second = server.file('/second.bin', { size: 30 * mebibyte + 17, ...mirror })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4, mirrors: [{ url: second.url, from: 'user' }] }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    await alter('data.bin', 5 * mebibyte, 30 * mebibyte)
    return { file, second, engine, id }
  }

  it.each([
    ['is gone', (file: TestFile) => file.set({ status: { code: 404, body: '' } })],
    ['has another file now', (file: TestFile) => file.change({ seed: 7 })],
    ['has another file under the same validator', (file: TestFile) => file.change({ seed: 7, keepValidators: true })],
    ['does not send parts any more', (file: TestFile) => file.set({ ranges: false })],
  ])('when its own server %s', async (_, spoil) => {
    const { file, second, engine, id } = await mirrored()
    const right = file.sha256()
    spoil(file)
    const sent = second.bytesSent
    expect(await engine.repair(id)).toEqual({ kind: 'repaired', bytes: 6 * mebibyte + 17 })
    expect(await sha256(rig.path('data.bin'))).toBe(right)
    expect(second.bytesSent - sent).toBe(6 * mebibyte + 17)
  })

  it('but never with bytes of another file: nothing is changed', async () => {
    const { file, engine, id } = await mirrored({ seed: 9 })
    const before = await readFile(rig.path('data.bin'))
    file.set({ status: { code: 404, body: '' } })
    await expect(engine.repair(id)).rejects.toMatchObject({ error: { code: 'E_REPAIR' } })
    expect((await readFile(rig.path('data.bin'))).equals(before)).toBe(true)
    expect(engine.view(id)?.state).toEqual(damaged([4, 8], [28, end]))
  })
})

describe('an unfinished download', () => {
  async function paused() {
    const file = server.file('/data.bin', { size: 60 * mebibyte, stall: { after: 14 * mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    await waitFor(engine, id, (view) => view.received >= 52 * mebibyte)
    engine.pause([id])
    await waitFor(engine, id, (view) => view.connections === 0)
    await server.waitUntil(() => file.parallel === 0)
    const name = (await rig.files())[0] ?? ''
    return { file, engine, id, name }
  }

  it('is verified: what differs is taken back; repaired: it goes on', async () => {
    const { file, engine, id, name } = await paused()
    await vi.waitUntil(async () => (await engine.verify(id).catch(() => null))?.kind === 'right')
    const { received } = engine.view(id) ?? { received: 0 }
    await alter(name, 1 * mebibyte)
    expect(await engine.verify(id)).toEqual({ kind: 'damaged', blocks: 1, bytes: 4 * mebibyte })
    expect(engine.view(id)).toMatchObject({ received: received - 4 * mebibyte, notice: { code: 'PART_DAMAGED' } })
    await alter(name, 5 * mebibyte)
    file.release()
    expect((await engine.repair(id)).kind).toBe('damaged')
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('that runs is not checked', async () => {
    const file = server.file('/data.bin', { size: 10 * mebibyte, stall: { after: 1000 } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await file.waitForRequest(1)
    await expect(engine.verify(id)).rejects.toMatchObject({ error: { code: 'E_STATE' } })
  })
})
