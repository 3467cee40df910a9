import type { DownloadError } from '../../shared/errors'

/** What a server that is away, or whose inner part is, looks like from here. */
const signs = new Set(['DNS', 'CONNECT', 'CONNECTION_LOST', 'TIMEOUT', 'PROXY', 'HTTP_502', 'HTTP_503', 'HTTP_504'])

/** @returns whether a server that answered before may give this answer, or none, because it is away for a while */
export function isOutage({ code, retry, attempts }: DownloadError): boolean {
  return retry === 'later' && attempts === undefined && signs.has(code)
}

/** Which servers have answered in this run of the program, and which of them are away. */
export class Outages {
  readonly #met = new Set<string>()
  readonly #away = new Set<string>()
  readonly #back: (host: string) => void

  /** @param back told when one that was away answers again */
  constructor(back: (host: string) => void) {
    this.#back = back
  }

  /** A server sends a file. */
  answered(host: string): void {
    this.#met.add(host)
    if (this.#away.delete(host)) this.#back(host)
  }

  /** It does not answer, although it was asked often. */
  began(host: string): void {
    this.#met.add(host)
    this.#away.add(host)
  }

  /** Whether it has ever answered; one that never did is a wrong address rather than one that is away. */
  met(host: string): boolean {
    return this.#met.has(host)
  }

  away(host: string): boolean {
    return this.#away.has(host)
  }
}
