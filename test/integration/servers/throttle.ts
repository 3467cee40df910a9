import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Lets bytes of a server through at so many a second and connection, for servers that cannot do that themselves. */
export class Throttle {
  readonly #port: number
  readonly #target: number
  readonly #rate: number
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null

  /**
   * @param port where it listens
   * @param target port of the server
   * @param rate bytes per second
   */
  constructor(port: number, target: number, rate: number) {
    this.#port = port
    this.#target = target
    this.#rate = rate
  }

  async open(): Promise<void> {
    this.#server = createServer((client) => this.#forward(client)).listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const socket of this.#sockets) socket.destroy()
    if (server?.close()) await once(server, 'close')
  }

  #forward(client: Socket): void {
    const upstream = connect(this.#target, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        other.destroySoon()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk)
      upstream.pause()
      setTimeout(() => upstream.resume(), (1000 * chunk.length) / this.#rate)
    })
  }
}
