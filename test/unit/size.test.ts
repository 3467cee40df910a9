import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSize, parseRate, parseSize } from '../../src/shared/size'

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['123', 123],
    ['100K', 100 * 1024],
    ['100k', 100 * 1024],
    ['100KB', 100 * 1024],
    ['100KiB', 100 * 1024],
    ['1.5M', 1.5 * 1024 ** 2],
    ['5G', 5 * 1024 ** 3],
    ['5 GiB', 5 * 1024 ** 3],
    ['2T', 2 * 1024 ** 4],
    ['1,5M', 1.5 * 1024 ** 2],
    ['1,5 MB', 1.5 * 1024 ** 2],
    ['0,1234M', Math.round(0.1234 * 1024 ** 2)],
    [' 7 ', 7],
    ['7B', 7],
    ['0.0001K', 0],
  ])('%j is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })

  it.each([
    '',
    'K',
    '-1',
    '+1',
    '1e3',
    '0x10',
    '1,500M',
    '1,',
    ',5M',
    '1.5,5',
    '2M/s',
    '.5M',
    '5.',
    '5P',
    '5 bytes',
    '1 2',
    'Infinity',
    'NaN',
  ])('%j is no size', (text) => {
    expect(parseSize(text)).toBeNull()
  })
})

describe('formatSize', () => {
  it.each([
    [0, '0 B'],
    [0.4, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [1024 ** 2 - 1, '1.0 MiB'],
    [1023.9 * 1024, '1023.9 KiB'],
    [1024 ** 2, '1.0 MiB'],
    [1.25 * 1024 ** 3, '1.3 GiB'],
    [5 * 1024 ** 4, '5.0 TiB'],
    [5000 * 1024 ** 4, '5000.0 TiB'],
  ])('%d bytes are %j', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })

  it('is read back as the same size', () => {
    for (const bytes of [1, 1024, 1536, 3 * 1024 ** 3]) expect(parseSize(formatSize(bytes))).toBe(bytes)
  })
})

describe('parseRate', () => {
  it.each([
    ['200 KB/s', 200 * 1024],
    ['200 KiB/s', 200 * 1024],
    ['1.5M/s', 1.5 * 1024 ** 2],
    ['1,5 MB', 1.5 * 1024 ** 2],
    ['2 MiB / s', 2 * 1024 ** 2],
    ['2MBps', 2 * 1024 ** 2],
    ['2M/sec', 2 * 1024 ** 2],
    ['200 KiB/秒', 200 * 1024],
    ['2000', 2000],
  ])('%j is %d bytes per second', (text, rate) => expect(parseRate(text)).toBe(rate))

  it.each(['', '/s', '2M/', '2M/h', '2M/s/s', 'M/s', 'fast'])('%j is no speed', (text) => {
    expect(parseRate(text)).toBeNull()
  })

  it('reads what is shown, as far as that is exact', () => {
    const rates = fc.integer({ min: 1024, max: 1024 ** 4 })
    fc.assert(
      fc.property(rates, (rate) => {
        const shown = formatSize(rate)
        expect(formatSize(parseRate(`${shown}/s`) ?? 0)).toBe(shown)
      }),
    )
  })
})
