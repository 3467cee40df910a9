import { existsSync } from 'node:fs'
import {
  link,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  rename,
  stat,
  symlink,
  truncate,
  unlink,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import { setImmediate as tick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Verification } from '../../src/shared/verification'
import type { DownloadId } from '../../src/shared/download'
import type { Engine, EngineSettings } from '../../src/main/engine/engine'
import type { DownloadRecord, NewDownload, Part } from '../../src/main/engine/ports'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { on, type FileOptions, type TestFile, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, untilState, waitFor, type RigOptions } from './rig'
import { stored } from './stored'

const mebibyte = 1024 * 1024
/** Only what ends a download or the program makes a checkpoint. */
const neverByItself = { interval: 2 ** 31 - 1, bytes: Infinity }

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

interface Begun {
  readonly engine: Engine
  readonly file: TestFile
  readonly id: DownloadId
}

/** A download that has some of its bytes and stands still on the wire. */
async function begin(options: Partial<FileOptions> = {}, rigOptions: RigOptions = {}): Promise<Begun> {
  const file = server.file('/data.bin', { size: 8 * mebibyte, stall: { after: 3 * mebibyte }, ...options })
  const engine = rig.start(rigOptions)
  const id = await engine.add(rig.request(file.url, { connections: 1 }))
  await waitFor(engine, id, (view) => view.received >= 2 * mebibyte)
  return { engine, file, id }
}

/** The same, paused, with its connections closed and its claims stored. */
async function beginAndPause(options: Partial<FileOptions> = {}): Promise<Begun & { readonly part: string }> {
  const begun = await begin(options)
  begun.engine.pause([begun.id])
  await expect.poll(() => committed(begun.id)).toBeGreaterThanOrEqual(2 * mebibyte)
  await server.waitUntil(() => server.parallel === 0)
  begun.file.release()
  return { ...begun, part: partPath(begun.id) }
}

const record = (id: DownloadId): DownloadRecord => {
  const found = stored(rig, (store) => store.get(id))
  if (!found) throw new Error(`no download ${id}`)
  return found
}
const committed = (id: DownloadId): number => {
  const { part } = record(id)
  return part.kind === 'open' ? writtenBytes(part.segments) : 0
}
const partIdentity = (id: DownloadId): string => {
  const { part } = record(id)
  return part.kind === 'open' ? part.inode : ''
}
const partPath = (id: DownloadId): string => {
  const { part } = record(id)
  if (!('path' in part)) throw new Error('no part')
  return part.path
}

/** It is done, and what it is is what the server has. */
async function expectDone({ engine, file, id }: Begun, name = 'data.bin') {
  const view = await untilEnd(engine, id)
  expect(view).toMatchObject({ state: { kind: 'done' }, name, total: file.size, received: file.size })
  expect(await sha256(rig.path(name))).toBe(file.sha256())
  return view
}

describe('the program starts again', () => {
  it('and what was active goes on by itself from its last checkpoint', async () => {
    const { file, id } = await begin()
    await rig.stop()
    const had = committed(id)
    file.release()
    const engine = rig.start()
    await expectDone({ engine, file, id })
    const [first, second, ...more] = file.requests
    expect(more).toEqual([])
    expect(second?.range?.start).toBe(had)
    expect(second?.headers['if-range']).toBe(`"${file.version.tag}"`)
    expect(first?.bytesSent).toBeGreaterThanOrEqual(had)
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('and what was paused stays paused, until somebody resumes it', async () => {
    const { file, id } = await beginAndPause()
    await rig.stop()
    const engine = rig.start()
    // One that was added later runs to its end meanwhile.
    const other = server.file('/other.bin', { size: 1000 })
    await untilEnd(engine, await engine.add(rig.request(other.url)))
    expect(engine.view(id)).toMatchObject({ state: { kind: 'paused' }, total: file.size, name: 'data.bin' })
    expect(engine.view(id)?.received).toBeGreaterThanOrEqual(2 * mebibyte)
    expect(file.requests).toHaveLength(1)
    engine.resume([id])
    await expectDone({ engine, file, id })
  })

  it('and what failed stays failed, with its reason, until somebody tries again', async () => {
    const { engine: first, file, id } = await beginAndPause()
    file.set({ status: 404 })
    first.resume([id])
    await untilState(first, id, 'failed')
    await rig.stop()
    const requests = file.requests.length
    const engine = rig.start()
    const other = server.file('/other.bin', { size: 1000 })
    await untilEnd(engine, await engine.add(rig.request(other.url)))
    expect(engine.view(id)?.state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_404', retry: 'no' } })
    expect(file.requests).toHaveLength(requests)
    file.unset('status')
    engine.resume([id])
    await expectDone({ engine, file, id })
    expect(file.requests.at(-1)?.range?.start).toBeGreaterThanOrEqual(2 * mebibyte)
  })

  it('and what was queued runs when it is its turn', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const first = rig.start({ settings: { concurrentDownloads: 1 } })
    const ids = [await first.add(rig.request(file.url)), await first.add(rig.request(file.url))]
    await file.waitForRequest(1)
    await rig.stop()
    file.release()
    const engine = rig.start({ settings: { concurrentDownloads: 1 } })
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await rig.files()).toEqual(['data (1).bin', 'data.bin'])
  })

  it('and what is done stays done', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const first = rig.start()
    const id = await first.add(rig.request(file.url))
    const before = await untilEnd(first, id)
    await rig.stop()
    const engine = rig.start()
    expect(engine.list()).toEqual([before])
    expect(engine.unfinished()).toEqual([])
  })

  it('8: and a file that changed meanwhile begins again, and says so', async () => {
    const { file, id } = await begin()
    await rig.stop()
    file.change({ seed: 2 })
    file.release()
    const engine = rig.start()
    expect((await expectDone({ engine, file, id })).notice?.code).toBe('RESTARTED_CHANGED')
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('10: and a server that gives no validator begins again, and says so', async () => {
    const { file, id } = await begin({ etag: 'weak', lastModified: null })
    await rig.stop()
    file.release()
    const engine = rig.start()
    expect((await expectDone({ engine, file, id })).notice?.code).toBe('RESTARTED_NO_RANGES')
    expect(file.requests.map((request) => request.range?.start)).toEqual([0, 0])
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

describe('an engine that holds', () => {
  it('takes only what is its own, paused', async () => {
    const { file, id } = await begin()
    await rig.stop()
    file.release()
    const engine = rig.start({ onLoad: { kind: 'hold', mine: (each) => each.id === id } })
    expect(engine.view(id)?.state.kind).toBe('paused')
    await rig.stop()
    const other = rig.start({ onLoad: { kind: 'hold', mine: () => false } })
    expect(other.unfinished()).toEqual([])
    other.resumeAll()
    expect(other.view(id)?.state.kind).toBe('paused')
  })
})

describe('what ends a download makes a checkpoint:', () => {
  it('close()', async () => {
    const { file, id } = await begin({}, { checkpoints: neverByItself })
    expect(committed(id)).toBe(0)
    await rig.stop()
    const had = committed(id)
    expect(had).toBeGreaterThanOrEqual(2 * mebibyte)
    expect((await readFile(partPath(id))).subarray(0, had)).toEqual(file.bytes(0, had))
  })

  it('a pause', async () => {
    const { engine, id } = await begin({}, { checkpoints: neverByItself })
    engine.pause([id])
    await expect.poll(() => committed(id)).toBeGreaterThanOrEqual(2 * mebibyte)
  })

  it('a failure', async () => {
    const { engine, file, id } = await begin({}, { checkpoints: neverByItself })
    file.set({ status: 404 })
    server.resetConnections()
    await untilState(engine, id, 'failed')
    expect(committed(id)).toBeGreaterThanOrEqual(2 * mebibyte)
    expect(committed(id)).toBe(engine.view(id)?.received)
  })
})

describe('the partial file was touched while nobody looked', () => {
  it('44: deleted: begins again, and says so', async () => {
    const begun = await beginAndPause()
    await unlink(begun.part)
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('RESTARTED_PART_LOST')
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('44: another file stands in its place: begins again, that file is not touched', async () => {
    const begun = await beginAndPause()
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), begun.part)
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('RESTARTED_PART_LOST')
    expect(await readFile(begun.part, 'utf8')).toBe('my own words')
  })

  it('44: deleted, and a new file there got its inode number: begins again, that file is not touched', async () => {
    const begun = await beginAndPause()
    await rig.stop()
    // What cannot be had at will: to the store it is the same number, born an hour earlier.
    const [inode, birth = ''] = partIdentity(begun.id).split('@')
    expect(BigInt(birth)).toBeGreaterThan(0n)
    stored(rig, (store) => {
      const { part, ...rest } = store.get(begun.id)!
      const earlier = `${inode}@${BigInt(birth) - 3_600_000_000_000n}`
      if (part.kind === 'open') store.save([{ ...rest, part: { ...part, inode: earlier } }])
    })
    await writeFile(begun.part, 'my own words')
    const engine = rig.start()
    engine.resume([begun.id])
    expect((await expectDone({ ...begun, engine })).notice?.code).toBe('RESTARTED_PART_LOST')
    expect(await readFile(begun.part, 'utf8')).toBe('my own words')
  })

  it('45: truncated: only what is missing is fetched again', async () => {
    const begun = await beginAndPause()
    await truncate(begun.part, mebibyte)
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('PART_TRUNCATED')
    expect(begun.file.requests.at(-1)?.range?.start).toBe(mebibyte)
  })

  it('45: truncated to nothing over a restart of the program', async () => {
    const { file, id, part } = await beginAndPause()
    await rig.stop()
    await truncate(part, 0)
    const engine = rig.start()
    engine.resume([id])
    await expectDone({ engine, file, id })
  })

  it('68: a link was planted: not followed, its target not touched', async () => {
    const begun = await beginAndPause()
    const target = path.join(rig.root, 'precious')
    await writeFile(target, 'precious')
    // Renamed into its place: a new one there might get the inode number of the file that was just deleted.
    await symlink(target, rig.path('link'))
    await rename(rig.path('link'), begun.part)
    begun.engine.resume([begun.id])
    await expectDone(begun)
    expect(await readFile(target, 'utf8')).toBe('precious')
    expect((await lstat(begun.part)).isSymbolicLink()).toBe(true)
  })

  it('68: it was moved away and a link leads to it: not followed either', async () => {
    const begun = await beginAndPause()
    const moved = path.join(rig.root, 'moved')
    await rename(begun.part, moved)
    await symlink(moved, begun.part)
    const before = await readFile(moved)
    begun.engine.resume([begun.id])
    await expectDone(begun)
    expect((await readFile(moved)).equals(before)).toBe(true)
  })

  it.each(['rename', 'overwrite'] as const)('68: a link at the final name is not followed: %s', async (onConflict) => {
    const target = path.join(rig.root, 'precious')
    await writeFile(target, 'precious')
    await symlink(target, rig.path('data.bin'))
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { onConflict }))
    await expectDone({ engine, file, id }, onConflict === 'rename' ? 'data (1).bin' : 'data.bin')
    expect(await readFile(target, 'utf8')).toBe('precious')
  })

  it('47: the folder is gone: it is made again', async () => {
    const begun = await beginAndPause()
    await rename(rig.folder, path.join(rig.root, 'elsewhere'))
    begun.engine.resume([begun.id])
    expect((await expectDone(begun)).notice?.code).toBe('RESTARTED_PART_LOST')
  })
})

describe('what was noted of the partial file', () => {
  it.each([
    ['has a gap', [0, 100, 200]],
    ['ends early', [0]],
  ])('%s: begins again, and says so', async (_, starts) => {
    const { file, id } = await beginAndPause()
    await rig.stop()
    stored(rig, (store) => {
      const { part, ...rest } = record(id)
      if (part.kind !== 'open') throw new Error('no part')
      const segments = starts.map((start) => ({ start, end: start + 50, written: start + 50 }))
      store.save([{ ...rest, part: { ...part, segments } }])
    })
    const engine = rig.start()
    engine.resume([id])
    expect((await expectDone({ engine, file, id })).notice?.code).toBe('RESTARTED_CLAIMS_DAMAGED')
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

describe('54, 57: the program ended while the file got its name', () => {
  const part = () => rig.path('data.bin.0123abcd.part')
  const final = () => rig.path('data.bin')

  /** What the store has then: the final name is committed before it is tried. */
  async function finalizing(
    file: TestFile,
    inodeFrom: string,
    change: Partial<NewDownload> = {},
    verification: Verification = { kind: 'unverified', reason: 'no-checksum' },
  ): Promise<DownloadId> {
    const { ino } = await stat(inodeFrom, { bigint: true })
    const unfinished: Part = {
      kind: 'finalizing',
      generation: '0123abcd',
      path: part(),
      inode: ino.toString(),
      finalPath: final(),
      bytes: file.size,
      verification,
    }
    return stored(rig, (store) =>
      store.insert({
        ...rig.request(file.url),
        group: null,
        category: null,
        limit: null,
        position: 1,
        priority: 'normal',
        queue: 1,
        startAt: null,
        stopAt: null,
        onlyNow: false,
        requestedName: null,
        name: 'data.bin',
        secret: { kind: 'none' },
        state: { kind: 'active', phase: { kind: 'probing' } },
        remote: {
          url: file.url,
          total: file.size,
          validator: { kind: 'etag', value: `"${file.version.tag}"` },
          ranges: true,
          contentType: null,
        },
        part: unfinished,
        notice: null,
        addedAt: 0,
        finishedAt: null,
        finalBytes: null,
        ...change,
      }),
    ).id
  }
  const file = () => server.file('/data.bin', { size: 300_000 })

  it('each name is committed before it is tried', async () => {
    const served = server.file('/data.bin', { size: 300_000, stall: { after: 1000 } })
    const engine = rig.start()
    const tried = new Map<string, boolean>()
    const id = await engine.add(rig.request(served.url, { name: 'second.bin' }))
    await waitFor(engine, id, (view) => view.total !== null)
    await writeFile(rig.path('second.bin'), 'mine')
    engine.subscribe(() => {
      const unfinished = record(id).part
      if (unfinished.kind === 'finalizing') tried.set(unfinished.finalPath, existsSync(unfinished.finalPath))
    })
    served.release()
    await expectDone({ engine, file: served, id }, 'second (1).bin')
    expect([...tried]).toEqual([
      [rig.path('second.bin'), true],
      [rig.path('second (1).bin'), false],
    ])
  })

  it('it has its name: done', async () => {
    const served = file()
    await writeFile(final(), served.bytes())
    const id = await finalizing(served, final())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(served.requests).toEqual([])
    expect(record(id)).toMatchObject({ state: { kind: 'done' }, part: { kind: 'published' }, finalBytes: served.size })
  })

  it('it has both names: done, and the first one goes', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    await link(part(), final())
    const id = await finalizing(served, part())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(await rig.files()).toEqual(['data.bin'])
    expect(served.requests).toEqual([])
  })

  it('it does not have its name: gets it', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const id = await finalizing(served, part())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(await rig.files()).toEqual(['data.bin'])
    expect(served.requests).toEqual([])
  })

  it('51: somebody else took its name: gets another, the other file is untouched', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    await writeFile(final(), 'mine')
    const id = await finalizing(served, part())
    await expectDone({ engine: rig.start(), file: served, id }, 'data (1).bin')
    expect(await readFile(final(), 'utf8')).toBe('mine')
    expect(served.requests).toEqual([])
  })

  it('neither is there: begins again', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const id = await finalizing(served, part())
    await unlink(part())
    const view = await expectDone({ engine: rig.start(), file: served, id })
    expect(view.notice?.code).toBe('RESTARTED_PART_LOST')
    expect(served.requests).toHaveLength(1)
  })

  it('another file stands in its place: begins again, that one is not touched', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const id = await finalizing(served, part())
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), part())
    await expectDone({ engine: rig.start(), file: served, id })
    expect(await readFile(part(), 'utf8')).toBe('my own words')
  })

  it('before that, with every byte committed: nothing is asked', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const { ino } = await stat(part(), { bigint: true })
    const segments = [{ start: 0, end: served.size, written: served.size }]
    const id = await finalizing(served, part(), {
      part: { kind: 'open', generation: '0123abcd', path: part(), inode: ino.toString(), segments },
    })
    await expectDone({ engine: rig.start(), file: served, id })
    expect(served.requests).toEqual([])
  })

  it('what was verified is still called verified', async () => {
    const served = file()
    await writeFile(part(), served.bytes())
    const verification: Verification = { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'server' }] }
    const id = await finalizing(served, part(), {}, verification)
    const view = await expectDone({ engine: rig.start(), file: served, id })
    expect(view.state).toMatchObject({ verification })
  })
})

describe('the settings change', () => {
  it('more downloads at a time: the next one begins', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const settings: { -readonly [K in keyof EngineSettings]?: EngineSettings[K] } = { concurrentDownloads: 1 }
    const engine = rig.start({ settings })
    for (let n = 0; n < 3; n++) await engine.add(rig.request(file.url, { connections: 1 }))
    await file.waitForRequest(1)
    expect(engine.active()).toHaveLength(1)
    settings.concurrentDownloads = 3
    engine.settingsChanged()
    await file.waitForRequest(3)
    expect(engine.active()).toHaveLength(3)
  })

  it('more connections to a host: they are used', async () => {
    const file = server.file('/data.bin', { size: 40 * mebibyte, rate: 2 * mebibyte })
    const settings: { -readonly [K in keyof EngineSettings]?: EngineSettings[K] } = {
      connectionsPerHost: 2,
      connections: 6,
    }
    const engine = rig.start({ settings })
    const id = await engine.add(rig.request(file.url))
    await server.waitUntil(() => file.parallel === 2)
    settings.connectionsPerHost = 6
    engine.settingsChanged()
    await server.waitUntil(() => file.parallel === 6)
    file.set({ rate: 100 * mebibyte })
    engine.pause([id])
    engine.resume([id])
    await expectDone({ engine, file, id })
  })
})

describe('pause and resume', () => {
  it('61: a hundred times in a row: one writer, and byte-identical', async () => {
    const file = server.file('/data.bin', { size: 24 * mebibyte, rate: 6 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 4 }))
    await waitFor(engine, id, (view) => view.received > 0)
    for (let n = 0; n < 100; n++) {
      engine.pause([id])
      for (let turns = n % 4; turns > 0; turns--) await tick()
      engine.resume([id])
      if (n % 10 === 9) await waitFor(engine, id, (view) => view.connections > 0 || view.state.kind === 'done')
      expect(await openParts()).toBeLessThanOrEqual(1)
    }
    file.set({ rate: 100 * mebibyte })
    await expectDone({ engine, file, id })
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('of what does not run, or runs, changes nothing', async () => {
    const { engine, id } = await beginAndPause()
    const before = engine.view(id)
    engine.pause([id, 99])
    expect(engine.view(id)).toEqual(before)
    engine.resume([99])
  })

  it('all at once', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const engine = rig.start({ settings: { concurrentDownloads: 2 } })
    const ids = []
    for (let n = 0; n < 4; n++) ids.push(await engine.add(rig.request(file.url)))
    await file.waitForRequest(2)
    engine.pauseAll()
    expect(ids.map((id) => engine.view(id)?.state.kind)).toEqual(['paused', 'paused', 'paused', 'paused'])
    await server.waitUntil(() => server.parallel === 0)
    file.release()
    engine.resumeAll()
    for (const id of ids) expect((await untilEnd(engine, id)).state.kind).toBe('done')
  })

  /** Handles of partial files in this process that may write: blocks are read back by others. */
  async function openParts(): Promise<number> {
    if (process.platform !== 'linux') return 0
    const writable = await Promise.all(
      (await readdir('/proc/self/fd')).map(async (fd) => {
        const target = await readlink(`/proc/self/fd/${fd}`).catch(() => '')
        const flags = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => '')
        return target.startsWith(rig.folder) && /^flags:\s*\d*[12]$/m.test(flags)
      }),
    )
    return writable.filter(Boolean).length
  }
})

describe('removing', () => {
  it('an active one deletes its partial file, and nothing else', async () => {
    await writeFile(rig.path('mine.txt'), 'mine')
    const { engine, id } = await begin()
    const removals: number[] = []
    engine.subscribe((change) => removals.push(...change.removals))
    await engine.remove([id], { deleteFile: false })
    expect(await rig.files()).toEqual(['mine.txt'])
    expect(engine.list()).toEqual([])
    expect(stored(rig, (store) => store.all())).toEqual([])
    expect(removals).toEqual([id])
    await server.waitUntil(() => server.parallel === 0)
  })

  it('a paused one deletes its partial file', async () => {
    const { engine, id } = await beginAndPause()
    await engine.remove([id], { deleteFile: false })
    expect(await rig.files()).toEqual([])
  })

  it('a queued one ends it for good', async () => {
    const first = server.file('/first.bin', { size: mebibyte, stall: { after: 1000 } })
    const removed = server.file('/removed.bin', { size: 1000 })
    const later = server.file('/later.bin', { size: 1000 })
    const engine = rig.start({ settings: { concurrentDownloads: 1 } })
    await engine.add(rig.request(first.url))
    await first.waitForRequest(1)
    const id = await engine.add(rig.request(removed.url))
    await engine.remove([id], { deleteFile: false })
    // It comes after everything that waited when the other one was removed.
    const last = await engine.add(rig.request(later.url))
    first.release()
    await untilEnd(engine, last)
    expect(removed.requests).toEqual([])
    expect(await rig.files()).toEqual(['first.bin', 'later.bin'])
  })

  it('one that was just paused and resumed ends it for good', async () => {
    const { engine, file, id } = await begin()
    engine.pause([id])
    engine.resume([id])
    await engine.remove([id], { deleteFile: false })
    await server.waitUntil(() => server.parallel === 0)
    file.release()
    const other = server.file('/other.bin', { size: 1000 })
    await untilEnd(engine, await engine.add(rig.request(other.url)))
    expect(await rig.files()).toEqual(['other.bin'])
    expect(engine.active()).toEqual([])
  })

  it.each([true, false])('a completed one; its file too: %s', async (deleteFile) => {
    await writeFile(rig.path('mine.txt'), 'mine')
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    await engine.remove([id], { deleteFile })
    expect(await rig.files()).toEqual(deleteFile ? ['mine.txt'] : ['data.bin', 'mine.txt'])
    expect(engine.list()).toEqual([])
  })

  it('a completed one whose file is gone already', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    await unlink(rig.path('data.bin'))
    await engine.remove([id], { deleteFile: true })
    expect(engine.list()).toEqual([])
  })

  it('does not touch another file that took the place of the completed one', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await untilEnd(engine, id)
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), rig.path('data.bin'))
    await engine.remove([id], { deleteFile: true })
    expect(await readFile(rig.path('data.bin'), 'utf8')).toBe('my own words')
    expect(engine.list()).toEqual([])
  })

  it('does not touch another file that stands at the place of the partial file', async () => {
    const { engine, id, part } = await beginAndPause()
    await writeFile(rig.path('mine'), 'my own words')
    await rename(rig.path('mine'), part)
    await engine.remove([id], { deleteFile: true })
    expect(await readFile(part, 'utf8')).toBe('my own words')
  })

  it('does not touch a file of the final name when the download is not complete', async () => {
    const { engine, id } = await beginAndPause()
    await writeFile(rig.path('data.bin'), 'mine')
    await engine.remove([id], { deleteFile: true })
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('many at once', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const engine = rig.start({ settings: { concurrentDownloads: 3 } })
    const ids = []
    for (let n = 0; n < 10; n++) ids.push(await engine.add(rig.request(file.url)))
    await file.waitForRequest(3)
    await engine.remove(ids, { deleteFile: false })
    expect(await rig.files()).toEqual([])
    expect(engine.list()).toEqual([])
  })
})

describe.each([
  { how: 'by its part', size: 400_000 },
  { how: 'in one piece', size: 200_000 },
])('62: stopped while the file, which came $how, gets its name: a complete final file or nothing', ({ size }) => {
  /** Calls `stop` so many turns of the event loop after publishing began. */
  async function during(turns: number, stop: (engine: Engine, id: DownloadId) => Promise<void> | void) {
    const file = server.file('/data.bin', { size })
    const engine = rig.start()
    const stopped = new Promise<void>((resolve, reject) => {
      const unsubscribe = engine.subscribe(({ upserts: [id] }) => {
        const state = id === undefined ? undefined : engine.view(id)?.state
        if (id === undefined || state?.kind !== 'active' || state.phase.kind !== 'publishing') return
        unsubscribe()
        const run = async () => {
          for (let n = turns; n > 0; n--) await tick()
          await stop(engine, id)
        }
        run().then(resolve, reject)
      })
    })
    const id = await engine.add(rig.request(file.url))
    await stopped
    return { file, engine, id }
  }
  const turns = [0, 1, 2, 3, 5, 8]

  it.each(turns)('removed after %i turns', async (n) => {
    const { file } = await during(n, (engine, id) => engine.remove([id], { deleteFile: false }))
    const files = await rig.files()
    if (files.length === 0) return
    expect(files).toEqual(['data.bin'])
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it.each(turns)('paused after %i turns', async (n) => {
    const { file, engine, id } = await during(n, (running, paused) => running.pause([paused]))
    await rig.stop()
    const again = rig.start()
    if (record(id).state.kind !== 'done') again.resume([id])
    await expectDone({ engine: again, file, id })
    expect(engine).not.toBe(again)
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it.each(turns)('closed after %i turns', async (n) => {
    const { file, id } = await during(n, () => rig.stop())
    await expectDone({ engine: rig.start(), file, id })
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

describe('a server that never gets to the end', () => {
  it('14: without ranges: is given up, and not asked for ever', async () => {
    const file = server.file('/data.bin', { size: 3 * mebibyte, ranges: false, cut: on('all', { after: mebibyte }) })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    const view = await untilState(engine, id, 'done', 'failed')
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'CONNECTION_LOST' } })
    expect(file.requests.length).toBeLessThan(20)
  })
})

it('47: a folder that is a file', async () => {
  await mkdir(rig.path('sub'))
  await writeFile(rig.path('sub/file'), '')
  const file = server.file('/data.bin', { size: 1000 })
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, { folder: rig.path('sub/file') }))
  expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'PATH' } })
})
