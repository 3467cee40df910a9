import { beforeEach, describe, expect, it, vi } from 'vitest'
import type * as Store from '../../../src/renderer/store'
import type { CallName, Events, EventName, Snapshot } from '../../../src/shared/contract'
import type { RequestError } from '../../../src/shared/errors'
import { defaultSettings } from '../../../src/shared/settings'
import { view } from './views'

type Answer = { ok: true; value: unknown } | { ok: false; error: RequestError }

/** The other side of the bridge: snapshots are answered when the test says so. */
function fakeBridge() {
  const listeners = new Map<EventName, (payload: never) => void>()
  const asked: string[] = []
  const waiting: ((answer: Answer) => void)[] = []
  return {
    asked,
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
        if (name === 'downloads.snapshot') return new Promise((resolve) => waiting.push(resolve))
        return Promise.resolve({ ok: true, value: name === 'settings.get' ? defaultSettings : undefined })
      },
    },
  }
}

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

  it('reads the list again when an event is missing', async () => {
    void store.connect()
    await fake.answer({ revision: 1, downloads: [view(1)] })
    fake.emit('changed', changed(3, 3))
    await fake.answer({ revision: 3, downloads: [view(1), view(2), view(3)] })
    expect(ids()).toEqual([1, 2, 3])
    expect(fake.asked.filter((name) => name === 'downloads.snapshot')).toHaveLength(2)
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
