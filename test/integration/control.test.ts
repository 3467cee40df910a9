import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPlace } from '../../src/main/control/place'
import { patience } from '../patience'
import type { TestServer } from '../server'
import { CommandStage } from './command-line'
import { Process, type Ended } from './processes'
import { sha256 } from './rig'

const mebibyte = 1024 * 1024

let stage: CommandStage
let root: string
let profile: string
let folder: string
let server: TestServer
CommandStage.inEachTest((each) => {
  stage = each
  ;({ root, folder, server } = each)
  profile = path.join(root, 'profile')
})

const start = (...args: string[]): Process =>
  stage.start([...args, '--user-data-dir', profile], { XDG_DOWNLOAD_DIR: folder })
const run = (...args: string[]): Promise<Ended> => start(...args).ended
/** One command with `--json`: its code and its lines. */
async function ask(...args: string[]) {
  const { code, stdout, stderr } = await run(...args, '--json')
  const lines = stdout.split('\n').filter((line) => line !== '')
  return { code, stderr, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}
async function daemon(): Promise<Process> {
  const started = start('daemon')
  await started.until(({ stderr }) => stderr.includes('running as process'))
  return started
}
const place = () => readPlace(path.join(profile, 'control.json'))!
/** Asks until the only download fits. */
async function untilListed(fits: (row: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> {
  for (const deadline = performance.now() + patience; ;) {
    const { lines } = await ask('list')
    if (lines[0] && fits(lines[0])) return lines[0]
    if (performance.now() > deadline) throw new Error(`not in time: ${JSON.stringify(lines)}`)
  }
}

/** Ends the daemon that a command started, and waits until it is gone. */
async function ended(pid: number): Promise<void> {
  await run('daemon', '--stop')
  const lives = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  while (lives()) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** What `limit` answers, where nothing is limited but what is named. */
const limits = (change: object) => ({
  event: 'limits',
  all: null,
  slow: false,
  slowLimit: mebibyte / 2,
  slowHours: null,
  queues: [],
  downloads: [],
  ...change,
})

/** A client without manners. */
async function dial(): Promise<{ socket: Socket; said: () => string; closed: Promise<void> }> {
  const socket = connect(place().socket)
  let said = ''
  socket.on('data', (chunk: Buffer) => (said += chunk.toString()))
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  stage.ends({ [Symbol.asyncDispose]: () => Promise.resolve(void socket.destroy()) })
  return { socket, said: () => said, closed }
}

describe('commands for the running program', () => {
  it('say so when nothing is running', async () => {
    expect(await run('list')).toMatchObject({ code: 10, stdout: '' })
    expect((await run('list')).stderr).toContain('nothing is running')
  })

  it('add, list, pause, resume, limit and remove', async () => {
    const file = server.file('/data.bin', { size: 4 * mebibyte, rate: mebibyte })
    await daemon()
    const added = await ask('add', file.url, '-d', folder, '-o', 'mine.bin', '-x', '2', '--limit-rate', '1M')
    expect(added).toMatchObject({ code: 0, lines: [{ event: 'added', id: 1, url: file.url }] })
    await untilListed(({ received }) => Number(received) > 0)
    expect((await ask('pause', '1')).lines).toEqual([{ event: 'paused', id: 1 }])
    const paused = await untilListed(({ state }) => state === 'paused')
    expect(paused).toMatchObject({ event: 'download', id: 1, status: 'Paused', name: 'mine.bin', total: 4 * mebibyte })
    expect((await run('list')).stdout).toContain('mine.bin')

    expect((await ask('limit', '3M')).lines).toEqual([
      limits({ all: 3 * mebibyte, downloads: [{ id: 1, rate: mebibyte }] }),
    ])
    expect((await ask('limit')).lines).toEqual([limits({ all: 3 * mebibyte, downloads: [{ id: 1, rate: mebibyte }] })])
    const ofOne = limits({ downloads: [{ id: 1, rate: 2 * mebibyte }] })
    await ask('limit', '2M', '--id', '1')
    expect((await ask('limit', 'none')).lines).toEqual([ofOne])
    expect((await ask('list')).lines).toMatchObject([{ limit: 2 * mebibyte }])

    file.set({ rate: 100 * mebibyte })
    expect((await ask('resume', '--all')).lines).toEqual([{ event: 'resumed', id: 1 }])
    await untilListed(({ state }) => state === 'done')
    expect(await sha256(path.join(folder, 'mine.bin'))).toBe(file.sha256())
    for (const command of ['pause', 'resume']) {
      expect(await ask(command, '1')).toMatchObject({ code: 9, lines: [{ event: 'refused', code: 'E_STATE' }] })
      expect(await ask(command, '--all')).toMatchObject({ code: 0, lines: [] })
    }
    expect((await ask('remove', '1')).lines).toEqual([{ event: 'removed', id: 1 }])
    expect((await ask('list')).lines).toEqual([])
    expect(await sha256(path.join(folder, 'mine.bin'))).toBe(file.sha256())
  })

  it('make, limit, stop, fill and remove queues, and switch slow mode', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    await daemon()
    expect(await ask('queue', 'add', 'night')).toMatchObject({ code: 0, lines: [{ event: 'queue', name: 'night' }] })
    expect(await ask('queue', 'add', 'night')).toMatchObject({ code: 2, lines: [{ code: 'E_QUEUE' }] })
    await ask('queue', 'stop', 'night')
    await ask('limit', '--queue', 'night', '5M')
    expect((await ask('queue')).lines).toMatchObject([
      { event: 'queue', name: 'default', open: true },
      { event: 'queue', name: 'night', open: false, stopped: true, limit: 5 * mebibyte },
    ])
    await ask('add', file.url, '--queue', 'night')
    await untilListed(({ state }) => state === 'queued')
    expect(await ask('queue', 'move', 'default', '--all')).toMatchObject({ lines: [{ event: 'moved', id: 1 }] })
    await untilListed(({ state }) => state === 'done')
    expect((await ask('slow', 'on')).lines).toEqual([
      limits({ slow: true, queues: [{ name: 'night', rate: 5 * mebibyte }] }),
    ])
    expect((await ask('slow')).lines).toMatchObject([{ slow: true }])
    expect((await run('limit')).stdout).toContain('slow mode on')
    // Always: the switch from before counts no more.
    const spans = ['mon-fri 09:00-17:30', 'daily 00:00-24:00']
    await ask('slow', 'off')
    expect((await ask('slow', '--at', spans[0]!, '--at', spans[1]!, '--zone', 'Europe/Paris')).lines).toMatchObject([
      {
        slow: true,
        slowHours: { zone: 'Europe/Paris', windows: [{ days: [1, 2, 3, 4, 5], from: 540, to: 1050 }, { to: 1440 }] },
      },
    ])
    expect((await run('slow')).stdout).toContain(`${spans.join('; ')} (Europe/Paris)`)
    expect(await ask('slow', '--at', 'daily 10:00-11:00', '--zone', 'Mars/North')).toMatchObject({ code: 2 })
    expect((await ask('slow', '--never')).lines).toMatchObject([{ slow: false, slowHours: null }])
    expect(await run('slow', '--at', 'someday')).toMatchObject({ code: 2 })
    expect(await ask('queue', 'remove', 'night')).toMatchObject({ code: 0 })
    expect(await ask('queue', 'start', 'night')).toMatchObject({ code: 11, lines: [{ code: 'E_NOT_FOUND' }] })
    expect(await ask('queue', 'remove', 'default')).toMatchObject({ code: 2 })
    expect(await run('queue', 'dance')).toMatchObject({ code: 2 })
    expect(await run('slow', 'perhaps')).toMatchObject({ code: 2 })
  })

  it('set all that a queue has, and say it', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    await daemon()
    const nights = ['daily 01:00-07:00', 'sat,sun 00:00-24:00']
    const night = {
      name: 'night',
      slots: 2,
      limit: 5 * mebibyte,
      folder,
      schedule: { zone: 'Europe/Paris', windows: [{ from: 60, to: 420 }, { days: [6, 7] }] },
      startAt: null,
      stopAt: null,
    }
    const choices = ['--slots', '2', '--limit', '5M', '-d', folder, '--at', nights[0]!, '--at', nights[1]!]
    expect((await ask('queue', 'add', 'night', ...choices, '--zone', 'Europe/Paris')).lines).toMatchObject([night])
    const stopAt = (await ask('queue', 'set', 'night', '--stop-at', '2999-12-31 23:00')).lines[0]!['stopAt'] as number
    expect(new Date(stopAt).getFullYear()).toBe(2999)
    expect((await ask('queue')).lines[1]).toMatchObject({ ...night, stopAt })
    const said = (await run('queue')).stdout
    for (const part of ['2 at a time', '5.0 MiB/s', folder, nights.join('; '), 'stops at 2999-12-31 23:00']) {
      expect(said).toContain(part)
    }

    // What is added to it is there, in its folder, when it may run.
    await ask('queue', 'set', 'night', '--always', '--stop-at', 'none', '--slots', 'none', '--limit', 'none')
    await ask('add', file.url, '--queue', 'night')
    await untilListed(({ state }) => state === 'done')
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
    await ask('queue', 'set', 'night', '--rename', 'later', '-d', 'none')
    const bare = { name: 'later', slots: null, limit: null, folder: null, schedule: null, stopAt: null, open: true }
    expect((await ask('queue')).lines[1]).toMatchObject(bare)

    // Stopped, it lets through what is wanted at once.
    await ask('queue', 'stop', 'later')
    await ask('add', server.file('/now.bin', { size: 1000 }).url, '--queue', 'later', '-d', folder)
    expect((await ask('resume', '--now', '2')).lines).toEqual([{ event: 'resumed', id: 2 }])
    await untilListed(({ id, state }) => id === 2 && state === 'done')
    await ask('queue', 'start', 'later')

    const closed = await ask('queue', 'set', 'default', '--start-at', '23:59')
    expect(closed).toMatchObject({ lines: [{ name: 'default', startAt: expect.any(Number) as number }] })
    const refused = [
      ['set', 'nobody', '--slots', '2'],
      ['set', 'default', '--rename', 'x'],
      ['set', 'later', '--rename', 'default'],
      ['add', 'default'],
      ['set', 'later', '--at', 'daily 10:00-11:00', '--zone', 'Mars/North'],
    ]
    for (const args of refused) expect(await ask('queue', ...args)).toMatchObject({ lines: [{ event: 'refused' }] })
    expect((await ask('queue')).lines[1]).toMatchObject(bare)
  })

  it('tell what was wrong, and do the rest', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    await daemon()
    const added = await ask('add', 'nonsense', file.url)
    expect(added.code).toBe(2)
    expect(added.lines).toMatchObject([
      { event: 'refused', url: 'nonsense', code: 'E_URL' },
      { event: 'added', id: 1 },
    ])
    expect(await ask('pause', '7')).toMatchObject({ code: 11, lines: [{ event: 'refused', code: 'E_NOT_FOUND' }] })
    expect(await run('pause')).toMatchObject({ code: 2 })
    expect(await run('limit', '5')).toMatchObject({ code: 2 })
    expect(await run('list', '--everything')).toMatchObject({ code: 2 })
    // Without a folder it is the program's.
    await untilListed(({ state }) => state === 'done')
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
  })

  it('list and show say why, what is waited for, and only what is asked for', async () => {
    const file = server.file('/data.bin', { size: 1000 })
    const gone = server.file('/gone.bin', { size: 1000, status: 404 })
    await daemon()
    await ask('queue', 'add', 'night')
    await ask('queue', 'stop', 'night')
    await ask('add', gone.url)
    await untilListed(({ state }) => state === 'failed')
    await ask('add', file.url, '-o', 'später.bin', '--queue', 'night', '--limit-rate', '1M')
    await ask('add', file.url)
    while ((await ask('list', '--done')).lines.length === 0);

    const { lines } = await ask('list')
    expect(lines).toMatchObject([
      {
        id: 1,
        status: 'Failed',
        code: 'HTTP_404',
      },
      { id: 2, status: 'Waiting', waitsFor: 'stopped', until: null, queue: 'night', limit: mebibyte, total: null },
      { id: 3, status: 'Completed', queue: 'default' },
    ])
    expect(lines[0]).toHaveProperty('suggestion')
    const idsOf = async (...args: string[]) => (await ask('list', ...args)).lines.map(({ id }) => id)
    expect(await idsOf('--failed')).toEqual([1])
    expect(await idsOf('--failed', '--done')).toEqual([1, 3])
    expect(await idsOf('--active')).toEqual([])
    expect(await idsOf('--queue', 'night')).toEqual([2])
    expect(await idsOf('SPÄTER')).toEqual([2])
    expect(await idsOf('data', 'bin')).toEqual([2, 3])
    expect(await ask('list', '--queue', 'nowhere')).toMatchObject({ code: 11 })

    const plain = (await run('list')).stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'))
    expect(plain.map((fields) => fields.length)).toEqual([8, 8, 8])
    expect(plain[0]?.[7]).toContain('(HTTP_404)')
    expect(plain[1]).toEqual(['2', 'Waiting', '0', '-', '-', '-', 'später.bin', 'its queue is stopped'])
    const shown = await run('show', '1', '2')
    expect(shown.stdout).toMatch(/^Download 1\n[^]*HTTP_404[^]*\n\nDownload 2\n[^]*night/)
    expect(await ask('show', '9')).toMatchObject({ code: 11 })
    expect(await run('show')).toMatchObject({ code: 2 })
  })

  it('add takes patterns and lists, and patterns literally', async () => {
    const list = path.join(root, 'list')
    await writeFile(list, `# two\n${server.origin}/b[01-02].bin\n`)
    await daemon()
    const added = await ask('add', '--paused', `${server.origin}/a[1-3].bin`, '-i', list)
    const names = ['a1', 'a2', 'a3', 'b01', 'b02']
    expect(added.lines.map(({ url }) => url)).toEqual(names.map((name) => `${server.origin}/${name}.bin`))
    const literally = await ask('add', '--paused', '--literal', `${server.origin}/a[1-3].bin`)
    expect(literally.lines.map(({ url }) => url)).toEqual([`${server.origin}/a[1-3].bin`])
    const many = await run('add', `${server.origin}/[1-99999]`)
    expect(many).toMatchObject({ code: 2 })
    expect(many.stderr).toContain('10000')
  })

  it('--start starts a program, which stays', async () => {
    expect(await ask('list', '--start')).toEqual({ code: 0, stderr: '', lines: [] })
    const { pid } = place()
    stage.ends({ [Symbol.asyncDispose]: () => ended(pid) })
    expect(await ask('list')).toMatchObject({ code: 0 })
    expect(place().pid).toBe(pid)
  })

  it('bad input hurts nobody but who says it', async () => {
    await daemon()
    const { token } = place()
    const greeting = JSON.stringify({ longshore: 2, token })
    const rubbish = [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '{"longshore":2,"token":"wrong"}\n',
      `{"longshore":99,"token":"${token}"}\n`,
      '\0\xff\n',
      `${'x'.repeat(9 * mebibyte)}\n`,
    ]
    for (const text of rubbish) {
      const { socket, closed, said } = await dial()
      socket.write(text)
      await closed
      expect(said()).not.toContain('pid')
    }
    for (const text of ['{}', 'null', '{"call":"constructor","input":{}}', '{"call":"remove","input":{"ids":[-1]}}']) {
      const { socket, said } = await dial()
      socket.write(`${greeting}\n${text}\n{"call":"show","input":{"ids":[]}}\n{"call":"limits","input":{}}\n`)
      while (said().split('\n').length < 5) await new Promise((resolve) => socket.once('data', resolve))
      expect(said().split('\n')[1]).toContain('E_IPC')
      expect(said().split('\n')[2]).toContain('E_IPC')
      expect(JSON.parse(said().split('\n')[3]!)).toMatchObject({ value: { all: null } })
    }
    expect(await ask('list')).toMatchObject({ code: 0 })
  })

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)('no other user can open the socket', async () => {
    await daemon()
    const { socket } = place()
    await chmod(root, 0o755)
    await chmod(profile, 0o755)
    expect((await stat(path.dirname(socket))).mode & 0o777).toBe(0o700)
    expect((await stat(socket)).mode & 0o777).toBe(0o600)
    expect((await stat(path.join(profile, 'control.json'))).mode & 0o777).toBe(0o600)
    const attempt = (target: string) =>
      `const s=require('net').connect(${JSON.stringify(target)});s.on('connect',()=>{console.log('open');s.end()}).on('error',e=>console.log(e.code))`
    const as = async (user: string) => {
      await using tried = new Process('setpriv', [
        '--reuid',
        user,
        '--clear-groups',
        process.execPath,
        '-e',
        attempt(socket),
      ])
      return (await tried.ended).stdout.trim()
    }
    expect(await as('nobody')).toBe('EACCES')
    expect(await as('root')).toBe('open')
  })
})

describe('longshore daemon', () => {
  it('goes on by itself after it was killed, and replaces the socket that it left', async () => {
    const file = server.file('/data.bin', { size: 6 * mebibyte, rate: mebibyte })
    const first = await daemon()
    await ask('add', file.url)
    await file.waitForBytesSent(2 * mebibyte)
    await first.signal('SIGKILL')
    expect(await run('list')).toMatchObject({ code: 10 })
    expect(await stat(place().socket)).toBeDefined() // nobody listens there
    file.set({ rate: 100 * mebibyte })
    await daemon()
    await untilListed(({ state }) => state === 'done')
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(file.sha256())
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s ends it cleanly', async (signal) => {
    const started = await daemon()
    expect(await started.signal(signal)).toMatchObject({ code: 0 })
    await expect(readFile(path.join(profile, 'control.json'))).rejects.toThrow('ENOENT')
  })

  it('--stop ends it', async () => {
    const started = await daemon()
    expect(await run('daemon', '--stop')).toMatchObject({ code: 0 })
    // The next one may have the profile at once.
    const next = await daemon()
    await next.signal('SIGTERM')
    expect(await started.ended).toMatchObject({ code: 0 })
    expect(await run('daemon', '--stop')).toMatchObject({ code: 10 })
  })

  it('refuses a profile that another program has open', async () => {
    const started = await daemon()
    const second = await run('daemon')
    expect(second).toMatchObject({ code: 9 })
    expect(second.stderr).toContain(`process ${started.child.pid}`)
    expect(await ask('list')).toMatchObject({ code: 0 })
  })

  it('works where the profile is too deep for a socket', async () => {
    profile = path.join(root, 'a'.repeat(60), 'b'.repeat(60))
    const started = await daemon()
    const { socket } = place()
    expect(socket.startsWith(profile)).toBe(false)
    expect(await ask('list')).toMatchObject({ code: 0 })
    await started.signal('SIGTERM')
    await expect(stat(path.dirname(socket))).rejects.toThrow('ENOENT')
  })

  it('does not believe a file that names something else', async () => {
    await mkdir(profile)
    const precious = path.join(root, 'precious')
    await writeFile(precious, 'mine')
    const told = { longshore: 1, socket: precious, token: 'x', pid: 1 }
    await writeFile(path.join(profile, 'control.json'), JSON.stringify(told))
    await daemon()
    expect(await readFile(precious, 'utf8')).toBe('mine')
    expect(await ask('list')).toMatchObject({ code: 0 })
  })
})
