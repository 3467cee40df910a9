import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { on, type RequestRecord, type TestServer } from '../server'
import { CommandStage } from './command-line'
import type { Ended, Process } from './processes'

let stage: CommandStage
let root: string
let server: TestServer
CommandStage.inEachTest((each) => {
  stage = each
  ;({ root, server } = each)
})

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Process {
  const command = ['get', '--store', path.join(root, 'store'), '-d', path.join(root, 'files'), ...args]
  const started = stage.start(command, { NETRC: undefined, LONGSHORE_PASSWORD: undefined, ...env })
  started.child.stdin.end() // no terminal
  return started
}
const get = (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> => start(args, env).ended

async function write(name: string, text: string, mode = 0o600): Promise<string> {
  const file = path.join(root, name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text, { mode })
  return file
}
const locked = (password = 'planted-pw') =>
  server.file('/data.bin', { size: 1000, digestAuth: { user: 'me', password } })
const netrc = (password = 'planted-pw') => `machine 127.0.0.1\n  login me\n  password ${password}\n`

describe('--user', () => {
  it('takes name and password', async () =>
    expect(await get(['--user', 'me:planted-pw', locked().url])).toMatchObject({ code: 0 }))

  it('without a password takes LONGSHORE_PASSWORD', async () =>
    expect(await get(['--user', 'me', locked().url], { LONGSHORE_PASSWORD: 'planted-pw' })).toMatchObject({ code: 0 }))

  it('without a password takes .netrc', async () =>
    expect(await get(['--user', 'me', '--netrc-file', await write('n', netrc()), locked().url])).toMatchObject({
      code: 0,
    }))

  it('without any password and without a terminal is a usage error; an empty password is "NAME:"', async () => {
    const { code, stderr } = await get(['--user', 'me', locked().url])
    expect(code).toBe(2)
    expect(stderr).toContain('LONGSHORE_PASSWORD')
    expect(server.requests).toEqual([])
    expect(await get(['--user', 'me:', locked('').url])).toMatchObject({ code: 0 })
  })

  it('29: with a wrong password exits with 4', async () => {
    const { code, stdout } = await get(['--json', '--user', 'me:wrong', locked().url])
    expect(code).toBe(4)
    expect(stdout).toContain('"code":"HTTP_401"')
  })
})

describe('--netrc', () => {
  it('reads ~/.netrc, or the file that NETRC names', async () => {
    const { url } = locked()
    expect(await get(['--netrc', url])).toMatchObject({ code: 2 })
    await write(path.join('home', process.platform === 'win32' ? '_netrc' : '.netrc'), netrc())
    expect(await get(['--netrc', url])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('chmod') as string,
    })
    expect(await get(['--netrc', '-o', 'x', url], { NETRC: await write('other', netrc('wrong')) })).toMatchObject({
      code: 4,
    })
  })

  it('--netrc-file reads FILE; the machine must be the very host', async () => {
    const file = await write('n', netrc())
    expect(await get(['--netrc-file', file, locked().url])).toMatchObject({ code: 0 })
    const elsewhere = server.url('/data.bin', { host: 'localhost' })
    expect(await get(['--netrc-file', file, '-o', 'x', elsewhere])).toMatchObject({ code: 4 })
  })

  it('stands behind the address and --user', async () => {
    const file = await write('n', netrc('wrong'))
    const { url } = locked()
    const named = server.url('/data.bin', { user: 'me', password: 'planted-pw' })
    expect(await get(['--netrc-file', file, named])).toMatchObject({ code: 0 })
    expect(await get(['--netrc-file', file, '--user', 'me:planted-pw', '-o', 'x', url])).toMatchObject({ code: 0 })
  })

  it.skipIf(process.platform === 'win32')('warns when others can read the file', async () => {
    const file = await write('n', netrc(), 0o644)
    const { code, stderr } = await get(['--json', '--netrc-file', file, locked().url])
    expect({ code, warned: stderr.includes('can be read by others') }).toEqual({ code: 0, warned: true })
  })

  it('names the line of a mistake, and no password', async () => {
    const { code, stderr } = await get([
      '--netrc-file',
      await write('n', 'machine a\nlogin b planted-pw'),
      locked().url,
    ])
    expect(code).toBe(2)
    expect(stderr).toContain('line 2')
    expect(stderr).not.toContain('planted')
  })
})

describe('cookies and headers', () => {
  it.each([
    ['a cookie file', '# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\tplanted-c\n'],
    ['pairs', 'sid=planted-c\n'],
  ])('--load-cookies takes %s', async (_, text) => {
    const file = server.file('/data.bin', { size: 1000, requiredHeader: { name: 'Cookie', value: 'sid=planted-c' } })
    expect(await get(['--load-cookies', await write('cookies.txt', text), file.url])).toMatchObject({ code: 0 })
  })

  it.each([
    ['nothing', null, 'cannot be read'],
    ['no cookies', 'planted-nonsense', 'line 1'],
  ])('--load-cookies with %s is a usage error', async (_, text, what) => {
    const file = text === null ? path.join(root, 'missing') : await write('c', text)
    const { code, stderr } = await get(['--load-cookies', file, locked().url])
    expect(code).toBe(2)
    expect(stderr).toContain(what)
    expect(stderr).not.toContain('planted')
  })

  it('--referer and --user-agent', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const referer = 'https://me:planted-pw@example.com/page?q=1#part'
    expect(await get(['--referer', referer, '--user-agent', 'Special/1 (é)', file.url])).toMatchObject({ code: 0 })
    expect(file.requests[0]?.headers).toMatchObject({
      referer: 'https://example.com/page?q=1',
      'user-agent': Buffer.from('Special/1 (é)').toString('latin1'),
    })
  })

  it.each([
    ['--referer', 'nothing'],
    ['--referer', 'file:///etc/passwd'],
    ['--user-agent', ' '],
    ['--user-agent', 'a\r\nX-Injected: 1'],
    ['--header', 'X: a\nY: b'],
  ])('%s %j is a usage error', async (option, value) =>
    expect(await get([option, value, locked().url])).toMatchObject({ code: 2 }),
  )
})

describe('security 12: secrets of the command line', () => {
  it('are in no file of the store, in no output, and not in the process list', async () => {
    const asked = on((request: RequestRecord) => request.headers.authorization !== undefined, { after: 1000 })
    const file = server.file('/data.bin', {
      size: 100_000,
      basicAuth: { user: 'me', password: 'planted-pw' },
      stall: asked,
    })
    const running = start([
      '--json',
      ...['--user', 'me:planted-pw', '--header', 'X-Token: planted-token'],
      ...['--load-cookies', await write('c', 'sid=planted-cookie')],
      file.url,
    ])
    await file.waitForBytesSent(1000)
    if (process.platform === 'linux') {
      const seen = await readFile(`/proc/${running.child.pid}/cmdline`, 'utf8')
      expect(seen).toMatch(/^longshore get/)
      expect(seen).not.toContain('planted')
    }
    const stored = await readdir(path.join(root, 'store'), { recursive: true, withFileTypes: true })
    expect(stored.filter((each) => each.isFile()).length).toBeGreaterThan(1)
    for (const each of stored.filter((entry) => entry.isFile())) {
      expect((await readFile(path.join(each.parentPath, each.name))).includes('planted')).toBe(false)
    }
    file.release()
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(0)
    expect(stdout + stderr).not.toMatch(/planted|bWU6cGxhbnRlZC1wdw/)
  })

  it.each(['http://me:planted-pw@127.0.0.1:99999/x', 'http://me:planted-pw@/', 'ftp://me:planted-pw@127.0.0.1/x'])(
    '%s is refused without repeating the password',
    async (url) => {
      const { code, stdout, stderr } = await get(['--json', url])
      expect(code).toBe(2)
      expect(stdout + stderr).not.toContain('planted')
    },
  )
})
