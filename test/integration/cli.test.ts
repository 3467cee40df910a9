import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { on, type TestServer } from '../server'
import { CommandStage, eventsOf } from './command-line'
import { sha256 } from './rig'
import { event, getCommand, withoutPauses } from './get-command'

const mebibyte = 1024 * 1024

let stage: CommandStage
let root: string
let folder: string
let store: string
let server: TestServer
let nodeOptions = ''
CommandStage.inEachTest((each) => {
  stage = each
  ;({ root, folder, store, server } = each)
  nodeOptions = ''
})
const { start, run, get, getJson, serve, file, files } = getCommand(() => ({ stage, nodeOptions }))
const events = eventsOf

describe('longshore get', () => {
  it('downloads into the current folder, tells people about it on standard error, and exits with 0', async () => {
    const served = serve()
    const { code, stdout, stderr } = await get(served.url)
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr).toContain('data.bin')
    expect(await sha256(file('data.bin'))).toBe(served.sha256())
    expect(await files()).toEqual(['data.bin'])
  })

  it('-d makes the folder, -o names the file', async () => {
    const served = serve()
    const deep = path.join(folder, 'a', 'b')
    expect(await get('-d', deep, '-o', 'other name.iso', served.url)).toMatchObject({ code: 0 })
    expect(await sha256(path.join(deep, 'other name.iso'))).toBe(served.sha256())
  })

  it('-d takes a relative folder', async () => {
    expect(await get('--dir', 'here', '--output', 'x', serve().url)).toMatchObject({ code: 0 })
    expect(await readdir(path.join(folder, 'here'))).toEqual(['x'])
  })

  it('-x sets the connections, beyond the limit for a host too', async () => {
    const served = serve({ size: 20 * mebibyte, rate: mebibyte })
    const process = start('get', '--store', store, '-x', '12', served.url)
    await server.waitUntil(() => served.parallel === 12)
    await process.signal('SIGINT')
    expect(served.peakParallel).toBe(12)
  })

  it('[1-2] stands for two, and in --literal for itself', async () => {
    const one = serve({}, '/part1.bin')
    const two = serve({}, '/part2.bin')
    expect(await get(one.url.replace('part1', 'part[1-2]'))).toMatchObject({ code: 0 })
    expect(await files()).toEqual(['part1.bin', 'part2.bin'])
    expect(await sha256(file('part2.bin'))).toBe(two.sha256())
    expect(await get('--literal', one.url.replace('part1', 'part[1-2]'))).toMatchObject({ code: 4 })
  })

  it('-j sets the downloads at a time', async () => {
    const first = serve({ stall: { after: 1000 } }, '/first.bin')
    const second = serve({ stall: { after: 1000 } }, '/second.bin')
    const third = serve({}, '/third.bin')
    const process = start('get', '--store', store, '-j', '2', first.url, second.url, third.url)
    await server.waitUntil(() => first.parallel + second.parallel === 2)
    expect(third.requests).toEqual([])
    first.release()
    await third.waitForRequest(1)
    second.release()
    expect(await process.ended).toMatchObject({ code: 0 })
    expect(await files()).toEqual(['first.bin', 'second.bin', 'third.bin'])
  })

  it('--part-size bounds how small the pieces get', async () => {
    const served = serve({ size: 4 * mebibyte, rate: 2 * mebibyte })
    expect(await get('-x', '8', '--part-size', '3M', served.url)).toMatchObject({ code: 0 })
    expect(served.peakParallel).toBe(1)
    expect(await get('-x', '8', '--part-size', '100K', served.url)).toMatchObject({ code: 0 })
    expect(served.peakParallel).toBe(8)
  })

  it('--limit-rate holds for all downloads of the command together', async () => {
    const served = ['/a.bin', '/b.bin'].map((name) => serve({ size: 3 * mebibyte }, name))
    const began = performance.now()
    expect(await get('--limit-rate', '2M', ...served.map(({ url }) => url))).toMatchObject({ code: 0 })
    expect(performance.now() - began).toBeGreaterThan(0.95 * 3000)
    for (const name of await files()) expect(await sha256(file(name))).toBe(served[0]?.sha256())
  })

  it('--tries and --timeout bound how long it tries', async () => {
    const refusing = serve({ status: 503 })
    expect((await get('--tries', '2', refusing.url)).code).toBe(4)
    expect(refusing.requests).toHaveLength(2)
    const silent = server.file('/silent.bin', { size: mebibyte, silent: true })
    const { code, stderr } = await get('--tries', '1', '--timeout', '1', silent.url)
    expect({ code, requests: silent.requests.length }).toEqual({ code: 3, requests: 1 })
    expect(stderr).toContain('(TIMEOUT)')
  })

  it('--header is sent, as often as it is given', async () => {
    const served = serve()
    await get('--header', 'X-One: 1', '--header', 'Referer: https://example.com/', served.url)
    expect(served.requests[0]?.headers).toMatchObject({ 'x-one': '1', referer: 'https://example.com/' })
  })

  it('--user logs in; so does the address, and neither shows the password', async () => {
    const served = serve({ basicAuth: { user: 'me', password: 's3cret:x' } })
    const ended = [
      await get('--user', 'me:s3cret:x', served.url),
      await get(server.url('/data.bin', { user: 'me', password: 's3cret:x' })),
    ]
    for (const { code, stdout, stderr } of ended) {
      expect(code).toBe(0)
      expect(stdout + stderr).not.toContain('s3cret')
    }
  })

  it('--mirror names another address; one that has another file is said, with the reason', async () => {
    const served = serve({ size: 3 * mebibyte, rate: 500_000 })
    const other = serve({ size: 3 * mebibyte + 1 }, '/other.bin')
    const { code, events } = await getJson('-x', '4', '--part-size', '100K', '--mirror', other.url, served.url)
    expect(code).toBe(0)
    const warnings = events.filter((each) => each.event === 'warning' && each.code === 'MIRROR_DROPPED')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatchObject({ message: expect.stringContaining(new URL(other.url).host) as string })
  })

  it('--checksum verifies', async () => {
    const served = serve()
    const { code, events } = await getJson('--checksum', `sha-256=${served.sha256()}`, served.url)
    expect(code).toBe(0)
    expect(event(events, 'done')).toMatchObject({ verified: 'sha-256' })
  })

  it('--on-conflict rename, the default, leaves the other file alone', async () => {
    await writeFile(file('data.bin'), 'mine')
    const { code, events } = await getJson(serve().url)
    expect(code).toBe(0)
    expect(event(events, 'done')?.path).toBe(file('data (1).bin'))
    expect(await readFile(file('data.bin'), 'utf8')).toBe('mine')
  })

  it('--on-conflict overwrite replaces it', async () => {
    await writeFile(file('data.bin'), 'mine')
    const served = serve()
    expect(await get('--on-conflict', 'overwrite', served.url)).toMatchObject({ code: 0 })
    expect(await sha256(file('data.bin'))).toBe(served.sha256())
    expect(await files()).toEqual(['data.bin'])
  })

  it('--on-conflict fail exits with 9', async () => {
    await writeFile(file('data.bin'), 'mine')
    const { code, events } = await getJson('--on-conflict', 'fail', serve().url)
    expect(code).toBe(9)
    expect(event(events, 'failed')).toMatchObject({ code: 'CONFLICT' })
    expect(await readFile(file('data.bin'), 'utf8')).toBe('mine')
  })

  it('--store says where the checkpoints are kept; without it, the profile', async () => {
    await get(serve().url)
    expect(await readdir(store)).toContain('command-line.db')
    expect(await run('get', serve().url)).toMatchObject({ code: 0 })
    if (process.platform === 'linux') {
      expect(await readdir(path.join(root, 'home', 'Longshore'))).toContain('command-line.db')
    }
  })

  it('-i reads addresses from a file', async () => {
    const list = path.join(root, 'list')
    await writeFile(list, `# mine\r\n\n  ${serve({}, '/a.bin').url}  \r\n${serve({}, '/b.bin').url}`)
    expect(await get('-i', list, serve({}, '/c.bin').url)).toMatchObject({ code: 0 })
    expect(await files()).toEqual(['a.bin', 'b.bin', 'c.bin'])
  })

  it('-i - reads addresses from standard input', async () => {
    const process = start('get', '--store', store, '-i', '-')
    process.child.stdin.write(`${serve({}, '/a.bin').url}\n`)
    process.child.stdin.end(`${serve({}, '/b.bin').url}\n`)
    expect(await process.ended).toMatchObject({ code: 0 })
    expect(await files()).toEqual(['a.bin', 'b.bin'])
  })

  it('-q is silent', async () => {
    expect(await get('-q', serve().url)).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })

  it('-q still tells what failed', async () => {
    const { code, stdout, stderr } = await get('-q', serve({ status: 404 }).url)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('HTTP_404')
  })

  it('60: the same address twice is two files; interrupted, the same command goes on with both', async () => {
    const served = serve({ size: 6 * mebibyte, stall: { after: 2 * mebibyte } })
    const process = start('get', '--json', '--store', store, '-x', '1', served.url, served.url)
    const moving = (id: number) => events(process).some((e) => e.event === 'progress' && e.id === id && e.received > 0)
    await process.until(() => moving(1) && moving(2))
    expect(await process.signal('SIGINT')).toMatchObject({ code: 130 })
    expect((await files()).map((name) => path.extname(name))).toEqual(['.part', '.part'])
    served.release()
    const before = served.requests.length
    const second = await getJson('-x', '1', served.url, served.url)
    expect(second.code).toBe(0)
    expect(second.events.filter((each) => each.event === 'done')).toHaveLength(2)
    expect(served.requests.slice(before).map(({ range }) => (range?.start ?? 0) > 0)).toEqual([true, true])
    expect(await files()).toEqual(['data (1).bin', 'data.bin'])
    for (const name of await files()) expect(await sha256(file(name))).toBe(served.sha256())
  })
})

describe('--json', () => {
  it('says added, started, progress, done, with the fields of the contract and nothing else', async () => {
    const served = serve({ size: 6 * mebibyte, rate: 4 * mebibyte })
    const { code, stderr, events } = await getJson('-x', '2', served.url)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const id = events[0]?.id
    expect(events[0]).toEqual({ event: 'added', id, url: served.url })
    expect(events[1]).toEqual({ event: 'started', id, total: served.size, connections: 2, ranges: true, resumedAt: 0 })
    expect(events.at(-1)).toEqual({
      event: 'done',
      id,
      path: file('data.bin'),
      bytes: served.size,
      seconds: expect.any(Number) as number,
      verified: null,
    })
    const progress = events.slice(2, -1)
    expect(progress.length).toBeGreaterThan(1)
    let last = 0
    for (const each of progress) {
      if (each.event !== 'progress') throw new Error(each.event)
      expect(Object.keys(each)).toEqual(['event', 'id', 'received', 'total', 'bytesPerSecond'])
      expect(each.total).toBe(served.size)
      expect(each.received).toBeGreaterThanOrEqual(last)
      last = each.received
    }
  })

  it('says null for a total that nobody knows, and warns', async () => {
    const served = serve({ ranges: false, framing: 'close' })
    const { code, events } = await getJson(served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ total: null, ranges: false, connections: 1, resumedAt: 0 })
    expect(events.filter((each) => each.event === 'warning')).toEqual([
      { event: 'warning', id: 1, code: 'NOT_RESUMABLE', message: expect.any(String) as string },
      { event: 'warning', id: 1, code: 'LENGTH_UNVERIFIED', message: expect.any(String) as string },
    ])
    expect(event(events, 'done')).toMatchObject({ bytes: served.size })
  })

  it('says why it failed, and whether it could go on', async () => {
    const { events } = await getJson(serve({ status: 403 }).url)
    expect(events.map((each) => each.event)).toEqual(['added', 'failed'])
    expect(events[1]).toEqual({
      event: 'failed',
      id: 1,
      code: 'HTTP_403',
      message: expect.any(String) as string,
      resumable: false,
    })
  })

  it('says resumable when the next run can go on', async () => {
    nodeOptions = withoutPauses
    const served = serve({ size: 4 * mebibyte, cut: { after: mebibyte }, status: on({ from: 2 }, 410) })
    const { code, events } = await getJson('-x', '1', served.url)
    expect(code).toBe(4)
    expect(event(events, 'failed')).toMatchObject({ code: 'HTTP_410', resumable: true })
    served.unset('cut', 'status')
    const again = await getJson('-x', '1', served.url)
    expect(again.code).toBe(0)
    expect(event(again.events, 'started')?.resumedAt).toBeGreaterThan(0)
    expect(await sha256(file('data.bin'))).toBe(served.sha256())
  })
})

describe('help', () => {
  it.each([
    [['--help'], 'Usage: longshore COMMAND'],
    [['-h'], 'Usage: longshore COMMAND'],
    [['help'], 'Usage: longshore COMMAND'],
    [['get', '--help'], 'Usage: longshore get'],
    [['import', '--help'], '--link URL'],
    [['list', '-h'], 'Usage: longshore list'],
    [['help', 'daemon'], 'Usage: longshore daemon'],
    [['completion', 'bash'], 'complete -F _longshore longshore'],
  ])('%j', async (args, said) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(said)
  })

  it.each([
    [[], 'no command was given'],
    [['lsit'], 'did you mean "list"'],
    [['help', 'gte'], 'did you mean "get"'],
    [['queue', 'strat', 'x'], 'did you mean "queue start"'],
    [['https://example.com/a'], 'longshore get https://example.com/a'],
    [['get'], 'longshore get --help'],
  ])('a hint for %j', async (args, hint) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(hint)
  })

  it('--version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' })
  })
})
