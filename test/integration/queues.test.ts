import { describe, expect, it } from 'vitest'
import type { Engine } from '../../src/main/engine/engine'
import { defaultQueue, noChoices, weekdays, type QueueChoices } from '../../src/shared/queues'
import { type TestFile, type TestServer } from '../server'
import { MovingClock } from './moving-clock'
import { inEachTest, type Rig, sha256, untilEnd, untilState, waitFor } from './rig'
import { stored } from './stored'

const mebibyte = 1024 * 1024
const hour = 3_600_000
let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

const choices = (change: Partial<QueueChoices> = {}): QueueChoices => ({ ...noChoices, name: 'Night', ...change })
const slowFiles = (count: number) =>
  Array.from({ length: count }, (_, n) => server.file(`/slow${n}.bin`, { size: 40 * mebibyte, rate: 2 * mebibyte }))
const untilHeld = (engine: Engine, id: number, kind: string) =>
  waitFor(engine, id, ({ state, hold }) => state.kind === 'queued' && hold?.kind === kind)
const active = (engine: Engine) => engine.active().map(({ id }) => id)

describe('a download that is wanted at once', () => {
  it('runs beyond the slots, before its time, in a queue that is stopped, and beside those that were to run alone', async () => {
    const files = slowFiles(6)
    const engine = rig.start({ settings: { concurrentDownloads: 1 } })
    const stopped = engine.addQueue(choices({ stopped: true }))
    const ids = await engine.addAll(files.map(({ url }, n) => rig.request(url, n === 2 ? { queue: stopped } : {})))
    const [first, second, inStopped, later, paused, last] = ids as [number, number, number, number, number, number]
    engine.appoint([later], { startAt: Date.now() + hour, stopAt: null })
    engine.pause([paused])
    await expect.poll(() => active(engine)).toEqual([first])
    engine.startNow([second, inStopped, later, paused])
    await expect.poll(() => active(engine).sort()).toEqual([first, second, inStopped, later, paused])
    engine.onlyNow([first])
    expect(active(engine).sort()).toEqual([first, second, inStopped, later, paused])

    // It is one of the running ones: nobody gets a slot for it, and paused it waits like all others.
    engine.onlyNow([])
    engine.pause([first, second, inStopped, paused])
    await expect.poll(() => active(engine)).toEqual([later])
    engine.resume([inStopped])
    await untilHeld(engine, inStopped, 'stopped')
    engine.pause([later])
    await expect.poll(() => active(engine)).toEqual([last])
  })
})

describe('a named queue', () => {
  it('has slots of its own, within those of the program', async () => {
    const files = slowFiles(5)
    const engine = rig.start({ settings: { concurrentDownloads: 3 } })
    const queue = engine.addQueue(choices({ slots: 1 }))
    const ids = await engine.addAll(
      files.map(({ url }, n) => rig.request(url, n < 3 ? { queue } : { queue: defaultQueue })),
    )
    const [a, b, , d, e] = ids as [number, number, number, number, number]
    await expect.poll(() => active(engine).sort()).toEqual([a, d, e])
    engine.changeQueue(queue, { slots: 2 })
    engine.pause([d])
    await expect.poll(() => active(engine).sort()).toEqual([a, b, e])
  })

  it('stops and starts, and nothing of it is lost or asked for twice', async () => {
    const [file] = slowFiles(1)
    const engine = rig.start()
    const queue = engine.addQueue(choices())
    const id = await engine.add(rig.request(file!.url, { queue }))
    await waitFor(engine, id, ({ received }) => received > mebibyte)
    engine.changeQueue(queue, { stopped: true })
    await untilHeld(engine, id, 'stopped')
    await expect.poll(() => file!.parallel).toBe(0)
    expect(engine.view(id)?.received).toBeGreaterThan(mebibyte)
    file!.unset('rate')
    engine.changeQueue(queue, { stopped: false })
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('slow0.bin'))).toBe(file!.sha256())
    expect(file!.bytesSent).toBeLessThan(1.5 * file!.size)
  })

  it('and what is in it survive a restart; removed, it leaves its downloads to the default one', async () => {
    const [file] = slowFiles(1)
    const first = rig.start()
    const queue = first.addQueue(choices({ slots: 1, stopped: true, folder: rig.folder, limit: 5000 }))
    const id = await first.add(rig.request(file!.url))
    first.moveToQueue([id], queue)
    await untilHeld(first, id, 'stopped')
    await rig.stop()
    const second = rig.start()
    expect(second.queues().map(({ id: each }) => each)).toEqual([defaultQueue, queue])
    expect(second.queues()[1]).toMatchObject({
      name: 'Night',
      slots: 1,
      stopped: true,
      folder: rig.folder,
      limit: 5000,
    })
    await untilHeld(second, id, 'stopped')
    expect(file!.parallel).toBe(0)
    second.removeQueue(queue)
    await untilState(second, id, 'active')
    expect(stored(rig, (store) => store.get(id)?.queue)).toBe(defaultQueue)
    expect(() => second.removeQueue(defaultQueue)).toThrow('E_QUEUE')
    expect(() => second.moveToQueue([id], queue)).toThrow('E_QUEUE')
    expect(() => second.addQueue(choices({ schedule: { zone: 'Nowhere/Land', windows: [] } }))).toThrow('E_ZONE')
  })
})

describe('only these now', () => {
  it('lets them run and others wait, over a restart too, and ends by itself', async () => {
    const files = slowFiles(3)
    const first = rig.start()
    const stopped = first.addQueue(choices({ stopped: true }))
    const ids = await first.addAll(files.map(({ url }, n) => rig.request(url, n === 2 ? { queue: stopped } : {})))
    const [a, b, c] = ids as [number, number, number]
    await expect.poll(() => active(first).sort()).toEqual([a, b])
    first.onlyNow([b, c]) // whatever the queue of c says
    await untilHeld(first, a, 'others')
    await expect.poll(() => active(first).sort()).toEqual([b, c])
    await rig.stop()
    const second = rig.start()
    await expect.poll(() => active(second).sort()).toEqual([b, c])
    expect(second.view(a)?.hold).toEqual({ kind: 'others' })
    second.pause([c])
    for (const file of files) file.unset('rate')
    await untilEnd(second, b)
    await untilEnd(second, a)
    expect(second.view(c)).toMatchObject({ state: { kind: 'paused' }, onlyNow: false })
  })
})

describe('time', () => {
  const daily = (from: number, to: number) =>
    choices({ schedule: { zone: 'Europe/Berlin', windows: [{ days: [...weekdays], from: from * 60, to: to * 60 }] } })
  const berlin = (text: string) => Date.parse(`2026-06-01T${text}:00+02:00`)

  it('opens and closes a queue, to the millisecond', async () => {
    const [file] = slowFiles(1)
    const clock = new MovingClock(berlin('20:00'))
    const engine = rig.start({ clock })
    const queue = engine.addQueue(daily(22, 6))
    const id = await engine.add(rig.request(file!.url, { queue }))
    expect(engine.view(id)?.hold).toEqual({ kind: 'schedule', until: berlin('22:00') })
    clock.skip(2 * hour - 5000)
    expect(file!.requests).toEqual([])
    clock.skip(5000)
    await waitFor(engine, id, ({ received }) => received > 0)
    expect(clock.now()).toBeGreaterThanOrEqual(berlin('22:00'))
    clock.skip(8 * hour)
    await untilHeld(engine, id, 'schedule')
    await expect.poll(() => file!.parallel).toBe(0)
  })

  it('that passed while the computer slept counts when it wakes', async () => {
    const [file] = slowFiles(1)
    const clock = new MovingClock(berlin('20:00'))
    const engine = rig.start({ clock })
    const queue = engine.addQueue(daily(22, 6))
    const id = await engine.add(rig.request(file!.url, { queue }))
    clock.suspend(3 * hour)
    expect(file!.requests).toEqual([])
    engine.reconnect()
    await untilState(engine, id, 'active')
  })

  it('63: that somebody sets back or forward counts within a minute', async () => {
    const [file] = slowFiles(1)
    const clock = new MovingClock(berlin('23:00'))
    const engine = rig.start({ clock })
    const queue = engine.addQueue(daily(22, 6))
    const id = await engine.add(rig.request(file!.url, { queue }))
    await untilState(engine, id, 'active')
    clock.set(berlin('12:00'))
    clock.skip(60_000)
    await untilHeld(engine, id, 'schedule')
    clock.set(berlin('22:30'))
    clock.skip(60_000)
    await untilState(engine, id, 'active')
  })

  it('starts and pauses single downloads and queues once, also while the program does not run', async () => {
    const files = slowFiles(3)
    const clock = new MovingClock(berlin('20:00'))
    const first = rig.start({ clock })
    const queue = first.addQueue(choices({ stopped: true, startAt: berlin('21:00'), stopAt: berlin('23:00') }))
    const ids = await first.addAll(files.map(({ url }, n) => rig.request(url, n === 2 ? { queue } : {})))
    const [a, b, c] = ids as [number, number, number]
    first.appoint([a], { startAt: berlin('20:30'), stopAt: null })
    first.appoint([b], { startAt: null, stopAt: berlin('22:00') })
    await untilHeld(first, a, 'start')
    await untilState(first, b, 'active')
    clock.skip(0.5 * hour)
    await untilState(first, a, 'active')
    expect(first.view(c)?.hold).toEqual({ kind: 'stopped', until: berlin('21:00') })
    await rig.stop()
    clock.skip(1.6 * hour) // 22:06
    const second = rig.start({ clock })
    await untilState(second, a, 'active')
    await untilState(second, c, 'active')
    expect(second.view(b)).toMatchObject({ state: { kind: 'paused' }, stopAt: null })
    expect(second.queues()[1]).toMatchObject({ stopped: false, startAt: null, stopAt: berlin('23:00') })
    clock.skip(hour)
    await untilHeld(second, c, 'stopped')
    second.resume([b])
    await untilState(second, b, 'active')
  })
})

describe('power and money', () => {
  it('hold everything while the user wants that, and let it go on', async () => {
    const [file] = slowFiles(1) as [TestFile]
    const settings = { pauseOnBattery: true, pauseOnMetered: false }
    const engine = rig.start({ settings })
    const id = await engine.add(rig.request(file.url))
    await untilState(engine, id, 'active')
    engine.power({ battery: false, metered: true })
    expect(engine.view(id)?.state.kind).toBe('active')
    engine.power({ battery: true, metered: true })
    await untilHeld(engine, id, 'battery')
    await expect.poll(() => file.parallel).toBe(0)
    engine.power({ battery: false, metered: true })
    await untilState(engine, id, 'active')
  })
})
