import { unlink, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/main/engine/engine'
import { type TestServer } from '../server'
import { MovingClock } from './moving-clock'
import { inEachTest, type Rig, sha256, untilEnd, untilState, waitFor } from './rig'
import { mountable, smallDisk } from './small-disk'

const mebibyte = 1024 * 1024
let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const untilHeld = (engine: Engine, id: number) =>
  waitFor(engine, id, ({ state, hold }) => state.kind === 'queued' && hold?.kind === 'space')

describe.runIf(mountable)('free space', () => {
  it('39: what has none waits, says how much it misses, and goes on by itself when there is some', async () => {
    await using disk = await smallDisk(20)
    await writeFile(disk.path('filler'), Buffer.alloc(10 * mebibyte))
    const file = server.file('/data.bin', { size: 12 * mebibyte })
    const clock = new MovingClock()
    const engine = rig.start({ clock, settings: { spaceMargin: mebibyte } })
    const id = await engine.add(rig.request(file.url, { folder: disk.folder }))
    const { hold, total } = await untilHeld(engine, id)
    expect(hold).toMatchObject({ kind: 'space', missing: expect.closeTo(3 * mebibyte, -5) as number })
    expect(total).toBeNull() // nothing was begun
    clock.skip(60_000)
    expect(engine.view(id)?.state.kind).toBe('queued')
    await unlink(disk.path('filler'))
    clock.skip(5000)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(disk.path('data.bin'))).toBe(file.sha256())
  })

  it('of one volume is shared by all that need it; another volume is another matter', async () => {
    await using disk = await smallDisk(20)
    await using other = await smallDisk(20)
    const slow = { size: 12 * mebibyte, rate: mebibyte }
    const [a, b, c] = ['/a.bin', '/b.bin', '/c.bin'].map((path) => server.file(path, slow))
    const clock = new MovingClock()
    const engine = rig.start({ clock, settings: { spaceMargin: mebibyte } })
    const first = await engine.add(rig.request(a!.url, { folder: disk.folder }))
    await waitFor(engine, first, ({ received }) => received > 0)
    const second = await engine.add(rig.request(b!.url, { folder: disk.folder }))
    const third = await engine.add(rig.request(c!.url, { folder: other.folder }))
    await untilHeld(engine, second)
    await waitFor(engine, third, ({ received }) => received > 0)
    expect(engine.view(first)?.state.kind).toBe('active')
    // The first one is there: still no room for the second, until it is moved away.
    for (const file of [a!, b!, c!]) file.unset('rate')
    await untilEnd(engine, first)
    clock.skip(5000)
    expect(engine.view(second)?.state.kind).toBe('queued')
    await unlink(disk.path('a.bin'))
    clock.skip(5000)
    await untilEnd(engine, second)
    expect(await sha256(disk.path('b.bin'))).toBe(b!.sha256())
  })

  it('that others take while it runs makes it wait before the disk is full, and nothing of it is lost', async () => {
    await using disk = await smallDisk(30)
    const file = server.file('/data.bin', { size: 20 * mebibyte, rate: 2 * mebibyte })
    const clock = new MovingClock()
    const engine = rig.start({ clock, settings: { spaceMargin: mebibyte } })
    const id = await engine.add(rig.request(file.url, { folder: disk.folder }))
    await waitFor(engine, id, ({ received }) => received > 2 * mebibyte)
    await writeFile(disk.path('filler'), Buffer.alloc(12 * mebibyte))
    clock.skip(5000)
    await untilHeld(engine, id)
    await expect.poll(() => file.parallel).toBe(0)
    file.unset('rate')
    await unlink(disk.path('filler'))
    clock.skip(5000)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(disk.path('data.bin'))).toBe(file.sha256())
    expect(file.bytesSent).toBeLessThan(1.5 * file.size)
  })

  it('40: a disk that is full all the same makes it wait too, and it goes on', async () => {
    await using disk = await smallDisk(8)
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: mebibyte } })
    const clock = new MovingClock()
    const engine = rig.start({ clock, settings: { spaceMargin: 0 } })
    const id = await engine.add(rig.request(file.url, { folder: disk.folder, connections: 1 }))
    await waitFor(engine, id, ({ received }) => received > 0)
    await writeFile(disk.path('filler'), Buffer.alloc(5 * mebibyte))
    file.release()
    await untilHeld(engine, id)
    await unlink(disk.path('filler'))
    clock.skip(35_000)
    clock.skip(35_000)
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(disk.path('data.bin'))).toBe(file.sha256())
  })

  it('40: a file of unknown length that fills the disk fails: nobody knows what to wait for', async () => {
    await using disk = await smallDisk(4)
    const file = server.file('/data.bin', { size: 16 * mebibyte, ranges: false, framing: 'chunked' })
    const engine = rig.start({ settings: { spaceMargin: 0 } })
    const id = await engine.add(rig.request(file.url, { folder: disk.folder }))
    expect((await untilState(engine, id, 'failed')).state).toMatchObject({ error: { code: 'NOSPACE' } })
  })
})
