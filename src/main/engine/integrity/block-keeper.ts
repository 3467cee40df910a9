import type { DownloadId } from '../../../shared/download'
import type { ChecksumAlgorithm } from '../../../shared/verification'
import type { IntegrityStore } from '../ports'
import { blockCount, blockRange, completeBlocks, mergeRanges, type Range } from './blocks'
import { combineCrc, crcHex, isCrc } from './crc'
import type { FileDigester, FileReading } from './digester'
import type { CrcValues } from './reader'
import type { WrittenSums } from './written-sums'

/** Committed bytes, as far as the keeper has to know. */
type Committed = readonly { readonly start: number; readonly written: number }[]

export interface KeeperOptions {
  readonly id: DownloadId
  readonly generation: string
  readonly path: string
  /** Bytes of the whole; `null` until its end is known. */
  readonly total: number | null
  /** Digests of the whole that will be asked for. */
  readonly algorithms: readonly ChecksumAlgorithm[]
  readonly digester: FileDigester
  readonly store: IntegrityStore
}

/** Blocks that are read in one go, so that others are not kept waiting. */
const batch = 16
/** ms that the end of a run may take for reading: a pause has to feel like one. */
const lastReads = 1000

/**
 * Has a sum of every block of a generation, soon after it was committed. What was written in this run brings its sum
 * along; what is there from an earlier run is read back once and compared with the sum of then (fault 46). The digests of
 * the whole need all of it to be read, in the file's order where they want it: then what the disk gives back is compared
 * with what was written. A sum is stored only after the claims that it covers.
 */
export class BlockKeeper {
  readonly generation: string
  readonly #o: KeeperOptions
  #reading: FileReading
  readonly #inOrder: boolean
  /** A digest is wanted that only reading gives. */
  readonly #readsAll: boolean
  readonly #stop = new AbortController()
  /** Sums of what was written or read, in this run or an earlier one, by block. */
  readonly #known: Map<number, number>
  /** What was read in this run, and what need not be. */
  readonly #read = new Map<number, CrcValues>()
  readonly #damaged = new Set<number>()
  #committed: Committed = []
  #written: WrittenSums | null = null
  #total: number
  /** How far the digests of cryptography are. */
  #position = 0
  #digests: ReturnType<FileReading['digests']> | null = null
  #running: Promise<void> | null = null
  #failed: { readonly error: unknown } | null = null

  constructor(options: KeeperOptions) {
    const { id, generation, total, algorithms, store } = options
    this.#o = options
    this.generation = generation
    this.#total = total ?? Infinity
    this.#inOrder = algorithms.some((name) => !isCrc(name))
    this.#readsAll = algorithms.some((name) => name !== 'crc32')
    this.#known = new Map(store.blocks(id, generation))
    this.#reading = this.#open()
  }

  /** @param sums of what will be written from now on */
  writing(sums: WrittenSums): void {
    this.#written = sums
  }

  /** Takes note of committed claims; reads them back in its own time. */
  committed(segments: Committed): void {
    this.#committed = segments
    this.#takeWritten()
    if (this.#running || this.#failed || this.#stop.signal.aborted) return
    this.#running = this.#run()
      .catch((error: unknown) => {
        this.#failed = { error }
      })
      .finally(() => {
        this.#running = null
      })
  }

  /**
   * Waits until all that is committed was read.
   * @param total bytes of the whole file, now that they are known
   * @returns where the file is not what was written to it
   * @throws what reading threw; the signal's reason
   */
  async settled(segments: Committed, total: number, signal: AbortSignal): Promise<Range[]> {
    this.#total = total
    const stop = () => this.#stop.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#running
      this.committed(segments)
      await this.#running
      signal.throwIfAborted()
      if (this.#failed) throw this.#failed.error
      return this.#takeDamage()
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /**
   * The digest of the whole, after all of it was read.
   * @returns hex; `null` for an algorithm that was not asked for, or when a block had to be read out of order
   */
  async digest(algorithm: ChecksumAlgorithm): Promise<string | null> {
    if (!isCrc(algorithm)) {
      if (this.#position !== this.#total) return null
      this.#digests ??= this.#reading.digests()
      return (await this.#digests).get(algorithm) ?? null
    }
    let sum = 0n
    for (let index = 0; index < blockCount(this.#total); index++) {
      const value = this.#read.get(index)?.[algorithm]
      if (value === undefined) return null
      const { start, end } = blockRange(index, this.#total)
      sum = combineCrc(algorithm, sum, value, end - start)
    }
    return crcHex(algorithm, sum)
  }

  /** Drops the sums of all blocks that the ranges touch: other bytes will stand there. */
  forget(ranges: readonly Range[]): void {
    const blocks = [...this.#known.keys()].filter((block) => {
      const { start, end } = blockRange(block, this.#total)
      return ranges.some((range) => range.start < end && range.end > start)
    })
    this.#o.store.dropBlocks(this.#o.id, this.generation, blocks)
    this.#readAgain(blocks)
  }

  /**
   * Ends it, and waits until nothing reads any more.
   * @param segments what is committed at the end; a moment is spent to read the rest of it, so that the next run has
   *   something to compare with
   */
  async close(segments: Committed | null = null): Promise<void> {
    if (segments !== null) {
      await this.#running
      this.committed(segments)
      const late = setTimeout(() => this.#stop.abort(new Error('closed')), lastReads)
      await this.#running
      clearTimeout(late)
    }
    this.#stop.abort(new Error('closed'))
    await this.#running
    this.#reading.close()
  }

  async #run(): Promise<void> {
    for (let next = this.#next(); next; next = this.#next()) {
      const { first, last } = next
      const start = blockRange(first, this.#total).start
      const { end } = blockRange(last, this.#total)
      const values = await this.#reading.read(start, end, { signal: this.#stop.signal })
      if (start === this.#position) this.#position = end
      this.#take(first, values)
    }
  }

  #take(first: number, values: readonly CrcValues[]): void {
    const fresh = new Map<number, number>()
    for (const [offset, value] of values.entries()) {
      const index = first + offset
      const sum = Number(value.crc32)
      const before = this.#known.get(index)
      this.#read.set(index, value)
      if (before === undefined) fresh.set(index, sum)
      else if (before !== sum) this.#damaged.add(index)
      this.#known.set(index, before ?? sum)
    }
    if (fresh.size > 0) this.#o.store.addBlocks(this.#o.id, this.generation, fresh)
  }

  /** The sums of blocks that were written in this run, and are committed now. */
  #takeWritten(): void {
    const written = this.#written
    if (!written) return
    const ranges = mergeRanges(this.#committed.map((segment) => ({ start: segment.start, end: segment.written })))
    const fresh = new Map<number, number>()
    for (const block of written.blocks()) {
      const { start, end } = blockRange(block, this.#total)
      if (!ranges.some((range) => range.start <= start && range.end >= end)) continue
      const sum = written.take(block, this.#total)
      // One that is known from an earlier run is read back and compared.
      if (sum === null || this.#known.has(block)) continue
      fresh.set(block, sum)
      this.#known.set(block, sum)
      if (!this.#readsAll) this.#read.set(block, { crc32: BigInt(sum) })
    }
    if (fresh.size > 0) this.#o.store.addBlocks(this.#o.id, this.generation, fresh)
  }

  /** The next blocks to read, neighbours; in the file's order when that matters. */
  #next(): { first: number; last: number } | null {
    const ready = completeBlocks(this.#committed, this.#total)
    // Everything else waits for the prefix: a block that is read too early would have to be read twice.
    const usable = this.#inOrder ? ready.filter((block, index) => block === index) : ready
    const at = usable.findIndex((block) => !this.#read.has(block))
    const first = usable[at]
    if (first === undefined) return null
    let last = first
    while (last - first + 1 < batch && usable[at + last + 1 - first] === last + 1 && !this.#read.has(last + 1)) last++
    return { first, last }
  }

  #open(): FileReading {
    const { digester, path, algorithms } = this.#o
    return digester.open(path, this.#total, [...new Set<ChecksumAlgorithm>(['crc32', ...algorithms])])
  }

  /** What was found is to be fetched again, and then read again. */
  #takeDamage(): Range[] {
    const blocks = [...this.#damaged]
    this.#damaged.clear()
    this.#readAgain(blocks)
    return mergeRanges(blocks.map((block) => blockRange(block, this.#total)))
  }

  #readAgain(blocks: readonly number[]): void {
    for (const block of blocks) {
      this.#read.delete(block)
      this.#known.delete(block)
    }
    if (blocks.length > 0 && this.#inOrder) {
      // The digests have taken the wrong bytes in.
      this.#reading.close()
      this.#reading = this.#open()
      this.#digests = null
      this.#read.clear()
      this.#position = 0
    }
  }
}
