import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface BenchServer {
  readonly name: string
  url(file: string): string
  close(): Promise<void>
}

/**
 * nginx over a folder, on a free port of the loopback interface.
 * @returns `null` where nginx is not installed: a server in JavaScript would measure itself
 */
export async function startNginx(folder: string, scratch: string): Promise<BenchServer | null> {
  if (spawnSync('nginx', ['-v'], { stdio: 'ignore' }).status !== 0) return null
  const port = await freePort()
  const config = join(scratch, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; worker_processes 1; pid ${scratch}/nginx.pid; error_log ${scratch}/error.log;
     ${process.getuid?.() === 0 ? 'user root;' : ''}
     events { worker_connections 512; }
     http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000;
       client_body_temp_path ${scratch}; proxy_temp_path ${scratch}; fastcgi_temp_path ${scratch};
       uwsgi_temp_path ${scratch}; scgi_temp_path ${scratch};
       server { listen 127.0.0.1:${port}; root ${folder}; } }`,
  )
  const nginx = spawn('nginx', ['-c', config, '-p', scratch], { stdio: 'ignore' })
  const gone = once(nginx, 'exit')
  await accepts(port)
  return {
    name: 'nginx',
    url: (file) => `http://127.0.0.1:${port}/${file}`,
    async close() {
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
