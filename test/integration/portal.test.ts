import type { EngineSettings } from '../../src/main/engine/engine'
import { describe, expect, it } from 'vitest'
import type { DownloadView } from '../../src/shared/download'
import type { TestServer } from '../server'
import { MovingClock } from './moving-clock'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

describe('a network that wants a login', () => {
  const page = { status: { code: 200, headers: { 'content-type': 'text/html' }, body: '<form>login</form>' } }
  const begun = async (settings: Partial<EngineSettings>) => {
    const file = server.file('/data.bin', { size: 4 * mebibyte, rate: mebibyte, contentType: 'application/zip' })
    const clock = new MovingClock()
    const engine = rig.start({ clock, settings, retry: { base: 5, cap: 20, attempts: 2 } })
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    await waitFor(engine, id, (v) => v.received >= mebibyte)
    file.set(page)
    server.resetConnections()
    const waits = () =>
      waitFor(
        engine,
        id,
        ({ state }) =>
          state.kind === 'active' && state.phase.kind === 'waiting' && state.phase.reason.code === 'PORTAL',
      )
    await waits()
    return { file, clock, engine, id, waits }
  }

  const first = async (name: string, requestedName: string | null = null, portalWait = 3_600_000) => {
    const file = server.file(name, { size: mebibyte, ...page })
    const clock = new MovingClock()
    const engine = rig.start({ clock, settings: { portalWait } })
    const id = await engine.add(rig.request(file.url, { name: requestedName }))
    return { file, clock, engine, id }
  }
  const waiting = ({ state }: DownloadView) =>
    state.kind === 'active' && state.phase.kind === 'waiting' && state.phase.reason.code === 'PORTAL'

  it.each([200, 511])(
    'answers %d and its page to the first request of an archive: nothing is written until it is there',
    async (code) => {
      const { file, clock, engine, id } = await first('/data.zip')
      file.set({ status: { ...page.status, code } })
      await waitFor(engine, id, waiting)
      expect(await rig.files()).toEqual([])
      file.unset('status')
      await expect
        .poll(() => {
          clock.skip(30_000)
          return engine.view(id)?.state.kind
        })
        .toBe('done')
      expect(await sha256(rig.path('data.zip'))).toBe(file.sha256())
    },
  )

  it('answers with its page for longer than it is waited for: fails, and says so', async () => {
    const { engine, id } = await first('/data.iso', null, 0)
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'PORTAL' } })
    expect(await rig.files()).toEqual([])
  })

  it.each([
    ['/page.html', null],
    ['/data', null],
    ['/film.mp4', null],
    ['/data.zip', 'page.html'],
  ])('no network is suspected where a page may be meant: %s as %j', async (name, requestedName) => {
    const { engine, id } = await first(name, requestedName)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
  })

  it('an archive that is sent as a page, but named as a file, is one', async () => {
    const file = server.file('/data.zip', {
      size: 1000,
      contentType: 'text/html',
      contentDisposition: 'attachment; filename="data.zip"',
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.zip'))).toBe(file.sha256())
  })

  it('answers with its page: that is waited out, no attempt is counted, nothing of it is written', async () => {
    const { file, clock, engine, id, waits } = await begun({ portalWait: 3_600_000 })
    for (let look = 0; look < 5; look++) {
      const asked = file.requests.length
      clock.skip(30_000)
      await expect.poll(() => file.requests.length).toBeGreaterThan(asked)
      await waits()
    }
    file.unset('status', 'rate')
    await expect
      .poll(() => {
        clock.skip(30_000)
        return engine.view(id)?.state.kind
      })
      .toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
  })

  it('and that nobody logs in to for long: fails, the part untouched', async () => {
    const { clock, engine, id } = await begun({ portalWait: 60_000 })
    await expect
      .poll(() => {
        clock.skip(30_000)
        return engine.view(id)?.state
      })
      .toMatchObject({ kind: 'failed', error: { code: 'CHANGED' } })
    expect(engine.view(id)?.received).toBeGreaterThanOrEqual(mebibyte / 2)
  })
})
