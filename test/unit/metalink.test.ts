import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMetalink } from '../../src/main/engine/integrity/metalink'
import { parseChecksumFile, siblingsOf } from '../../src/main/engine/integrity/sibling'

const sha = 'a'.repeat(64)
const document = (inside: string, head = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>${head}<metalink xmlns="urn:ietf:params:xml:ns:metalink">${inside}</metalink>`

describe('a Metalink document', () => {
  it('says names, sizes, digests, pieces, and addresses in their order (RFC 5854, as in its example)', async () => {
    const text = document(`
      <published>2009-05-15T12:23:23Z</published>
      <file name="example.ext">
        <size>300</size><identity>Example</identity>
        <hash type="sha-256">${sha.toUpperCase()}</hash><hash type="md5">nonsense</hash><hash type="sha-3">00</hash>
        <pieces length="200" type="sha-256"><hash>${sha}</hash><hash>${'b'.repeat(64)}</hash></pieces>
        <url location="de">ftp://ftp.example.com/example.ext</url>
        <url location="de" priority="2">https://b.example/example.ext?a=1&amp;b=2#x</url>
        <url priority="1"><![CDATA[http://me:secret@a.example/example.ext]]></url>
        <url>http://c.example/example.ext</url>
        <metaurl mediatype="torrent">http://example.com/example.ext.torrent</metaurl>
      </file>`)
    expect(await parseMetalink(text)).toEqual([
      {
        name: 'example.ext',
        size: 300,
        digests: [{ algorithm: 'sha-256', hex: sha }],
        pieces: { algorithm: 'sha-256', length: 200, hashes: [sha, 'b'.repeat(64)] },
        urls: ['http://a.example/example.ext', 'https://b.example/example.ext?a=1&b=2', 'http://c.example/example.ext'],
      },
    ])
  })

  it.each(['../x', '..\\x', '/a/../../x', 'C:\\x', 'C:x', '', '/', './x'])(
    'does not lead out of its folder: %j',
    async (name) => {
      expect(await parseMetalink(document(`<file name="${name}"><url>http://a.example/x</url></file>`))).toEqual([])
    },
  )

  it('may have folders in names: the last part counts', async () => {
    const files = await parseMetalink(document('<file name="a/b/c.iso"><url>http://a.example/x</url></file>'))
    expect(files?.[0]?.name).toBe('c.iso')
  })

  it.each([
    ['too few', '<hash>00</hash>'],
    ['of another algorithm', `<hash>${'c'.repeat(40)}</hash><hash>${'c'.repeat(40)}</hash>`],
  ])('has no pieces when its hashes are %s', async (_, hashes) => {
    const pieces = `<size>300</size><pieces length="200" type="sha-256">${hashes}</pieces>`
    const text = document(`<file name="x">${pieces}<url>http://a.example/x</url></file>`)
    expect((await parseMetalink(text))?.[0]?.pieces).toBeNull()
  })

  it('expands nothing: a document type is refused', async () => {
    const bomb = '<!DOCTYPE lol [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    expect(await parseMetalink(document('<file name="&b;"><url>http://a.example/</url></file>', bomb))).toBeNull()
    const external = '<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    expect(await parseMetalink(document('', external))).toBeNull()
    expect(await parseMetalink(document('<file name="&b;"><url>http://a.example/</url></file>'))).toBeNull()
  })

  it.each([
    '',
    'text',
    '<metalink/>',
    '<metalink xmlns="other"><file name="x"/></metalink>',
    '<html></html>',
    document('<file>'),
  ])('is not this: %j', async (text) => {
    expect((await parseMetalink(text)) ?? []).toEqual([])
  })

  it('never throws, and every file has a plain name and an address', async () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '<file name="x">',
        '</file>',
        '<url>',
        'http://a/',
        '</url>',
        '<size>',
        '1',
        '</size>',
        '&amp;',
        '<',
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        for (const file of (await parseMetalink(document(pieces.join('')))) ?? []) {
          expect(file.name).not.toMatch(/[/\\]/)
          expect(file.urls.length).toBeGreaterThan(0)
        }
      }),
    )
  })
})

describe('a checksum file beside a download', () => {
  it.each([
    [`${sha}  x.iso`],
    [`${sha} *x.iso\n${'b'.repeat(64)} *y.iso\n`],
    [`# list\n${'b'.repeat(64)}  y.iso\r\n${sha}  ./dir/x.iso\r\n`],
    [`SHA256 (x.iso) = ${sha}`],
    [`${sha.toUpperCase()}\n`],
  ])('says it: %j', (text) => {
    expect(parseChecksumFile(text, 'x.iso', 'sha-256')).toEqual({ algorithm: 'sha-256', hex: sha })
  })

  it.each([
    [`${sha}  xx.iso`], // another file
    [`${sha}  x.iso\n${'b'.repeat(64)}  x.iso`], // two values
    [`${'b'.repeat(40)}  x.iso`], // another algorithm
    [`${sha}\n${sha}`],
    ['<html>'],
    [''],
  ])('says nothing: %j', (text) => {
    expect(parseChecksumFile(text, 'x.iso', 'sha-256')).toBeNull()
  })

  it('is looked for on the same server only, and not for addresses with a query', () => {
    expect(siblingsOf('https://a.example/d/x.iso').map(({ url }) => url)).toEqual([
      'https://a.example/d/x.iso.sha256',
      'https://a.example/d/SHA256SUMS',
      'https://a.example/d/x.iso.sha512',
      'https://a.example/d/x.iso.md5',
    ])
    expect(siblingsOf('https://a.example/d/x.iso?Signature=1')).toEqual([])
    expect(siblingsOf('https://a.example/d/')).toEqual([])
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, name) => {
        parseChecksumFile(text, name, null)
      }),
    )
  })
})
