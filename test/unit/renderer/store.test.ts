import { beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Store from '../../../src/renderer/store'
import type { CallName, Events, EventName, Snapshot } from '../../../src/shared/contract'
import type { DownloadView } from '../../../src/shared/download'
import type { RequestError } from '../../../src/shared/errors'
import { defaultSettings } from '../../../src/shared/settings'
import { view } from './views'

type Answer = { ok: true; value: unknown } | { ok: false; error: RequestError }

/** The other side of the bridge: snapshots are answered when the test says so. */
function fakeBridge() {
  const listeners = new Map<EventName, (payload: never) => void>()
  const asked: string[] = []
  const waiting: ((answer: Answer) => void)[] = []
  const finished: (Answer | Promise<Answer>)[] = []
  const first: Answer[] = []
  return {
    asked,
    finished,
    first,
    emit: <N extends EventName>(name: N, payload: Events[N]) => listeners.get(name)?.(payload as never),
    answer: async (answer: Snapshot | RequestError) => {
      waiting.shift()?.('code' in answer ? { ok: false, error: answer } : { ok: true, value: asText(answer) })
      await new Promise((resolve) => setTimeout(resolve))
    },
    bridge: {
      on: (name: EventName, listener: (payload: never) => void) => {
        asked.push(`on ${name}`)
        listeners.set(name, listener)
        return () => undefined
      },
      call: (name: CallName): Promise<Answer> => {
        asked.push(name)
        if (name === 'downloads.finished') return Promise.resolve(finished.shift() ?? noMore)
        if (name === 'downloads.first' && first[0]) return Promise.resolve(first[0])
        if (name === 'downloads.snapshot') return new Promise((resolve) => waiting.push(resolve))
        return Promise.resolve({ ok: true, value: name === 'settings.get' ? defaultSettings : undefined })
      },
    },
  }
}

const page = (next: number | null, ...downloads: DownloadView[]): Answer => ({
  ok: true,
  value: { downloads: JSON.stringify(downloads), next },
})
const noMore = page(null)

/** As it crosses the bridge. */
const asText = ({ revision, downloads }: Snapshot) => ({ revision, downloads: JSON.stringify(downloads) })

const changed = (revision: number, ...ids: number[]) => ({ revision, upserts: ids.map((id) => view(id)), removals: [] })

describe('the mirror and the main process', () => {
  let fake: ReturnType<typeof fakeBridge>
  let store: typeof Store
  const ids = () => [...store.useStore.getState().mirror.rows.keys()]

  beforeEach(async () => {
    fake = fakeBridge()
    vi.stubGlobal('window', { longshore: fake.bridge })
    vi.resetModules()
    store = await import('../../../src/renderer/store')
  })

  it('subscribes before it asks for the snapshot', () => {
    void store.connect()
    expect(fake.asked.indexOf('on changed')).toBeLessThan(fake.asked.indexOf('downloads.snapshot'))
  })

  it('takes what came meanwhile, except what the snapshot already has', async () => {
    void store.connect()
    fake.emit('changed', changed(4, 1))
    fake.emit('changed', changed(5, 2))
    expect(ids()).toEqual([])
    // Download 1 was added and removed again before the snapshot: the old event must not bring it back.
    await fake.answer({ revision: 4, downloads: [view(7)] })
    expect(ids()).toEqual([7, 2])
    expect(store.useStore.getState().status).toBe('ready')
  })

  it('shows the head of the queue until the snapshot is there, and needs it for nothing else', async () => {
    fake.first.push({ ok: true, value: JSON.stringify([view(8), view(3)]) })
    await store.connect(true)
    expect(ids()).toEqual([8, 3])
    expect(store.useStore.getState().status).toBe('first')
    fake.emit('changed', changed(5, 2))
    await fake.answer({ revision: 4, downloads: [view(3), view(7)] })
    expect(ids()).toEqual([3, 7, 2])
    expect(store.useStore.getState().status).toBe('ready')
  })

  it('is there without the head of the queue, when that cannot be read', async () => {
    fake.first.push({ ok: false, error: { code: 'E_IPC', detail: '' } })
    const connected = store.connect(true)
    await fake.answer({ revision: 4, downloads: [view(7)] })
    await connected
    expect(ids()).toEqual([7])
  })

  it('reads the list again when an event is missing', async () => {
    void store.connect()
    await fake.answer({ revision: 1, downloads: [view(1)] })
    fake.emit('changed', changed(3, 3))
    await fake.answer({ revision: 3, downloads: [view(1), view(2), view(3)] })
    expect(ids()).toEqual([1, 2, 3])
    expect(fake.asked.filter((name) => name === 'downloads.snapshot')).toHaveLength(2)
  })

  it('shows what is to be done first, and what is done page by page: what came meanwhile is newer', async () => {
    const done = (id: number, name = 'old') =>
      view(id, { name, state: { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } } })
    let second: (answer: Answer) => void = () => undefined
    fake.finished.push(page(4, done(6), done(4)), new Promise<Answer>((resolve) => (second = resolve)))
    void store.connect()
    await fake.answer({ revision: 1, downloads: [view(9)] })
    expect(store.useStore.getState()).toMatchObject({ status: 'ready' })
    await vi.waitFor(() => expect(ids()).toEqual([9, 6, 4]))
    expect(store.useStore.getState()).toMatchObject({ read: true })
    fake.emit('changed', { revision: 2, upserts: [done(3, 'new')], removals: [2] })
    expect(store.useStore.getState()).toMatchObject({ read: false })
    second(page(null, done(3), done(2), done(1)))
    await vi.waitFor(() => expect(ids()).toEqual([9, 6, 4, 3, 1]))
    const { rows, counts } = store.useStore.getState().mirror
    expect(rows.get(3)?.name).toBe('new')
    expect(counts).toMatchObject({ queued: 1, done: 4 })
  })

  it('does not take the list away while it is read again', async () => {
    fake.finished.push(page(null, view(5)), page(null, view(5), view(4)))
    void store.connect()
    await fake.answer({ revision: 1, downloads: [view(9)] })
    await vi.waitFor(() => expect(ids()).toEqual([9, 5]))
    const seen: number[] = []
    store.useStore.subscribe((state) => seen.push(state.mirror.rows.size))
    fake.emit('changed', changed(7, 8))
    await fake.answer({ revision: 7, downloads: [view(9), view(8)] })
    await vi.waitFor(() => expect(ids()).toEqual([9, 8, 5, 4]))
    expect(seen).toEqual([4])
  })

  it('ignores progress until it knows the rows', async () => {
    void store.connect()
    fake.emit('progress', new Float64Array([1, 5, 10, 1, 1]))
    await fake.answer({ revision: 0, downloads: [view(1, { state: { kind: 'active', phase: { kind: 'probing' } } })] })
    expect(store.useStore.getState().mirror.rows.get(1)?.received).toBe(0)
    fake.emit('progress', new Float64Array([1, 5, 10, 1, 1]))
    expect(store.useStore.getState().mirror.rows.get(1)?.received).toBe(5)
  })

  it('says why there is no list, and recovers', async () => {
    void store.connect()
    await fake.answer({ code: 'E_ENGINE', detail: 'gone' })
    expect(store.useStore.getState()).toMatchObject({ status: 'broken', problem: { code: 'E_ENGINE' } })
    void store.readList()
    await fake.answer({ revision: 0, downloads: [view(1)] })
    expect(store.useStore.getState()).toMatchObject({ status: 'ready', problem: null })
  })

  it('asks only once at a time', () => {
    void store.readList()
    void store.readList()
    expect(fake.asked.filter((name) => name === 'downloads.snapshot')).toHaveLength(1)
  })
})
