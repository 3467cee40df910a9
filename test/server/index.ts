/**
 * The HTTP(S) server of all tests: real sockets on 127.0.0.1, one option for each behaviour and each fault.
 *
 *     await using server = await startServer()                       // { tls: true | 'expired' | …, defaults, maxSockets }
 *     const file = server.file('/data.iso', { size: 10_000_000, seed: 7, cut: on({ first: 2 }, { after: 5000 }) })
 *     … download file.url …                                          // server.url('/data.iso', { host, user, password })
 *     await file.waitForBytesSent(1_000_000)                         // conditions, never sleeps
 *     file.change({ seed: 8 })                                       // another upload in the middle
 *     file.set({ rate: 100_000 }); file.unset('rate')                // other behaviours from now on
 *     expect(sha256OfWhatArrived).toBe(file.sha256())                // file.bytes(start, end), file.digest('md5')
 *     server.requests; file.requests                                 // what came, see record.ts
 *     server.connections; server.peakParallel; file.peakParallel
 *
 * The content is made from seed and offset, so a file of 200 GB costs nothing. Every option may be confined to some
 * requests of its path: `on(k, …)` the k-th, `on({ first: m }, …)`, `on({ from: k }, …)`, `on(midFile, …)`, or
 * `on((request) => …, …)`; of a list of such rules the first that fits counts.
 *
 * Options, with their values in values.ts:
 *
 * - instead of the file (instead.ts, auth.ts): refuse, silent, notHttp, maxConnections, requiredHeader, basicAuth,
 *   digestAuth, redirect, status
 * - ranges, conditions and validators (representation.ts): ranges, maxRange, emptyRange, conditions, etag, lastModified,
 *   date, corrupt
 * - head (representation.ts, head.ts): contentType, contentDisposition, headers, duplicate, contentRange,
 *   contentEncoding
 * - framing (head.ts): framing, contentLength, lengthAndChunked, oversizedHeaders
 * - body and time (body.ts): delay, delayBody, rate, cut, stall (until `file.release()`), drip, extraBytes, badChunk
 *
 * An answer is planned (respond.ts: each behaviour changes the plan) and then sent. Honest answers go through node:http;
 * those that node:http would refuse to send are written to the socket by hand (wire.ts), and their connection serves no
 * second request.
 */
export { Content } from './content'
export type { Change, FileOptions, TestFile } from './file'
export { on } from './plan'
export { midFile, type RequestRecord, type Selector } from './record'
export { startServer, type ServerOptions, type TestServer, type UrlOptions } from './server'
export type { Behaviours, Values } from './values'
export { certificates, type CertificateName } from './certificates'
