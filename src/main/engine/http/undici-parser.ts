import type { Socket } from 'node:net'

/**
 * What undici 7 keeps on a socket; not part of its interface. The version is pinned, and `receive.test.ts` fails when
 * one of these is no longer there.
 */
interface Parser {
  paused: boolean
  readonly ptr: unknown
  /** 0 until a head begins, and again behind a body. */
  readonly statusCode: number
  readonly socket: Socket
  readonly llhttp: { llhttp_resume(ptr: unknown): void; llhttp_reset(ptr: unknown): void }
  /** Text of the header; empty when there is none. */
  readonly contentLength: string
  /** Names and values in turn. */
  readonly headers: readonly Buffer[]
  finish(): unknown
  execute(chunk: Buffer): void
  onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number
  onBody(chunk: Buffer): number
  onMessageComplete(): number
  /** Ours: bytes of the body that are still to come. Absent while undici counts them itself. */
  [left]?: number | undefined
}

const left = Symbol('bytes of the body that are still to come')
/** llhttp's HPE_PAUSED. */
const paused = 21
const mended = new WeakSet<Parser>()
let beginning: Socket | null = null

/** The parser of a socket while it is in a body of known length: it may be given that body piece by piece. */
export function bodyParser(socket: Socket): Pick<Parser, 'paused' | 'execute'> | null {
  const parser = parserOf(socket)
  return parser?.[left] !== undefined && !socket.destroyed ? parser : null
}

/** True while what arrives is to wait: the reader of the answer is not ready for more. */
export function isHeldBack(socket: Socket): boolean {
  return parserOf(socket)?.paused ?? false
}

/** The connection whose answer begins, for whoever is told of its head, in that very call; else `null`. */
export function answering(): Socket | null {
  return beginning
}

/** True between the head of an answer and its end. */
export function isInBody(socket: Socket): boolean {
  return (parserOf(socket)?.statusCode ?? 0) >= 200
}

/**
 * Changes four things in undici 7 (seen in 7.30), for all its connections:
 *
 * - `finish`: when the other side closes a connection while its answer is held back, and nothing of it is left in the
 *   socket, the parser fails an assertion in an event handler of the socket, which nobody can catch: it would end the
 *   thread. An answer that has ended needs no holding back, so the parser is let go first. Everything that had arrived
 *   was delivered before.
 * - `onHeadersComplete`: says whose answer it is (`answering`).
 * - the body of an answer with a length is counted here instead of being copied into the parser's own memory: there is
 *   nothing to parse in it. Heads, chunks, bodies that end with their connection, and whatever follows a body are undici's.
 * - `end`: when the other side closes a connection that it would have kept, undici ends the answer as broken off, also one
 *   that has all its bytes and was held back before it could say so. Such an answer is whole, and says so first.
 * @param socket one that undici has just been given
 */
export function mendParser(socket: Socket): void {
  const parser = parserOf(socket)
  if (!parser) return
  socket.prependListener('end', () => {
    if (parser.paused && parser[left] === 0 && !socket.destroyed) letGo(parser)
  })
  const type = Object.getPrototypeOf(parser) as Parser
  if (mended.has(type)) return
  mended.add(type)
  /* eslint-disable @typescript-eslint/unbound-method -- called with their own parser below */
  const { finish, execute, onHeadersComplete } = type
  /* eslint-enable @typescript-eslint/unbound-method */
  type.finish = function (this: Parser) {
    // undici takes a reset for the end of a body that ends with its connection: half a file would count as whole (fault 15).
    if (this.socket.errored) return this.socket.errored
    if (this.paused) {
      letGo(this)
      if (this.paused) return null
    }
    return finish.call(this)
  }
  type.onHeadersComplete = function (this: Parser, status, upgrade, keepAlive) {
    const length = bodyLength(this, status)
    beginning = this.socket
    try {
      const verdict = onHeadersComplete.call(this, status, upgrade, keepAlive)
      // llhttp stops here only when the head is held back; otherwise it goes on with the body by itself.
      this[left] = verdict === paused ? length : undefined
      return verdict
    } finally {
      beginning = null
    }
  }
  type.execute = function (this: Parser, chunk: Buffer) {
    if (this[left] === undefined) execute.call(this, chunk)
    else takeBody(this, chunk, execute)
  }
}

/** An answer that has all its bytes was held back before it could say so; now it may, and may hold again after that. */
function letGo(parser: Parser): void {
  parser.llhttp.llhttp_resume(parser.ptr)
  parser.paused = false
  parser.execute(Buffer.alloc(0))
}

/** @param further what parses the bytes after the body */
function takeBody(parser: Parser, chunk: Buffer, further: Parser['execute']): void {
  const { socket } = parser
  try {
    const before = parser[left] ?? 0
    const body = chunk.length > before ? chunk.subarray(0, before) : chunk
    const rest = chunk.subarray(body.length)
    if (body.length > 0) {
      parser[left] = before - body.length
      const verdict = parser.onBody(body)
      if (socket.destroyed) return
      if (verdict === paused) {
        parser.paused = true
        if (rest.length > 0) socket.unshift(Buffer.from(rest))
        return
      }
    }
    if (parser[left] !== 0) return
    parser[left] = undefined
    // The parser stands behind the head; now it expects the next one.
    parser.llhttp.llhttp_reset(parser.ptr)
    parser.onMessageComplete()
    if (rest.length > 0 && !socket.destroyed) further.call(parser, rest)
  } catch (error) {
    socket.destroy(error as Error)
  }
}

/** Bytes of the body when the head says so and nothing else delimits it (RFC 9112 §6.3). */
function bodyLength({ contentLength, headers }: Parser, status: number): number | undefined {
  if ((status !== 200 && status !== 206) || !/^\d+$/.test(contentLength)) return undefined
  const coded = headers.some(
    (name, index) =>
      index % 2 === 0 && name.length === 17 && name.toString('latin1').toLowerCase() === 'transfer-encoding',
  )
  const length = Number(contentLength)
  return !coded && length > 0 && Number.isSafeInteger(length) ? length : undefined
}

/** Its symbol is the same for all sockets of one undici. */
let key: symbol | undefined

function parserOf(socket: Socket): Parser | null {
  const fields = socket as unknown as Record<symbol, Parser | null | undefined>
  if (key === undefined || !(key in socket)) {
    const found = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'parser')
    if (found === undefined) return null
    key = found
  }
  return fields[key] ?? null
}
