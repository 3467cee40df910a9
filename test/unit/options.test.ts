import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { helpOf } from '../../src/main/cli/help'
import { parseGetOptions } from '../../src/main/cli/options'
import { specs } from '../../src/main/cli/specs'
import { UsageError } from '../../src/main/cli/usage-error'

const url = 'https://example.com/a.iso'
const parse = (...args: string[]) => parseGetOptions(args, { env: {}, warn: () => undefined, askPassword: null })
const complaint = async (...args: string[]): Promise<string> => {
  const caught: unknown = await parse(...args).catch((error: unknown) => error)
  expect(caught).toBeInstanceOf(UsageError)
  return (caught as UsageError).message
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longshore-options-'))
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})
function list(text: string): string {
  const file = path.join(folder, 'list')
  writeFileSync(file, text)
  return file
}

describe('longshore get', () => {
  it('has defaults for everything but the address', async () => {
    expect(await parse(url)).toMatchObject({
      downloads: [{ url, credentials: { user: '', password: '', headers: [] }, name: null, mirrors: [], bundle: null }],
      folder: process.cwd(),
      connections: null,
      concurrent: null,
      partSize: null,
      checksum: null,
      onConflict: 'rename',
      store: null,
      resume: true,
      output: 'progress',
    })
  })

  it.each([
    [['-d', 'x'], { folder: path.resolve('x') }],
    [['--dir=/tmp/y'], { folder: path.resolve('/tmp/y') }],
    [['-o', 'b.iso'], { downloads: [{ name: 'b.iso' }] }],
    [['--output', ' b .iso'], { downloads: [{ name: ' b .iso' }] }],
    [['-x', '1'], { connections: 1 }],
    [['--connections', '256'], { connections: 256 }],
    [
      ['--mirror', 'https://b.example/x#y', '--mirror=http://c.example/'],
      {
        downloads: [
          {
            mirrors: [
              { url: 'https://b.example/x', from: 'user' },
              { url: 'http://c.example/', from: 'user' },
            ],
          },
        ],
      },
    ],
    [['-j', '1'], { concurrent: 1 }],
    [['--concurrent', '100'], { concurrent: 100 }],
    [['--part-size', '100K'], { partSize: 102_400 }],
    [['--part-size', '5G'], { partSize: 5 * 1024 ** 3 }],
    [['--tries', '1'], { tries: 1 }],
    [['--timeout', '5'], { timeout: 5000 }],
    [['--limit-rate', '1.5M'], { speedLimit: 1_572_864 }],
    [['--checksum', `MD5=${'A'.repeat(32)}`], { checksum: { algorithm: 'md5', hex: 'a'.repeat(32) } }],
    [['--checksum', `crc64xz=${'0'.repeat(16)}`], { checksum: { algorithm: 'crc64xz', hex: '0'.repeat(16) } }],
    [['--on-conflict', 'rename'], { onConflict: 'rename' }],
    [['--on-conflict', 'overwrite'], { onConflict: 'overwrite' }],
    [['--on-conflict', 'fail'], { onConflict: 'fail' }],
    [['--store', 's'], { store: path.resolve('s') }],
    [['--no-resume'], { resume: false }],
    [['--json'], { output: 'json' }],
    [['-q'], { output: 'quiet' }],
    [['--quiet'], { output: 'quiet' }],
    [['--json', '--quiet'], { output: 'json' }],
  ])('%j', async (args, expected) => {
    expect(await parse(...args, url)).toMatchObject(expected)
    expect(await parse(url, ...args)).toMatchObject(expected)
  })

  it('sends the headers to every address', async () => {
    const { downloads } = await parse('--header', 'X-A: 1', '--header', 'X-B: 2:3', url, 'http://example.org/')
    for (const { credentials } of downloads) {
      expect(credentials.headers).toEqual([
        ['X-A', '1'],
        ['X-B', '2:3'],
      ])
    }
  })

  it.each([
    ['me:secret', 'me', 'secret'],
    ['me:se:cret', 'me', 'se:cret'],
    ['me:', 'me', ''],
    [':secret', '', 'secret'],
  ])('--user %s', async (text, user, password) => {
    expect((await parse('--user', text, url)).downloads[0]?.credentials).toMatchObject({ user, password })
  })

  it('--user stands above what the address says', async () => {
    const { downloads } = await parse('https://you:theirs@example.com/', 'https://example.com/2')
    expect(downloads[0]).toMatchObject({
      url: 'https://example.com/',
      credentials: { user: 'you', password: 'theirs' },
    })
    expect(downloads[1]?.credentials).toMatchObject({ user: '', password: '' })
    const own = await parse('--user', 'me:mine', 'https://you:theirs@example.com/')
    expect(own.downloads[0]).toMatchObject({
      url: 'https://example.com/',
      credentials: { user: 'me', password: 'mine' },
    })
  })

  it('--input-file adds to the addresses; empty lines and comments do not count', async () => {
    const file = list(`# first\r\nhttp://a.example/\r\n\r\n   http://b.example/   \n#http://c.example/\n`)
    const { downloads } = await parse('-i', file, url)
    expect(downloads.map((each) => each.url)).toEqual([url, 'http://a.example/', 'http://b.example/'])
  })

  it('takes what follows -- as addresses', async () => {
    expect(await complaint('--', '-x')).toMatch(/not an address/)
  })
})

describe('is refused:', () => {
  it.each([
    ['no address', [], /no URL/],
    ['an empty list', ['-i', 'EMPTY'], /no URL/],
    ['a list that cannot be read', ['-i', '/nowhere/list'], /--input-file/],
    ['an unknown option', ['--frobnicate', url], /frobnicate/],
    ['an option without its value', [url, '-d'], /-d/],
    ['a value for a switch', [url, '--json=yes'], /--json/],
    ['no address', ['example.com'], /not an address/],
    ['a kind of address that cannot be downloaded', ['ftp://example.com/'], /ftp:/],
    ['one name for several', ['-o', 'x', url, url], /--output/],
    ['one checksum for several', ['--checksum', `md5=${'0'.repeat(32)}`, url, url], /--checksum/],
    ['mirrors of several', ['--mirror', url, url, url], /--mirror/],
    ['a mirror that is no address', ['--mirror', 'example.com', url], /not an address: example.com/],
    ['a mirror with a login', ['--mirror', 'https://me:s3cret@example.com/', url], /no user name/],
    ['65: a path as name', ['-o', '../x', url], /--output/],
    ['65: a Windows path as name', ['-o', 'a\\x', url], /--output/],
    ['a folder as name', ['-o', '..', url], /--output/],
    ['an empty name', ['-o', ' ', url], /--output/],
    ['no connections', ['-x', '0', url], /--connections/],
    ['too many connections', ['-x', '257', url], /--connections/],
    ['half a connection', ['-x', '1.5', url], /--connections/],
    ['connections that are no number', ['-x', '0x8', url], /--connections/],
    ['fewer connections than none', ['-x=-1', url], /--connections/],
    ['no downloads at a time', ['-j', '0', url], /--concurrent/],
    ['too many downloads at a time', ['-j', '101', url], /--concurrent/],
    ['no attempt', ['--tries', '0', url], /--tries/],
    ['a wait without end', ['--timeout', '3601', url], /--timeout/],
    ['too small a piece', ['--part-size', '99K', url], /--part-size/],
    ['too large a piece', ['--part-size', '6G', url], /--part-size/],
    ['no speed at all', ['--limit-rate', '0', url], /--limit-rate/],
    ['a piece that is no size', ['--part-size', 'big', url], /--part-size/],
    ['an unknown algorithm', ['--checksum', 'rot13=00', url], /./],
    ['too short a checksum', ['--checksum', 'md5=00', url], /./],
    ['an unknown way out of a conflict', ['--on-conflict', 'ask', url], /--on-conflict/],
    ['no header', ['--header', 'nonsense', url], /Name: value/],
    ['a header of ours', ['--header', 'Range: bytes=0-', url], /Range/],
    ['two headers in one', ['--header', 'A: 1\nB: 2', url], /./],
  ])('%s', async (_, args, message) => {
    const given = args.map((arg) => (arg === 'EMPTY' ? list('# nothing\n\n') : arg))
    expect(await complaint(...given)).toMatch(message)
  })

  it('and what is told never repeats a password', async () => {
    expect(await complaint('--header', 'Bad Header: s3cret', url)).not.toContain('s3cret')
    expect(await complaint('https://me:s3cret@exa mple.com/')).not.toContain('s3cret')
    expect(await complaint('--mirror', 'https://me:s3cret@example.com/', url)).not.toContain('s3cret')
    expect(await complaint('--user', 'me:s3cret', '-x', '0', url)).not.toContain('s3cret')
  })
})

it('every option of the contract is in the help', () => {
  for (const option of [
    '-d, --dir',
    '-o, --output',
    '-i, --input-file',
    '--mirror',
    '-x, --connections',
    '-j, --concurrent',
    '--part-size',
    '--limit-rate',
    '--header',
    '--user',
    '--checksum',
    '--on-conflict',
    '--store',
    '--no-resume',
    '--json',
    '-q, --quiet',
  ]) {
    expect(helpOf(specs.get)).toContain(option)
  }
})

it.each([
  ['-x', '0'],
  ['-j', 'many'],
  ['--part-size', '1'],
])('%s %s is refused before a password is asked for', async (...args) => {
  let asked = 0
  const askPassword = () => Promise.resolve(String(++asked))
  const around = { env: {}, warn: () => undefined, askPassword }
  await expect(parseGetOptions([...args, '--user', 'me', url], around)).rejects.toThrow(UsageError)
  expect(asked).toBe(0)
})
