import { createHash } from 'node:crypto'

/**
 * The bytes of a served file: a block of pseudo-random bytes repeated for ever. Any range costs no more than its length
 * and no file is ever stored, so 200 GB files are fine. The block's length is a prime just above 1 MiB: two pieces that
 * were swapped or shifted by any round distance never compare equal.
 */
const blockLength = 1_048_583

const blocks = new Map<number, Buffer>()

function blockFor(seed: number): Buffer {
  const known = blocks.get(seed)
  if (known !== undefined) return known
  const words = new Uint32Array(Math.ceil(blockLength / 4))
  // splitmix32: short, fast, and neighbouring seeds share nothing
  let state = seed >>> 0
  for (let i = 0; i < words.length; i++) {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    words[i] = z ^ (z >>> 15)
  }
  const block = Buffer.from(words.buffer, 0, blockLength)
  if (blocks.size >= 16) blocks.clear()
  blocks.set(seed, block)
  return block
}

/** Something with a length that can be read from anywhere. */
export interface Body {
  readonly length: number
  /** At least one and at most `max` bytes from `offset`, without copying; the caller must not change them. */
  view(offset: number, max: number): Uint8Array
}

export class Content implements Body {
  readonly length: number
  readonly seed: number
  readonly #block: Buffer
  readonly #inverted: Body | null

  /** @param inverted the one byte that is another than with this seed alone */
  constructor(length: number, seed: number, inverted: number | null = null) {
    this.length = length
    this.seed = seed
    this.#block = blockFor(seed)
    this.#inverted = inverted === null ? null : corruptBody(new Content(length, seed), inverted)
  }

  view(offset: number, max: number): Uint8Array {
    if (this.#inverted) return this.#inverted.view(offset, max)
    const at = offset % blockLength
    const end = Math.min(at + max, at + this.length - offset, blockLength)
    return this.#block.subarray(at, end)
  }

  /** Copy of the bytes from `start` up to but without `end`. */
  bytes(start = 0, end = this.length): Buffer {
    const out = Buffer.allocUnsafe(Math.max(0, Math.min(end, this.length) - start))
    for (let at = 0; at < out.length;) {
      const piece = this.view(start + at, out.length - at)
      out.set(piece, at)
      at += piece.length
    }
    return out
  }

  /** Hex digest of the whole content; `algorithm` as node:crypto names it. */
  digest(algorithm = 'sha256'): string {
    const hash = createHash(algorithm)
    for (let at = 0; at < this.length;) {
      const piece = this.view(at, blockLength)
      hash.update(piece)
      at += piece.length
    }
    return hash.digest('hex')
  }
}

export function bufferBody(bytes: Uint8Array | string): Body {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return { length: buffer.length, view: (offset, max) => buffer.subarray(offset, offset + max) }
}

/** The part of `body` from `start` up to but without `end`. */
export function sliceBody(body: Body, start: number, end: number): Body {
  const length = Math.max(0, end - start)
  return { length, view: (offset, max) => body.view(start + offset, Math.min(max, length - offset)) }
}

/** `body` with the byte at `at` inverted. */
export function corruptBody(body: Body, at: number): Body {
  return {
    length: body.length,
    view(offset, max) {
      const bytes = body.view(offset, max)
      if (at < offset || at >= offset + bytes.length) return bytes
      const copy = Buffer.from(bytes)
      copy[at - offset] = ~(copy[at - offset] ?? 0) & 255
      return copy
    },
  }
}
