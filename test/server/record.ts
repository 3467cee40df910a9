import type { IncomingHttpHeaders } from 'node:http'
import { patience } from '../patience'

/** What the server noted about one request; it goes on changing while the answer is sent. */
export interface RequestRecord {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** As on the wire: name, value, name, value … */
  readonly rawHeaders: readonly string[]
  /** First range of the Range header as asked, `end` exclusive; `null` without a (well-formed, from-the-start) range. */
  readonly range: { readonly start: number; readonly end: number | null } | null
  /** ms since the server's start, monotonic. */
  readonly at: number
  /** 1 for the first connection that the server accepted. */
  readonly connectionId: number
  /** 1 for the first request of this path (the query does not count). */
  readonly nth: number
  /** Status of the answer; 0 before, or where the answer has none. */
  status: number
  /** Body bytes that the kernel took. */
  bytesSent: number
  /** The other side went away before the answer was complete. */
  aborted: boolean
  /** Nothing more will be sent for this request: complete, cut or aborted. */
  ended: boolean
}

/** Which requests a behaviour is for: all, the k-th (from 1), the first m, from the k-th on, or those that a test picks. */
export type Selector =
  'all' | number | { readonly first: number } | { readonly from: number } | ((request: RequestRecord) => boolean)

export function selects(selector: Selector, request: RequestRecord): boolean {
  if (selector === 'all') return true
  if (typeof selector === 'number') return request.nth === selector
  if (typeof selector === 'function') return selector(request)
  if ('first' in selector) return request.nth <= selector.first
  return request.nth >= selector.from
}

/** Selector: requests for a range that does not start at 0. */
export const midFile: Selector = (request) => request.range !== null && request.range.start > 0

/** RFC 9110 §14.1.2, as far as a download manager uses it: one range with a start. */
export function parseRange(value: string | undefined): RequestRecord['range'] {
  const match = /^bytes=(\d+)-(\d*)$/.exec(value ?? '')
  if (match === null) return null
  return { start: Number(match[1]), end: match[2] === '' ? null : Number(match[2]) + 1 }
}

/** Wakes whoever waits for a condition each time that anything happened: tests wait, they never sleep. */
export class Activity {
  readonly #listeners = new Set<() => void>()

  happened(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  /** The first value of `check` that is neither false, null nor undefined. Rejects after `timeout` ms with `describe()`. */
  until<T>(check: () => T | false | null | undefined, describe: () => string, timeout = patience): Promise<T> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
      }
      const look = (): void => {
        try {
          const value = check()
          if (value === false || value === null || value === undefined) return
          done()
          resolve(value)
        } catch (error) {
          done()
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`Nothing after ${timeout} ms: ${describe()}`))
      }, timeout)
      this.#listeners.add(look)
      look()
    })
  }
}
