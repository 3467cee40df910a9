import { gzipSync } from 'node:zlib'
import { bufferBody } from '../content'
import { behaviour, headerIndex, rawHeader, removeHeader, setHeader, type Behaviour } from '../plan'

/** Behaviours that change the head of the file's answer; what they say and what is sent may differ. */
export const head: readonly Behaviour[] = [
  behaviour('contentEncoding', (coding, plan) => {
    setHeader(plan, 'Content-Encoding', coding)
    if (coding !== 'gzip' || plan.body.length > 64 * 1024 * 1024) return
    const plain = Buffer.alloc(plan.body.length)
    for (let at = 0; at < plain.length;) {
      const piece = plan.body.view(at, plain.length)
      plain.set(piece, at)
      at += piece.length
    }
    plan.body = bufferBody(gzipSync(plain, { level: 1 }))
  }),
  behaviour('contentRange', (fault, plan) => {
    const at = headerIndex(plan, 'content-range')
    const header = plan.headers[at]
    const range = plan.request.range
    if (header === undefined || range === null || plan.status !== 206) return
    const { content } = plan.file.version
    if (fault === 'missing') removeHeader(plan, 'content-range')
    else if (fault === 'malformed') header[1] = `bytes ${range.start}–${range.start + plan.body.length - 1}`
    else if (fault === 'duplicate') plan.headers.push(['Content-Range', header[1]])
    else if (fault === 'conflicting') plan.headers.push(['Content-Range', `bytes 0-0/${content.length}`])
    else if (fault === 'multipart') {
      const bytes = content.bytes(range.start, range.start + plan.body.length)
      const part = `--frontier\r\nContent-Type: application/octet-stream\r\nContent-Range: ${header[1]}\r\n\r\n`
      removeHeader(plan, 'content-range')
      setHeader(plan, 'Content-Type', 'multipart/byteranges; boundary=frontier')
      plan.body = bufferBody(Buffer.concat([Buffer.from(part), bytes, Buffer.from('\r\n--frontier--\r\n')]))
    } else {
      const { shift = 0, end, total = content.length } = fault
      const start = range.start + shift
      header[1] = `bytes ${start}-${end ?? start + plan.body.length - 1}/${total}`
    }
    for (const line of plan.headers) line[1] = /[^\x00-\xff]/.test(line[1]) ? rawHeader(line[1]) : line[1]
  }),
  behaviour('headers', (headers, plan) => {
    for (const [name, value] of Object.entries(headers)) {
      const values: readonly (string | Uint8Array)[] =
        typeof value === 'string' || value instanceof Uint8Array ? [value] : value
      removeHeader(plan, name)
      plan.headers.push(...values.map((each): [string, string] => [name, rawHeader(each)]))
    }
  }),
  behaviour('duplicate', (names, plan) => {
    for (const entry of names) {
      const [name, other] = typeof entry === 'string' ? [entry, undefined] : entry
      const given = plan.headers[headerIndex(plan, name)]
      if (given !== undefined) plan.headers.push([given[0], other ?? given[1]])
    }
  }),
]

/** Framing, after everything that changes the body's length. */
export const framing: readonly Behaviour[] = [
  behaviour('framing', (kind, plan) => {
    plan.framing = kind
  }),
  behaviour('contentLength', (values, plan) => {
    plan.raw = true
    plan.framing = 'close'
    for (const value of typeof values === 'string' ? [values] : values) plan.headers.push(['Content-Length', value])
  }),
  behaviour('lengthAndChunked', (both, plan) => {
    if (!both) return
    plan.raw = true
    plan.framing = 'chunked'
    plan.headers.push(['Content-Length', String(plan.body.length)])
  }),
  behaviour('oversizedHeaders', (bytes, plan) => {
    const line = 1000
    for (let at = 0, k = 0; at < bytes; at += line, k++) plan.headers.push([`X-Filler-${k}`, 'x'.repeat(line)])
  }),
]
