import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo, type Socket } from 'node:net'
import { createCrc, crcHex } from '../../src/main/engine/integrity/crc'
import { Content, corruptBody, type Body } from '../server/content'
import { inKeyOrder, listObjects, type Listed } from './list'
import { Refusal } from './refusal'
import { verify, type Asked, type ServerKeys } from './verify'

export interface ObjectOptions {
  readonly size: number
  readonly seed?: number
  readonly storageClass?: 'Standard' | 'Archive'
  /** False leaves `x-oss-hash-crc64ecma` out, as for old and copied objects. */
  readonly crc?: boolean
  readonly contentEncoding?: string
  /** Anybody may read it. */
  readonly public?: boolean
}

/** What is wrong with the server, from now on. */
export interface Switches {
  /** Ends the connection after so many bytes of a body; a number for all, or one for each answer. */
  cut?: (nth: number) => number | null
  /** Holds a body back after so many bytes until `release`. */
  stall?: (nth: number) => number | null
  /** Bytes a second of every answer. */
  rate?: number
  /** Whether the n-th request for an object is answered with 503, and with which code. */
  busy?: (nth: number) => boolean | string
  /** Refusals have no body, but stand in `x-oss-err`, as in answers to HEAD. */
  bodiless?: boolean
  /** Whether the n-th request's token is over. */
  expired?: (nth: number) => boolean
  /** The byte at this place is wrong in every answer. */
  flip?: number
  /** ms that this server's clock is ahead. */
  skew?: number
  /** The keys have no rights. */
  deny?: boolean
  /** The endpoint where the bucket really is. */
  elsewhere?: string
  /** Answers every range with the whole object and 200, as a broken proxy does. */
  wholeForRange?: (nth: number) => boolean
}

export interface OssRequest {
  readonly method: string
  readonly host: string
  readonly bucket: string
  readonly key: string
  readonly query: Asked['query']
  readonly headers: IncomingMessage['headers']
  status: number
}

interface StoredObject extends ObjectOptions {
  readonly content: Content
  readonly crcText: string
  readonly etag: string
  readonly modified: Date
  readonly version: string | null
  restored: 'no' | 'asked' | 'yes'
}

export interface OssServerOptions {
  readonly bucket?: string
  readonly region?: string
  readonly keys?: readonly ServerKeys[]
  readonly versioning?: boolean
  /** A domain that stands for the bucket. */
  readonly domain?: string
}

/**
 * The smallest honest stand-in for OSS: it recomputes the signature of every request with ali-oss's own signer, and
 * answers HEAD, GET, ListObjectsV2, ListBuckets and RestoreObject as OSS does, ranges and conditions included.
 */
export class OssServer {
  readonly requests: OssRequest[] = []
  readonly bucket: string
  readonly region: string
  keys: readonly ServerKeys[]
  switches: Switches = {}
  readonly #domain: string | null
  readonly #versioning: boolean
  readonly #server: Server
  readonly #objects = new Map<string, StoredObject>()
  readonly #old = new Map<string, StoredObject>()
  readonly #counts = new Map<string, number>()
  readonly #sockets = new Set<Socket>()
  #released: (() => void)[] = []
  #uploads = 0
  #listed: readonly Listed[] | null = null

  constructor(options: OssServerOptions = {}) {
    this.bucket = options.bucket ?? 'example-bucket'
    this.region = options.region ?? 'cn-hangzhou'
    this.keys = options.keys ?? [{ id: 'LTAI-test', secret: 'a secret of tests' }]
    this.#domain = options.domain ?? null
    this.#versioning = options.versioning ?? false
    this.#server = createServer((request, response) => {
      response.setMaxListeners(0)
      this.#handle(request, response).catch((error: unknown) => {
        if (!response.headersSent && error instanceof Refusal) this.#refuse(error, request, response)
        else response.destroy()
      })
    })
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return this
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }
  /** The endpoint for path style. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Uploads an object, over the one that was there. */
  put(key: string, options: ObjectOptions): void {
    const content = new Content(options.size, options.seed ?? 1)
    const sum = createCrc('crc64xz')
    for (let at = 0; at < content.length;) {
      const piece = content.view(at, 1 << 20)
      sum.update(piece)
      at += piece.length
    }
    const crcText = sum.value().toString()
    const nth = ++this.#uploads
    this.#listed = null
    const before = this.#objects.get(key)
    if (before?.version) this.#old.set(`${key}?${before.version}`, before)
    this.#objects.set(key, {
      ...options,
      content,
      crcText,
      etag: `"${crcHex('crc64xz', BigInt(crcText)).toUpperCase()}${String(nth).padStart(16, '0')}"`,
      modified: new Date(Date.UTC(2026, 0, 1, 0, 0, nth)),
      version: this.#versioning ? `CAEQ${nth}` : null,
      restored: 'no',
    })
  }

  bytes(key: string): Buffer {
    return this.#object(key, null).content.bytes()
  }
  sha256(key: string): string {
    return this.#object(key, null).content.digest()
  }
  /** The thawing that was asked for is done. */
  thawed(key: string): void {
    this.#object(key, null).restored = 'yes'
  }
  /** Lets go on what stands still, now and later. */
  release(): void {
    delete this.switches.stall
    for (const go of this.#released.splice(0)) go()
  }

  async close(): Promise<void> {
    this.release()
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #now(): number {
    return Date.now() + (this.switches.skew ?? 0)
  }

  #refuse(refusal: Refusal, request: IncomingMessage, response: ServerResponse): void {
    const record = this.requests.find((r) => r.headers === request.headers)
    if (record) record.status = refusal.status
    const method = this.switches.bodiless ? 'HEAD' : (request.method ?? '')
    refusal.send(method, response, this.#requestId(), { Date: new Date(this.#now).toUTCString() })
  }

  #requestId(): string {
    return `6555${String(this.requests.length).padStart(20, '0')}`
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = this.#asked(request)
    const { method = '', headers } = request
    const { bucket, key, query } = asked
    const record: OssRequest = { method, host: headers.host ?? '', bucket, key, query, headers, status: 0 }
    this.requests.push(record)
    const nth = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, nth)
    response.on('finish', () => (record.status = response.statusCode))

    const signed = verify(asked, this.keys, this.region, this.#now)
    if (this.switches.expired?.(nth)) {
      throw new Refusal(403, 'SecurityTokenExpired', 'The security token you provided has expired.')
    }
    const busy = key === '' ? false : (this.switches.busy?.(nth) ?? false)
    if (busy !== false) {
      throw new Refusal(503, busy === true ? 'ServiceUnavailable' : busy, 'Please reduce your request rate.')
    }
    const parameters = new Map(query)
    if (bucket === '') {
      if (!signed) throw denied()
      if (this.switches.deny) throw new Refusal(403, 'AccessDenied', 'You have no right: oss:ListBuckets')
      return this.#send(response, 200, {}, '<ListAllMyBucketsResult/>')
    }
    if (bucket !== this.bucket) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist.')
    if (this.switches.elsewhere !== undefined) {
      const text = 'The bucket you are attempting to access must be addressed using the specified endpoint.'
      throw new Refusal(403, 'AccessDenied', text, { Endpoint: this.switches.elsewhere })
    }
    const object = key === '' ? null : this.#object(key, parameters.get('versionId') ?? null)
    if (!signed && object?.public !== true) throw denied()
    if (this.switches.deny) throw denied()
    if (object === null) {
      this.#listed ??= inKeyOrder(
        [...this.#objects].map(([name, { content, modified }]) => ({ key: name, size: content.length, modified })),
      )
      return this.#send(response, 200, {}, listObjects(bucket, this.#listed, parameters))
    }
    if (method === 'POST' && parameters.has('restore')) return this.#restore(object, response)
    if (object.storageClass === 'Archive' && object.restored !== 'yes' && method === 'GET') {
      throw new Refusal(403, 'InvalidObjectState', 'The operation is not valid for the object’s state')
    }
    await this.#get(object, request, response, nth)
  }

  #asked(request: IncomingMessage): Asked {
    const [path = '/', search = ''] = (request.url ?? '/').split('?')
    const query = search === '' ? [] : search.split('&').map(pair)
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    const parts = path.slice(1)
    if (host === this.#domain) return { request, bucket: this.bucket, key: decodeURIComponent(parts), query }
    if (isIP(host) === 0 && host !== 'localhost' && host.split('.')[0] !== 'oss-test') {
      return { request, bucket: host.split('.')[0] ?? '', key: decodeURIComponent(parts), query }
    }
    const slash = parts.indexOf('/')
    const bucket = slash < 0 ? parts : parts.slice(0, slash)
    return { request, bucket, key: slash < 0 ? '' : decodeURIComponent(parts.slice(slash + 1)), query }
  }

  #object(key: string, version: string | null): StoredObject {
    const current = this.#objects.get(key)
    const found = version === null || current?.version === version ? current : this.#old.get(`${key}?${version}`)
    if (!found)
      throw new Refusal(404, version === null ? 'NoSuchKey' : 'NoSuchVersion', 'The specified key does not exist.')
    return found
  }

  #restore(object: StoredObject, response: ServerResponse): void {
    if (object.storageClass !== 'Archive') {
      throw new Refusal(400, 'OperationNotSupported', 'The operation is not supported for this resource')
    }
    if (object.restored === 'asked') {
      throw new Refusal(409, 'RestoreAlreadyInProgress', 'The restore operation is in progress.')
    }
    const status = object.restored === 'yes' ? 200 : 202
    if (object.restored === 'no') object.restored = 'asked'
    this.#send(response, status, {}, '')
  }

  async #get(object: StoredObject, request: IncomingMessage, response: ServerResponse, nth: number): Promise<void> {
    const { headers } = request
    if (headers['if-match'] !== undefined && headers['if-match'] !== object.etag) {
      throw new Refusal(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold.')
    }
    const { content } = object
    const fields: Record<string, string> = {
      ETag: object.etag,
      'Last-Modified': object.modified.toUTCString(),
      'Content-Type': 'application/octet-stream',
      'Accept-Ranges': 'bytes',
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': object.storageClass ?? 'Standard',
      ...(object.crc === false ? {} : { 'x-oss-hash-crc64ecma': object.crcText }),
      ...(object.version === null ? {} : { 'x-oss-version-id': object.version }),
      ...(object.contentEncoding === undefined ? {} : { 'Content-Encoding': object.contentEncoding }),
    }
    let range = parseRange(headers.range, content.length)
    if (range === 'bad') {
      // Without the header OSS answers as if no range had been asked for.
      if (headers['x-oss-range-behavior'] === 'standard') {
        response.setHeader('Content-Range', `bytes */${content.length}`)
        throw new Refusal(416, 'InvalidRange', 'The requested range cannot be satisfied.')
      }
      range = null
    }
    if (this.switches.wholeForRange?.(nth)) range = null
    const start = range?.start ?? 0
    const end = range?.end ?? content.length
    if (range !== null) fields['Content-Range'] = `bytes ${start}-${end - 1}/${content.length}`
    fields['Content-Length'] = String(end - start)
    response.writeHead(range === null ? 200 : 206, this.#common(fields))
    if (request.method === 'HEAD') return void response.end()
    const body = this.switches.flip === undefined ? content : corruptBody(content, this.switches.flip)
    await this.#body(response, body, start, end, nth)
  }

  async #body(response: ServerResponse, body: Body, start: number, end: number, nth: number): Promise<void> {
    const cut = this.switches.cut?.(nth) ?? Infinity
    const stall = this.switches.stall?.(nth) ?? Infinity
    const step = this.switches.rate === undefined ? 65_536 : Math.max(1, Math.ceil(this.switches.rate / 50))
    let held = false
    for (let at = start; at < end;) {
      if (response.destroyed) return
      if (at - start >= cut) return void response.destroy()
      if (at - start >= stall && !held && this.switches.stall) {
        held = true
        await new Promise<void>((resolve) => {
          this.#released.push(resolve)
          response.once('close', resolve)
        })
      }
      const most = Math.min(step, end - at, cut - (at - start), held ? Infinity : Math.max(1, stall - (at - start)))
      const piece = body.view(at, most)
      at += piece.length
      if (!response.write(piece)) {
        await new Promise<void>((resolve) => {
          response.once('drain', resolve)
          response.once('close', resolve)
        })
      }
      if (this.switches.rate !== undefined) await new Promise((resolve) => setTimeout(resolve, 20))
    }
    response.end()
  }

  #common(fields: Record<string, string>): Record<string, string> {
    return {
      Server: 'AliyunOSS',
      Date: new Date(this.#now).toUTCString(),
      'x-oss-request-id': this.#requestId(),
      ...fields,
    }
  }

  #send(response: ServerResponse, status: number, fields: Record<string, string>, body: string): void {
    response.writeHead(status, this.#common({ 'Content-Type': 'application/xml', ...fields })).end(body)
  }
}

function denied(): Refusal {
  return new Refusal(403, 'AccessDenied', 'You have no right to access this object because of bucket acl.')
}

function pair(text: string): [string, string | null] {
  const equals = text.indexOf('=')
  if (equals < 0) return [decodeURIComponent(text), null]
  return [decodeURIComponent(text.slice(0, equals)), decodeURIComponent(text.slice(equals + 1))]
}

function parseRange(text: string | undefined, length: number): { start: number; end: number } | 'bad' | null {
  if (text === undefined) return null
  const match = /^bytes=(\d+)-(\d*)$/.exec(text)
  if (!match) return 'bad'
  const start = Number(match[1])
  const last = match[2] === '' ? length - 1 : Number(match[2])
  // OSS calls a range bad that reaches beyond the end, too; `standard` cuts it off.
  if (start >= length || start > last) return 'bad'
  return { start, end: Math.min(last + 1, length) }
}

export function startOssServer(options: OssServerOptions = {}): Promise<OssServer> {
  return new OssServer(options).listen()
}
