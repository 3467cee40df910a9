import type { Socket } from 'node:net'
import { Slab } from './slabs'
import { bodyParser, isHeldBack, isInBody } from './undici-parser'

/**
 * What Node keeps on every socket for its `onread` option. `net.connect` takes that option, but a TLS socket over an open
 * connection does not, and neither may have it while a proxy is still being talked to; so it is set afterwards.
 */
interface UserBuffer {
  readonly buffer: symbol
  readonly next: symbol
  readonly callback: symbol
}

type Handle = { useUserBuffer?(buffer: Buffer): void } | null | undefined

/** Heads and bodies of unknown length: read here, and copied at once. */
const shared = Buffer.allocUnsafeSlow(64 * 1024)
/** Nothing to gain from a large one before the head is known. */
const sharedForHead = shared.subarray(0, 16 * 1024)
/** Bytes of a body's first read: where it goes is decided before anybody can say that there is a limit of speed. */
const firstRead = 4 * 1024
/** Bytes of a read under a limit of speed, at least: smaller ones cost more than they make it even. */
const smallestRead = 4 * 1024

/** How a connection is read from. */
interface Lane {
  /** Bytes that a read may bring; Infinity for as many as fit. */
  most: number
}

const lanes = new WeakMap<Socket, Lane>()

/**
 * Says how much each further read of a connection may bring: what is read is out of TCP's hands. A wish: TLS hands out
 * whole records, and a read that is under way is as it was.
 * @param bytes Infinity for as many as fit
 */
export function readAtMost(socket: Socket | null, bytes: number): void {
  const lane = socket && lanes.get(socket)
  if (lane) lane.most = Math.max(smallestRead, bytes)
}

/**
 * Makes a socket read the bodies of known length into slabs, and hand them over from there: past the stream's buffer
 * and past the parser. Everything else takes the usual way. While the parser is paused, one read at most waits in the
 * stream, and nothing more is read.
 * @param socket connected, and through with proxies and TLS
 * @returns false where Node does not offer this; the socket then works as always
 */
export function receiveIntoSlabs(socket: Socket): boolean {
  const keys = userBufferKeys(socket)
  const handle = (socket as { _handle?: Handle })._handle
  if (!keys || !handle?.useUserBuffer) return false
  const fields = socket as unknown as Record<symbol, unknown>
  const lane: Lane = { most: Infinity }
  lanes.set(socket, lane)
  let slab: Slab | null = null
  const drop = () => {
    slab?.release()
    slab = null
  }
  /** Where the next read goes. */
  const next = (): Buffer => {
    if (!bodyParser(socket)) {
      drop()
      return !isInBody(socket) ? sharedForHead : lane.most < shared.length ? shared.subarray(0, lane.most) : shared
    }
    const most = slab ? lane.most : firstRead
    const room = slab?.room(most)
    if (room && room.length > 0) return room
    drop()
    slab = Slab.take()
    return slab.room(most)
  }
  const received = (bytes: number, buffer: Buffer): boolean => {
    const own = buffer.buffer !== shared.buffer && slab !== null
    const chunk = own ? slab!.filled(bytes) : Buffer.from(shared.subarray(0, bytes))
    const parser = bodyParser(socket)
    // What is in the stream comes first.
    if (!parser || parser.paused || socket.readableLength > 0) {
      return socket.push(own ? Buffer.from(chunk) : chunk) && !isHeldBack(socket)
    }
    parser.execute(chunk)
    return !parser.paused && !socket.destroyed
  }
  fields[keys.buffer] = sharedForHead
  fields[keys.next] = next
  fields[keys.callback] = received
  handle.useUserBuffer(sharedForHead)
  socket.once('close', drop)
  return true
}

function userBufferKeys(socket: Socket): UserBuffer | null {
  const symbols = Object.getOwnPropertySymbols(socket)
  const named = (name: string) => symbols.find((symbol) => symbol.description === name)
  const [buffer, next, callback] = [named('kBuffer'), named('kBufferGen'), named('kBufferCb')]
  return buffer && next && callback ? { buffer, next, callback } : null
}
