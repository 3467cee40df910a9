import { execFile, spawnSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { node, Process } from '../processes'

const execute = promisify(execFile)
const run = async (command: string, ...args: string[]): Promise<void> => void (await execute(command, args))

export interface NetworkOptions {
  /** Of the wire, towards the client, in Mbit/s. */
  readonly mbit: number
}

let made = 0
const standing = new Set<string>()
process.once('exit', () => {
  for (const name of standing) spawnSync('ip', ['netns', 'del', name])
})

/** Two hosts with a wire between them, as network namespaces of this test's own. Linux, and root only. */
export class Network {
  readonly clientAddress = '10.99.0.1'
  readonly serverAddress = '10.99.0.2'
  readonly #client: string
  readonly #server: string

  private constructor(name: string) {
    this.#client = `${name}-client`
    this.#server = `${name}-server`
  }

  static async create({ mbit }: NetworkOptions): Promise<Network> {
    const network = new Network(`longshore-${process.pid}-${++made}`)
    try {
      await network.#make(mbit)
      return network
    } catch (error) {
      await network[Symbol.asyncDispose]()
      throw error
    }
  }

  /** What stands between this machine and such networks, or `null`. */
  static async impossible(): Promise<string | null> {
    if (process.platform !== 'linux') return 'this is not Linux'
    if (process.getuid?.() !== 0) return 'root only'
    try {
      await using network = await Network.create({ mbit: 100 })
      await network.lose(0.5)
      return null
    } catch (error) {
      return error instanceof Error ? error.message.trim() : String(error)
    }
  }

  async #make(mbit: number): Promise<void> {
    for (const name of [this.#client, this.#server]) {
      await run('ip', 'netns', 'add', name)
      standing.add(name)
      await run('ip', '-n', name, 'link', 'set', 'lo', 'up')
    }
    await run('ip', 'link', 'add', 'wire', 'netns', this.#client, 'type', 'veth', 'peer', 'wire', 'netns', this.#server)
    await this.addAddress(this.clientAddress)
    await run('ip', '-n', this.#server, 'addr', 'add', `${this.serverAddress}/24`, 'dev', 'wire')
    for (const name of [this.#client, this.#server]) await run('ip', '-n', name, 'link', 'set', 'wire', 'up')
    const shape = ['root', 'tbf', 'rate', `${mbit}mbit`, 'burst', '64kb', 'latency', '50ms']
    await this.#onServer('tc', 'qdisc', 'add', 'dev', 'wire', ...shape)
  }

  /** What makes a command run at the client, to be put before it. */
  get atClient(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#client]
  }

  /** Starts one of the scripts beside this file at the server, and waits until it listens. */
  async serve(script: string, ...args: (string | number)[]): Promise<Process> {
    const hooks = new URL('../../../scripts/typescript.mjs', import.meta.url).href
    const file = path.join(import.meta.dirname, script)
    const under = ['netns', 'exec', this.#server, node, '--no-warnings', '--import', hooks, file]
    const served = new Process('ip', [...under, ...args.map(String)])
    await served.until((process) => process.stdout.includes('listening'))
    return served
  }

  /** Loses packets in both directions. */
  async lose(share: number): Promise<void> {
    await this.#drop('-m', 'statistic', '--mode', 'random', '--probability', String(share))
  }

  /** Nothing arrives any more on either side, and nobody is told. */
  async swallow(): Promise<void> {
    await this.#drop()
  }

  /** Ends `lose` and `swallow`. */
  async letThrough(): Promise<void> {
    await this.#onServer('iptables', '-w', '-F')
  }

  async #drop(...which: string[]): Promise<void> {
    for (const chain of ['INPUT', 'OUTPUT']) {
      await this.#onServer('iptables', '-w', '-A', chain, '-p', 'tcp', ...which, '-j', 'DROP')
    }
  }

  async link(state: 'up' | 'down'): Promise<void> {
    await run('ip', '-n', this.#server, 'link', 'set', 'wire', state)
  }

  async addAddress(address: string): Promise<void> {
    await run('ip', '-n', this.#client, 'addr', 'add', `${address}/24`, 'dev', 'wire')
  }

  async removeAddress(address: string): Promise<void> {
    await run('ip', '-n', this.#client, 'addr', 'del', `${address}/24`, 'dev', 'wire')
  }

  /** Resets every connection of the server's port 8080. */
  async reset(): Promise<void> {
    // It complains even when it has closed them.
    await this.#onServer('ss', '-K', 'dst', this.clientAddress, 'sport', '=', ':8080').catch(() => undefined)
  }

  /** Has the client ask the server for names. */
  async resolveThroughServer(): Promise<void> {
    const etc = this.#etc
    await mkdir(etc, { recursive: true })
    await writeFile(path.join(etc, 'resolv.conf'), `nameserver ${this.serverAddress}\noptions timeout:1 attempts:1\n`)
    await writeFile(path.join(etc, 'nsswitch.conf'), 'hosts: files dns\n')
  }

  /** `ip netns exec` lays these files over those of /etc. */
  get #etc(): string {
    return path.join('/etc/netns', this.#client)
  }

  async #onServer(...command: string[]): Promise<void> {
    await run('ip', 'netns', 'exec', this.#server, ...command)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#etc, { recursive: true, force: true })
    for (const name of [this.#client, this.#server]) {
      if (standing.delete(name)) await run('ip', 'netns', 'del', name).catch(() => undefined)
    }
  }
}
