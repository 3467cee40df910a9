/**
 * `file-server.ts SIZE SEED IDLE`: serves one file with ranges and an ETag on port 8080 of every address, as a process of
 * its own, so that it can stand in another network namespace. Tells of each request as a line of JSON. A connection that
 * cannot send for IDLE ms is dropped, as real servers do; 0 is never.
 */
import { createServer } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { Content } from '../../server'
import { parseRange } from '../../server/record'

const [size = 0, seed = 0, idle = 0] = process.argv.slice(2).map(Number)
const content = new Content(size, seed)
const etag = `"${seed}-${size}"`
const told = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

function* pieces(from: number, to: number) {
  for (let at = from; at < to;) {
    const piece = content.view(at, Math.min(64 * 1024, to - at))
    at += piece.length
    yield piece
  }
}

createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const asked = parseRange(request.headers.range)
  const matches = request.headers['if-range'] === undefined || request.headers['if-range'] === etag
  const range = asked && matches ? { start: asked.start, end: Math.min(asked.end ?? size, size) } : null
  const { start, end } = range ?? { start: 0, end: size }
  told({ from: request.socket.remoteAddress, start, end })
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': end - start,
    'Accept-Ranges': 'bytes',
    ETag: etag,
    ...(range ? { 'Content-Range': `bytes ${start}-${end - 1}/${size}` } : {}),
  })
  pipeline(Readable.from(pieces(start, end)), response, (error) => {
    if (error) told({ lost: request.socket.remotePort })
  })
})
  .setTimeout(idle)
  .listen(8080, '0.0.0.0', () => told({ listening: true }))
