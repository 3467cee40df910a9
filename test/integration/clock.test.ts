import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { patience } from '../patience'
import { on, startServer, type TestServer } from '../server'
import { MovedClock } from './moved-clock'
import { committedIn, eventsOf } from './command-line'
import { runCli, type Process } from './processes'
import { sha256 } from './rig'

/** The built command line, whose clock somebody moves while it runs. */

const mebibyte = 1024 * 1024
const impossible = MovedClock.impossible()
if (impossible !== null) console.log(`skipped: tests of a clock that is moved. ${impossible}`)

let root: string
let folder: string
let store: string
let clock: MovedClock
let server: TestServer
let running: Process[] = []
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'longshore-clock-'))
  folder = path.join(root, 'files')
  store = path.join(root, 'store')
  await mkdir(folder)
  clock = await MovedClock.create(root)
  server = await startServer({})
})
afterEach(async () => {
  for (const each of running) await each[Symbol.asyncDispose]()
  running = []
  await server.close()
  await rm(root, { recursive: true, force: true })
})

function get(...args: string[]): Process {
  const env = { HOME: root, XDG_CONFIG_HOME: root, ...clock.env }
  const started = runCli(['get', '--json', '-d', folder, '--store', store, ...args], { env })
  running.push(started)
  return started
}

const events = eventsOf
const received = (process: Process): number =>
  Math.max(0, ...events(process).map((event) => (event.event === 'progress' ? event.received : 0)))
const warnings = (process: Process) => events(process).filter((event) => event.event === 'warning')

const committed = () => committedIn(store)

describe.skipIf(impossible !== null)('the clock', () => {
  it.each(['+2h', '-1d'])('63: is moved by %s in the middle: no timer notices', async (by) => {
    const served = server.file('/data.bin', { size: 12 * mebibyte, rate: 1.5 * mebibyte })
    const process = get('-x', '2', served.url)
    await process.until(() => received(process) >= 2 * mebibyte)
    await clock.move(by)
    const before = committed()
    await expect.poll(committed).toBeGreaterThan(before) // checkpoints go on
    expect(await process.ended).toMatchObject({ code: 0, stderr: '' })
    expect(warnings(process)).toEqual([])
    expect(served.requests).toHaveLength(2) // no connection was given up
    const done = events(process).at(-1)
    expect(done?.event === 'done' ? done.seconds : NaN).toBeLessThan(600)
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(served.sha256())
  })

  it.each(['+2h', '-1d'])('63: is moved by %s during a pause: the pause is as long as it was', async (by) => {
    const answer = { code: 503, headers: { 'retry-after': '2' } }
    const served = server.file('/data.bin', { size: 1000, status: on(1, answer) })
    const process = get(served.url)
    await process.until(() => warnings(process).length > 0)
    await clock.move(by)
    expect(await process.ended).toMatchObject({ code: 0 })
    const [first, second] = served.requests
    const pause = (second?.at ?? 0) - (first?.at ?? 0)
    expect(pause).toBeGreaterThanOrEqual(1990)
    expect(pause).toBeLessThan(patience)
  })

  it.each(['+2h', '-1d'])('63: is wrong by %s: a date to come back is read by the server’s clock', async (by) => {
    await clock.move(by)
    const date = new Date(Math.ceil(Date.now() / 1000) * 1000)
    const answer = { code: 429, headers: { 'retry-after': new Date(date.getTime() + 2000).toUTCString() } }
    const served = server.file('/data.bin', { size: 1000, date, status: on(1, answer) })
    const process = get(served.url)
    expect(await process.ended).toMatchObject({ code: 0 })
    const [first, second] = served.requests
    const pause = (second?.at ?? 0) - (first?.at ?? 0)
    expect(pause).toBeGreaterThanOrEqual(1990)
    expect(pause).toBeLessThan(patience)
  })

  it.each([
    // What was shown before is not looked at again by a connection that resumes the session: another process is needed.
    ['-30y', 'before the certificate, between two runs', 'SIGINT'],
    ['+120y', 'behind it, while it runs', 'reset'],
  ] as const)('64: is moved by %s, %s: TLS_CLOCK, the part is kept; set right, it goes on', async (by, _, how) => {
    await using secure = await startServer({ tls: true })
    const ca = path.join(root, 'ca.pem')
    await writeFile(ca, secure.ca)
    const served = secure.file('/data.bin', { size: 6 * mebibyte, stall: { after: 2 * mebibyte } })
    const command = ['-x', '1', '--ca-certificate', ca, served.url]
    const process = get(...command)
    await process.until(() => received(process) >= mebibyte)
    if (how === 'SIGINT') await process.signal('SIGINT')
    await clock.move(by)
    secure.resetConnections()
    const failed = how === 'SIGINT' ? get(...command) : process
    expect(await failed.ended).toMatchObject({ code: 5 })
    expect(events(failed).at(-1)).toMatchObject({ event: 'failed', code: 'TLS_CLOCK', resumable: true })
    expect(served.requests).toHaveLength(1)
    await clock.move('+0')
    served.release()
    expect(await get(...command).ended).toMatchObject({ code: 0 })
    expect(served.requests[1]?.range?.start).toBeGreaterThanOrEqual(mebibyte)
    expect(await sha256(path.join(folder, 'data.bin'))).toBe(served.sha256())
  })
})
