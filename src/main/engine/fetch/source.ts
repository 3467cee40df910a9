import { failure, type DownloadError } from '../../../shared/errors'
import type { SourceState } from '../../../shared/download'
import type { HttpClient, HttpResponse } from '../http/http'
import { judgeLink, judgeProbe } from '../http/judge'
import type { Clock, Remote, Session } from '../ports'
import { SpeedMeter } from '../rate'
import type { Patience } from '../scheduler'
import { readIntoMemory } from './hedge'
import type { Limits } from './limited'
import { RangeSource } from './range-source'

export interface SourceOptions {
  /** The address that was added. */
  readonly address: string
  /** True for one that a server named: then it must not lead to a private address. */
  readonly publicOnly: boolean
  /** Opens the session that its requests belong to, or gives the one that is open. */
  readonly session: () => Promise<Session>
  /** True for all but the download's own address: a client certificate is not for them. */
  readonly mirror: boolean
  readonly http: HttpClient
  readonly clock: Clock
  /** How long it is left alone after failures. */
  readonly patience: Patience
}

/**
 * One of the addresses of a download: what it said the file is, how fast it is, and what has become of it.
 */
export class Source {
  readonly address: string
  readonly patience: Patience
  readonly #o: SourceOptions
  readonly #meter = new SpeedMeter()
  #ranges: RangeSource | null = null
  #session: Session | null = null
  #remote: Remote | null = null
  #perConnection: number | null = null
  #since = 0
  state: SourceState = { kind: 'unused' }
  /** Until when it is left alone, and why. `until` is `null` while the network is away. */
  resting: { readonly until: number | null; readonly reason: DownloadError } | null = null
  /** True while its first samples are on their way. */
  joining = false
  /** How often next to nothing came from it. */
  strikes = 0
  /** ms of the monotonic clock; orders those that are asked first. */
  lastFailure = -Infinity
  /** Bytes that it gave to the present generation. */
  bytes = 0
  /** Bytes that it gave in this run. */
  received = 0
  connections = 0

  constructor(options: SourceOptions) {
    this.#o = options
    this.address = options.address
    this.patience = options.patience
  }

  /** Where its requests go now. */
  get host(): string {
    return this.#ranges?.host ?? new URL(this.#session?.url ?? this.address).host
  }

  /** Has to be called before it is asked for anything. @throws DownloadFailure of the session, CLOUD_ACCOUNT for one */
  async ready(): Promise<Session> {
    const session = (this.#session ??= await this.#o.session())
    this.#ranges ??= this.#rangesOf(session)
    return session
  }

  /** Bytes per second of all its connections. */
  get rate(): number {
    return this.#meter.rate(this.#o.clock.monotonic())
  }

  /** Bytes per second of one connection: now, or when there was one. */
  get perConnection(): number | null {
    // The first second of a connection says little.
    const settled = this.connections > 0 && this.#o.clock.monotonic() - this.#since > 1000
    if (settled) this.#perConnection = this.rate / this.connections
    return this.#perConnection
  }

  opened(): void {
    if (this.connections++ === 0) this.#since = this.#o.clock.monotonic()
  }

  closed(): void {
    void this.perConnection // remembered
    this.connections--
  }

  /** @param since when the connection was opened, ms of the monotonic clock: an older one says nothing about new ones */
  arrived(bytes: number, since: number): void {
    this.bytes += bytes
    this.received += bytes
    if (since > this.lastFailure) {
      this.lastFailure = -Infinity
      this.patience.reset()
    }
    this.#meter.add(bytes, this.#o.clock.monotonic())
  }

  /** What the ranges of this generation are judged by. */
  use(remote: Remote): void {
    this.#remote = remote
    this.#ranges = this.#session && this.#rangesOf(this.#session)
    this.state = { kind: 'used' }
  }

  /** Whether it was dropped for something that passes. */
  get mayReturn(): boolean {
    return this.state.kind === 'dropped' && this.state.error.retry === 'later' && this.strikes === 0
  }

  /** Forgets what it said: another generation begins. */
  renew(): void {
    this.#remote = null
    this.#ranges = null
    this.state = { kind: 'unused' }
    this.resting = null
    this.bytes = 0
  }

  /**
   * The first GET of a generation: probe and first data.
   * @param answered told of the head, before it is judged
   * @throws DownloadFailure; nothing of the body was read then
   */
  async begin(
    signal: AbortSignal,
    answered: (response: HttpResponse) => void,
  ): Promise<{ response: HttpResponse; remote: Remote }> {
    const response = await this.#get(0, null, signal)
    try {
      answered(response)
      return { response, remote: judgeProbe(response, this.#o.clock.now()) }
    } catch (error) {
      response.discard()
      throw error
    }
  }

  /**
   * Opens a range and judges the answer.
   * @param start first byte
   * @param end exclusive
   * @throws DownloadFailure; nothing of the body was read then
   */
  async open(start: number, end: number, signal: AbortSignal): Promise<HttpResponse> {
    await this.ready()
    if (!this.#ranges) throw failure('INTERNAL', 'no', `${this.address} was not asked yet`)
    return this.#ranges.open(start, end, signal)
  }

  /**
   * Fetches a sample from a server of which nothing is known yet.
   * @param limits of speed
   * @returns what it says, and the bytes; without bytes when it sends no ranges
   * @throws DownloadFailure OTHER_FILE when the range lies behind its end
   */
  async sample(start: number, end: number, limits: Limits): Promise<{ remote: Remote; bytes: Buffer | null }> {
    const now = this.#o.clock.now()
    const response = await this.#get(start, end, limits.signal)
    try {
      if (response.status === 200) return { remote: judgeProbe(response, now), bytes: null }
      if (response.status === 416) throw failure('OTHER_FILE', 'no', `the file ends before byte ${start} (416)`)
      const remote = judgeLink(response, start, end, now)
      return { remote, bytes: await readIntoMemory(response, end - start, { limits }) }
    } finally {
      response.discard()
    }
  }

  #rangesOf(session: Session): RangeSource | null {
    const { http, clock, publicOnly, mirror } = this.#o
    return this.#remote && new RangeSource({ remote: this.#remote, session, http, clock, publicOnly, mirror })
  }

  async #get(start: number, end: number | null, signal: AbortSignal): Promise<HttpResponse> {
    const { http, publicOnly, mirror } = this.#o
    const session = await this.ready()
    return http.open({ url: session.url, session, start, end, validator: null, publicOnly, mirror }, signal)
  }
}
