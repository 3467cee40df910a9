import type { Socket } from 'node:net'
import { Slab, slabSize } from './slabs'
import { bodyParser, isInBody } from './undici-parser'

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

/**
 * Makes a socket read the bodies of known length into slabs, and hand them over from there: past the stream's buffer
 * and past the parser. Everything else takes the usual way. Nothing is read while the parser is paused.
 * @param socket connected, and through with proxies and TLS
 * @returns false where Node does not offer this; the socket then works as always
 */
export function receiveIntoSlabs(socket: Socket): boolean {
  const keys = userBufferKeys(socket)
  const handle = (socket as { _handle?: Handle })._handle
  if (!keys || !handle?.useUserBuffer) return false
  const fields = socket as unknown as Record<symbol, unknown>
  let slab: Slab | null = null
  const drop = () => {
    slab?.release()
    slab = null
  }
  /** Where the next read goes. */
  const next = (): Buffer => {
    if (!bodyParser(socket)) {
      drop()
      return isInBody(socket) ? shared : sharedForHead
    }
    const room = slab?.room()
    if (room && room.length > 0) return room
    const most = slab?.most
    drop()
    slab = Slab.take(most ?? firstRead)
    const fresh = slab.room()
    if (most === undefined) slab.most = slabSize // from the second read on
    return fresh
  }
  const received = (bytes: number, buffer: Buffer): boolean => {
    const own = buffer.buffer !== shared.buffer && slab !== null
    const chunk = own ? slab!.filled(bytes) : Buffer.from(shared.subarray(0, bytes))
    const parser = bodyParser(socket)
    // What is in the stream comes first.
    if (!parser || parser.paused || socket.readableLength > 0) return socket.push(own ? Buffer.from(chunk) : chunk)
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
