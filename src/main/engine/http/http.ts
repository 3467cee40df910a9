import type { LookupFunction, Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { failure } from '../../../shared/errors'
import { isPrivateAddress } from './address-class'
import { ClockEvidence } from './clock-evidence'
import { createDispatchers, type Leg } from './dispatchers'
import type { Headers, HeaderValue } from './headers'
import { networkFailure } from './network-errors'
import { noProxies, type ProxyResolver } from './proxies'
import { proxyAuthFailure } from './proxy-errors'
import type { Field, Sent, Session, Validator } from '../ports'
import { readAtMost } from './receive'
import { createTrust, noTlsFiles, type TlsFiles } from './trust'
import { answering } from './undici-parser'

export interface HttpRequest {
  readonly url: string
  /** Who asks: it knows which headers, login and cookies an address may get, and remembers what servers say. */
  readonly session: Session
  /** First byte wanted. */
  readonly start: number
  /** Exclusive; `null` asks for everything from `start`. */
  readonly end: number | null
  /** The validator that the bytes must have, for If-Range or If-Match as the session says; or `null`. */
  readonly validator: Validator | null
  /** True when `url` came from a public server's redirect: then it must not lead to a private address (fault 74). */
  readonly publicOnly?: boolean | undefined
  /** True when `url` is not the download's own address: a client certificate is not for it. */
  readonly mirror?: boolean
}

/** A question about a file, which moves no byte of it. */
export interface HttpLook {
  readonly url: string
  readonly session: Session
}

export interface HttpCall {
  readonly url: string
  readonly session: Session
  readonly method: 'GET' | 'POST'
  /** Sent as `application/xml`; `null` for none. */
  readonly body: string | null
}

/** The head of an answer. */
export interface Head {
  readonly status: number
  readonly headers: Headers
  /** After redirects. */
  readonly url: string
}

export interface HttpReply {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/**
 * Gets each chunk, which is valid until it returns: whoever needs it longer calls `keep` (`slabs.ts`). A returned promise
 * holds the connection back until it settles; `enough`, at once or by the promise, ends the reading and closes the
 * connection.
 */
export type Sink = (chunk: Buffer) => Promise<void | 'enough'> | 'enough' | undefined

export interface HttpResponse {
  readonly status: number
  readonly headers: Headers
  /** After redirects. */
  readonly url: string
  /** Host and port of the proxy that it came through; missing for none. */
  readonly via?: string
  /** What a later request to `url` has to say: whether a redirect of a public server led there. */
  readonly publicOnly: boolean
  /**
   * Delivers the body. Call it once, after the head was judged: until then nothing is read.
   * @param most bytes that one read should bring at most; asked after each chunk. A wish: a chunk may be longer
   * @returns when the body ended as its framing said, or the sink had enough; not before the sink's last promise settled,
   *   unless the signal was aborted
   * @throws DownloadFailure CONNECTION_LOST, TIMEOUT, PROTO, … or what the sink threw
   */
  read(sink: Sink, most?: () => number): Promise<void>
  /** Drops the rest and closes the connection. */
  discard(): void
}

export interface HttpClient {
  /**
   * Sends one GET and follows redirects (RFC 9110 §15.4): at most 20, never from https to http, never to another
   * scheme. Answers what a server asks of the session: login (§11.6) and cookies.
   * @param signal aborts the request and, later, its body
   * @throws DownloadFailure DNS, CONNECT, TLS, TIMEOUT, CONNECTION_LOST, PROTO, REDIRECTS, SCHEME, DOWNGRADE,
   *   PRIVATE_ADDR, PROXY, PROXY_AUTH, TLS_CLOCK
   */
  open(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
  /**
   * Sends one HEAD (RFC 9110 §9.3.2) and follows redirects as `open` does. No client certificate goes with it.
   * @throws DownloadFailure as `open`
   */
  look(request: HttpLook, signal: AbortSignal): Promise<Head>
  /**
   * Sends one small request, without redirects, and reads its whole answer (at most 16 MiB).
   * @throws DownloadFailure as `open`, and what the session makes of a refusal
   */
  call(request: HttpCall, signal: AbortSignal): Promise<HttpReply>
  close(): Promise<void>
}

export interface HttpOptions {
  /** ms until a connection must stand. */
  readonly connectTimeout?: number
  /** ms without the head of an answer. */
  readonly headersTimeout?: number
  /** ms without a byte of the body. */
  readonly bodyTimeout?: number
  /** The way to each server; directly when there is none. */
  readonly proxies?: ProxyResolver
  /** Authorities and client certificate; asked for every connection. */
  readonly tls?: () => TlsFiles | Promise<TlsFiles>
  readonly userAgent: string
  /** Which addresses public servers must not lead to; tests have their own idea of a public one. */
  readonly isPrivate?: (address: string) => boolean
  /** In place of the system's resolver. */
  readonly lookup?: LookupFunction
}

/** Who named an address. */
interface Origin {
  readonly publicOnly: boolean
  readonly mirror: boolean
}

const maxRedirects = 20
const redirectStatus = new Set([301, 302, 303, 307, 308])
/** Bytes of a refusal's body that are read. */
const longestRefusal = 64 * 1024
const unlimited = () => Infinity
/** Bytes of the answer to a call. */
const longestReply = 16 * 1024 * 1024

/** The engine's only way to the network. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const dispatchers = createDispatchers({
    headersTimeout: options.headersTimeout ?? 30_000,
    bodyTimeout: options.bodyTimeout ?? 30_000,
    timeout: options.connectTimeout ?? 20_000,
    trust: createTrust(options.tls ?? (() => noTlsFiles)),
    proxies: options.proxies ?? noProxies,
    isPrivate: options.isPrivate ?? isPrivateAddress,
    ...(options.lookup ? { lookup: options.lookup } : {}),
  })
  const evidence = new ClockEvidence()
  /** One address, until the server asks for nothing more of the session. */
  const ask = async (url: URL, session: Session, sent: Sent, from: Origin, signal: AbortSignal) => {
    const visit = session.visit(url, sent)
    // A client certificate is a credential: it stays with the origin that the user named, as the others do.
    const { publicOnly, mirror } = from
    const terms = { publicOnly, identified: !mirror && url.origin === new URL(session.url).origin }
    for (;;) {
      const fields = { ...namedFields(visit.fields(), options.userAgent), ...sent.fields }
      const response = await dispatchers
        .send(url, terms, (leg) => send(leg, url, { ...sent, fields }, signal))
        .catch((error: unknown) => {
          throw evidence.explain(error)
        })
      evidence.heard(response.headers)
      const { status, headers } = response
      let again = await visit.answered(status, headers)
      if (!again && visit.refused && status >= 300 && headers['location'] === undefined) {
        again = await visit.refused(status, headers, await readUpTo(longestRefusal, response))
      }
      if (!again) return { ...response, url: visit.pinned?.(headers) ?? response.url }
      response.discard()
    }
  }
  /** One address and those that it redirects to. */
  const follow = async (address: string, session: Session, sent: Sent, from: Origin, signal: AbortSignal) => {
    let url = new URL(address)
    let { publicOnly } = from
    for (let hops = 0; ; hops++) {
      const response = await ask(url, session, sent, { publicOnly, mirror: from.mirror }, signal)
      const location = redirectStatus.has(response.status) ? response.headers['location'] : undefined
      if (location === undefined) return { ...response, publicOnly }
      publicOnly ||= response.mayBePublic
      response.discard()
      if (hops === maxRedirects) throw failure('REDIRECTS', 'no', `more than ${maxRedirects} redirects`)
      url = redirectTarget(url, location)
    }
  }
  return {
    async open(request, signal) {
      const sent = { method: 'GET', fields: rangeFields(request), body: null } as const
      const from = { publicOnly: request.publicOnly ?? false, mirror: request.mirror ?? false }
      const response = await follow(request.url, request.session, sent, from, signal)
      return { ...response, headers: judged(response.headers, request) }
    },
    async look({ url, session }, signal) {
      const sent = { method: 'HEAD', fields: {}, body: null } as const
      const response = await follow(url, session, sent, { publicOnly: false, mirror: true }, signal)
      response.discard()
      return response
    },
    async call({ url, session, method, body }, signal) {
      const fields: Record<string, string> = body === null ? {} : { 'content-type': 'application/xml' }
      const response = await ask(
        new URL(url),
        session,
        { method, fields, body },
        { publicOnly: false, mirror: false },
        signal,
      )
      const { status, headers } = response
      return { status, headers, body: await readUpTo(longestReply, response) }
    },
    close: () => dispatchers.close(),
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

function namedFields(fields: readonly Field[], userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*' }
  for (const [name, value] of fields) headers[name] = value
  // A coding would make offsets meaningless (RFC 9110 §14.2 counts encoded bytes).
  headers['accept-encoding'] = 'identity'
  return headers
}

/** What the answer says of the bytes on the way. */
function judged(headers: Headers, { session }: HttpRequest): Headers {
  return session.coding === 'stored' ? { ...headers, 'content-encoding': undefined } : headers
}

function rangeFields({ start, end, validator, session }: HttpRequest): Record<string, string> {
  const range = `bytes=${start}-${end === null ? '' : end - 1}`
  if (validator === null) return { range }
  const { kind, value } = validator
  if (session.condition === 'if-range') return { range, 'if-range': value }
  return kind === 'etag' ? { range, 'if-match': value } : { range, 'if-unmodified-since': value }
}

/** The body of an answer up to a length; what is longer is not worth reading. */
async function readUpTo(most: number, response: Pick<HttpResponse, 'read'>): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  await response.read((chunk) => {
    chunks.push(Buffer.from(chunk))
    length += chunk.length
    return length >= most ? 'enough' : undefined
  })
  return Buffer.concat(chunks).subarray(0, most)
}

type Answer = Omit<HttpResponse, 'publicOnly'> & { readonly mayBePublic: boolean }

/** One request without redirects; resolves at the head with the body held back. */
function send(leg: Leg, url: URL, { method, fields, body }: Sent, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    let controller: Dispatcher.DispatchController | undefined
    let finished: { error: Error } | 'ended' | undefined
    let headed = false
    let connection: Socket | null = null
    let reader: { sink: Sink; most: () => number; resolve: () => void; reject: (error: unknown) => void } | undefined
    /** The sink is not through with what it got: it would get nothing more after the end. */
    let held = false
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
      if (!finished || (held && !signal.aborted)) return
      if (finished === 'ended') reader?.resolve()
      else {
        const error = signal.aborted ? asError(signal.reason) : finished.error
        reject(error) // no effect once the head has arrived
        reader?.reject(error)
      }
    }
    /** The sink wants no more, or failed. */
    const over = (how: { error: Error } | 'ended') => {
      // What became of its bytes counts more than how their connection ended meanwhile.
      if (held) finished = undefined
      held = false
      finish(how)
      controller?.abort(how === 'ended' ? new Error('enough') : how.error)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    leg.dispatcher.dispatch(
      { origin: leg.origin, path: leg.path, method, headers: { ...fields, ...leg.headers }, body },
      {
        onRequestStart(started) {
          controller = started
          if (signal.aborted) started.abort(asError(signal.reason))
        },
        onResponseStart(current, status, responseHeaders) {
          if (status < 200) return
          headed = true
          if (status === 407 && leg.proxy) {
            const refused = proxyAuthFailure(leg.proxy, 'wants a user name and a password (407)')
            finish({ error: refused })
            current.abort(refused)
            return
          }
          current.pause()
          connection = answering()
          resolve({
            status,
            headers: responseHeaders,
            url: url.href,
            ...(leg.via === null ? {} : { via: leg.via }),
            mayBePublic: leg.mayBePublic(),
            read(sink, most = unlimited) {
              return new Promise<void>((resolveRead, rejectRead) => {
                reader = { sink, most, resolve: resolveRead, reject: rejectRead }
                settle()
                readAtMost(connection, most())
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
            readAtMost(connection, reader.most())
            if (hold === 'enough') over('ended')
            if (!hold || hold === 'enough') return
            current.pause()
            held = true
            hold.then(
              (said) => {
                if (said === 'enough') return over('ended')
                held = false
                settle()
                current.resume()
              },
              (error: unknown) => over({ error: asError(error) }),
            )
          } catch (error) {
            over({ error: asError(error) })
          }
        },
        onResponseEnd: () => finish('ended'),
        onResponseError: (_, error) => {
          // undici's name for every parser error after a Content-Length: in a head it is two lengths, or chunks as well.
          const twoLengths = !headed && 'code' in error && error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'
          finish({ error: twoLengths ? failure('PROTO', 'no', 'the head says two lengths') : networkFailure(error) })
        },
      },
    )
  })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
