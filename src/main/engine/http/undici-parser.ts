import type { Socket } from 'node:net'

/** What undici 7 keeps on a socket; not part of its interface. */
interface Parser {
  paused: boolean
  readonly ptr: unknown
  readonly socket: Socket
  readonly llhttp: { llhttp_resume(ptr: unknown): void }
  finish(): unknown
  execute(chunk: Buffer): void
}

const mended = new WeakSet()

/**
 * Mends undici 7 (seen in 7.30): when the other side closes a connection while its answer is held back, and nothing of
 * it is left in the socket, the parser fails an assertion in an event handler of the socket, which nobody can catch: it
 * would end the thread. An answer that has ended needs no holding back, so the parser is let go first. Everything that
 * had arrived was delivered before.
 * @param socket one that undici has just been given; the mend holds for all of them
 */
export function letPausedAnswersEnd(socket: Socket): void {
  const key = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'parser')
  const parser = key === undefined ? null : (socket as unknown as Record<symbol, Parser | null>)[key]
  if (!parser) return
  const type = Object.getPrototypeOf(parser) as Parser
  if (mended.has(type)) return
  mended.add(type)
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own parser below
  const finish = type.finish
  type.finish = function (this: Parser) {
    // undici takes a reset for the end of a body that ends with its connection: half a file would count as whole (fault 15).
    if (this.socket.errored) return this.socket.errored
    if (this.paused) {
      this.llhttp.llhttp_resume(this.ptr)
      this.paused = false
      // An answer that has all its bytes was held back before it could say so; now it may, and holds again after that.
      this.execute(Buffer.alloc(0))
      if (this.paused) return null
    }
    return finish.call(this)
  }
}
