import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLinks } from '../../src/main/engine/http/link-header'

const base = 'https://example.com/dir/film.mkv'
const meta = 'type="application/metalink4+xml"'

describe('what an answer names beside its bytes (RFC 6249)', () => {
  it('duplicates by their priority, those without one last, none twice', () => {
    const text =
      '<https://c.example/x>; rel=duplicate, <https://b.example/x>; rel="duplicate"; pri=2; geo=gb, ' +
      '<https://a.example/x>; rel=duplicate; pri=1, <https://a.example/x>; rel=duplicate; pri=9'
    expect(parseLinks(text, base).duplicates).toEqual([
      'https://a.example/x',
      'https://b.example/x',
      'https://c.example/x',
    ])
  })

  it('a description, on lines of its own, relative to where the answer came from', () => {
    expect(parseLinks(['</style.css>; rel=stylesheet', `<film.meta4>; rel=describedby; ${meta}`], base)).toEqual({
      duplicates: [],
      description: 'https://example.com/dir/film.meta4',
    })
    expect(parseLinks('<film.meta4>; rel="describedby"', base).description).toBe('https://example.com/dir/film.meta4')
  })

  it.each([
    ['another kind of description', '<film.html>; rel=describedby; type="text/html"'],
    ['another scheme', '<file:///etc/passwd>; rel=duplicate, <javascript:x>; rel=describedby'],
    ['from https to http', `<http://a.example/x>; rel=duplicate, <http://a.example/x.meta4>; rel=describedby; ${meta}`],
    ['its own address', `<${base}>; rel=duplicate`],
    ['a comma in a quoted text', '<https://a.example/x>; title="rel=duplicate, <https://b.example/>"'],
    ['something broken', '<https://a.example/x; rel=duplicate'],
    ['nothing', undefined],
  ])('nothing of %s', (_, text) => {
    expect(parseLinks(text, base)).toEqual({ duplicates: [], description: null })
  })

  it('keeps no login of an address', () => {
    expect(parseLinks('<https://me:secret@a.example/x#y>; rel=duplicate', base).duplicates).toEqual([
      'https://a.example/x',
    ])
  })

  it('takes any text without a word, and quickly', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', ';', ',', '"', '\\', '=', 'rel', 'duplicate', ' ', 'a') }),
        (text) => {
          for (const url of parseLinks(text, base).duplicates) expect(url).toMatch(/^https:/)
        },
      ),
    )
    const began = performance.now()
    parseLinks('<a>;"' + '\\"'.repeat(30_000), base)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
