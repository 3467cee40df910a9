import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Engine, EngineChange } from '../../src/main/engine/engine'
import { createPublisher } from '../../src/main/service/publisher'
import type { Events } from '../../src/shared/contract'
import type { DownloadId, DownloadView } from '../../src/shared/download'
import { progressRow } from '../../src/shared/progress'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

type View = Pick<DownloadView, 'id' | 'total' | 'received' | 'bytesPerSecond' | 'connections'> & { active: boolean }

/** As much of an engine as the publisher looks at. */
function rig() {
  const views = new Map<DownloadId, View>()
  const listeners = new Set<(change: EngineChange) => void>()
  const engine = {
    view: (id: DownloadId) => views.get(id) ?? null,
    active: () => [...views.values()].filter(({ active }) => active),
    inspect: (id: DownloadId) => (views.has(id) ? { id } : null),
    subscribe: (listener: (change: EngineChange) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  } as unknown as Engine
  const changed: Events['changed'][] = []
  const progress: Float64Array[] = []
  const inspected: DownloadId[] = []
  const start = () =>
    createPublisher(engine, {
      changed: (event) => changed.push(event),
      progress: (rows) => progress.push(rows),
      queues: () => undefined,
      inspection: ({ id }) => inspected.push(id),
    })
  const tell = (change: EngineChange) => {
    for (const listener of listeners) listener(change)
  }
  return {
    changed,
    progress,
    inspected,
    listeners,
    start,
    put: (id: DownloadId, change: Partial<View> = {}) => {
      const before = views.get(id) ?? { id, total: 100, received: 0, bytesPerSecond: 0, connections: 0, active: false }
      views.set(id, { ...before, ...change })
      tell({ upserts: [id], removals: [] })
    },
    remove: (id: DownloadId) => {
      views.delete(id)
      tell({ upserts: [], removals: [id] })
    },
  }
}
const ids = (event: Events['changed'] | undefined) => event?.upserts.map(({ id }) => id)

describe('changes', () => {
  it('of a moment go out as one event, each download once and as it is now', () => {
    const { changed, start, put } = rig()
    start()
    for (let n = 0; n < 100; n++) put(1, { received: n })
    put(2)
    expect(changed).toEqual([])
    vi.advanceTimersByTime(16)
    expect(changed).toHaveLength(1)
    expect(changed[0]).toMatchObject({ revision: 1, upserts: [{ id: 1, received: 99 }, { id: 2 }], removals: [] })
  })

  it('raise the revision by one with every event', () => {
    const { changed, start, put } = rig()
    const publisher = start()
    expect(publisher.revision()).toBe(0)
    for (let n = 1; n <= 5; n++) {
      put(1)
      vi.advanceTimersByTime(20)
      expect(publisher.revision()).toBe(n)
    }
    expect(changed.map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5])
  })

  it('of a download that is gone again are told as its removal only', () => {
    const { changed, start, put, remove } = rig()
    start()
    put(1)
    remove(1)
    vi.advanceTimersByTime(20)
    expect(changed).toEqual([{ revision: 1, upserts: [], removals: [1] }])
  })

  it('that come late for one that is gone do not bring it back', () => {
    const { changed, start, put, remove } = rig()
    start()
    put(1)
    put(2)
    vi.advanceTimersByTime(20)
    remove(1)
    vi.advanceTimersByTime(20)
    expect(changed.map(ids)).toEqual([[1, 2], []])
    expect(changed[1]?.removals).toEqual([1])
  })

  it('that leave nothing to tell are no event', () => {
    const { changed, listeners, start } = rig()
    const publisher = start()
    for (const listener of listeners) listener({ upserts: [77], removals: [] })
    vi.advanceTimersByTime(20)
    expect(changed).toEqual([])
    expect(publisher.revision()).toBe(0)
  })
})

describe('progress', () => {
  it('is told at most four times a second, for all active downloads in one array', () => {
    const { progress, start, put } = rig()
    start()
    put(1, { active: true, received: 10, bytesPerSecond: 5, connections: 2 })
    put(2, { active: true, total: null })
    put(3)
    vi.advanceTimersByTime(16 + 1000)
    expect(progress).toHaveLength(4)
    const { length, id, received, total, bytesPerSecond, connections } = progressRow
    const row = (n: number, at: number) => progress[0]?.[n * length + at]
    expect(progress[0]).toHaveLength(2 * length)
    expect([row(0, id), row(0, received), row(0, total)]).toEqual([1, 10, 100])
    expect([row(0, bytesPerSecond), row(0, connections)]).toEqual([5, 2])
    expect([row(1, id), row(1, total)]).toEqual([2, -1])
  })

  it('is told for what is active at the start', () => {
    const { progress, start, put } = rig()
    put(1, { active: true })
    start()
    vi.advanceTimersByTime(250)
    expect(progress).toHaveLength(1)
  })

  it('is told seldom while nobody looks, and at once when somebody does again', () => {
    const { progress, start, put } = rig()
    const publisher = start()
    put(1, { active: true })
    publisher.watching(false)
    vi.advanceTimersByTime(5000)
    expect(progress).toHaveLength(2)
    publisher.watching(true)
    expect(progress).toHaveLength(3)
    vi.advanceTimersByTime(1000)
    expect(progress).toHaveLength(7)
  })
})

describe('details', () => {
  it('are told at once, after changes, and four times a second while the download is active', () => {
    const { inspected, start, put } = rig()
    const publisher = start()
    put(1)
    put(2, { active: true })
    vi.advanceTimersByTime(16)
    publisher.inspect(1)
    expect(inspected).toEqual([1])
    vi.advanceTimersByTime(1000)
    expect(inspected).toEqual([1])
    put(1, { received: 5 })
    vi.advanceTimersByTime(16)
    expect(inspected).toEqual([1, 1])
    put(1, { active: true })
    vi.advanceTimersByTime(1016)
    expect(inspected.length).toBeGreaterThanOrEqual(6)
    expect(inspected.length).toBeLessThanOrEqual(7)
  })

  it('are not told of others, nor when nobody looks, nor after the panel was closed', () => {
    const { inspected, start, put } = rig()
    const publisher = start()
    put(1, { active: true })
    put(2, { active: true })
    vi.advanceTimersByTime(1016)
    expect(inspected).toEqual([])
    publisher.inspect(1)
    publisher.watching(false)
    put(1, { received: 7 })
    vi.advanceTimersByTime(2000)
    expect(inspected).toEqual([1])
    publisher.watching(true)
    expect(inspected).toEqual([1, 1])
    publisher.inspect(null)
    vi.advanceTimersByTime(2000)
    expect(inspected).toEqual([1, 1])
  })
})

describe('timers', () => {
  it('there are none while nothing is active and nothing changes', () => {
    const { start, put } = rig()
    start()
    expect(vi.getTimerCount()).toBe(0)
    put(1)
    vi.advanceTimersByTime(20)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('there are none any more when the last one ended', () => {
    const { start, put } = rig()
    start()
    put(1, { active: true })
    vi.advanceTimersByTime(1000)
    expect(vi.getTimerCount()).toBe(1)
    put(1, { active: false })
    vi.advanceTimersByTime(300)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('there are none after the end, and nothing is told any more', () => {
    const { changed, progress, listeners, start, put } = rig()
    const publisher = start()
    put(1, { active: true })
    vi.advanceTimersByTime(20)
    put(2)
    publisher.close()
    expect(vi.getTimerCount()).toBe(0)
    expect(listeners.size).toBe(0)
    put(3)
    vi.advanceTimersByTime(1000)
    expect(changed).toHaveLength(1)
    expect(progress).toEqual([])
  })
})
