import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { root } from '../../scripts/paths.mjs'

/** `trickle`, for many at a time, gives each connection little; `fast` and `slow` are mirrors behind lines of their own. */
export type ServerKind = 'http' | 'https' | 'limited' | 'trickle' | 'far' | 'fast' | 'slow'

const mebibyte = 1024 * 1024
/** Bytes per second of a connection to the servers that limit them. */
export const limitedRate = 4 * mebibyte
export const trickleRate = 100 * 1024
/** Bytes per second of a mirror, over all its connections. */
export const mirrorRates = { fast: 48 * mebibyte, slow: 16 * mebibyte } as const
/** ms there and back to the server that is far away. */
export const farDelay = 50

export interface BenchServer {
  /** The authority of its certificate. */
  readonly ca: string
  url(kind: ServerKind, file: string): string
  close(): Promise<void>
}

const certificates = join(root, 'test', 'server', 'certs')

/**
 * nginx over a folder, on free ports of the loopback interface.
 * @returns `null` where nginx is not installed: a server in JavaScript would measure itself
 */
export async function startNginx(folder: string, scratch: string): Promise<BenchServer | null> {
  if (spawnSync('nginx', ['-v'], { stdio: 'ignore' }).status !== 0) return null
  const [plain, secure, limited, trickle] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const config = join(scratch, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; worker_processes 1; pid ${scratch}/nginx.pid; error_log ${scratch}/error.log;
     ${process.getuid?.() === 0 ? 'user root;' : ''}
     events { worker_connections 4096; }
     http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
       client_body_temp_path ${scratch}; proxy_temp_path ${scratch}; fastcgi_temp_path ${scratch};
       uwsgi_temp_path ${scratch}; scgi_temp_path ${scratch}; root ${folder};
       server { listen 127.0.0.1:${plain}; }
       server { listen 127.0.0.1:${limited}; limit_rate ${limitedRate}; }
       server { listen 127.0.0.1:${trickle} backlog=2048; limit_rate ${trickleRate}; }
       server { listen 127.0.0.1:${secure} ssl;
         ssl_certificate ${certificates}/good.pem; ssl_certificate_key ${certificates}/key.pem; } }`,
  )
  const nginx = spawn('nginx', ['-c', config, '-p', scratch], { stdio: 'ignore' })
  const gone = once(nginx, 'exit')
  await accepts(plain)
  const relays: ChildProcess[] = []
  const relay = async (script: string, ...args: number[]) => {
    const child = spawn(
      process.execPath,
      ['--import', './scripts/typescript.mjs', `test/bench/${script}`, String(plain), ...args.map(String)],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    relays.push(child)
    return Number(String((await once(child.stdout, 'data'))[0]))
  }
  const ports: Readonly<Record<ServerKind, number>> = {
    http: plain,
    https: secure,
    limited,
    trickle,
    far: await relay('far.ts', farDelay),
    fast: await relay('capped.ts', mirrorRates.fast),
    slow: await relay('capped.ts', mirrorRates.slow),
  }
  return {
    ca: join(certificates, 'ca.pem'),
    url: (kind, file) => `${kind === 'https' ? 'https' : 'http'}://127.0.0.1:${ports[kind]}/${file}`,
    async close() {
      for (const child of relays) child.kill('SIGTERM')
      nginx.kill('SIGTERM')
      await gone
    },
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

async function accepts(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      socket.destroy()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }
  throw new Error('nginx does not answer')
}
