import { beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../../src/renderer/i18n/en'
import { downloadProblems, httpProblems, noticeTexts, requestProblems } from '../../../src/shared/texts/errors.en'
import { formatMessage } from '../../../src/shared/texts/message'
import {
  downloadProblem,
  formatBytes,
  formatDuration,
  formatPercent,
  formatSpeed,
  formatWhen,
  percentOf,
  setLocale,
  t,
} from '../../../src/renderer/text'

/** Units are joined with an ordinary or a no-break space; that is typography, not meaning. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ')

beforeEach(() => setLocale('en-US'))

describe('messages', () => {
  it('fills in names and numbers', () => {
    expect(formatMessage('{a} of {b}', { a: 'x', b: 1234 }, 'en-US')).toBe('x of 1,234')
  })

  it('chooses the plural of the language, exact numbers first', () => {
    const text = '{n, plural, =0 {none} one {# file} other {# files of {all}}}'
    expect([0, 1, 2000].map((n) => formatMessage(text, { n, all: 'ours' }, 'en-US'))).toEqual([
      'none',
      '1 file',
      '2,000 files of ours',
    ])
  })

  it('shows a missing value instead of hiding it', () => {
    expect(formatMessage('to {folder}', {}, 'en-US')).toBe('to {folder}')
  })

  it('rejects a broken message', () => {
    expect(() => formatMessage('{n, plural, one {x', {}, 'en-US')).toThrow()
    expect(() => formatMessage('{', {}, 'en-US')).toThrow()
  })

  it.each(Object.entries(en))('%s is well formed', (_key, text) => {
    expect(formatMessage(text, {}, 'en-US')).not.toBe('')
  })
})

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [1024, '1.00 KiB'],
    [1536, '1.50 KiB'],
    [12.34 * 1024 ** 2, '12.3 MiB'],
    [999.4 * 1024 ** 2, '999 MiB'],
    [999.6 * 1024 ** 2, '0.98 GiB'],
    [5 * 1024 ** 4, '5.00 TiB'],
    [5000 * 1024 ** 5, '5,000 PiB'],
    [-1, '0 B'],
  ])('%d bytes are %s', (bytes, text) => expect(plain(formatBytes(bytes))).toBe(text))

  it('is a speed by the second', () => expect(plain(formatSpeed(2048))).toBe('2.00 KiB/s'))

  it('follows the region of the system in its own language only', () => {
    setLocale('en-ZA')
    expect(formatBytes(1536)).toContain('1,50')
    setLocale('de-DE')
    expect(formatBytes(1536)).toContain('1.50')
    setLocale('not a tag!')
    expect(formatBytes(1536)).toContain('1.50')
  })
})

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [0.2, '1 s'],
    [59, '59 s'],
    [60, '1 min'],
    [200, '3 min 20 s'],
    [600, '10 min'],
    [3570, '1 h'],
    [3900, '1 h 5 min'],
    [86_400, '1 d'],
    [2 * 86_400 + 3 * 3600, '2 d 3 h'],
    [1e12, 'over 99 d'],
  ])('%d seconds are %s', (seconds, text) => expect(plain(formatDuration(seconds))).toBe(text))
})

describe('percentages', () => {
  it('says 100 only when all is there', () => {
    expect(percentOf(999_999, 1_000_000)).toBe(99)
    expect(percentOf(1_000_000, 1_000_000)).toBe(100)
    expect(percentOf(1_000_001, 1_000_000)).toBe(100)
    expect(percentOf(0, 0)).toBe(0)
    expect(percentOf(5, null)).toBeNull()
    expect(formatPercent(42)).toBe('42%')
  })
})

it('shows the time of today and the day of another', () => {
  const now = new Date(2025, 10, 22, 15, 0).getTime()
  expect(formatWhen(new Date(2025, 10, 22, 9, 5).getTime(), now)).toContain('9:05')
  expect(formatWhen(new Date(2025, 10, 19, 9, 5).getTime(), now)).toBe('Nov 19, 2025')
})

describe('problems', () => {
  const error = (code: 'DNS' | `HTTP_${number}`) => downloadProblem({ code, retry: 'no', detail: '' }).title

  it('have a text of their own for the usual answers, and one with the number for others', () => {
    expect(error('HTTP_404')).toBe('There is no such file on the server')
    expect(error('HTTP_418')).toBe('The server refuses the request (418)')
    expect(error('HTTP_503')).toBe('The server has a problem (503)')
    expect(error('HTTP_304')).toBe('The server gave an unexpected answer (304)')
    expect(error('DNS')).toBe('The server cannot be found')
  })

  it('never use the words of the states, which stand beside them in the list', () => {
    const states = /queued|downloading|paused|waiting|verifying|completed|failed/i
    const shown = [
      ...Object.values(downloadProblems).flatMap((text) => [text.title, text.suggestion]),
      ...Object.values(httpProblems).flatMap((text) => [text.title, text.suggestion]),
      ...Object.values(noticeTexts).map((text) => text.title),
      t('row.connecting'),
      t('row.saving'),
      t('row.unverified'),
    ]
    expect(shown.filter((text) => states.test(text))).toEqual([])
  })

  it('are whole sentences where sentences are expected', () => {
    const all = [...Object.values(downloadProblems), ...Object.values(httpProblems), ...Object.values(requestProblems)]
    for (const { title, cause, suggestion } of all) {
      expect(title).toMatch(/^[A-Z].*[^.]$/)
      expect(cause).toMatch(/^[A-Z].*\.$/)
      expect(suggestion).toMatch(/^[A-Z].*[.…]$/)
    }
  })
})
