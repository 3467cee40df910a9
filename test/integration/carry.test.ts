import { mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importBundle, lookAtBundle, type ImportWish } from '../../src/main/exchange/bundles'
import type { Engine } from '../../src/main/engine/engine'
import { nobody } from '../../src/main/engine/session/session'
import { startServer, type FileOptions, type TestFile, type TestServer } from '../server'
import { Rig, sha256, untilEnd, untilState, waitFor } from './rig'

const mebibyte = 1024 * 1024

/** Two computers: each with its own list and its own folder. */
let here: Rig
let there: Rig
let server: TestServer
beforeEach(async () => {
  here = await Rig.create()
  there = await Rig.create()
  server = await startServer({})
})
afterEach(async () => {
  await here[Symbol.asyncDispose]()
  await there[Symbol.asyncDispose]()
  await server.close()
})

const bundle = () => path.join(here.root, 'film.longshore')

/** Begun here, and stopped by its server after some of its bytes. */
async function begun(options: Partial<FileOptions> = {}, engine: Engine = here.start()) {
  const file = server.file('/film.mkv', {
    size: 24 * mebibyte + 17,
    stall: { after: 3 * mebibyte },
    ...options,
  })
  const id = await engine.add(here.request(file.url, { connections: 4 }))
  await waitFor(engine, id, (view) => view.received >= 9 * mebibyte)
  return { file, engine, id }
}

const wish =
  (rig: Rig, change: Partial<ImportWish> = {}) =>
  (): ImportWish => ({
    folder: rig.folder,
    credentials: nobody,
    account: null,
    start: true,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...change,
  })

/** Carries it over, and lets it finish there. @returns bytes that were fetched there */
async function finishedThere(file: TestFile, carried: string) {
  file.release()
  const sent = file.bytesSent
  const engine = there.start()
  const id = await importBundle(engine, carried, wish(there, { start: false }))
  const brought = engine.view(id)?.received
  engine.resume([id])
  const view = await untilEnd(engine, id)
  return { engine, id, view, brought, fetched: file.bytesSent - sent }
}

describe('an unfinished download is carried to another computer', () => {
  it('while it runs: it is paused first, and goes on there from its last byte', async () => {
    const { file, engine, id } = await begun()
    engine.categorize([id], 'video')
    const bytes = await engine.carryOut(id, bundle())
    expect((await stat(bundle())).size).toBe(bytes)
    expect(engine.view(id)?.state.kind).toBe('paused')
    const received = engine.view(id)?.received ?? 0
    await here.stop()
    const look = await lookAtBundle(bundle())
    expect(look).toEqual({
      name: 'film.mkv',
      requestedName: null,
      url: file.url,
      total: file.size,
      bytes: received,
      login: false,
      linkCut: false,
    })
    const { view, brought, fetched } = await finishedThere(file, bundle())
    expect(view).toMatchObject({ state: { kind: 'done' }, category: 'video' })
    expect(await sha256(there.path('film.mkv'))).toBe(file.sha256())
    expect(brought).toBe(received)
    // More than the rest only by what connections take over from each other.
    expect(fetched).toBeLessThan(file.size)
    expect(await there.files()).toEqual(['film.mkv'])
  })

  it('and can go on here too: the bundle takes nothing away', async () => {
    const { file, engine, id } = await begun()
    await engine.carryOut(id, bundle())
    file.release()
    engine.resume([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(here.path('film.mkv'))).toBe(file.sha256())
  })

  it('with its checksum, and what a document promised of it', async () => {
    const { file, engine, id } = await begun({ digests: ['repr-digest'] })
    await engine.carryOut(id, bundle())
    const { view } = await finishedThere(file, bundle())
    expect(view.state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'server' }] },
    })
  })

  it('that failed', async () => {
    const { file, engine, id } = await begun()
    engine.pause([id])
    await server.waitUntil(() => server.parallel === 0)
    file.set({ status: { code: 404, body: '' } })
    engine.resume([id])
    await untilState(engine, id, 'failed')
    await engine.carryOut(id, bundle())
    file.unset('status')
    const { view } = await finishedThere(file, bundle())
    expect(view.state.kind).toBe('done')
    expect(await sha256(there.path('film.mkv'))).toBe(file.sha256())
  })

  it('that has no byte yet: its address and choices', async () => {
    const file = server.file('/film.mkv', { size: mebibyte })
    const engine = here.start()
    const id = await engine.add(here.request(file.url, { start: false, connections: 3, name: 'mine.mkv' }))
    await engine.carryOut(id, bundle())
    const { view } = await finishedThere(file, bundle())
    expect(view).toMatchObject({ name: 'mine.mkv', state: { kind: 'done' } })
  })

  it('whose file on the server has changed since: it begins again, as it would have here', async () => {
    const { file, engine, id } = await begun()
    await engine.carryOut(id, bundle())
    file.change({ seed: 9 })
    const { view } = await finishedThere(file, bundle())
    expect(view).toMatchObject({ state: { kind: 'done' }, notice: { code: 'RESTARTED_CHANGED' } })
    expect(await sha256(there.path('film.mkv'))).toBe(file.sha256())
  })

  it('to where the name is taken: it gets a number, and the file there stays', async () => {
    const { file, engine, id } = await begun()
    await engine.carryOut(id, bundle())
    await writeFile(there.path('film.mkv'), 'mine')
    const { view } = await finishedThere(file, bundle())
    expect(view.name).toBe('film (1).mkv')
    expect(await readFile(there.path('film.mkv'), 'utf8')).toBe('mine')
    expect(await sha256(there.path('film (1).mkv'))).toBe(file.sha256())
  })

  it('twice: two downloads, each with its own bytes', async () => {
    const { file, engine, id } = await begun()
    await engine.carryOut(id, bundle())
    file.release()
    const other = there.start()
    const ids = [await importBundle(other, bundle(), wish(there)), await importBundle(other, bundle(), wish(there))]
    for (const each of ids) expect((await untilEnd(other, each)).state.kind).toBe('done')
    expect(await there.files()).toEqual(['film (1).mkv', 'film.mkv'])
    for (const name of await there.files()) expect(await sha256(there.path(name))).toBe(file.sha256())
  })
})

describe('secrets stay here', () => {
  const login = {
    user: 'me',
    password: 'SECRET',
    headers: [['X-Token', 'SECRET']] as [string, string][],
    cookies: 's=SECRET',
  }

  it('a login is not in the bundle, and is asked for there', async () => {
    const engine = here.start()
    const file = server.file('/film.mkv', { size: 8 * mebibyte, stall: { after: 5 * mebibyte } })
    const id = await engine.add(here.request(file.url, { connections: 1, credentials: login }))
    await waitFor(engine, id, (view) => view.received >= 4 * mebibyte)
    await engine.carryOut(id, bundle())
    expect((await readFile(bundle())).includes('SECRET')).toBe(false)
    expect((await lookAtBundle(bundle())).login).toBe(true)
    const { view, engine: other, id: imported } = await finishedThere(file, bundle())
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'CREDENTIALS' } })
    await other.authorize(imported, login)
    expect((await untilState(other, imported, 'done')).state.kind).toBe('done')
    expect(await sha256(there.path('film.mkv'))).toBe(file.sha256())
  })

  it('what signs a link neither: a new link is asked for, and the bytes are kept', async () => {
    const engine = here.start()
    const file = server.file('/film.mkv', { size: 8 * mebibyte, stall: { after: 5 * mebibyte } })
    const id = await engine.add(here.request(`${file.url}?token=SECRET`, { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= 4 * mebibyte)
    await engine.carryOut(id, bundle())
    expect((await readFile(bundle())).includes('SECRET')).toBe(false)
    file.release()
    const other = there.start()
    const imported = await importBundle(other, bundle(), wish(there))
    expect(other.view(imported)).toMatchObject({ state: { kind: 'paused' }, notice: { code: 'LINK_CUT' } })
    const sent = file.bytesSent
    await other.relink(imported, `${file.url}?token=another`)
    expect((await untilEnd(other, imported)).state.kind).toBe('done')
    expect(file.bytesSent - sent).toBeLessThan(5 * mebibyte)
  })
})

describe('is refused, and nothing is changed,', () => {
  it('when the server cannot continue downloads', async () => {
    const engine = here.start()
    const file = server.file('/film.mkv', { size: 8 * mebibyte, ranges: false, stall: { after: 5 * mebibyte } })
    const id = await engine.add(here.request(file.url))
    await waitFor(engine, id, (view) => view.received >= 4 * mebibyte)
    await expect(engine.carryOut(id, bundle())).rejects.toMatchObject({ error: { code: 'E_CARRY' } })
    expect(await readdir(here.root)).not.toContain('film.longshore')
  })

  it('when it is finished, or not there', async () => {
    const engine = here.start()
    const file = server.file('/film.mkv', { size: 1000 })
    const id = await engine.add(here.request(file.url))
    await untilEnd(engine, id)
    await expect(engine.carryOut(id, bundle())).rejects.toMatchObject({ error: { code: 'E_NOT_FOUND' } })
    await expect(engine.carryOut(99, bundle())).rejects.toMatchObject({ error: { code: 'E_NOT_FOUND' } })
  })

  it('when the part is gone', async () => {
    const { engine, id } = await begun()
    engine.pause([id])
    await server.waitUntil(() => server.parallel === 0)
    for (const name of await here.files()) await rm(here.path(name))
    await expect(engine.carryOut(id, bundle())).rejects.toMatchObject({ error: { code: 'E_FILE_MISSING' } })
  })

  it('when the bundle was altered, cut, or is something else', async () => {
    const { engine, id } = await begun()
    await engine.carryOut(id, bundle())
    const other = there.start()
    const { size } = await stat(bundle())
    const file = await open(bundle(), 'r+')
    await file.write(Buffer.from([0, 1, 2]), 0, 3, size - 5000)
    await file.close()
    await expect(importBundle(other, bundle(), wish(there))).rejects.toMatchObject({ error: { code: 'E_BUNDLE' } })
    await truncate(bundle(), size - 1)
    await expect(importBundle(other, bundle(), wish(there))).rejects.toMatchObject({ error: { code: 'E_BUNDLE' } })
    expect(other.list()).toEqual([])
    expect(await there.files()).toEqual([])
  })

  it('when the folder cannot be written', async () => {
    const { engine, id } = await begun()
    await engine.carryOut(id, bundle())
    await writeFile(path.join(there.root, 'file'), '')
    const folder = path.join(there.root, 'file', 'folder')
    const other = there.start()
    const refused = importBundle(other, bundle(), wish(there, { folder }))
    await expect(refused).rejects.toMatchObject({ error: { code: 'E_FILE_MISSING' } })
    expect(other.list()).toEqual([])
  })

  it('when its export is stopped', async () => {
    const { engine, id } = await begun()
    const stop = engine.subscribe(() => {
      const bytes = engine.view(id)?.check?.bytes ?? 0
      if (bytes > 0) void engine.stopErrand(id)
    })
    await expect(engine.carryOut(id, bundle())).rejects.toMatchObject({ error: { code: 'E_STOPPED' } })
    stop()
    expect((await readdir(here.root)).filter((name) => name.startsWith('film'))).toEqual([])
    expect(engine.view(id)?.check).toBeUndefined()
  })

  it('when it is stopped on its way', async () => {
    const { engine, id } = await begun()
    await engine.carryOut(id, bundle())
    const other = there.start()
    const control = new AbortController()
    const onProgress = () => control.abort(new Error('stopped'))
    await expect(importBundle(other, bundle(), wish(there, { signal: control.signal, onProgress }))).rejects.toThrow(
      'stopped',
    )
    expect(await there.files()).toEqual([])
    expect(other.list()).toEqual([])
  })
})

it('46: bytes that rotted on the disk are not carried as right ones', async () => {
  const { file, engine, id } = await begun()
  engine.pause([id])
  await here.stop()
  // Sums are kept when a run ends: of whole blocks, and of what makes none.
  const [name = ''] = await here.files()
  const part = await open(here.path(name), 'r+')
  await part.write(Buffer.from('rotten'), 0, 6, 100)
  await part.close()
  await here.start().carryOut(id, bundle())
  const { view } = await finishedThere(file, bundle())
  expect(view.state.kind).toBe('done')
  expect(await sha256(there.path('film.mkv'))).toBe(file.sha256())
})

it('two programs do not import the same bundle to the same folder at once', async () => {
  const { engine, id } = await begun()
  await engine.carryOut(id, bundle())
  const locks = path.join(here.root, 'locks')
  await mkdir(locks, { recursive: true })
  const other = there.start({ targetLocks: locks })
  const second: Promise<unknown>[] = []
  const third = await Rig.create()
  try {
    const rival = third.start({ targetLocks: locks })
    const onProgress = () => {
      if (second.length > 0) return
      second.push(importBundle(rival, bundle(), wish(there, { start: false })).catch((error: unknown) => error))
    }
    await importBundle(other, bundle(), wish(there, { start: false, onProgress }))
    expect(await second[0]).toMatchObject({ error: { code: 'E_STATE' } })
  } finally {
    await third[Symbol.asyncDispose]()
  }
})
