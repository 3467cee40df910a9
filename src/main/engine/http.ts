import { Agent, type Dispatcher } from 'undici'
import { failure } from '../../shared/errors'
import type { Headers, HeaderValue } from './headers'
import { networkFailure } from './network-errors'

export interface HttpRequest {
  readonly url: string
  /** Sent to the first host only: dropped when a redirect leaves its origin. */
  readonly headers: readonly (readonly [string, string])[]
  /** First byte wanted. */
  readonly start: number
  /** Exclusive; `null` asks for everything from `start`. */
  readonly end: number | null
  /** Value for `If-Range` (RFC 9110 §13.1.5), or `null`. */
  readonly ifRange: string | null
}

/**
 * Gets each chunk. A returned promise holds the connection back until it settles; `enough` ends the reading and closes
 * the connection.
 */
export type Sink = (chunk: Buffer) => Promise<void> | 'enough' | undefined

export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  /** After redirects. */
  readonly url: string
  /**
   * Delivers the body. Call it once, after the head was judged: until then nothing is read.
   * @returns when the body ended as its framing said, or the sink had enough
   * @throws DownloadFailure CONNECTION_LOST, TIMEOUT, PROTO, … or what the sink threw
   */
  read(sink: Sink): Promise<void>
  /** Drops the rest and closes the connection. */
  discard(): void
}

export interface HttpClient {
  /**
   * Sends one GET and follows redirects (RFC 9110 §15.4): at most 20, never from https to http, never to another
   * scheme; credentials and custom headers stay with the first origin.
   * @param signal aborts the request and, later, its body
   * @throws DownloadFailure DNS, CONNECT, TLS, TIMEOUT, CONNECTION_LOST, PROTO, REDIRECTS, SCHEME, DOWNGRADE
   */
  open(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  close(): Promise<void>
}

export interface HttpOptions {
  /** ms until a connection must stand. */
  readonly connectTimeout?: number
  /** ms without the head of an answer. */
  readonly headersTimeout?: number
  /** ms without a byte of the body. */
  readonly bodyTimeout?: number
  /** PEM certificates to trust beside the system's. */
  readonly ca?: readonly string[]
  readonly userAgent: string
}

const maxRedirects = 20
const redirectStatus = new Set([301, 302, 303, 307, 308])

/** The engine's only way to the network. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const agent = new Agent({
    pipelining: 1,
    headersTimeout: options.headersTimeout ?? 30_000,
    bodyTimeout: options.bodyTimeout ?? 30_000,
    connect: { timeout: options.connectTimeout ?? 20_000, ...(options.ca ? { ca: [...options.ca] } : {}) },
  })
  return {
    async open(request, signal) {
      let url = new URL(request.url)
      let own = request.headers
      for (let hops = 0; ; hops++) {
        const response = await send(agent, url, requestHeaders(request, own, options.userAgent), signal)
        const location = redirectStatus.has(response.status) ? response.headers['location'] : undefined
        if (location === undefined) return response
        response.discard()
        if (hops === maxRedirects) throw failure('REDIRECTS', 'no', `more than ${maxRedirects} redirects`)
        const next = redirectTarget(url, location)
        if (next.origin !== url.origin) own = []
        url = next
      }
    },
    close: () => agent.destroy(),
  }
}

function redirectTarget(from: URL, location: HeaderValue): URL {
  if (typeof location !== 'string') throw failure('PROTO', 'no', 'two Location headers')
  // Servers send raw UTF-8 here (RFC 9110 §10.2.2 allows only ASCII); browsers decode it, and so do we.
  const text = Buffer.from(location, 'latin1').toString('utf8')
  const target = text.includes('\uFFFD') ? location : text
  const to = URL.canParse(target, from.href) ? new URL(target, from.href) : null
  if (!to) throw failure('PROTO', 'no', 'a redirect to something that is not an address')
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw failure('SCHEME', 'no', `a redirect to ${to.protocol}`)
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    throw failure('DOWNGRADE', 'no', `a redirect from https to ${to.origin}`)
  }
  to.username = ''
  to.password = ''
  return to
}

function requestHeaders(request: HttpRequest, own: HttpRequest['headers'], userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*' }
  for (const [name, value] of own) headers[name.toLowerCase()] = value
  // A coding would make offsets meaningless (RFC 9110 §14.2 counts encoded bytes).
  headers['accept-encoding'] = 'identity'
  headers['range'] = `bytes=${request.start}-${request.end === null ? '' : request.end - 1}`
  if (request.ifRange !== null) headers['if-range'] = request.ifRange
  return headers
}

/** One request without redirects; resolves at the head with the body held back. */
function send(agent: Agent, url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    let controller: Dispatcher.DispatchController | undefined
    let finished: { error: Error } | 'ended' | undefined
    let reader: { sink: Sink; resolve: () => void; reject: (error: unknown) => void } | undefined
    const onAbort = () => {
      if (controller) controller.abort(asError(signal.reason))
      else finish({ error: asError(signal.reason) })
    }
    const finish = (how: { error: Error } | 'ended') => {
      if (finished) return
      finished = how
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const settle = () => {
      if (!finished) return
      if (finished === 'ended') reader?.resolve()
      else {
        const error = signal.aborted ? asError(signal.reason) : finished.error
        reject(error) // no effect once the head has arrived
        reader?.reject(error)
      }
    }
    signal.addEventListener('abort', onAbort, { once: true })
    agent.dispatch(
      { origin: url.origin, path: url.pathname + url.search, method: 'GET', headers },
      {
        onRequestStart(started) {
          controller = started
          if (signal.aborted) started.abort(asError(signal.reason))
        },
        onResponseStart(current, status, responseHeaders) {
          if (status < 200) return
          current.pause()
          resolve({
            status,
            headers: responseHeaders,
            url: url.href,
            read(sink) {
              return new Promise<void>((resolveRead, rejectRead) => {
                reader = { sink, resolve: resolveRead, reject: rejectRead }
                settle()
                current.resume()
              })
            },
            discard() {
              reader = undefined
              if (!finished) current.abort(new Error('discarded'))
            },
          })
        },
        onResponseData(current, chunk) {
          if (!reader) return
          try {
            const hold = reader.sink(chunk)
            if (!hold) return
            if (hold === 'enough') {
              finish('ended')
              current.abort(new Error('enough'))
              return
            }
            current.pause()
            hold.then(
              () => current.resume(),
              (error: unknown) => {
                finish({ error: asError(error) })
                current.abort(asError(error))
              },
            )
          } catch (error) {
            finish({ error: asError(error) })
            current.abort(asError(error))
          }
        },
        onResponseEnd: () => finish('ended'),
        onResponseError: (_, error) => finish({ error: networkFailure(error) }),
      },
    )
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
