import type { PartFile } from '../files/file'
import { endsSlab, keep, slabSize } from '../http/slabs'
import type { Clock } from '../ports'
import type { Claim } from './segments'

/** Large, few writes cost least (`docs/performance.md`). */
const writeSize = slabSize
/** A slow connection writes at least this often, in ms, so that progress is seen and kept. */
const writeInterval = 200
/** What may wait behind the write in flight before the connection is held back. */
const maxWaiting = writeSize

/**
 * Collects the chunks of one connection and writes them at the claim's place, straight from the memory that they were
 * read into; one write in flight, the next one gathering. Bytes beyond the claim's end are dropped.
 */
export class ClaimWriter {
  readonly #part: PartFile
  readonly #claim: Claim
  readonly #clock: Clock
  readonly #onWritten: (bytes: number) => void
  #lastWrite: number
  #gathered = new Gathered()
  #position: number
  #flight: Promise<void> | null = null
  #full = false

  /** @param onWritten told after each write how many bytes it put on the file */
  constructor(part: PartFile, claim: Claim, clock: Clock, onWritten: (bytes: number) => void) {
    this.#part = part
    this.#claim = claim
    this.#position = claim.position
    this.#clock = clock
    this.#lastWrite = clock.monotonic()
    this.#onWritten = onWritten
  }

  /** True when the claim has all its bytes. */
  get full(): boolean {
    return this.#full
  }

  /**
   * Takes a chunk from the network.
   * @returns a promise when the sender should wait for the disk; it rejects with the disk's failure
   */
  push(chunk: Buffer): Promise<void> | undefined {
    const accepted = this.#claim.take(chunk.length)
    if (accepted > 0) this.#gathered.add(accepted === chunk.length ? chunk : chunk.subarray(0, accepted))
    this.#full = this.#claim.position === this.#claim.end
    if (this.#flight) return this.#gathered.bytes < maxWaiting ? undefined : this.#flight
    const due =
      this.#gathered.bytes >= writeSize || endsSlab(chunk) || this.#clock.monotonic() - this.#lastWrite >= writeInterval
    if (due) this.#start()
    return undefined
  }

  /**
   * Writes what is left and waits for it.
   * @throws DownloadFailure of the disk
   */
  async finish(): Promise<void> {
    try {
      while (this.#flight || this.#gathered.bytes > 0) {
        if (!this.#flight) this.#start()
        await this.#flight
      }
    } finally {
      this.#gathered.release()
    }
  }

  #start(): void {
    const gathered = this.#gathered
    const { bytes, buffers } = gathered
    if (bytes === 0) return
    const position = this.#position
    this.#gathered = new Gathered()
    this.#position += bytes
    this.#lastWrite = this.#clock.monotonic()
    const written = () => {
      gathered.release()
      this.#claim.advance(bytes)
      this.#onWritten(bytes)
    }
    const writing = this.#part.write(buffers, position)
    if (!writing) {
      written()
      return
    }
    this.#flight = writing.then(
      () => {
        this.#flight = null
        written()
        if (this.#gathered.bytes >= writeSize) this.#start()
      },
      (error: unknown) => {
        gathered.release()
        throw error
      },
    )
    // Awaited by `push` or `finish`; until then a failure must not count as unhandled.
    this.#flight.catch(() => undefined)
  }
}

/** Chunks that wait for one write; neighbours in memory are one buffer. */
class Gathered {
  readonly buffers: Buffer[] = []
  readonly #kept: (() => void)[] = []
  bytes = 0

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    const last = this.buffers.at(-1)
    if (last && last.buffer === chunk.buffer && last.byteOffset + last.length === chunk.byteOffset) {
      this.buffers[this.buffers.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + chunk.length)
    } else {
      this.buffers.push(chunk)
      this.#kept.push(keep(chunk))
    }
  }

  /** The memory may be used for something else. */
  release(): void {
    for (const release of this.#kept.splice(0)) release()
  }
}
