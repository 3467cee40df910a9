/**
 * Memory that sockets read into, used again and again: Node would hand out a fresh buffer for every read, and collecting
 * those costs more than everything else in a fast download (`docs/performance.md`).
 */

/** Bytes of a slab: large enough for few, large writes; small enough for a short event loop. */
export const slabSize = 128 * 1024
/** A slab with less room than this is not read into any more. */
export const minimumRead = 32 * 1024
/** Free slabs that are kept for the next connection. */
const spare = 32

/** Tests fill freed slabs with rubbish, so that a use after the end is seen. */
const poisoned = process.env['LONGSHORE_POISON_SLABS'] === '1'
const poison = 0xdb

const free: Slab[] = []
let used = 0
const slabs = new WeakMap<ArrayBufferLike, Slab>()

/** One piece of memory and who needs what stands in it. */
export class Slab {
  readonly #memory = Buffer.allocUnsafeSlow(slabSize)
  #users = 0
  /** Where the next read goes. */
  #at = 0

  private constructor() {
    slabs.set(this.#memory.buffer, this)
  }

  /** A free one; it belongs to the caller until he calls `release`. */
  static take(): Slab {
    const slab = free.pop() ?? new Slab()
    used++
    slab.#users = 1
    slab.#at = 0
    return slab
  }

  /**
   * Room for the next read; empty when there is too little. From the start again when nobody else needs the bytes.
   * @param most bytes that the read may bring
   */
  room(most = slabSize): Buffer {
    if (this.#users === 1 && this.#at > 0) this.#clear()
    return slabSize - this.#at < minimumRead ? Buffer.alloc(0) : this.#memory.subarray(this.#at, this.#at + most)
  }

  /** @param bytes that a read has just put into the room. @returns them; valid until `room` is asked, or longer by `keep` */
  filled(bytes: number): Buffer {
    this.#at += bytes
    return this.#memory.subarray(this.#at - bytes, this.#at)
  }

  keep(): void {
    this.#users++
  }

  release(): void {
    if (this.#users === 0) throw new Error('slab released twice')
    if (--this.#users > 0) return
    used--
    this.#clear()
    if (free.length < spare) free.push(this)
  }

  #clear(): void {
    if (poisoned) this.#memory.fill(poison, 0, this.#at)
    this.#at = 0
  }
}

/** How many slabs somebody needs now. */
export function slabsInUse(): number {
  return used
}

/**
 * Keeps the bytes of a chunk beyond the call that brought it.
 * @returns to be called once when they are no longer needed
 */
export function keep(chunk: Buffer): () => void {
  const slab = slabs.get(chunk.buffer)
  if (!slab) return () => undefined // memory of its own
  slab.keep()
  return () => slab.release()
}

/** True when the next chunk of the same connection cannot follow this one in memory. */
export function endsSlab(chunk: Buffer): boolean {
  return slabs.has(chunk.buffer) && slabSize - (chunk.byteOffset + chunk.length) < minimumRead
}
