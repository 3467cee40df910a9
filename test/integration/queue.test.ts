import { beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/main/engine/engine'
import { type TestFile, type TestServer } from '../server'
import { inEachTest, type Rig, untilEnd, untilState, waitFor } from './rig'
import { stored } from './stored'

const mebibyte = 1024 * 1024
let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const queueOf = (engine: Engine) =>
  engine
    .list()
    .toSorted((a, b) => a.position - b.position)
    .map(({ id }) => id)

describe('the queue', () => {
  const oneAtATime = { settings: { concurrentDownloads: 1 } }
  let files: TestFile[]
  beforeEach(() => {
    files = ['a', 'b', 'c', 'd'].map((name) => server.file(`/${name}.bin`, { size: 1000 }))
  })
  /** Names in the order in which the server was first asked for them. */
  const asked = () =>
    files
      .filter(({ requests }) => requests.length > 0)
      .sort((x, y) => x.requests[0]!.at - y.requests[0]!.at)
      .map(({ path }) => path)

  it('is what the user made of it, also after a restart', async () => {
    const first = rig.start(oneAtATime)
    const ids = await first.addAll(files.map(({ url }) => rig.request(url, { start: false })))
    const [a, b, c, d] = ids as [number, number, number, number]
    expect(queueOf(first)).toEqual([a, b, c, d])
    first.move({ ids: [d, c], before: a })
    first.prioritize([b], 'low')
    expect(queueOf(first)).toEqual([c, d, a, b])
    await rig.stop()
    const second = rig.start(oneAtATime)
    expect(queueOf(second)).toEqual([c, d, a, b])
    second.prioritize([a], 'high')
    second.resume(ids)
    await Promise.all(ids.map((id) => untilEnd(second, id)))
    expect(asked()).toEqual(['/a.bin', '/c.bin', '/d.bin', '/b.bin'])
  })

  it('can change while it waits', async () => {
    const slow = server.file('/slow.bin', { size: 4 * mebibyte, rate: mebibyte })
    const engine = rig.start(oneAtATime)
    const running = await engine.add(rig.request(slow.url))
    await untilState(engine, running, 'active')
    const ids = await engine.addAll(files.map(({ url }) => rig.request(url)))
    engine.move({ ids: [ids[3]!], before: ids[0]! })
    engine.pause([running])
    await Promise.all(ids.map((id) => untilEnd(engine, id)))
    expect(asked()).toEqual(['/d.bin', '/a.bin', '/b.bin', '/c.bin'])
  })
})

describe('a removal that can be undone', () => {
  const running = async () => {
    const file = server.file('/x.bin', { size: 20 * mebibyte, rate: 4 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    await waitFor(engine, id, (view) => view.received > mebibyte)
    return { file, engine, id }
  }

  it('deletes nothing until its time is over, and then the part too', async () => {
    const { engine, id } = await running()
    engine.removeLater([id], 300)
    expect(engine.view(id)).toBeNull()
    expect(engine.list()).toEqual([])
    // What a kill would leave: everything, and it does not start by itself.
    expect(stored(rig, (store) => store.get(id)?.state.kind)).toBe('paused')
    expect(await rig.files()).toHaveLength(1)
    await expect.poll(() => rig.files()).toEqual([])
    expect(stored(rig, (store) => store.get(id))).toBeNull()
  })

  it('brings it back, and it goes on from where it was', async () => {
    const { file, engine, id } = await running()
    engine.removeLater([id], 60_000)
    await expect.poll(() => file.parallel).toBe(0)
    engine.resume(engine.unfinished().map(({ id }) => id)) // what is off the list is not touched
    expect(stored(rig, (store) => store.get(id)?.state.kind)).toBe('paused')
    file.unset('rate')
    engine.restore([id])
    await untilState(engine, id, 'done')
    expect(file.bytesSent).toBeLessThan(1.5 * file.size)
    engine.restore([id]) // nothing to bring back
    expect(engine.view(id)?.state.kind).toBe('done')
  })

  it('is carried out when the program ends', async () => {
    const { engine, id } = await running()
    engine.removeLater([id], 60_000)
    await rig.stop()
    expect(await rig.files()).toEqual([])
    expect(stored(rig, (store) => store.get(id))).toBeNull()
  })
})
