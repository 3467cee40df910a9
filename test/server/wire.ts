import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Plan } from './plan'

/** Where an answer goes: node:http's response, or the bare connection for an answer that node:http would not send. */
export class Wire {
  readonly #response: ServerResponse
  readonly #socket: Socket
  readonly #transport: Socket
  #raw = false
  #rawChunks = false
  #closed = false
  readonly #onClose = new Set<() => void>()

  /** `transport` is the TCP connection below a TLS socket, else the same socket. */
  constructor(request: IncomingMessage, response: ServerResponse, transport: Socket) {
    this.#response = response
    this.#socket = request.socket
    this.#transport = transport
    const closed = (): void => {
      if (this.#closed) return
      this.#closed = true
      for (const listener of this.#onClose) listener()
    }
    request.socket.once('close', closed)
    response.once('close', () => request.socket.off('close', closed))
  }

  get closed(): boolean {
    return this.#closed || this.#socket.destroyed
  }

  /** Calls back when the connection is gone. */
  onClose(listener: () => void): () => void {
    if (this.closed) listener()
    else this.#onClose.add(listener)
    return () => this.#onClose.delete(listener)
  }

  /** Waits; ends at once when the connection is gone. */
  sleep(ms: number): Promise<void> {
    if (this.closed) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        off()
        resolve()
      }, ms)
      const off = this.onClose(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  head(plan: Plan): Promise<boolean> {
    const valid = plan.headers.every(([, value]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    this.#raw = plan.raw || !valid
    if (this.#raw) {
      this.#rawChunks = plan.framing === 'chunked'
      if (this.#rawChunks) plan.headers.push(['Transfer-Encoding', 'chunked'])
      const lines = plan.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      return this.bytes(Buffer.from(`HTTP/1.1 ${plan.status} ${plan.reason ?? 'Raw'}\r\n${lines}\r\n`, 'latin1'))
    }
    this.#response.sendDate = false
    if (plan.framing === 'close') {
      this.#response.useChunkedEncodingByDefault = false
      plan.headers.push(['Connection', 'close'])
    }
    const flat = plan.headers.flat()
    if (plan.reason === null) this.#response.writeHead(plan.status, flat)
    else this.#response.writeHead(plan.status, plan.reason, flat)
    // an empty write sends the head; flushHeaders() would send its bytes as UTF-8 once more
    return this.#write((done) => this.#response.write(Buffer.alloc(0), done))
  }

  /** Body bytes, in the answer's framing. False when the connection is gone. */
  async body(bytes: Uint8Array): Promise<boolean> {
    if (this.#rawChunks) {
      return (
        (await this.bytes(Buffer.from(`${bytes.length.toString(16)}\r\n`))) &&
        (await this.bytes(bytes)) &&
        (await this.bytes(Buffer.from('\r\n')))
      )
    }
    if (this.#raw) return this.bytes(bytes)
    return this.#write((done) => this.#response.write(bytes, done))
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): Promise<boolean> {
    return this.#write((done) => this.#socket.write(bytes, done))
  }

  #write(write: (done: (error?: Error | null) => void) => void): Promise<boolean> {
    if (this.closed) return Promise.resolve(false)
    return new Promise((resolve) => {
      const off = this.onClose(() => resolve(false))
      write((error) => {
        off()
        resolve(!error && !this.closed)
      })
    })
  }

  async end(keepOpen: boolean): Promise<void> {
    if (this.closed) return
    if (!this.#raw) {
      await new Promise<void>((resolve) => {
        this.onClose(resolve)
        this.#response.end(resolve)
      })
      return
    }
    if (this.#rawChunks) await this.bytes(Buffer.from('0\r\n\r\n'))
    if (!keepOpen) this.fin()
  }

  /** An orderly end of the connection. */
  fin(): void {
    this.#socket.end()
  }

  reset(): void {
    this.#transport.resetAndDestroy()
    this.#socket.destroy()
  }
}
