import { crc32 } from 'node:zlib'
import { blockRange, blockSize } from './blocks'
import { combineCrc } from './crc'

/** Bytes of one block that were written one after the other. */
interface Piece {
  readonly start: number
  end: number
  crc: number
}

/**
 * CRC-32 of each block of a file, taken of the bytes on their way to it: they are in the processor's cache then, and
 * nothing has to be read back. Reading all of a file back once more cost 1.2 s/GiB (`docs/performance.md`).
 * A block whose bytes did not all pass here, or some of them twice, has no sum.
 */
export class WrittenSums {
  readonly #blocks = new Map<number, Piece[] | 'overlap'>()

  /**
   * Takes note of a write that is about to be made. One that fails may be noted: its bytes are never claimed, or written
   * again, and then the block has no sum.
   * @param position offset in bytes of the first buffer
   */
  add(buffers: readonly Uint8Array[], position: number): void {
    let at = position
    for (const buffer of buffers) {
      for (let done = 0; done < buffer.length;) {
        const rest = blockSize - (at % blockSize)
        const bytes = buffer.length - done <= rest && done === 0 ? buffer : buffer.subarray(done, done + rest)
        this.#append(Math.floor(at / blockSize), at, bytes)
        at += bytes.length
        done += bytes.length
      }
    }
  }

  /** The blocks that something was noted of and that were not taken yet. */
  blocks(): number[] {
    return [...this.#blocks.keys()]
  }

  /**
   * The sum of a block, which is forgotten then.
   * @param total bytes of the file: they decide where the last block ends
   * @returns `null` when it is not known
   */
  take(index: number, total: number): number | null {
    const pieces = this.#blocks.get(index)
    this.#blocks.delete(index)
    if (pieces === undefined || pieces === 'overlap') return null
    const { start, end } = blockRange(index, total)
    let at = start
    let sum = 0n
    for (const piece of pieces.sort((a, b) => a.start - b.start)) {
      if (piece.start !== at) return null
      const crc = BigInt(piece.crc)
      sum = at === start ? crc : combineCrc('crc32', sum, crc, piece.end - piece.start)
      at = piece.end
    }
    return at === end ? Number(sum) : null
  }

  #append(index: number, start: number, bytes: Uint8Array): void {
    const pieces = this.#blocks.get(index)
    if (pieces === 'overlap') return
    const end = start + bytes.length
    if (pieces?.some((piece) => start < piece.end && end > piece.start)) {
      this.#blocks.set(index, 'overlap')
      return
    }
    const before = pieces?.find((piece) => piece.end === start)
    if (before) {
      before.crc = crc32(bytes, before.crc)
      before.end = end
    } else {
      const piece = { start, end, crc: crc32(bytes) }
      if (pieces) pieces.push(piece)
      else this.#blocks.set(index, [piece])
    }
  }
}
