import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { certificates } from '../server'

/** Proxies of Debian, started for one test with a configuration of their own, and a small one that can misbehave. */

export interface RunningProxy extends AsyncDisposable {
  readonly port: number
  /** `http://127.0.0.1:port` or `socks5://…`, with `login` before the host when there is one. */
  url(login?: string): string
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function run(
  scheme: string,
  command: (folder: string, port: number) => Promise<readonly [string, ...string[]]>,
): Promise<RunningProxy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'longshore-proxy-'))
  await chmod(folder, 0o777) // some of them give up being root
  const port = await freePort()
  const [program, ...args] = await command(folder, port)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stdout.on('data', (data: Buffer) => (said += String(data)))
  child.stderr.on('data', (data: Buffer) => (said += String(data)))
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said += String(error)
      resolve()
    })
    child.once('exit', () => resolve())
  })
  const stop = async () => {
    child.kill('SIGTERM') // squid removes its shared memory then
    const forced = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(forced)
    await rm(folder, { recursive: true, force: true })
  }
  for (let tries = 0; !(await answers(port)); tries++) {
    if (child.exitCode !== null || child.pid === undefined || tries > 200) {
      await stop()
      throw new Error(`${program} does not start: ${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    port,
    url: (login) => `${scheme}://${login === undefined ? '' : `${login}@`}127.0.0.1:${port}`,
    [Symbol.asyncDispose]: stop,
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Debian's squid with Debian's rules for ports, except that the test server's TLS port counts as one. */
export const startSquid = (tlsPort: number, login: string | null = null): Promise<RunningProxy> =>
  run('http', async (folder, port) => {
    const cache = path.join(folder, 'cache')
    await mkdir(cache, { mode: 0o777 })
    const helper = path.join(folder, 'login.sh')
    await writeFile(
      helper,
      `#!/bin/sh\nwhile read -r given; do [ "$given" = '${login?.replace(':', ' ') ?? ''}' ] && echo OK || echo ERR; done\n`,
      { mode: 0o755 },
    )
    const file = path.join(folder, 'squid.conf')
    const auth = [`auth_param basic program ${helper}`, 'acl known proxy_auth REQUIRED', 'http_access deny !known']
    await writeFile(
      file,
      [
        `http_port 127.0.0.1:${port}`,
        `acl SSL_ports port 443 ${tlsPort}`,
        'acl Safe_ports port 80 443 1025-65535',
        'http_access deny !Safe_ports',
        'http_access deny CONNECT !SSL_ports',
        ...(login === null ? [] : auth),
        'http_access allow localhost',
        'http_access deny all',
        'access_log none',
        `cache_log ${folder}/cache.log`,
        `pid_filename ${folder}/squid.pid`,
        `coredump_dir ${cache}`,
        'cache deny all',
        'shutdown_lifetime 0 seconds',
        '',
      ].join('\n'),
    )
    // Its name keeps its shared memory apart from other squids'.
    return ['squid', '-N', '-n', `t${port}`, '-f', file]
  })

export const startTinyproxy = (login: string | null = null): Promise<RunningProxy> =>
  run('http', async (folder, port) => {
    const file = path.join(folder, 'tinyproxy.conf')
    await writeFile(
      file,
      [
        `Port ${port}`,
        'Listen 127.0.0.1',
        'Timeout 60',
        'Allow 127.0.0.1',
        ...(login === null ? [] : [`BasicAuth ${login.replace(':', ' ')}`]),
        '',
      ].join('\n'),
    )
    return ['tinyproxy', '-d', '-c', file]
  })

/** Dante checks user names against the system's accounts, so the one with a login is our own below. */
export const startDante = (): Promise<RunningProxy> =>
  run('socks5', async (folder, port) => {
    const file = path.join(folder, 'danted.conf')
    await writeFile(
      file,
      [
        `logoutput: ${folder}/log`,
        `internal: 127.0.0.1 port = ${port}`,
        'external: lo',
        'clientmethod: none',
        'socksmethod: none',
        'user.privileged: root',
        'user.unprivileged: nobody',
        'client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }',
        'socks pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }',
        '',
      ].join('\n'),
    )
    return ['danted', '-f', file, '-p', `${folder}/pid`]
  })

export interface FaultyOptions {
  /** Speak TLS, as an https proxy does. */
  readonly tls?: boolean
  /** The login that it wants, `name:password`. */
  readonly login?: string
  /** Instead of a tunnel or an answer: this status line, or the reply of RFC 1928 §6. */
  readonly refuse?: number
  /** Close each connection as soon as something arrives, or after so many bytes have come back. */
  readonly cut?: 'at once' | number
  /** Take connections and say nothing. */
  readonly silent?: boolean
  /** Names that only this proxy knows. */
  readonly names?: Readonly<Record<string, string>>
}

/** What a client asked for: `CONNECT host:port`, `GET http://…`, `SOCKS host:port`. */
export interface FaultyProxy extends RunningProxy {
  readonly asked: readonly string[]
  /** Connections of clients that are open now. */
  open(): number
}

/** An HTTP and SOCKS5 proxy on one port that does what a test needs. */
export async function startFaultyProxy(
  scheme: 'http' | 'https' | 'socks5',
  options: FaultyOptions = {},
): Promise<FaultyProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const accept = (client: Socket) => {
    sockets.add(client)
    client.on('error', () => undefined)
    client.once('close', () => sockets.delete(client))
    if (options.silent === true) return void client.resume()
    serve(client, options, (what) => asked.push(what)).catch(() => client.destroy())
  }
  const server: Server = scheme === 'https' ? createTlsServer(certificates('good'), accept) : createServer(accept)
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    asked,
    open: () => sockets.size,
    url: (login) => `${scheme}://${login === undefined ? '' : `${login}@`}127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serve(client: Socket, options: FaultyOptions, note: (what: string) => void): Promise<void> {
  let buffer = Buffer.alloc(0)
  let wake = () => {}
  const onData = (data: Buffer) => {
    buffer = Buffer.concat([buffer, data])
    wake()
  }
  client.on('data', onData)
  const need = async (enough: () => boolean) => {
    while (!enough()) await new Promise<void>((resolve) => (wake = resolve))
  }
  const take = async (bytes: number) => {
    await need(() => buffer.length >= bytes)
    const taken = buffer.subarray(0, bytes)
    buffer = buffer.subarray(bytes)
    return taken
  }
  const join = async (host: string, port: number, reply: string | Buffer, first: Buffer | null) => {
    const upstream = connect(port, options.names?.[host] ?? host)
    sockets(client, upstream)
    await new Promise((resolve, reject) => upstream.once('connect', resolve).once('error', reject))
    client.off('data', onData)
    if (reply.length > 0) client.write(reply)
    if (first) upstream.write(first)
    upstream.write(buffer)
    client.pipe(upstream)
    if (typeof options.cut === 'number') {
      let left = options.cut
      upstream.on('data', (data: Buffer) => {
        client.write(data.subarray(0, left))
        if ((left -= data.length) <= 0) client.end()
      })
    } else upstream.pipe(client)
  }
  const [version = 0] = await take(1)
  if (options.cut === 'at once') return void client.destroy()
  if (version === 5) {
    const [count = 0] = await take(1)
    const methods = await take(count)
    const method = options.login === undefined ? 0 : 2
    if (!methods.includes(method)) return void client.end(Buffer.from([5, 255]))
    client.write(Buffer.from([5, method]))
    if (method === 2) {
      const user = (await take(2))[1] ?? 0
      const name = (await take(user)).toString()
      const password = (await take((await take(1))[0] ?? 0)).toString()
      const ok = `${name}:${password}` === options.login
      client.write(Buffer.from([1, ok ? 0 : 1]))
      if (!ok) return void client.end()
    }
    const [, , , kind = 0] = await take(4)
    const host =
      kind === 3 ? (await take((await take(1))[0] ?? 0)).toString() : [...(await take(kind === 1 ? 4 : 16))].join('.')
    const port = (await take(2)).readUInt16BE()
    note(`SOCKS ${kind === 3 ? 'name' : 'address'} ${host}:${port}`)
    if (options.refuse !== undefined) return void client.end(Buffer.from([5, options.refuse, 0, 1, 0, 0, 0, 0, 0, 0]))
    return join(host, port, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]), null)
  }
  await need(() => buffer.includes('\r\n\r\n'))
  const end = buffer.indexOf('\r\n\r\n') + 4
  const head = String.fromCharCode(version) + (await take(end)).toString('latin1')
  const [method = '', target = ''] = head.split(' ')
  note(`${method} ${target}`)
  const login = /^proxy-authorization: basic (.*)\r$/im.exec(head)?.[1] ?? ''
  const known = options.login === undefined || Buffer.from(login, 'base64').toString() === options.login
  const refuse = known ? options.refuse : 407
  if (refuse !== undefined) {
    return void client.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\nProxy-Authenticate: Basic realm="p"\r\n\r\n`)
  }
  if (method === 'CONNECT') {
    const [host = '', port] = target.split(':')
    return join(host, Number(port), 'HTTP/1.1 200 Yes\r\n\r\n', null)
  }
  const url = new URL(target)
  return join(
    url.hostname,
    Number(url.port || 80),
    '',
    Buffer.from(head.replace(target, url.pathname + url.search).replace(/^proxy-.*\r\n/gim, ''), 'latin1'),
  )
}

function sockets(a: Socket, b: Socket): void {
  a.once('close', () => b.destroy())
  b.once('close', () => a.destroy())
  b.on('error', () => undefined)
}
