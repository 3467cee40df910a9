import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { desktopEntry } from '../../src/main/shell/desktop/desktop-entry'
import { noticeOf } from '../../src/main/shell/desktop/notice'
import { createOverview, type Ending } from '../../src/main/shell/desktop/overview'
import { trayMenu, trayStatus, type Say } from '../../src/main/shell/desktop/tray-menu'
import { linksOfArguments, linksOfLink } from '../../src/main/shell/outside-links'
import { reachable } from '../../src/main/shell/window-place'
import type { DownloadState } from '../../src/shared/download'
import { isDownloadable } from '../../src/shared/links'
import { progressRow } from '../../src/shared/progress'
import { nativeText } from '../../src/shared/texts/problems'
import { transferring, view } from './renderer/views'

const say: Say = (key, ...values) => nativeText(key, 'en', ...values)
const failed: DownloadState = { kind: 'failed', error: { code: 'HTTP_404', retry: 'no', detail: '' } }
const done: DownloadState = { kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } }

function rows(...views: { id: number; received: number; total: number; bytesPerSecond: number }[]): Float64Array {
  const all = new Float64Array(views.length * progressRow.length)
  for (const [index, each] of views.entries()) {
    for (const name of ['id', 'received', 'total', 'bytesPerSecond'] as const) {
      all[index * progressRow.length + progressRow[name]] = each[name]
    }
  }
  return all
}

describe('the overview', () => {
  it('counts what is open, and adds up what moves', () => {
    const overview = createOverview([view(1, { state: transferring }), view(2), view(3, { state: failed })], 0)
    overview.changed({
      upserts: [view(4, { state: { kind: 'paused' } }), view(5, { state: transferring })],
      removals: [],
    })
    overview.progress(
      rows(
        { id: 1, received: 30, total: 100, bytesPerSecond: 7 },
        { id: 5, received: 9, total: -1, bytesPerSecond: 3 },
        { id: 99, received: 1, total: 1, bytesPerSecond: 1 },
      ),
    )
    expect(overview.figures()).toEqual({ active: 2, queued: 1, resting: 2, bytesPerSecond: 10, share: 0.3 })
    overview.changed({ upserts: [view(1, { state: done, finishedAt: 5 })], removals: [3, 5] })
    expect(overview.figures()).toEqual({ active: 0, queued: 1, resting: 1, bytesPerSecond: 0, share: null })
  })

  it('tells each ending once, and nothing that ended before', () => {
    const overview = createOverview([view(1, { state: transferring }), view(2, { state: failed })], 1000)
    const changed = (...upserts: ReturnType<typeof view>[]) =>
      overview.changed({ upserts, removals: [] }).map(({ id, state }) => `${id} ${state.kind}`)
    expect(changed(view(1, { state: done, finishedAt: 2000 }), view(2, { state: failed }))).toEqual(['1 done'])
    expect(changed(view(1, { state: done, finishedAt: 2000 }))).toEqual([])
    expect(changed(view(3, { state: done, finishedAt: 900 }))).toEqual([])
    // Added and ended within one event.
    expect(changed(view(4, { state: done, finishedAt: 3000 }), view(5, { state: failed }))).toEqual([
      '4 done',
      '5 failed',
    ])
    expect(changed(view(2, { state: transferring }))).toEqual([])
    expect(changed(view(2, { state: failed }))).toEqual(['2 failed'])
  })

  it('never counts wrong, whatever comes', () => {
    const states: DownloadState[] = [{ kind: 'queued' }, transferring, { kind: 'paused' }, failed, done]
    const event = fc.record({
      upserts: fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat(states.length - 1))),
      removals: fc.array(fc.integer({ min: 1, max: 6 })),
    })
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const overview = createOverview([], 0)
        const truth = new Map<number, string>()
        for (const { upserts, removals } of events) {
          overview.changed({ upserts: upserts.map(([id, n]) => view(id, { state: states[n]! })), removals })
          for (const [id, n] of upserts) truth.set(id, states[n]!.kind)
          for (const id of removals) truth.delete(id)
        }
        const count = (...kinds: string[]) => [...truth.values()].filter((kind) => kinds.includes(kind)).length
        expect(overview.figures()).toMatchObject({
          active: count('active'),
          queued: count('queued'),
          resting: count('paused', 'failed'),
        })
      }),
    )
  })
})

describe('the tray', () => {
  const figures = { active: 0, queued: 0, resting: 0, bytesPerSecond: 0, share: null }
  const actions = {
    open: vi.fn(),
    add: vi.fn(),
    slow: vi.fn(),
    pauseAll: vi.fn(),
    resumeAll: vi.fn(),
    settings: vi.fn(),
    quit: vi.fn(),
  }

  it('says in a line what is going on', () => {
    expect(trayStatus(figures, say)).toBe('Nothing to download')
    expect(trayStatus({ ...figures, queued: 1 }, say)).toBe('1 download in the queue')
    expect(trayStatus({ ...figures, active: 3, bytesPerSecond: 12.34 * 1024 * 1024 }, say)).toBe(
      '3 active · 12.3 MiB/s',
    )
  })

  it('offers what can be done', () => {
    const state = (change: Partial<typeof figures>): Record<string, boolean | undefined> => {
      const items = trayMenu({ ...figures, ...change }, false, say, actions)
      return Object.fromEntries(items.map(({ label = '', enabled }) => [label, enabled]))
    }
    expect(state({})).toMatchObject({ 'Pause All': false, 'Resume All': false })
    expect(state({ queued: 1 })).toMatchObject({ 'Pause All': true, 'Resume All': false })
    expect(state({ resting: 1 })).toMatchObject({ 'Pause All': false, 'Resume All': true })
  })

  it('does it', () => {
    const menu = trayMenu({ ...figures, active: 1, resting: 1 }, false, say, actions)
    for (const { click } of menu) (click as (() => void) | undefined)?.()
    for (const action of Object.values(actions)) expect(action).toHaveBeenCalledTimes(1)
  })
})

describe('notifications', () => {
  const ending = (id: number, state: DownloadState) => ({ id, name: `${id}.zip`, state }) as Ending

  it('name a single download and say what can be done with it', () => {
    expect(noticeOf([ending(1, done), ending(2, failed)], say)).toEqual([
      { title: 'Download completed', body: '1.zip', id: 1, actions: ['open', 'folder'] },
      { title: 'Download failed', body: '2.zip', id: 2, actions: ['retry'] },
    ])
  })

  it('are one for many', () => {
    const all = Array.from({ length: 5 }, (_, n) => ending(n + 1, done))
    expect(noticeOf(all, say)).toEqual([
      { title: '5 downloads completed', body: '1.zip\n2.zip\n3.zip\n…', id: null, actions: [] },
    ])
    expect(noticeOf([], say)).toEqual([])
  })
})

describe('links from outside', () => {
  it('are added when they stand on a command line, and asked about when they were clicked', () => {
    const argv = ['/opt/longshore', '--some-switch', 'https://a.example/1', 'file:///etc/passwd', 'http://b.example/2']
    expect(linksOfArguments(argv)).toEqual({ add: ['https://a.example/1', 'http://b.example/2'], browse: [], ask: [] })
    expect(linksOfArguments(['x', '--from-link', 'https://a.example/1'])).toEqual({
      add: [],
      browse: [],
      ask: ['https://a.example/1'],
    })
    const link = 'longshore://add?url=https%3A%2F%2Fa.example%2F1'
    expect(linksOfArguments([link])).toEqual({ add: [], browse: [], ask: ['https://a.example/1'] })
    // A prefix is chosen from, but only when it was typed.
    const cloud = ['oss://bucket/key', 'oss://bucket/folder/', 's3://bucket']
    expect(linksOfArguments(cloud)).toEqual({ add: cloud.slice(0, 1), browse: cloud.slice(1), ask: [] })
    expect(linksOfArguments(['--from-link', ...cloud])).toMatchObject({ add: [], browse: [] })
  })

  it.each([
    ['longshore://add?url=https%3A%2F%2Fa.example%2F1&url=http%3A%2F%2Fb%2F2', ['https://a.example/1', 'http://b/2']],
    ['LONGSHORE://add/?url=https%3A%2F%2Fanna%3Ageheim%40a.example%2F1', ['https://a.example/1']],
    ['longshore://add?url=file%3A%2F%2F%2Fetc%2Fpasswd', []],
    ['longshore://add?url=longshore%3A%2F%2Fadd', []],
    ['longshore://remove?url=https%3A%2F%2Fa.example%2F1', []],
    ['longshore://add/etc?url=https%3A%2F%2Fa.example%2F1', []],
    ['longshore:https://a.example/1', []],
    ['javascript:alert(1)', []],
    ['nonsense', []],
    [`longshore://add?url=https%3A%2F%2Fa%2F${'x'.repeat(70_000)}`, []],
  ])('are taken from %s as they may be', (link, expected) => expect(linksOfLink(link)).toEqual(expected))

  it('never yield anything but addresses that can be downloaded', () => {
    const text = fc.string({ maxLength: 30 })
    const scheme = fc.constantFrom('http://', 'https://u:p@', 'file:///', 'oss://', 'javascript:', '')
    const address = fc.tuple(scheme, text).map((parts) => parts.join(''))
    const link = fc.oneof(
      address,
      address.map((url) => `longshore://add?url=${encodeURIComponent(url)}`),
    )
    fc.assert(
      fc.property(link, (each) => {
        for (const url of linksOfLink(each)) {
          expect(isDownloadable(url)).toBe(true)
          expect(new URL(url)).toMatchObject({ username: '', password: '' })
        }
      }),
    )
  })
})

it('an autostart entry quotes what it starts', () => {
  expect(desktopEntry(['/opt/Long Shore/longshore', '--hidden'])).toContain(
    'Exec="/opt/Long Shore/longshore" "--hidden"\n',
  )
  expect(desktopEntry(['/a"b$c%d'])).toContain('Exec="/a\\\\"b\\\\$c%%d"\n')
})

it('a window is put back only where it can be reached', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1040 }]
  const place = { x: 100, y: 100, width: 800, height: 600 }
  expect(reachable(place, screens)).toBe(true)
  expect(reachable({ ...place, x: -750 }, screens)).toBe(false)
  expect(reachable({ ...place, x: -600 }, screens)).toBe(true)
  expect(reachable({ ...place, x: 2000 }, screens)).toBe(false)
  expect(reachable({ ...place, y: -400 }, screens)).toBe(false)
  expect(reachable({ ...place, y: 1030 }, screens)).toBe(false)
})
