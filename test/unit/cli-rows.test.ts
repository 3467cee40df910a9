import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { details, entryOf, headRow, plainRow, tableRow, widthOf } from '../../src/main/cli/rows'
import type { DownloadView } from '../../src/shared/download'
import { downloadErrorCodes } from '../../src/shared/errors'

const view = (change: Partial<DownloadView>): DownloadView => ({
  id: 7,
  url: 'https://example.com/image.iso',
  name: 'image.iso',
  folder: '/home/me/isos',
  state: { kind: 'active', phase: { kind: 'transferring' } },
  total: 1024 ** 3,
  received: 256 * 1024 ** 2,
  bytesPerSecond: 1024 ** 2,
  connections: 4,
  position: 1,
  priority: 'normal',
  queue: 1,
  hold: null,
  startAt: null,
  stopAt: null,
  onlyNow: false,
  limit: null,
  addedAt: 0,
  finishedAt: null,
  ranges: true,
  expiresAt: null,
  notice: null,
  sources: [],
  ...change,
})
const failed = view({
  state: { kind: 'failed', error: { code: 'HTTP_404', retry: 'no', detail: 'it answered 404' } },
  queue: 2,
  limit: 2048,
})
const queues = new Map([
  [1, ''],
  [2, 'night'],
])

describe('the table of downloads', () => {
  it('says how far, how fast, how long', () => {
    const row = tableRow(view({}), queues, 100)
    for (const said of ['7', 'Downloading', '25 %', '1.0 GiB', '1.0 MiB/s', '12:48', 'image.iso']) {
      expect(row).toContain(said)
    }
    expect(row).not.toContain('\n')
  })

  it('says why one failed, its queue and its limit', () => {
    const [, below] = tableRow(failed, queues, 120).split('\n')
    expect(below).toMatch(/^ {7}\S.*\(HTTP_404\), queue night, at most 2\.0 KiB\/s$/)
  })

  it('says what one waits for and until when', () => {
    const tonight = new Date(2030, 5, 1, 22, 0).getTime()
    const held = view({ state: { kind: 'queued' }, hold: { kind: 'schedule', until: tonight } })
    expect(tableRow(held, queues, 100)).toContain('its queue runs from 2030-06-01 22:00 on')
    const offline = { code: 'OFFLINE', retry: 'later', detail: '' } as const
    const waits = view({ state: { kind: 'active', phase: { kind: 'waiting', until: null, reason: offline } } })
    expect(tableRow(waits, queues, 100)).toContain('goes on when the network is back')
    expect(entryOf(waits, queues)).toMatchObject({ status: 'Waiting', code: 'OFFLINE', until: null })
    expect(entryOf(held, queues)).toMatchObject({ status: 'Waiting', waitsFor: 'schedule', until: tonight })
  })

  it('has no size where nobody knows one', () => {
    expect(tableRow(view({ total: null, received: 0, bytesPerSecond: 0 }), queues, 100)).not.toContain('0 B ')
    expect(tableRow(view({ total: null }), queues, 100)).toContain('256.0 MiB+')
    expect(plainRow(view({ total: null })).split('\t')[3]).toBe('-')
  })

  it('fits the terminal, whatever it shows', () => {
    const anyView = fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 200 }),
      id: fc.integer({ min: 1, max: 99_999 }),
      received: fc.integer({ min: 0, max: 2 ** 50 }),
      total: fc.option(fc.integer({ min: 0, max: 2 ** 50 })),
      state: fc.constantFrom(failed.state, view({}).state, { kind: 'queued' } as const, { kind: 'paused' } as const),
    })
    fc.assert(
      fc.property(anyView, fc.integer({ min: 52, max: 200 }), (change, columns) => {
        for (const line of tableRow(view(change), queues, columns).split('\n')) {
          expect(widthOf(line)).toBeLessThanOrEqual(columns)
        }
        expect(widthOf(headRow(columns))).toBeLessThanOrEqual(columns)
      }),
    )
  })

  it('keeps the end of a long name', () => {
    const name = `${'日本'.repeat(60)}.part01.rar`
    expect(tableRow(view({ name }), queues, 100)).toMatch(/….*\.rar$/)
  })

  it('keeps what moves the cursor out of the terminal', () => {
    const name = 'a\u001b[2Jb\nc'
    for (const text of [
      tableRow(view({ name }), queues, 100),
      plainRow(view({ name })),
      details(view({ name }), queues),
    ]) {
      expect(text).toContain('a?[2Jb?c')
    }
  })
})

describe('a line for programs', () => {
  it('has eight fields, and never an empty one', () => {
    expect(plainRow(view({}))).toBe('7\tDownloading\t268435456\t1073741824\t1048576\t768\timage.iso\t-')
    fc.assert(
      fc.property(fc.string(), (name) => {
        const fields = plainRow(view({ name, state: failed.state })).split('\t')
        expect(fields).toHaveLength(8)
        expect(fields.every((field) => field !== '')).toBe(true)
      }),
    )
  })

  it.each(downloadErrorCodes)('%s has a reason, a cause and a suggestion', (code) => {
    const entry = entryOf(view({ state: { kind: 'failed', error: { code, retry: 'no', detail: '' } } }), queues)
    expect(entry).toMatchObject({ code, until: null })
    for (const words of [entry.reason, entry.cause, entry.suggestion]) expect(words).toMatch(/\w/)
  })
})

it('show says all about one', () => {
  const text = details(failed, queues)
  for (const said of ['Download 7', 'HTTP_404', 'it answered 404', '/home/me/isos', 'night', '2.0 KiB/s', 'Try ']) {
    expect(text).toContain(said)
  }
})
