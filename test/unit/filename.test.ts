import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileNameFrom, isPartName, numberedName, partName, safeFileName } from '../../src/main/engine/files/filename'

/** A header as it comes off the wire: the bytes of UTF-8, one character a byte. */
const raw = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const fromHeader = (contentDisposition: string): string =>
  fileNameFrom({ contentDisposition, url: 'https://example.com/url.bin' })
const fromUrl = (url: string): string => fileNameFrom({ contentDisposition: null, url })

describe('names from Content-Disposition (RFC 6266, RFC 8187)', () => {
  it.each([
    ['attachment; filename="a.zip"', 'a.zip'],
    ['attachment; filename=a.zip', 'a.zip'],
    ['ATTACHMENT; FileName = "a.zip" ; size=5', 'a.zip'],
    ['inline;filename="a.zip"', 'a.zip'],
    ['filename="a.zip"', 'a.zip'],
    ['attachment filename="a.zip"', 'a.zip'],
    ['attachment; filename=a long name.zip', 'a long name.zip'],
    ['attachment; filename="a;b=c.zip"; x=y', 'a;b=c.zip'],
    [String.raw`attachment; filename="say \"hi\" \\ bye.zip"`, 'bye.zip'],
    [String.raw`attachment; filename="say \"hi\".zip"`, 'say _hi_.zip'],
    ['attachment; filename="a "quoted" b.zip"', 'a _quoted_ b.zip'],
    [String.raw`attachment; filename="C:\dir\a.zip"`, 'a.zip'],
    ['attachment; filename="unfinished.zip', 'unfinished.zip'],
    ['attachment; filename="a.zip" filename*=UTF-8\'\'b.zip', 'b.zip'],
    ["attachment; filename=a.zip; filename*=UTF-8''%e8%88%b9.zip", '船.zip'],
    ["attachment; filename*=UTF-8'en'%E2%82%AC%20rates.zip; filename=a.zip", '€ rates.zip'],
    ["attachment; filename*=iso-8859-1'en'%A3%20rates.zip", '£ rates.zip'],
    ["attachment; filename*=gbk''%B4%AC.zip", '船.zip'],
    ["attachment; filename*=nonsense''x.zip; filename=a.zip", 'a.zip'],
    ["attachment; filename*=UTF-8''%FF%FE.zip; filename=a.zip", 'a.zip'],
    ['attachment; filename*="UTF-8\'\'%e8%88%b9.zip"', '船.zip'],
    ['attachment; filename*=%e8%88%b9.zip', '船.zip'],
    ['attachment; filename=first.zip; filename=second.zip', 'first.zip'],
    ['attachment; filename=""; x', 'url.bin'],
    ['attachment', 'url.bin'],
    ['', 'url.bin'],
    [';;;=;"', 'url.bin'],
    // fault 69: raw UTF-8, GBK, Latin-1, plus, entities, and what Chrome decodes although no RFC says so
    [raw('attachment; filename="船荷証券 – é.zip"'), '船荷証券 – é.zip'],
    ['attachment; filename="\xb4\xac\xba\xc9.zip"', '船荷.zip'],
    ['attachment; filename="\xa1\xb6\xb4\xac\xba\xc9\xd6\xa4\xa1\xb7.zip"', '《船荷证》.zip'],
    ['attachment; filename="caf\xe9.zip"', 'café.zip'],
    ['attachment; filename="na\xefve.zip"', 'naïve.zip'],
    ['attachment; filename="a%2Bb+c.zip"', 'a+b+c.zip'],
    ["attachment; filename*=UTF-8''C%2B%2B+.zip", 'C+++.zip'],
    ['attachment; filename="%E8%88%B9.zip"', '船.zip'],
    ['attachment; filename="100%25 sure %.zip"', '100% sure %.zip'],
    ['attachment; filename="%FF.zip"', '%FF.zip'],
    ['attachment; filename="you &amp; me.zip"', 'you & me.zip'],
    ['attachment; filename=you&amp;me.zip; x=y', 'you&me.zip'],
    ['attachment; filename="&#33337;&#x8239;.zip"', '船船.zip'],
    ['attachment; filename="a&amp;lt;.zip"', 'a&lt;.zip'],
    ['attachment; filename="=?UTF-8?B?6Ii5LnppcA==?="', '船.zip'],
    ['attachment; filename="=?utf-8?q?=E8=88=B9_100%25.zip?="', '船 100%25.zip'],
    ['attachment; filename="=?UTF-8?B?6Ii5?= =?UTF-8?Q?.zip?="', '船.zip'],
    ['attachment; filename="=?what?B?6Ii5?=.zip"', '=_what_B_6Ii5_=.zip'],
  ])('%j', (header, expected) => {
    expect(fromHeader(header)).toBe(expected)
  })
})

describe('names from the URL', () => {
  it.each([
    ['https://example.com/dir/a.zip', 'a.zip'],
    ['https://example.com/dir/a.zip?token=secret.exe#part', 'a.zip'],
    ['https://example.com/dir/', 'dir'],
    ['https://example.com/C%2B%2B+notes.pdf', 'C+++notes.pdf'],
    ['https://example.com/%E8%88%B9.zip', '船.zip'],
    ['https://example.com/船.zip', '船.zip'],
    ['https://example.com/%B4%AC%BA%C9.zip', '船荷.zip'],
    ['https://example.com/100%.zip', '100%.zip'],
    ['https://example.com/a%2520b.zip', 'a%20b.zip'],
    ['https://example.com/..%2F..%2Fetc%2Fpasswd', 'passwd'],
    ['https://example.com/a.zip;jsessionid=0123', 'a.zip'],
    ['https://example.com/you&amp;me.zip', 'you&me.zip'],
    ['https://www.example.com', 'www_example_com'],
    ['https://example.com/?file=a.zip', 'example_com'],
    ['oss://bucket/dir/key.iso', 'key.iso'],
    ['not a url', 'download'],
  ])('%s', (url, expected) => {
    expect(fromUrl(url)).toBe(expected)
  })
})

describe('extensions from the type', () => {
  it.each([
    ['report', 'application/pdf', 'report.pdf'],
    ['report', 'Text/HTML; charset=utf-8', 'report.html'],
    ['report.doc', 'application/pdf', 'report.doc'],
    ['Version 1.2', 'application/zip', 'Version 1.2.zip'],
    ['report', 'application/octet-stream', 'report'],
    ['report', 'application/x-msdownload', 'report'],
    ['report', 'constructor', 'report'],
    ['report', null, 'report'],
  ])('%s as %s', (name, contentType, expected) => {
    const url = `https://example.com/${encodeURIComponent(name)}`
    expect(fileNameFrom({ contentDisposition: null, url, contentType })).toBe(expected)
  })
})

describe('safe names (faults 65–67)', () => {
  it.each([
    ['../x', 'x'],
    ['..\\x', 'x'],
    ['../', 'download'],
    ['..', 'download'],
    ['/etc/x', 'x'],
    ['C:\\x', 'x'],
    ['C:x', 'C_x'],
    ['\\\\server\\share\\x', 'x'],
    ['a/b/', 'b'],
    ['', 'download'],
    [' ', 'download'],
    ['...', 'download'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['NUL.tar.gz', '_NUL.tar.gz'],
    ['COM1', '_COM1'],
    ['com¹.log', '_com¹.log'],
    ['LPT9 .txt', '_LPT9 .txt'],
    ['CONIN$', '_CONIN$'],
    ['CONSOLE', 'CONSOLE'],
    ['COM10', 'COM10'],
    ['desktop.ini', '_desktop.ini'],
    ['a.txt. .', 'a.txt'],
    [' a.txt ', 'a.txt'],
    ['a:b', 'a_b'],
    ['<a>:"b|c?*', '_a___b_c__'],
    ['a\0b\r\nc.txt', 'abc.txt'],
    ['\u202etxt.exe', 'txt.exe'],
    ['a\u2066b\u2069\u200e\u200f\u200b\ufeffc', 'abc'],
    ['a\ud800b\udfff', 'a_b_'],
    ['😀.txt', '😀.txt'],
    ['e\u0301.txt', 'é.txt'],
    ['.bashrc', '_bashrc'],
    ['..bashrc', '_bashrc'],
    [' . .x', '_x'],
    ['a.0123abcd.part', 'a.0123abcd_part'],
    ['a.part', 'a.part'],
  ])('%j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected)
  })

  it('keeps the extension of a 300-byte name', () => {
    expect(safeFileName(`${'x'.repeat(300)}.tar.gz`)).toMatch(/^x+\.tar\.gz$/)
    const long = safeFileName(`${'船'.repeat(100)}.zip`)
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(232)
    expect(long).toMatch(/^船+\.zip$/)
    expect(safeFileName('x'.repeat(300))).toBe('x'.repeat(232))
    expect(safeFileName(`${'x'.repeat(230)}. ${'y'.repeat(50)}`)).toBe('x'.repeat(230))
    expect(safeFileName(`a.${'b'.repeat(300)}`)).toMatch(/^a\.b{230}$/)
  })
})

describe('derived names', () => {
  it.each([
    ['a.zip', 'a (1).zip'],
    ['a.tar.gz', 'a (1).tar.gz'],
    ['a.zip.001', 'a (1).zip.001'],
    ['a.001', 'a (1).001'],
    ['a.part1.rar', 'a (1).part1.rar'],
    ['a', 'a (1)'],
    ['Version 1.2', 'Version 1.2 (1)'],
    ['a.b c', 'a.b c (1)'],
    ['_bashrc', '_bashrc (1)'],
  ])('%s is numbered %s', (name, expected) => {
    expect(numberedName(name, 1)).toBe(expected)
  })

  it('fit even when the name was not made safe', () => {
    const longest = `${'船'.repeat(84)}.zi`
    expect(Buffer.byteLength(longest)).toBe(255)
    expect(numberedName(longest, 7)).toMatch(/^船+ \(7\)\.zi$/)
    expect(Buffer.byteLength(numberedName(longest, 7))).toBeLessThanOrEqual(241)
    expect(Buffer.byteLength(partName(numberedName(longest, 7), '0123abcd'))).toBeLessThanOrEqual(255)
    expect(partName(longest, '0123abcd')).toBe(`${'船'.repeat(80)}.0123abcd.part`)
  })

  it('names parts', () => {
    expect(partName('a.zip', '0123abcd')).toBe('a.zip.0123abcd.part')
    expect(isPartName('a.zip.0123abcd.part')).toBe(true)
    expect(isPartName('a.zip.part')).toBe(false)
    expect(isPartName('a.zip')).toBe(false)
  })
})

/** Text that is made of what breaks names more often than of anything else. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '../',
          '..\\',
          '/',
          '\\',
          ':',
          '.',
          '..',
          ' ',
          '\0',
          '\r\n',
          '\u202e',
          '\u200b',
          '\ufeff',
          '\ud800',
          '\udc00',
        ],
        ...['CON', 'nul', 'COM1', '.part', '.0123abcd.part', '.tar.gz', '.txt', '%2F', '%5C', '%00', '%2e%2e', '&#47;'],
        ...[
          '\u0301',
          '\u0338',
          '<',
          '"',
          "UTF-8''",
          '=?UTF-8?B?Li4v?=',
          '\xe8\x88\xb9',
          '船',
          '\u212b',
          '\u3000',
          '\x85',
        ],
      ),
      fc.array(fc.nat(0xffff), { maxLength: 10 }).map((codes) => String.fromCharCode(...codes)),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

function expectSafe(name: string): void {
  for (const system of [path.posix, path.win32]) {
    const folder = system === path.posix ? '/home/me/Downloads' : 'D:\\Downloads'
    expect(system.dirname(system.join(folder, name))).toBe(folder)
    expect(system.dirname(system.resolve(folder, name))).toBe(folder)
    expect(system.basename(name)).toBe(name)
  }
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
  expect(name.length).toBeGreaterThan(0)
  expect(name).not.toMatch(/[\x00-\x1f\x7f<>:"|?*\\/]|\p{Surrogate}|[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff]/u)
  expect(name).not.toMatch(/^[.\s]|[.\s]$/)
  expect(name).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)/i)
  expect(name).toBe(name.normalize('NFC'))
}

describe('any input', () => {
  it('safe names are directly inside any folder, and stay what they are', () => {
    fc.assert(
      fc.property(nasty, fc.nat(999_999), (text, n) => {
        const name = safeFileName(text)
        expectSafe(name)
        expect(isPartName(name)).toBe(false)
        expect(safeFileName(name)).toBe(name)
        for (const derived of [
          numberedName(name, n),
          partName(name, '0123abcd'),
          partName(numberedName(name, n), 'ffffffff'),
        ]) {
          expectSafe(derived)
        }
        expect(isPartName(numberedName(name, n))).toBe(false)
        expect(numberedName(name, n)).toContain(` (${n})`)
      }),
      { numRuns: 500 },
    )
  })

  it('headers and URLs make safe names', () => {
    const header = fc.oneof(
      nasty,
      nasty.map((text) => `attachment; filename="${text}"`),
      nasty.map((text) => `attachment; filename=${text}`),
      nasty.map((text) => `attachment; filename*=UTF-8''${text}`),
      nasty.map((text) => `attachment; filename*=UTF-8''${encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))}`),
    )
    const url = fc.oneof(
      nasty,
      nasty.map((text) => `https://example.com/${text}`),
      nasty.map((text) => `https://example.com/${encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))}?${text}`),
    )
    const type = fc.constantFrom(null, 'application/pdf', 'text/html; x', 'x')
    fc.assert(
      fc.property(fc.option(header), url, type, (contentDisposition, address, contentType) => {
        const latin1 = contentDisposition === null ? null : raw(contentDisposition)
        const name = fileNameFrom({ contentDisposition: latin1, url: address, contentType })
        expectSafe(name)
        expect(safeFileName(name)).toBe(name)
        expect(Buffer.byteLength(partName(numberedName(name, 123), '0123abcd'))).toBeLessThanOrEqual(255)
      }),
      { numRuns: 500 },
    )
  })

  it('takes no more than a moment for hostile lengths', () => {
    for (const filler of [' ', '.', ';', '"', '=', '\\', '%', '=?', '&#1', ';a=', 'a ']) {
      const long = filler.repeat(200_000 / filler.length)
      expectSafe(safeFileName(`a${long}b`))
      expectSafe(fromUrl(`https://example.com/a${long}b`))
      for (const header of [`attachment; filename=a${long}b`, `attachment; filename="a${long}b`, `a${long}b`]) {
        expectSafe(fromHeader(header))
      }
    }
  })

  it('a name that is sent the right way arrives as it was', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => safeFileName(`${text}.bin`))
    fc.assert(
      fc.property(name, (text) => {
        fc.pre(!/&\S+;|%[0-9a-f]{2}|=\?/i.test(text))
        const encoded = encodeURIComponent(text).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
        expect(fromHeader(`attachment; filename="fallback"; filename*=UTF-8''${encoded}`)).toBe(text)
        expect(fromHeader(raw(`attachment; filename="${text}"`))).toBe(text)
        expect(fromUrl(`https://example.com/x/${encoded}`)).toBe(text)
      }),
    )
  })
})
