import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TlsOptions } from 'node:tls'
import { certificates, type CertificateName } from './certificates'
import { TestFile, type FileOptions } from './file'
import { Activity, parseRange, type RequestRecord } from './record'
import { planAnswer, sendAnswer } from './respond'
import type { Behaviours } from './values'
import { Wire } from './wire'

export interface ServerOptions {
  /** `true` is the good certificate; clients trust `server.ca`. */
  readonly tls?: boolean | CertificateName
  /** Behaviours of every file that does not say otherwise. */
  readonly defaults?: Behaviours
  /** Where to listen; default 127.0.0.1. */
  readonly address?: '127.0.0.1' | '127.0.0.2'
  /** Further options of TLS, such as asking for a client certificate. */
  readonly tlsOptions?: TlsOptions
  /** Connections beyond so many are reset as soon as they are accepted. */
  readonly maxSockets?: number
}

export interface UrlOptions {
  /** Default is where it listens. */
  readonly host?: string
  readonly user?: string
  readonly password?: string
}

export class TestServer {
  /** Every request of every path, oldest first, those without a file too. */
  readonly requests: RequestRecord[] = []
  /** TCP connections that are open now, the most at one time, and all that ever were. */
  readonly connections = { open: 0, peak: 0, total: 0 }
  /** Answers that are being sent now, and the most at one time. */
  parallel = 0
  peakParallel = 0
  readonly #server: ReturnType<typeof createHttp>
  readonly #scheme: 'http' | 'https'
  readonly #address: string
  readonly #options: ServerOptions
  readonly #files = new Map<string, TestFile>()
  readonly #activity = new Activity()
  readonly #sockets = new Map<Socket, number>()
  /** The TCP connection of each remote port: what a reset needs below TLS. */
  readonly #transports = new Map<number, Socket>()
  readonly #spoiled = new WeakSet<Socket>()
  readonly #began = performance.now()

  constructor(options: ServerOptions) {
    this.#options = options
    const { tls = false } = options
    this.#address = options.address ?? '127.0.0.1'
    this.#scheme = tls === false ? 'http' : 'https'
    const limits = { maxHeaderSize: 256 * 1024, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 600_000 }
    this.#server =
      tls === false
        ? createHttp(limits)
        : createHttps({ ...limits, ...certificates(tls === true ? 'good' : tls), ...options.tlsOptions })
    this.#server.on('connection', (socket: Socket) => this.#accept(socket))
    this.#server.on('secureConnection', (socket: Socket) => socket.on('error', () => undefined))
    this.#server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#handle(request, response).catch((error: unknown) => {
        process.emitWarning(error instanceof Error ? error : String(error))
        request.socket.destroy()
      })
    })
    this.#server.on('clientError', (_error, socket) => socket.destroy())
    this.#server.on('tlsClientError', () => undefined)
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, this.#address, resolve)
    })
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }
  get origin(): string {
    return `${this.#scheme}://${this.#address}:${this.port}`
  }
  /** PEM of the authority that the good certificate comes from. */
  get ca(): string {
    return certificates('good').ca
  }

  /** Address of a path of this server, which need not exist. */
  url(path: string, { host = this.#address, user, password }: UrlOptions = {}): string {
    const url = new URL(path, `${this.#scheme}://${host}:${this.port}`)
    if (user !== undefined) url.username = user
    if (password !== undefined) url.password = password
    return url.href
  }

  /** Serves a file under a path, in place of what was there. */
  file(path: string, options: FileOptions): TestFile {
    const file = new TestFile(path, this.url(path), this.#activity, { ...this.#options.defaults, ...options })
    this.#files.set(new URL(file.url).pathname, file)
    return file
  }

  /** Resolves with the first request, old or new, that `fits`. */
  waitForRequest(fits: (request: RequestRecord) => boolean, timeout?: number): Promise<RequestRecord> {
    return this.waitUntil(() => this.requests.find(fits), timeout)
  }

  /** Resolves when `check` holds; it is asked again whenever anything happens at this server. */
  waitUntil<T>(check: () => T | false | null | undefined, timeout?: number): Promise<T> {
    const describe = (): string =>
      `${this.connections.open} open connections, ${this.requests.length} requests: ` +
      this.requests
        .slice(-20)
        .map((r) => `${r.method} ${r.path} ${r.headers.range ?? ''} ${r.status} ${r.bytesSent}`)
        .join('; ')
    return this.#activity.until(check, describe, timeout)
  }

  /** Resets every connection that is open now. */
  resetConnections(): void {
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy()
  }

  /** Goes away and drops all connections: whoever asks is refused. @returns to be called when it should be there again */
  async leave(): Promise<() => Promise<void>> {
    const { port } = this
    await this.close()
    return () =>
      new Promise((resolve, reject) => {
        this.#server.once('error', reject)
        this.#server.listen(port, this.#address, () => resolve())
      })
  }

  /** Stops listening and drops all connections. */
  async close(): Promise<void> {
    for (const socket of this.#sockets.keys()) socket.destroy()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #accept(socket: Socket): void {
    const port = socket.remotePort ?? 0
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    this.#sockets.set(socket, ++this.connections.total)
    this.#transports.set(port, socket)
    this.connections.open += 1
    this.connections.peak = Math.max(this.connections.peak, this.connections.open)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (this.#transports.get(port) === socket) this.#transports.delete(port)
      this.connections.open -= 1
      this.#activity.happened()
    })
    if (this.connections.open > (this.#options.maxSockets ?? Infinity)) socket.resetAndDestroy()
    this.#activity.happened()
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request
    const transport = this.#transports.get(socket.remotePort ?? 0) ?? socket
    const path = request.url ?? '/'
    const file = this.#files.get(new URL(path, this.origin).pathname)
    const record: RequestRecord = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      range: parseRange(request.headers.range),
      at: performance.now() - this.#began,
      connectionId: this.#sockets.get(transport) ?? 0,
      nth: (file?.requests.length ?? 0) + 1,
      status: 0,
      bytesSent: 0,
      aborted: false,
      ended: false,
    }
    this.requests.push(record)
    // after bytes that belong to no answer, nothing that follows on this connection would be understood
    if (this.#spoiled.has(socket)) return void socket.destroy()
    if (file === undefined) {
      record.status = 404
      record.ended = true
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n')
      this.#activity.happened()
      return
    }
    file.requests.push(record)
    this.peakParallel = Math.max(this.peakParallel, ++this.parallel)
    file.peakParallel = Math.max(file.peakParallel, ++file.parallel)
    this.#activity.happened()
    const wire = new Wire(request, response, transport)
    let complete = false
    wire.onClose(() => {
      record.aborted ||= !complete
    })
    try {
      const plan = planAnswer(file, record, this)
      if (plan.raw || plan.garbage !== null) this.#spoiled.add(socket)
      await sendAnswer(plan, wire, this.#activity)
      complete = !record.aborted
    } finally {
      this.parallel -= 1
      file.parallel -= 1
      record.ended = true
      this.#activity.happened()
    }
  }
}

export function startServer(options: ServerOptions = {}): Promise<TestServer> {
  return new TestServer(options).listen()
}
