import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import type { ReportEvent } from '../../src/main/cli/report'
import { on, startServer, type FileOptions, type TestFile, type TestServer } from '../server'
import { CommandStage, committedIn, eventsOf } from './command-line'
import type { Ended, Process } from './processes'
import { sha256 } from './rig'

const mebibyte = 1024 * 1024

let stage: CommandStage
let root: string
let folder: string
let store: string
let server: TestServer
CommandStage.inEachTest((each) => {
  stage = each
  ;({ root, folder, server } = each)
  store = path.join(root, 'store')
  nodeOptions = ''
})

const start = (...args: string[]): Process => stage.start(args, { NODE_OPTIONS: nodeOptions })
let nodeOptions = ''
/** A disk that never says that it has written. */
const hangingDisk = `--import data:text/javascript,${encodeURIComponent(
  "import{open}from'node:fs/promises';const h=await open('/dev/null');Object.getPrototypeOf(h).datasync=()=>new Promise(()=>{});await h.close()",
)}`
/** The pauses before new attempts are random: here they have no length. */
const withoutPauses = '--import data:text/javascript,Math.random=()=>0'

const run = (...args: string[]): Promise<Ended> => start(...args).ended
const get = (...args: string[]): Promise<Ended> => run('get', '--store', store, ...args)
const getJson = async (...args: string[]) => {
  const ended = await get('--json', ...args)
  return { ...ended, events: events(ended) }
}
const events = eventsOf
const event = <K extends ReportEvent['event']>(list: readonly ReportEvent[], kind: K) =>
  list.find((each): each is Extract<ReportEvent, { event: K }> => each.event === kind)

const serve = (options: Partial<FileOptions> = {}, name = '/data.bin'): TestFile =>
  server.file(name, { size: 300_000, ...options })
const file = (name: string) => path.join(folder, name)
const files = async () => (await readdir(folder)).sort()

const committed = () => committedIn(store)

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

describe('the exit code', () => {
  beforeEach(() => {
    nodeOptions = withoutPauses
  })
  afterEach(() => {
    nodeOptions = ''
  })

  it('1: the store cannot be used; it is left as it is', async () => {
    await mkdir(store)
    const database = path.join(store, 'command-line.db')
    await writeFile(database, 'this is no database, and it is longer than a header of one hundred bytes. '.repeat(10))
    const before = await readFile(database)
    const { code, stdout, stderr } = await get(serve().url)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(database)
    expect(await readFile(database)).toEqual(before)
  })

  it.each([
    ['no command', []],
    ['an unknown command', ['fetch', 'http://127.0.0.1/']],
    ['no address', ['get']],
    ['no address that can be downloaded', ['get', 'ftp://127.0.0.1/x']],
    ['an unknown option', ['get', '--frobnicate', 'http://127.0.0.1/']],
    ['an option without its value', ['get', 'http://127.0.0.1/', '-o']],
    ['a list that is not there', ['get', '-i', 'nowhere.txt']],
  ])('2: %s; says how to get help', async (_, args) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--help')
    expect(await files()).toEqual([])
  })

  it('3: nobody answers', async () => {
    const { url } = serve()
    await server.close()
    const { code, events } = await getJson(url)
    expect(code).toBe(3)
    expect(event(events, 'failed')).toMatchObject({ code: 'CONNECT', resumable: false })
  })

  it('3: 36: no such name', async () => {
    const { code, events } = await getJson('http://longshore-test.invalid/data.bin')
    expect(code).toBe(3)
    expect(event(events, 'failed')).toMatchObject({ code: 'DNS' })
  })

  it('4: the server refuses', async () => {
    expect((await getJson(serve({ status: 404 }).url)).code).toBe(4)
  })

  it('4: 27: the server asks to come back much later', async () => {
    const status = { code: 503, headers: { 'Retry-After': '1000000000' } }
    const { code, events } = await getJson(serve({ status }).url)
    expect(code).toBe(4)
    expect(event(events, 'failed')).toMatchObject({ code: 'RETRY_LATER' })
  })

  it('5: 37: the server cannot prove who it is', async () => {
    await using tls = await startServer({ tls: 'self-signed' })
    const { code, events } = await getJson(tls.file('/data.bin', { size: 10 }).url)
    expect(code).toBe(5)
    expect(event(events, 'failed')).toMatchObject({ code: 'TLS' })
    expect(await files()).toEqual([])
  })

  it('6: the folder cannot be used', async () => {
    await writeFile(file('not-a-folder'), '')
    const { code, events } = await getJson('-d', file('not-a-folder'), serve().url)
    expect(code).toBe(6)
    expect(event(events, 'failed')).toMatchObject({ code: 'PATH' })
  })

  it('7: 3: the answer cannot be trusted', async () => {
    const { code, events } = await getJson(serve({ contentRange: { shift: 1 } }).url)
    expect(code).toBe(7)
    expect(event(events, 'failed')).toMatchObject({ code: 'RANGE', resumable: false })
  })

  it('8: 11: the file is another one', async () => {
    const { code, events } = await getJson('--checksum', `md5=${'0'.repeat(32)}`, serve().url)
    expect(code).toBe(8)
    expect(event(events, 'failed')).toMatchObject({ code: 'HASH' })
    expect(await files()).toEqual([expect.stringMatching(/\.part$/)])
  })

  it('8, and then 0 without that checksum', async () => {
    const { url, path: served } = serve()
    expect(await getJson('--checksum', `md5=${'0'.repeat(32)}`, url)).toMatchObject({ code: 8 })
    expect(await getJson(url)).toMatchObject({ code: 0 })
    expect(await files()).toEqual([path.basename(served)])
  })

  it('of several is that of the first that failed; the others are done', async () => {
    const bad = serve({ status: 404 }, '/bad.bin')
    const worse = serve({ contentRange: 'missing' }, '/worse.bin')
    const good = serve({}, '/good.bin')
    const { code, events } = await getJson('-j', '1', bad.url, good.url, worse.url)
    expect(code).toBe(4)
    expect(events.filter((each) => each.event === 'failed')).toHaveLength(2)
    expect(await sha256(file('good.bin'))).toBe(good.sha256())
  })

  it('9: the same command runs already; that one goes on', async () => {
    const served = serve({ stall: { after: 1000 } })
    const first = start('get', '--store', store, served.url)
    await served.waitForRequest(1)
    const { code, stdout, stderr } = await get(served.url)
    expect({ code, stdout }).toEqual({ code: 9, stdout: '' })
    expect(stderr).toContain(String(first.child.pid))
    served.release()
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(served.requests).toHaveLength(1)
    expect(await files()).toEqual(['data.bin'])
  })

  it('0: another command over the same store runs beside it', async () => {
    const served = serve({ stall: { after: 1000 } })
    const first = start('get', '--store', store, served.url)
    await served.waitForRequest(1)
    const other = serve({}, '/other.bin')
    expect(await get(other.url)).toMatchObject({ code: 0 })
    served.release()
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(await files()).toEqual(['data.bin', 'other.bin'])
  })
})

describe('interrupted', () => {
  /** Runs until it has received some of it and stands still. */
  async function interrupt(signal: NodeJS.Signals, served: TestFile, ...args: string[]): Promise<Ended> {
    const process = start('get', '--store', store, '--json', '-x', '1', ...args, served.url)
    await process.until((said) => events({ stdout: whole(said.stdout) }).some(hasReceived))
    if (signal === 'SIGKILL') await expect.poll(committed).toBeGreaterThanOrEqual(2 * mebibyte)
    const ended = await process.signal(signal)
    await server.waitUntil(() => server.parallel === 0)
    served.release()
    return ended
  }
  const whole = (text: string) => text.slice(0, text.lastIndexOf('\n') + 1)
  const hasReceived = (each: ReportEvent) => each.event === 'progress' && each.received >= 2 * mebibyte
  const stalling = () => serve({ size: 8 * mebibyte, stall: { after: 3 * mebibyte } })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    '130: by %s: a checkpoint is kept, and the same command goes on',
    async (name) => {
      const served = stalling()
      expect(await interrupt(name, served)).toMatchObject({ code: 130, stderr: '' })
      const had = committed()
      expect(had).toBeGreaterThanOrEqual(2 * mebibyte)
      const { code, events } = await getJson('-x', '1', served.url)
      expect(code).toBe(0)
      expect(event(events, 'started')).toMatchObject({ resumedAt: had, total: served.size })
      expect(served.requests.at(-1)?.range?.start).toBe(had)
      expect(await sha256(file('data.bin'))).toBe(served.sha256())
      expect(await files()).toEqual(['data.bin'])
    },
  )

  it('says what is kept and how to go on', async () => {
    const served = stalling()
    const process = start('get', '--store', store, '-x', '1', served.url)
    await process.until(({ stderr }) => stderr.includes('8.0 MiB'))
    await expect.poll(committed).toBeGreaterThanOrEqual(2 * mebibyte)
    const { code, stderr } = await process.signal('SIGINT')
    expect(code).toBe(130)
    expect(stderr).toMatch(/data\.bin: paused, \d\.\d MiB of 8\.0 MiB kept\nlongshore: The same command goes on\.\n$/)
    served.release()
    const without = serve({ size: 8 * mebibyte, ranges: false, stall: { after: 3 * mebibyte } }, '/once.bin')
    const again = start('get', '--store', store, '--json', without.url)
    await again.until((said) => events({ stdout: whole(said.stdout) }).some(hasReceived))
    const paused = event(events(await again.signal('SIGTERM')), 'paused')
    expect(paused).toMatchObject({ total: 8 * mebibyte, resumable: false })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('a second %s ends it at once, while a disk hangs', async (name) => {
    nodeOptions = hangingDisk
    const served = stalling()
    const process = start('get', '--store', store, '-x', '1', served.url)
    await server.waitUntil(() => served.bytesSent >= 3 * mebibyte)
    process.child.kill(name)
    await process.until(({ stderr }) => stderr.includes('again ends at once') || stderr.includes('second signal'))
    const began = performance.now()
    expect(await process.signal(name)).toMatchObject({ code: 130 })
    expect(performance.now() - began).toBeLessThan(5000) // a hanging disk is waited for for ten seconds
  })

  it('53: by SIGKILL: the same command goes on from the last checkpoint', async () => {
    const served = stalling()
    expect(await interrupt('SIGKILL', served)).toMatchObject({ signal: 'SIGKILL' })
    const had = committed()
    const { code, events } = await getJson('-x', '1', served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ resumedAt: had })
    expect(await sha256(file('data.bin'))).toBe(served.sha256())
  })

  it('--no-resume begins again and drops what was there', async () => {
    const served = stalling()
    await interrupt('SIGINT', served)
    const { code, events } = await getJson('-x', '1', '--no-resume', served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ resumedAt: 0 })
    expect(served.requests.map((request) => request.range?.start)).toEqual([0, 0])
    expect(await files()).toEqual(['data.bin'])
  })

  it('another name or folder is another download', async () => {
    const served = stalling()
    await interrupt('SIGINT', served)
    const { events } = await getJson('-x', '1', '-o', 'other.bin', served.url)
    expect(event(events, 'started')).toMatchObject({ resumedAt: 0 })
    expect((await files()).filter((name) => name.endsWith('.part'))).toHaveLength(1)
  })

  it('options may change between the runs', async () => {
    const served = stalling()
    await interrupt('SIGINT', served)
    const checksum = `sha-256=${served.sha256()}`
    const { code, events } = await getJson('-x', '4', '--checksum', checksum, served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')).toMatchObject({ connections: 4 })
    expect(event(events, 'started')?.resumedAt).toBeGreaterThan(0)
    expect(event(events, 'done')).toMatchObject({ verified: 'sha-256' })
  })

  it('credentials are given anew with the next run', async () => {
    const served = stalling()
    served.set({ basicAuth: { user: 'me', password: 'secret' } })
    await interrupt('SIGINT', served, '--user', 'me:secret')
    const without = await getJson('-x', '1', served.url)
    expect(without.code).toBe(4)
    expect(event(without.events, 'failed')).toMatchObject({ code: 'CREDENTIALS', resumable: true })
    const { code, events } = await getJson('-x', '1', '--user', 'me:secret', served.url)
    expect(code).toBe(0)
    expect(event(events, 'started')?.resumedAt).toBeGreaterThan(0)
  })

  it('completed, the same command is a new download', async () => {
    const served = serve()
    await get(served.url)
    await get(served.url)
    expect(await files()).toEqual(['data (1).bin', 'data.bin'])
    expect((await stat(file('data.bin'))).size).toBe(served.size)
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
