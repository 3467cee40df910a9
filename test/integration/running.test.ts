import { readFile, readdir, readlink } from 'node:fs/promises'
import { setImmediate as tick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { EngineSettings } from '../../src/main/engine/engine'
import type { TestServer } from '../server'
import { inEachTest, type Rig, untilEnd, waitFor } from './rig'
import { halfway } from './halfway'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))
const { beginAndPause, expectDone } = halfway(() => ({ rig, server }))

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
    const file = server.file('/data.bin', { size: 40 * mebibyte, rate: mebibyte / 2 })
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
    engine.resume(engine.unfinished().map(({ id }) => id))
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
