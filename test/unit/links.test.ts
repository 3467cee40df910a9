import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findLinks, looksLikeUrls } from '../../src/shared/links'

describe('links in prose', () => {
  it('end where the sentence goes on', () => {
    expect(
      findLinks(
        'See https://a.org/x.zip, (https://b.org/y_(1).pdf) and <https://c.org/?q=1&r=2>. Also "https://d.org/".',
      ),
    ).toEqual(['https://a.org/x.zip', 'https://b.org/y_(1).pdf', 'https://c.org/?q=1&r=2', 'https://d.org/'])
  })

  it('end at the marks of Japanese and Chinese', () => {
    expect(findLinks('資料は「https://a.jp/資料.pdf」、写真はhttps://b.jp/写真.zip。（https://c.cn/文件）')).toEqual([
      'https://a.jp/資料.pdf',
      'https://b.jp/写真.zip',
      'https://c.cn/文件',
    ])
  })

  it('are found in Markdown and HTML, each once', () => {
    expect(findLinks('[a](https://a.org/x) <a href="https://a.org/x">https://a.org/x</a> HTTP://B.org')).toEqual([
      'https://a.org/x',
      'HTTP://B.org',
    ])
  })

  it('are found without a scheme where they have a path', () => {
    expect(
      findLinks('get www.example.org/x.zip, (WWW.b-c.org:8080/y) or 「www.d.jp/資料.pdf」; https://www.f.org/'),
    ).toEqual([
      'https://www.example.org/x.zip',
      'https://WWW.b-c.org:8080/y',
      'https://www.d.jp/資料.pdf',
      'https://www.f.org/',
    ])
    expect(
      findLinks('www.x/y me@www.example.org/x files/www.example.org/x ftp://www.example.org/x awww.a.org/x'),
    ).toEqual([])
  })

  it('are nothing else', () => {
    expect(findLinks('ftp://a/b javascript:alert(1) https:// www.example.org mailto:a@b')).toEqual([])
  })

  it('are found among words as they are alone', () => {
    // Not fast-check's own addresses: making them takes seconds on a busy machine.
    const path = fc.stringMatching(/^[a-z0-9/%&=?_-]{0,20}[a-z0-9]$/)
    const url = fc
      .tuple(fc.constantFrom('http', 'https'), path)
      .map(([scheme, rest]) => `${scheme}://a.example/${rest}`)
    fc.assert(
      fc.property(fc.array(url, { minLength: 1 }), (urls) => {
        expect(findLinks(urls.map((each) => `at ${each}, and`).join('\n'))).toEqual([...new Set(urls)])
      }),
    )
  })

  it('need nothing but addresses to be taken without a question', () => {
    expect(looksLikeUrls('https://a/1\n\nhttp://b/2\n')).toBe(true)
    expect(looksLikeUrls('see https://a/1')).toBe(false)
    expect(looksLikeUrls('')).toBe(false)
  })
})
