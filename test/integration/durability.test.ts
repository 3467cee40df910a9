import fs, { closeSync, openSync, readSync, statSync } from 'node:fs'
import { mkdir, open, readdir, readlink, stat, truncate, unlink, writeFile, type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Engine } from '../../src/main/engine/engine'
import type { DownloadRecord } from '../../src/main/engine/ports'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { on, type TestFile, type TestServer } from '../server'
import { runCliUnder, type Ended } from './processes'
import { inEachTest, Rig, sha256, untilEnd, untilState, waitFor } from './rig'
import { mountable, smallDisk } from './small-disk'
import { stored } from './stored'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

/** Where a claim of the record is not what is in the partial file; `null` when all of it is. */
function falseClaim({ part }: DownloadRecord, file: TestFile): string | null {
  if (part.kind !== 'open') return null
  const fd = openSync(part.path, 'r')
  try {
    const piece = Buffer.alloc(4 * mebibyte)
    for (const { start, written } of part.segments) {
      for (let at = start; at < written;) {
        const length = readSync(fd, piece, 0, Math.min(piece.length, written - at), at)
        const there = piece.subarray(0, length)
        if (length === 0 || !there.equals(file.bytes(at, at + length))) return `${at} of ${start}-${written}`
        at += length
      }
    }
    return null
  } finally {
    closeSync(fd)
  }
}

/** Called before each commit of a record, with what the store has of it. */
type Look = (record: DownloadRecord, before: DownloadRecord | null) => void
const watch = vi.hoisted(() => ({ look: null as Look | null }))
vi.mock(import('../../src/main/store/downloads'), async (original) => {
  const real = await original()
  return {
    ...real,
    createDownloadStore(database) {
      const store = real.createDownloadStore(database)
      return {
        ...store,
        save(records) {
          for (const record of records) watch.look?.(record, store.get(record.id))
          store.save(records)
        },
        commit(records) {
          for (const record of records) watch.look?.(record, store.get(record.id))
          return store.commit(records)
        },
      }
    },
  }
})
afterEach(() => {
  watch.look = null
})

/** The disk does what no healthy disk can be made to do: a method of open files is another one for the time of a test. */
async function spoil<K extends 'datasync' | 'writev'>(method: K, spoiled: Spoiled[K]): Promise<() => void> {
  const handle = await open(import.meta.filename)
  const prototype = Object.getPrototypeOf(handle) as Record<K, (...args: unknown[]) => Promise<unknown>>
  await handle.close()
  const original = prototype[method]
  prototype[method] = function (this: FileHandle, ...args: unknown[]) {
    const healthy = (...rest: unknown[]) => original.apply(this, rest)
    return (spoiled as (...all: unknown[]) => Promise<unknown>)(healthy, this.fd, ...args)
  }
  return () => {
    prototype[method] = original
  }
}
/** Those that are made in the engine's thread. */
function countWritesHere(count: (bytes: number) => void): () => void {
  const { writeSync, writevSync } = fs
  fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
    const bytes = writeSync(...args)
    count(bytes)
    return bytes
  }) as typeof writeSync
  fs.writevSync = (...args) => {
    const bytes = writevSync(...args)
    count(bytes)
    return bytes
  }
  syncBuiltinESMExports()
  return () => {
    Object.assign(fs, { writeSync, writevSync })
    syncBuiltinESMExports()
  }
}
interface Spoiled {
  datasync(healthy: () => Promise<unknown>, fd: number): Promise<unknown>
  writev(
    healthy: (buffers: readonly Buffer[], position: number) => Promise<{ bytesWritten: number }>,
    fd: number,
    buffers: readonly Buffer[],
    position: number,
  ): Promise<unknown>
}
describe('committed claims are always in the file', () => {
  it('while connections break, give their rest away, and a pause comes now and then', async () => {
    const file = server.file('/data.bin', {
      size: 24 * mebibyte,
      rate: 8 * mebibyte,
      cut: on((request) => request.nth % 3 === 0, { after: 700_000, how: 'rst' }),
    })
    const problems: string[] = []
    let commits = 0
    watch.look = (record) => {
      commits++
      const problem = falseClaim(record, file)
      if (problem !== null) problems.push(problem)
    }
    const engine = rig.start({ checkpoints: { interval: 2, bytes: 256 * 1024 } })
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    for (let n = 1; n <= 5; n++) {
      await waitFor(engine, id, (view) => view.state.kind === 'done' || view.received > n * 3 * mebibyte)
      engine.pause([id])
      engine.resume([id])
    }
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(problems).toEqual([])
    expect(commits).toBeGreaterThan(10)
  })

  it('55, 56: and were synced before: what was written after a sync began is not part of it', async () => {
    const file = server.file('/data.bin', { size: 16 * mebibyte, rate: 8 * mebibyte })
    let written = 0
    let synced = 0
    let commits = 0
    const problems: string[] = []
    const count = (bytes: number) => (written += bytes)
    const repairs = [
      await spoil('writev', async (healthy, _, buffers, position) => {
        const done = await healthy(buffers, position)
        count(done.bytesWritten)
        return done
      }),
      countWritesHere(count),
      await spoil('datasync', async (healthy) => {
        const before = written
        await healthy()
        // Other writes end meanwhile.
        const goal = Math.min(written + mebibyte, file.size)
        while (written < goal) await tick()
        synced = Math.max(synced, before)
      }),
    ]
    watch.look = ({ part }) => {
      if (part.kind !== 'open') return
      commits++
      const claimed = writtenBytes(part.segments)
      if (claimed > synced) problems.push(`${claimed} claimed, ${synced} synced`)
    }
    const engine = rig.start({ checkpoints: { interval: 2, bytes: 64 * 1024 } })
    try {
      const id = await engine.add(rig.request(file.url, { connections: 4 }))
      expect((await untilEnd(engine, id)).state.kind).toBe('done')
    } finally {
      for (const repair of repairs) repair()
    }
    expect(problems).toEqual([])
    expect(commits).toBeGreaterThan(5)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('45: a truncated file gets its length back only after the claims beyond its end are gone', async () => {
    const file = server.file('/data.bin', { size: 4 * mebibyte, stall: { after: 3 * mebibyte } })
    const sizes: number[] = []
    watch.look = (record, before) => {
      if (record.notice?.code !== 'PART_TRUNCATED' || before?.notice || record.part.kind !== 'open') return
      sizes.push(statSync(record.part.path).size)
    }
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= 2 * mebibyte)
    engine.pause([id])
    await server.waitUntil(() => server.parallel === 0)
    file.release()
    const [name = ''] = await rig.files()
    await truncate(rig.path(name), mebibyte)
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(sizes).toEqual([mebibyte])
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

const diskError = (code: string) => Object.assign(new Error(`${code}: of the test`), { code })

describe('a disk that fails', () => {
  let repair: () => void = () => undefined
  afterEach(() => repair())

  it('42: fdatasync: never tried again on that file; fails, goes back to the last checkpoint; then OK', async () => {
    const file = server.file('/data.bin', { size: 16 * mebibyte, rate: 8 * mebibyte })
    let syncs = 0
    const broken = new Set<number>()
    const again: number[] = []
    repair = await spoil('datasync', (healthy, fd) => {
      if (broken.has(fd)) again.push(fd)
      if (++syncs < 5) return healthy()
      broken.add(fd)
      return Promise.reject(diskError('EIO'))
    })
    const engine = rig.start({ checkpoints: { interval: 20, bytes: mebibyte } })
    const id = await engine.add(rig.request(file.url, { connections: 2 }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'IO', retry: 'no' } })
    expect(again).toEqual([])
    const record = stored(rig, (store) => store.get(id))
    expect(record && falseClaim(record, file)).toBeNull()
    const claims = record?.part.kind === 'open' ? writtenBytes(record.part.segments) : 0
    await expect.poll(() => engine.view(id)?.received).toBe(claims)
    repair()
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    // All that was not committed was fetched again, nothing else.
    expect(file.requests.filter(({ range }) => range?.start === 0)).toHaveLength(1)
  })

  it('41: EIO on a write: fails, what is there stays; then OK', async () => {
    const file = server.file('/data.bin', { size: 8 * mebibyte })
    let writes = 0
    repair = await spoil('writev', (healthy, _, buffers, position) =>
      ++writes === 5 ? Promise.reject(diskError('EIO')) : healthy(buffers, position),
    )
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'IO' } })
    expect(engine.view(id)?.received).toBeGreaterThan(0)
    repair()
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('43: short writes: goes on where they ended', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte })
    repair = await spoil('writev', (healthy, _, buffers, position) => {
      const [first = Buffer.alloc(0)] = buffers
      return healthy([first.subarray(0, Math.ceil(first.length / 3))], position)
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('49: no more open files: waits, then OK', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte })
    let writes = 0
    repair = await spoil('writev', (healthy, _, buffers, position) =>
      ++writes < 3 ? Promise.reject(diskError('EMFILE')) : healthy(buffers, position),
    )
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('52: a sync that takes long holds neither the transfer nor another download up', async () => {
    const slow = server.file('/slow.bin', { size: 4 * mebibyte })
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    repair = await spoil('datasync', async (healthy) => {
      await held
      return healthy()
    })
    const engine = rig.start({ checkpoints: { interval: 5, bytes: 64 * 1024 } })
    const id = await engine.add(rig.request(slow.url, { connections: 1 }))
    await waitFor(engine, id, (view) => view.received === slow.size)
    expect(engine.view(id)?.state.kind).toBe('active')
    letGo()
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('slow.bin'))).toBe(slow.sha256())
  })
})

describe.runIf(mountable)('a disk that is full or read-only', () => {
  it('39: full before it begins: fails, nothing is made, no body is fetched', async () => {
    await using disk = await smallDisk(4)
    const file = server.file('/data.bin', { size: 1024 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { folder: disk.folder }))
    expect((await untilEnd(engine, id)).state).toMatchObject({
      kind: 'failed',
      error: { code: 'NOSPACE', retry: 'no' },
    })
    expect(await readdir(disk.folder)).toEqual([])
    expect(engine.view(id)?.received).toBe(0)
    // No more than what the system's buffers take before anybody reads.
    expect(file.bytesSent).toBeLessThan(32 * mebibyte)
  })

  it('40: full in the middle: fails, what is there stays; space is freed: OK', async () => {
    await using disk = await smallDisk(8)
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { folder: disk.folder, connections: 1 }))
    await waitFor(engine, id, (view) => view.received > 0)
    await writeFile(disk.path('filler'), Buffer.alloc(5 * mebibyte))
    file.release()
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'NOSPACE' } })
    expect(engine.view(id)?.received).toBeGreaterThanOrEqual(mebibyte / 2)
    const record = stored(rig, (store) => store.get(id))
    expect(record && falseClaim(record, file)).toBeNull()
    await unlink(disk.path('filler'))
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(disk.path('data.bin'))).toBe(file.sha256())
    expect(file.requests.at(-1)?.range?.start).toBeGreaterThan(0)
  })

  it('40: full in the middle of a file of unknown length: fails', async () => {
    await using disk = await smallDisk(4)
    const file = server.file('/data.bin', { size: 16 * mebibyte, ranges: false, framing: 'chunked' })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { folder: disk.folder }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'NOSPACE' } })
  })

  it('40: the disk of the database is full too: fails, and goes on when there is space', async () => {
    await using disk = await smallDisk(8)
    await using own = await onDisk(disk.folder)
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: mebibyte } })
    const engine = own.start()
    const id = await engine.add(own.request(file.url, { connections: 1 }))
    await waitFor(engine, id, (view) => view.received > 0)
    await fill(disk.path('filler'))
    file.release()
    expect((await untilState(engine, id, 'failed')).state).toMatchObject({ error: { code: 'NOSPACE' } })
    await unlink(disk.path('filler'))
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(own.path('data.bin'))).toBe(file.sha256())
  })

  it('47: read-only: fails with ACCESS, nothing is lost; writable again: OK', async () => {
    await using disk = await smallDisk(16)
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: 2 * mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { folder: disk.folder, connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    await pauseAndSettle(engine, id)
    file.release()
    await disk.remount('ro')
    engine.resume([id])
    expect((await untilState(engine, id, 'failed')).state).toMatchObject({ error: { code: 'ACCESS', retry: 'no' } })
    const fresh = server.file('/fresh.bin', { size: 1000 })
    const other = await engine.add(rig.request(fresh.url, { folder: disk.folder }))
    expect((await untilEnd(engine, other)).state).toMatchObject({ error: { code: 'ACCESS' } })
    await disk.remount('rw')
    engine.resume([id, other])
    for (const each of [id, other]) expect((await untilEnd(engine, each)).state.kind).toBe('done')
    expect(await sha256(disk.path('data.bin'))).toBe(file.sha256())
    expect(file.requests.at(-1)?.range?.start).toBeGreaterThanOrEqual(mebibyte)
  })

  it('47: its folder is unmounted meanwhile: begins again in the empty folder', async () => {
    const folder = rig.path('mounted')
    await mkdir(folder)
    await using disk = await smallDisk(16, folder)
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: 2 * mebibyte } })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { folder, connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    await pauseAndSettle(engine, id)
    file.release()
    await disk.unmount()
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({
      state: { kind: 'done' },
      notice: { code: 'RESTARTED_PART_LOST' },
    })
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
  })

  /** A rig whose database is on that disk, too. */
  async function onDisk(folder: string): Promise<Rig> {
    const before = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      return await Rig.create()
    } finally {
      if (before === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = before
    }
  }

  /** Writes until not a byte more fits. */
  async function fill(file: string): Promise<void> {
    const handle = await open(file, 'w')
    try {
      for (let size = mebibyte; size >= 1; size /= 2) {
        try {
          for (;;) await handle.write(Buffer.alloc(size))
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        }
      }
    } finally {
      await handle.close()
    }
  }
})

async function pauseAndSettle(engine: Engine, id: number): Promise<void> {
  engine.pause([id])
  await server.waitUntil(() => server.parallel === 0)
  const [record] = engine.unfinished()
  const part = record?.part.kind === 'open' ? record.part.path : ''
  await expect.poll(() => openHandles(part)).toBe(0)
}

async function openHandles(file: string): Promise<number> {
  const fds = await readdir('/proc/self/fd')
  const targets = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return targets.filter((target) => target === file).length
}

describe.runIf(process.platform === 'linux')('a largest size for files', () => {
  const get = (file: TestFile, ...more: string[]): Promise<Ended> => {
    const limited = runCliUnder(
      ['prlimit', '--fsize=2097152', '--'],
      ['get', '--json', '-d', rig.folder, '--store', path.join(rig.root, 'store'), ...more, file.url],
    )
    return limited.ended
  }

  it('48: exceeded by the announced length: fails before anything is written', async () => {
    const { code, stdout } = await get(server.file('/data.bin', { size: 3 * mebibyte }))
    expect(code).toBe(6)
    expect(stdout).toContain('"code":"FILE_TOO_BIG"')
    expect(await rig.files()).toEqual([])
  })

  it('48: exceeded in the middle: fails', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte, ranges: false, framing: 'chunked' })
    const { code, stdout } = await get(file)
    expect(code).toBe(6)
    expect(stdout).toContain('"code":"FILE_TOO_BIG"')
    const [part = ''] = await rig.files()
    expect((await stat(rig.path(part))).size).toBeLessThanOrEqual(2 * mebibyte)
  })
})
