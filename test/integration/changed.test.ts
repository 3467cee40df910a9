import { describe, expect, it } from 'vitest'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { edit } from '../../src/main/service/edit'
import { startServer, type TestFile, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, untilState, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

/** A download that is paused with so many MiB there. */
async function half(file: TestFile, mib: number) {
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, { connections: 2 }))
  await waitFor(engine, id, (view) => view.received >= mib * mebibyte)
  engine.pause([id])
  await server.waitUntil(() => file.parallel === 0)
  file.release()
  return { engine, id }
}

describe('a file that changed while much of it is there', () => {
  it('8: is not thrown away without asking; start over gets the new one', async () => {
    const file = server.file('/data.bin', { size: 100 * mebibyte, stall: { after: 45 * mebibyte } })
    const { engine, id } = await half(file, 70)
    file.change({ seed: 2 })
    engine.resume([id])
    const failed = await untilEnd(engine, id)
    expect(failed.state).toMatchObject({ kind: 'failed', error: { code: 'CHANGED_LARGE' } })
    expect(failed.received).toBeGreaterThan(64 * mebibyte)
    engine.restart([id])
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('8: little of it is begun again by itself, and said', async () => {
    const file = server.file('/data.bin', { size: 20 * mebibyte, stall: { after: 5 * mebibyte } })
    const { engine, id } = await half(file, 5)
    file.change({ seed: 2 })
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({
      state: { kind: 'done' },
      notice: { code: 'RESTARTED_CHANGED' },
    })
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

describe('a new link', () => {
  it('to the same file goes on from where it was, with another validator', async () => {
    const file = server.file('/old.bin', { size: 20 * mebibyte, stall: { after: 5 * mebibyte } })
    const { engine, id } = await half(file, 5)
    file.set({ status: 403 })
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_403' } })

    const part = engine.unfinished()[0]?.part
    const there = part?.kind === 'open' ? part.segments : []
    expect(writtenBytes(there)).toBeGreaterThan(4 * mebibyte)
    const moved = server.file('/moved.bin', { size: 20 * mebibyte, etag: '"another"' })
    await engine.relink(id, moved.url)
    expect(engine.inspect(id)?.journal.map(({ event }) => event)).toContainEqual({
      code: 'LINK',
      host: new URL(moved.url).host,
      bytes: writtenBytes(there),
    })
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, url: moved.url, name: 'old.bin' })
    expect(await sha256(rig.path('old.bin'))).toBe(file.sha256())
    // Beyond the three samples nothing that was there is asked for once more.
    const asked = moved.requests.slice(3).map(({ range }) => range?.start ?? 0)
    expect(asked).not.toEqual([])
    expect(asked.filter((start) => there.some((s) => start >= s.start && start < s.written))).toEqual([])
  })

  it.each([
    ['stays as the user knows it', {}, 'old.bin'],
    ['is the one that the server says', { contentDisposition: 'attachment; filename="said.bin"' }, 'said.bin'],
  ])('before anything came: the name %s', async (_, options, name) => {
    const engine = rig.start()
    const id = await engine.add(rig.request(server.file('/old.bin', { size: 1000, status: 403 }).url))
    await untilState(engine, id, 'failed')
    const moved = server.file('/moved.bin', { size: 1000, ...options })
    await engine.relink(id, moved.url)
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, url: moved.url, name })
    expect(await sha256(rig.path(name))).toBe(moved.sha256())
  })

  it.each([
    ['guessed from it goes with it', null, 'moved.bin'],
    ['that the user gave stays', 'mine.bin', 'mine.bin'],
  ])('instead of a mistyped one: a name %s', async (_, given, name) => {
    const engine = rig.start()
    const id = await engine.add(
      rig.request(server.file('/movde.bin', { size: 1000, status: 404 }).url, { name: given }),
    )
    await untilState(engine, id, 'failed')
    const right = server.file('/moved.bin', { size: 1000 })
    const unchanged = { mirrors: [], connections: null, checksum: '', credentials: null }
    await edit(engine, id, { url: right.url, ...unchanged })
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, url: right.url, name })
  })

  it.each([
    ['of another length', { size: 21 * mebibyte }],
    ['with other bytes', { size: 20 * mebibyte, seed: 9 }],
    ['on a server without ranges', { size: 20 * mebibyte, ranges: false }],
    ['that is not there', { size: 20 * mebibyte, status: 404 }],
  ])('to a file %s is refused, and nothing changes', async (_, options) => {
    const file = server.file('/old.bin', { size: 20 * mebibyte, stall: { after: 5 * mebibyte } })
    const { engine, id } = await half(file, 5)
    const other = server.file('/other.bin', options)
    await expect(engine.relink(id, other.url)).rejects.toMatchObject({ error: { code: 'E_LINK' } })
    expect(engine.view(id)).toMatchObject({ url: file.url, state: { kind: 'paused' } })
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'done' })
    expect(await sha256(rig.path('old.bin'))).toBe(file.sha256())
  })

  it('to another version of the same resource is refused', async () => {
    const file = server.file('/old.bin', { size: 20 * mebibyte, stall: { after: 5 * mebibyte } })
    const { engine, id } = await half(file, 5)
    file.set({ etag: '"another"' })
    const refused = await engine.relink(id, `${file.url}?signature=new`).catch((error: unknown) => error)
    expect(refused).toMatchObject({ error: { code: 'E_LINK' } })
    expect((refused as Error).message).toContain('another version')
    expect(engine.view(id)).toMatchObject({ url: file.url, state: { kind: 'paused' } })
  })

  it('on another server does not get what was meant for the first', async () => {
    await using elsewhere = await startServer({})
    const engine = rig.start()
    const credentials = { user: 'me', password: 'secret', headers: [['X-Token', 'abc']] as const, cookies: '' }
    const file = server.file('/x.bin', { size: 1000, status: 403 })
    const id = await engine.add(rig.request(file.url, { credentials }))
    await untilState(engine, id, 'failed')
    const moved = elsewhere.file('/x.bin', { size: 1000 })
    await engine.relink(id, moved.url)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    for (const request of elsewhere.requests) {
      expect(request.headers.authorization).toBeUndefined()
      expect(request.headers['x-token']).toBeUndefined()
    }
  })
})

describe('signed links', () => {
  it('go first when they expire first', async () => {
    const engine = rig.start({ settings: { concurrentDownloads: 1 } })
    const blocker = server.file('/blocker', { size: 100, stall: { after: 10 } })
    const first = await engine.add(rig.request(blocker.url))
    await blocker.waitForRequest(1)
    const soon = Math.floor(Date.now() / 1000) + 600
    const plain = server.file('/plain', { size: 10 })
    const later = server.file('/later', { size: 10 })
    const sooner = server.file('/sooner', { size: 10 })
    const ids = [
      await engine.add(rig.request(plain.url)),
      await engine.add(rig.request(`${later.url}?Expires=${soon + 600}&Signature=x`)),
      await engine.add(rig.request(`${sooner.url}?Expires=${soon}&Signature=x`)),
    ]
    expect(engine.view(ids[2] ?? 0)?.expiresAt).toBe(soon * 1000)
    blocker.release()
    for (const id of [first, ...ids]) await untilEnd(engine, id)
    const order = server.requests.map((request) => request.path.split('?')[0])
    expect(order).toEqual(['/blocker', '/sooner', '/later', '/plain'])
  })
})
