import { constants, open } from 'node:fs/promises'
import type { ChecksumAlgorithm } from '../../../shared/verification'
import { blockSize } from './blocks'
import { createCrc, isCrc, type CrcAlgorithm, type CrcSum } from './crc'
import { createDigest, type Digest } from './digest'

export interface ReadOptions {
  /** Looked at before every read. */
  readonly signal: AbortSignal
  /** Called with the bytes read so far in this call. */
  readonly onProgress?: (bytes: number) => void
}

/** What was read of one block: each CRC that was asked for. */
export type CrcValues = Readonly<Partial<Record<CrcAlgorithm, bigint>>>

/**
 * Reads a file back for its digests, in this thread. A CRC is taken of each block on its own, so that blocks may be read in
 * any order; the digests of cryptography need the file's order and get only what comes in it.
 */
export class FileReader {
  readonly #path: string
  readonly #crcs: readonly CrcAlgorithm[]
  readonly #digests: ReadonlyMap<ChecksumAlgorithm, Digest>
  readonly #bufferSize: number
  #position: number

  /**
   * @param path a file; a symbolic link is not followed (fault 68)
   * @param algorithms what is wanted of it
   * @param origin where the digests begin
   * @param bufferSize bytes a read; memory is two such buffers while it reads, whatever the file's size
   */
  constructor(path: string, algorithms: readonly ChecksumAlgorithm[], origin = 0, bufferSize = 1 << 20) {
    this.#position = origin
    this.#path = path
    this.#crcs = algorithms.filter(isCrc)
    this.#digests = new Map(algorithms.filter((name) => !isCrc(name)).map((name) => [name, createDigest(name)]))
    this.#bufferSize = bufferSize
  }

  /**
   * Reads a part of the file. The digests take it in when it begins where they stand.
   * @param start where a block begins
   * @param end exclusive
   * @returns the CRCs of each block that begins in it, in order
   * @throws the signal's reason; an error with the code `SHORT` when the file ends earlier; errors of open and read as
   *   they are, with their `code`
   */
  async read(start: number, end: number, { signal, onProgress }: ReadOptions): Promise<CrcValues[]> {
    signal.throwIfAborted()
    const inOrder = start === this.#position
    const digests = inOrder ? [...this.#digests.values()] : []
    const blocks = new BlockCrcs(this.#crcs)
    // Windows has no O_NOFOLLOW
    const file = await open(this.#path, constants.O_RDONLY | ((constants.O_NOFOLLOW as number | undefined) ?? 0))
    try {
      const size = Math.min(this.#bufferSize, Math.max(1, end - start))
      const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)] as const
      let position = start
      const read = async (turn: number): Promise<Buffer> => {
        const buffer = buffers[turn % 2 === 0 ? 0 : 1]
        const length = Math.min(size, end - position)
        const { bytesRead } = await file.read(buffer, 0, length, position)
        if (bytesRead === 0 && length > 0)
          throw Object.assign(new Error(`the file ends at ${position}`), { code: 'SHORT' })
        return buffer.subarray(0, bytesRead)
      }
      // One buffer is read into while the other is digested.
      let piece = await read(0)
      for (let turn = 1; piece.length > 0; turn++) {
        signal.throwIfAborted()
        position += piece.length
        onProgress?.(position - start)
        const next = read(turn)
        try {
          for (const digest of digests) digest.update(piece)
          blocks.update(piece)
        } finally {
          piece = await next
        }
      }
      if (inOrder) this.#position = end
      return blocks.end()
    } finally {
      await file.close()
    }
  }

  /** Ends it. @returns hex of each digest of what was read in order; CRCs are not among them */
  digests(): Map<ChecksumAlgorithm, string> {
    return new Map([...this.#digests].map(([name, digest]) => [name, digest.hex()]))
  }
}

/** Cuts a stream of bytes, which begins where a block does, into blocks. */
class BlockCrcs {
  readonly #algorithms: readonly CrcAlgorithm[]
  readonly #values: CrcValues[] = []
  #sums: readonly CrcSum[]
  #length = 0

  constructor(algorithms: readonly CrcAlgorithm[]) {
    this.#algorithms = algorithms
    this.#sums = this.#fresh()
  }

  update(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + blockSize - this.#length)
      for (const sum of this.#sums) sum.update(piece)
      at += piece.length
      this.#length += piece.length
      if (this.#length === blockSize) this.#cut()
    }
  }

  end(): CrcValues[] {
    if (this.#length > 0) this.#cut()
    return this.#values
  }

  #cut(): void {
    this.#values.push(Object.fromEntries(this.#algorithms.map((name, index) => [name, this.#sums[index]!.value()])))
    this.#sums = this.#fresh()
    this.#length = 0
  }

  #fresh(): readonly CrcSum[] {
    return this.#algorithms.map(createCrc)
  }
}
