import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, createWriteStream, existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { certificates } from '../../server'
import type { Kind, Place, Site } from './site'
import { Throttle } from './throttle'

export { apache } from './apache'
export { caddy } from './caddy'
export { lighttpd } from './lighttpd'
export { nginx } from './nginx'
export { login, type Kind, type Site } from './site'

/** Whether a server's program and modules are here. Where they are not, says so. */
export function isInstalled(kind: Kind): boolean {
  const here = programPath(kind.program) !== null && (kind.module === undefined || existsSync(kind.module))
  if (!here) console.log(`skipped: tests with ${kind.name}, which is not installed (Debian: ${kind.packages})`)
  return here
}

/** Debian keeps servers where only root looks. */
function programPath(program: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/bin', '/usr/local/sbin']
  const isProgram = (file: string) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
  return folders.map((folder) => path.join(folder, program)).find(isProgram) ?? null
}

/** A server from Debian's packages, on a free port of the loopback interface, with a configuration of its own. */
export class RealServer {
  readonly #kind: Kind
  readonly #site: Site
  readonly #place: Place
  readonly #publicPort: number
  readonly #throttle: Throttle | null
  #child: ChildProcess | null = null

  private constructor(kind: Kind, site: Site, place: Place, publicPort: number) {
    this.#kind = kind
    this.#site = site
    this.#place = place
    this.#publicPort = publicPort
    this.#throttle = publicPort === place.port ? null : new Throttle(publicPort, place.port, site.rate ?? Infinity)
  }

  static async start(kind: Kind, site: Site): Promise<RealServer> {
    const scratch = await mkdtemp(path.join(tmpdir(), `longshore-${kind.name}-`))
    await chmod(scratch, 0o755) // servers give up their rights
    const { cert, key } = certificates('good')
    const place: Place = {
      port: await freePort(),
      scratch,
      certificate: path.join(scratch, 'certificate.pem'),
      key: path.join(scratch, 'key.pem'),
    }
    await writeFile(place.certificate, cert)
    await writeFile(place.key, key)
    await writeFile(path.join(scratch, 'config'), kind.configure(site, place))
    const throttled = site.rate !== undefined && !kind.limitsRate
    const server = new RealServer(kind, site, place, throttled ? await freePort() : place.port)
    try {
      await server.start()
      return server
    } catch (error) {
      await server[Symbol.asyncDispose]()
      throw error
    }
  }

  url(file: string): string {
    return `${this.#site.tls ? 'https' : 'http'}://127.0.0.1:${this.#publicPort}/${file}`
  }

  /** Starts it again, where it was. */
  async start(): Promise<void> {
    const { scratch, port } = this.#place
    const { program, args } = this.#kind
    const child = spawn(programPath(program) ?? program, args(path.join(scratch, 'config'), scratch), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: scratch, XDG_DATA_HOME: scratch, XDG_CONFIG_HOME: scratch },
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.pipe(createWriteStream(path.join(scratch, 'error.log'), { flags: 'a' }))
    }
    while (!(await accepts(port))) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(await this.#complaint())
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await this.#throttle?.open()
  }

  /** Ends it, with all of its connections. */
  async stop(): Promise<void> {
    const child = this.#child
    this.#child = null
    await this.#throttle?.close()
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill(this.#kind.signal)
    await once(child, 'exit')
  }

  async #complaint(): Promise<string> {
    return `${this.#kind.name} did not start: ${await readFile(path.join(this.#place.scratch, 'error.log'), 'utf8')}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    await rm(this.#place.scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
