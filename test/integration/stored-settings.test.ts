import { describe, expect, it } from 'vitest'
import { defaultQueue, noChoices, type Queue } from '../../src/shared/queues'
import { defaultSettings, type Settings } from '../../src/shared/settings'
import { createDownloadStore } from '../../src/main/store/downloads'
import { createQueueStore } from '../../src/main/store/queues'
import { createSettingsStore } from '../../src/main/store/settings'
import { plain } from '../stored-record'
import { databaseInEachTest } from './opened-store'

const { open, close } = databaseInEachTest(() => undefined)

describe('settings', () => {
  const put = (name: string, value: string) =>
    open().prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)').run(name, value)

  it('are the defaults at first', () => {
    expect(createSettingsStore(open()).read()).toEqual(defaultSettings)
  })

  it('come back as they were written, others stay', () => {
    const all: Settings = {
      ...defaultSettings,
      folder: '/tmp/ü',
      connections: 3,
      connectionsPerHost: 256,
      concurrentDownloads: 1,
      appearance: 'dark',
    }
    expect(createSettingsStore(open()).write(all)).toEqual(all)
    expect(createSettingsStore(open()).write({ folder: null })).toEqual({ ...all, folder: null })
    close()
    expect(createSettingsStore(open()).read()).toEqual({ ...all, folder: null })
  })

  it.each([
    ['out of range', 'connections', '0'],
    ['of another type', 'connections', '"8"'],
    ['no JSON', 'connections', '8x'],
    ['unknown', 'appearance', '"sepia"'],
  ])('whose value is %s are the default', (_, name, value) => {
    put(name, value)
    expect(createSettingsStore(open()).read()).toEqual(defaultSettings)
  })

  it('that only a newer version knows are not lost', () => {
    put('colours', '"many"')
    createSettingsStore(open()).write({ connections: 5 })
    expect(open().prepare(`SELECT value FROM settings WHERE name = 'colours'`).pluck().get()).toBe('"many"')
  })
})

describe('queues', () => {
  const night: Omit<Queue, 'id'> = {
    name: '夜間',
    slots: 2,
    limit: 100_000,
    folder: '/home/me/night',
    schedule: { zone: 'Asia/Tokyo', windows: [{ days: [1, 7], from: 1320, to: 360 }] },
    stopped: true,
    startAt: 5,
    stopAt: 6,
  }

  it('are what was stored, after the default one', () => {
    const made = createQueueStore(open()).insert(night)
    close()
    const store = createQueueStore(open())
    expect(store.all()).toEqual([
      { id: defaultQueue, ...noChoices },
      { ...night, id: made.id },
    ])
    store.save([{ ...made, slots: null, schedule: null, stopped: false }])
    close()
    expect(createQueueStore(open()).all()[1]).toEqual({ ...made, slots: null, schedule: null, stopped: false })
  })

  it('that are removed leave their downloads to the default one, which stays', () => {
    const database = open()
    const store = createQueueStore(database)
    const downloads = createDownloadStore(database)
    const { id } = store.insert(night)
    const record = downloads.insert({ ...plain, queue: id })
    store.remove(id)
    store.remove(defaultQueue)
    expect(downloads.get(record.id)?.queue).toBe(defaultQueue)
    expect(store.all().map((queue) => queue.id)).toEqual([defaultQueue])
  })

  it('whose schedule cannot be read are stopped, instead of running at any time', () => {
    const database = open()
    const { id } = createQueueStore(database).insert({ ...night, stopped: false })
    database.prepare(`UPDATE queues SET schedule = '{"windows":7}' WHERE id = ?`).run(id)
    expect(createQueueStore(database).all()[1]).toMatchObject({ schedule: null, stopped: true })
  })
})
