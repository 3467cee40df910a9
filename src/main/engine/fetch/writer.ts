import type { PartFile } from '../files/file'
import type { Clock } from '../ports'
import type { Claim } from './segments'

/** Large, few writes cost least (512 KiB, `docs/performance.md`). */
const writeSize = 512 * 1024
/** A slow connection writes at least this often, in ms, so that progress is seen and kept. */
const writeInterval = 200
/** What may wait behind the write in flight before the connection is held back. */
const maxWaiting = 2 * writeSize

/**
 * Collects the chunks of one connection and writes them at the claim's place, one write in flight, the next one
 * gathering. Bytes beyond the claim's end are dropped.
 */
export class ClaimWriter {
  readonly #part: PartFile
  readonly #claim: Claim
  readonly #clock: Clock
  readonly #onWritten: (bytes: number) => void
  #lastWrite: number
  #gathered: Buffer[] = []
  #gatheredBytes = 0
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
    if (accepted > 0) {
      this.#gathered.push(accepted === chunk.length ? chunk : chunk.subarray(0, accepted))
      this.#gatheredBytes += accepted
    }
    this.#full = this.#claim.position === this.#claim.end
    if (!this.#flight) {
      if (this.#gatheredBytes >= writeSize || this.#clock.monotonic() - this.#lastWrite >= writeInterval) this.#start()
      return undefined
    }
    return this.#gatheredBytes < maxWaiting ? undefined : this.#flight
  }

  /**
   * Writes what is left and waits for it.
   * @throws DownloadFailure of the disk
   */
  async finish(): Promise<void> {
    while (this.#flight || this.#gatheredBytes > 0) {
      if (!this.#flight) this.#start()
      await this.#flight
    }
  }

  #start(): void {
    const buffers = this.#gathered
    const bytes = this.#gatheredBytes
    const position = this.#position
    this.#gathered = []
    this.#gatheredBytes = 0
    this.#position += bytes
    this.#lastWrite = this.#clock.monotonic()
    this.#flight = this.#part.write(buffers, position).then(() => {
      this.#flight = null
      this.#claim.advance(bytes)
      this.#onWritten(bytes)
      if (this.#gatheredBytes >= writeSize) this.#start()
    })
    // Awaited by `push` or `finish`; until then a failure must not count as unhandled.
    this.#flight.catch(() => undefined)
  }
}
