import type { DownloadFailure } from '../../../shared/errors'
import type { HttpClient, HttpResponse } from '../http/http'
import { judgeRange } from '../http/judge'
import { networkFailure } from '../http/network-errors'
import type { Clock, Remote, Session } from '../ports'

export interface RangeSourceOptions {
  readonly remote: Remote
  readonly session: Session
  /** See `HttpRequest`. */
  readonly publicOnly?: boolean
  readonly mirror?: boolean
  readonly http: HttpClient
  readonly clock: Clock
}

const refused = new Set(['HTTP_401', 'HTTP_403', 'HTTP_404', 'HTTP_410', 'CLOUD_DENIED', 'CLOUD_NO_OBJECT'])

/** Where one generation's ranges come from: the end of the redirects, and the address itself when that end refuses. */
export class RangeSource {
  readonly #o: RangeSourceOptions
  #url: string

  constructor(options: RangeSourceOptions) {
    this.#o = options
    this.#url = options.session.ranges(options.remote.url)
  }

  get host(): string {
    return new URL(this.#url).host
  }

  /**
   * Opens a range and judges the answer.
   * @param start first byte
   * @param end exclusive
   * @throws DownloadFailure; nothing of the body was read then
   */
  async open(start: number, end: number, signal: AbortSignal): Promise<HttpResponse> {
    const { remote, session, http, clock } = this.#o
    const url = this.#url
    const { validator } = remote
    const redirected = url === remote.url && url !== session.url
    const publicOnly = this.#o.publicOnly || (redirected && remote.publicOnly)
    const mirror = this.#o.mirror ?? false
    const response = await http.open({ url, session, start, end, validator, publicOnly, mirror }, signal)
    try {
      judgeRange(response, remote, start, end, clock.now())
      return response
    } catch (error) {
      response.discard()
      if (this.#fallsBack(networkFailure(error), url)) return this.open(start, end, signal)
      throw error
    }
  }

  /** Signed targets of redirects expire: then the original gives a new one. */
  #fallsBack({ error }: DownloadFailure, tried: string): boolean {
    if (!refused.has(error.code) || tried === this.#o.session.url) return false
    this.#url = this.#o.session.url
    return true
  }
}
