import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'

/** ms between two looks while there are connections. */
const interval = 1000
/** Looks in a row without its address after which a connection is given up: shorter gaps it survives by itself. */
const patience = 3

/**
 * Ends connections whose own address this machine has no more (fault 35): it went to another network, and nothing can
 * arrive on them. Nobody else would tell before a time-out. While the machine has no network at all nothing is ended: it
 * may come back with the same address.
 */
export class LocalAddresses {
  readonly #interfaces: typeof networkInterfaces
  readonly #interval: number
  /** For each connection the looks in a row in which its address was missing. */
  readonly #sockets = new Map<Socket, number>()
  #timer: NodeJS.Timeout | null = null

  constructor(interfaces: typeof networkInterfaces = networkInterfaces, every = interval) {
    this.#interfaces = interfaces
    this.#interval = every
  }

  /** @param socket connected */
  watch(socket: Socket): void {
    if (socket.destroyed) return
    this.#sockets.set(socket, 0)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      if (this.#sockets.size === 0) this.#stop()
    })
    this.#timer ??= setInterval(() => this.#look(), this.#interval).unref()
  }

  #look(): void {
    const all = Object.values(interfacesOf(this.#interfaces)).flatMap((addresses) => addresses ?? [])
    if (!all.some(({ internal }) => !internal)) return
    const here = new Set(all.map(({ address }) => plain(address)))
    for (const [socket, missed] of this.#sockets) {
      const local = socket.localAddress
      if (local === undefined || here.has(plain(local))) this.#sockets.set(socket, 0)
      else if (missed + 1 < patience) this.#sockets.set(socket, missed + 1)
      else {
        const gone = new Error(`this computer has the address ${local} no more`)
        socket.destroy(Object.assign(gone, { code: 'ECONNABORTED' }))
      }
    }
  }

  #stop(): void {
    clearInterval(this.#timer ?? undefined)
    this.#timer = null
  }
}

/** None where the system cannot say, as when its table of open files is full (fault 49): then nothing is judged. */
function interfacesOf(ask: typeof networkInterfaces): ReturnType<typeof networkInterfaces> {
  try {
    return ask()
  } catch {
    return {}
  }
}

/** Without the zone of a link-local address, and IPv4 as it is. */
function plain(address: string): string {
  return address.replace(/%.*$/, '').replace(/^::ffff:/i, '')
}
