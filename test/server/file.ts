import { Content } from './content'
import type { Activity, RequestRecord } from './record'
import type { Behaviours } from './values'

export interface FileOptions extends Behaviours {
  /** Bytes. */
  readonly size: number
  /** Other seed, other bytes; default 1. */
  readonly seed?: number
  /** The one byte that is another than with that seed alone. */
  readonly inverted?: number | undefined
  /** The part of the ETag between the quotes. */
  readonly tag?: string | undefined
}

export interface Change extends Behaviours {
  readonly size?: number
  readonly seed?: number
  /** Other bytes under the old ETag and Last-Modified. */
  readonly keepValidators?: boolean
}

/** What an answer in flight goes on with although the file changed meanwhile. */
export interface Version {
  readonly content: Content
  /** The part of the ETag between the quotes. */
  readonly tag: string
  readonly lastModified: Date
}

const firstModified = Date.UTC(2026, 0, 15, 12, 0, 0)

/** A served file: its content, its behaviours, and what happened to it. */
export class TestFile {
  readonly path: string
  /** Every request for this path, oldest first. */
  readonly requests: RequestRecord[] = []
  /** Answers that are being sent now, and the most at one time. */
  parallel = 0
  peakParallel = 0
  #options: Behaviours
  #version: Version
  #changes = 0
  readonly #activity: Activity
  readonly #url: string
  #releases = new Set<() => void>()

  constructor(path: string, url: string, activity: Activity, options: FileOptions) {
    const { size, seed = 1, inverted, tag = `v${seed}-${size}`, ...behaviours } = options
    this.path = path
    this.#url = url
    this.#activity = activity
    this.#options = behaviours
    const content = new Content(size, seed, inverted ?? null)
    this.#version = { content, tag, lastModified: new Date(firstModified) }
  }

  get url(): string {
    return this.#url
  }
  get size(): number {
    return this.#version.content.length
  }
  get options(): Behaviours {
    return this.#options
  }
  get version(): Version {
    return this.#version
  }

  /** Body bytes sent in all answers together. */
  get bytesSent(): number {
    return this.requests.reduce((sum, request) => sum + request.bytesSent, 0)
  }

  /** Hex SHA-256 of the content as it is now. */
  sha256(): string {
    return this.#version.content.digest()
  }
  /** Hex digest; `algorithm` as node:crypto names it. */
  digest(algorithm: string): string {
    return this.#version.content.digest(algorithm)
  }
  /** Bytes from `start` up to but without `end`. */
  bytes(start = 0, end = this.size): Buffer {
    return this.#version.content.bytes(start, end)
  }

  /** Adds to or overrides the behaviours for requests from now on. */
  set(behaviours: Behaviours): void {
    this.#options = { ...this.#options, ...behaviours }
  }
  /** Removes behaviours. */
  unset(...names: (keyof Behaviours)[]): void {
    this.#options = Object.fromEntries(
      Object.entries(this.#options).filter(([name]) => !names.includes(name as keyof Behaviours)),
    )
  }

  /** Puts other content in place, as a new upload would: answers in flight go on with the old bytes. */
  change(change: Change): void {
    const { size, seed, keepValidators = false, ...behaviours } = change
    this.set(behaviours)
    const old = this.#version
    const content = new Content(size ?? old.content.length, seed ?? old.content.seed)
    this.#changes += 1
    this.#version = keepValidators
      ? { ...old, content }
      : {
          content,
          tag: `v${content.seed}-${content.length}-${this.#changes}`,
          lastModified: new Date(firstModified + this.#changes * 1000),
        }
  }

  /** Lets stalled answers go on, those that stall later too. */
  release(): void {
    this.unset('stall')
    for (const release of this.#releases) release()
    this.#releases.clear()
  }
  /** Used by `stall`: called back at the next release. */
  onRelease(listener: () => void): () => void {
    this.#releases.add(listener)
    return () => this.#releases.delete(listener)
  }

  /** Resolves as soon as so many body bytes in all are out (the kernel took them). */
  async waitForBytesSent(bytes: number, timeout?: number): Promise<void> {
    await this.#activity.until(
      () => this.bytesSent >= bytes,
      () => `${this.path} sent ${this.bytesSent} of ${bytes} bytes`,
      timeout,
    )
  }
  /** Resolves with the first request, old or new, that `fits`; a number means the k-th. */
  waitForRequest(fits: number | ((request: RequestRecord) => boolean), timeout?: number): Promise<RequestRecord> {
    const find = typeof fits === 'number' ? () => this.requests[fits - 1] : () => this.requests.find(fits)
    return this.#activity.until(find, () => `no such request among ${this.requests.length} for ${this.path}`, timeout)
  }
}
