import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pass } from 'node:timers/promises'
import { describe, expect, it, type TestContext } from 'vitest'
import type { ReportEvent } from '../../src/main/cli/report'
import { Content } from '../server'
import { Network } from './namespaces/network'
import { runCliUnder, type Process } from './processes'
import { sha256 } from './rig'

/** The built command line on one host, the server on another, and a wire between them that fails. */

const mebibyte = 1024 * 1024
const content = new Content(16 * mebibyte, 32)
const digest = content.digest()

/** Outages as long as the catalogue has them, for a run by hand: `FULL_OUTAGES=1`. */
const full = process.env['FULL_OUTAGES'] === '1'
const blackHole = full ? 60_000 : 12_000
const standstill = full ? 600_000 : 8_000
const timeout = 120_000 + blackHole + standstill

const impossible = await Network.impossible()
if (impossible !== null)
  console.log(`skipped: tests of the network's faults. No network namespaces here: ${impossible}`)

class Scene {
  readonly network: Network
  readonly #root: string
  readonly #processes: Process[] = []

  private constructor(network: Network, root: string) {
    this.network = network
    this.#root = root
  }

  /** @param onTestFinished of the test that it is for: then it is taken down, also after the test's time is over */
  static async create(onTestFinished: TestContext['onTestFinished']): Promise<Scene> {
    const scene = new Scene(
      await Network.create({ mbit: 40 }),
      await mkdtemp(path.join(tmpdir(), 'longshore-network-')),
    )
    onTestFinished(() => scene.#takeDown())
    await mkdir(scene.folder)
    return scene
  }

  /** @param idle ms after which the server drops a connection that takes nothing; 0 is never */
  async serveFile(idle = 0): Promise<FileServer> {
    return new FileServer(await this.#started('file-server.ts', content.length, content.seed, idle))
  }

  /** A name server that refuses every name until it gets a line to read. */
  async serveNames(rcode: number): Promise<Process> {
    await this.network.resolveThroughServer()
    return this.#started('name-server.ts', rcode, this.network.serverAddress)
  }

  async #started(script: string, ...args: (string | number)[]): Promise<Process> {
    const server = await this.network.serve(script, ...args)
    this.#processes.push(server)
    return server
  }

  get(host = this.network.serverAddress, { env = [] as string[] } = {}): Download {
    const store = path.join(this.#root, 'store')
    const args = ['get', '--json', '-d', this.folder, '--store', store, '-x', '4', `http://${host}:8080/data.bin`]
    const started = runCliUnder([...this.network.atClient, 'env', ...env], args)
    this.#processes.push(started)
    return new Download(started)
  }

  get folder(): string {
    return path.join(this.#root, 'files')
  }

  async expectFile(): Promise<void> {
    expect(await readdir(this.folder)).toEqual(['data.bin'])
    const file = path.join(this.folder, 'data.bin')
    expect((await stat(file)).size).toBe(content.length)
    expect(await sha256(file)).toBe(digest)
  }

  async #takeDown(): Promise<void> {
    for (const each of this.#processes) await each[Symbol.asyncDispose]()
    await this.network[Symbol.asyncDispose]()
    await rm(this.#root, { recursive: true, force: true })
  }
}

const linesOf = (text: string): unknown[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)

class Download {
  readonly process: Process

  constructor(process: Process) {
    this.process = process
  }

  get events(): ReportEvent[] {
    return linesOf(this.process.stdout) as ReportEvent[]
  }

  get received(): number {
    return Math.max(0, ...this.events.map((event) => (event.event === 'progress' ? event.received : 0)))
  }

  async until(bytes: number): Promise<void> {
    await this.process.until(() => this.received >= bytes)
    expect(this.received).toBeLessThan(content.length)
  }

  /** To its end, which must be a good one. */
  async completes(): Promise<void> {
    const { code, stderr } = await this.process.ended
    expect({ code, stderr, failed: this.events.filter((event) => event.event === 'failed') }).toEqual({
      code: 0,
      stderr: '',
      failed: [],
    })
    const codes = this.events.map((event) => (event.event === 'warning' ? event.code : ''))
    expect(codes.filter((code) => code.startsWith('RESTARTED'))).toEqual([]) // it never began again
  }
}

class FileServer {
  readonly #process: Process

  constructor(process: Process) {
    this.#process = process
  }

  get requests(): { from: string; start: number; end: number }[] {
    return this.#lines.filter((line) => 'from' in line) as { from: string; start: number; end: number }[]
  }

  /** Connections that ended before their answer did. */
  get lost(): number {
    return this.#lines.filter((line) => 'lost' in line).length
  }

  get #lines(): object[] {
    return linesOf(this.#process.stdout) as object[]
  }

  until(fits: (server: this) => boolean): Promise<void> {
    return this.#process.until(() => fits(this))
  }
}

describe.skipIf(impossible !== null).concurrent('the network', { timeout }, () => {
  it('35: the local address changes: other connections go on from the new one', async ({ onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    const { network } = scene
    const server = await scene.serveFile()
    const download = scene.get()
    await download.until(4 * mebibyte)
    const before = server.requests.length
    await network.removeAddress(network.clientAddress)
    await network.addAddress('10.99.0.3')
    const since = performance.now()
    await server.until(({ requests }) => requests.some(({ from }) => from === '10.99.0.3'))
    expect(performance.now() - since).toBeLessThan(25_000) // not the half minute of a time-out
    await download.completes()
    await scene.expectFile()
    expect(server.requests.slice(before).every(({ start }) => start > 0)).toBe(true)
  })

  it(`34: a black hole for ${blackHole / 1000} s`, async ({ onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    await scene.serveFile()
    const download = scene.get()
    await download.until(4 * mebibyte)
    await scene.network.swallow()
    await pass(blackHole)
    expect(download.received).toBeLessThan(content.length)
    await scene.network.letThrough()
    await download.completes()
    await scene.expectFile()
  })

  it(`38: the process stands still for ${standstill / 1000} s, and the server gave its connections up`, async ({
    onTestFinished,
  }) => {
    const scene = await Scene.create(onTestFinished)
    const server = await scene.serveFile(2000)
    const download = scene.get()
    await download.until(4 * mebibyte)
    download.process.child.kill('SIGSTOP')
    const since = performance.now()
    await server.until(({ lost }) => lost > 0)
    await pass(since + standstill - performance.now())
    download.process.child.kill('SIGCONT')
    await download.completes()
    await scene.expectFile()
  })

  it('33: the link is down for 3 s', async ({ onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    await scene.serveFile()
    const download = scene.get()
    await download.until(4 * mebibyte)
    await scene.network.link('down')
    await pass(3000)
    expect(download.received).toBeLessThan(content.length)
    await scene.network.link('up')
    await download.completes()
    await scene.expectFile()
  })

  it('32: 3 % of the packets are lost, in both directions', async ({ onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    await scene.network.lose(0.03)
    await scene.serveFile()
    await scene.get().completes()
    await scene.expectFile()
  })

  it('35: all connections are reset in the middle', async ({ onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    const server = await scene.serveFile()
    const download = scene.get()
    await download.until(4 * mebibyte)
    const before = server.requests.length
    await scene.network.reset()
    await server.until(({ requests, lost }) => lost > 0 && requests.length > before)
    await download.completes()
    await scene.expectFile()
    expect(server.requests.slice(before).every(({ start }) => start > 0)).toBe(true)
  })

  it.for([
    ['NXDOMAIN', 3],
    ['SERVFAIL', 2],
  ] as const)('36: the name server says %s', async ([, rcode], { onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    const names = await scene.serveNames(rcode)
    // The pauses between the attempts are random: here they have no length.
    const env = ['NODE_OPTIONS=--import data:text/javascript,Math.random=()=>0']
    const download = scene.get('files.longshore.test', { env })
    expect(await download.process.ended).toMatchObject({ code: 3, stderr: '' })
    expect(download.events.at(-1)).toMatchObject({ event: 'failed', code: 'DNS', resumable: false })
    expect(await readdir(scene.folder)).toEqual([])
    const asked = linesOf(names.stdout).filter((line) => (line as { query?: string }).query === 'A')
    expect(asked.length).toBeGreaterThan(2) // it did not give up at once
  })

  it('36: the name server recovers', async ({ onTestFinished }) => {
    const scene = await Scene.create(onTestFinished)
    const names = await scene.serveNames(2)
    await scene.serveFile()
    const download = scene.get('files.longshore.test')
    await names.until(({ stdout }) => stdout.includes('"query":"A"'))
    names.child.stdin.write('now\n')
    await download.completes()
    await scene.expectFile()
  })
})
