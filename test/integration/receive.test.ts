import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setImmediate as tick } from 'node:timers/promises'
import { createServer as createSecureServer } from 'node:tls'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttpClient, type HttpClient, type HttpResponse, type Sink } from '../../src/main/engine/http/http'
import { keep, slabsInUse, slabSize } from '../../src/main/engine/http/slabs'
import { nobody, WebSession } from '../../src/main/engine/session/session'
import { certificates, Content } from '../server'

const kibibyte = 1024
const signal = new AbortController().signal
const content = new Content(8 * 1024 * kibibyte, 7)

let clean: (() => unknown)[] = []
afterEach(async () => {
  for (const step of clean.reverse()) await step()
  clean = []
  expect(slabsInUse()).toBe(0)
})

/** Answers each request with the pieces that the test wants, one write each. */
async function serve(
  answer: (n: number, socket: Socket) => readonly Buffer[],
  secure = false,
  closes = false,
): Promise<string> {
  let requests = 0
  const sockets: Socket[] = []
  const onSocket = (socket: Socket) => {
    sockets.push(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('data', () => void write(socket, answer(requests++, socket)).then(() => void (closes && socket.end())))
  }
  const server: Server = secure ? createSecureServer(certificates('good'), onSocket) : createServer(onSocket)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  clean.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function write(socket: Socket, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise(setImmediate)
  }
}

function client(): HttpClient {
  const tls = { ca: [certificates('good').ca], identity: null }
  const http = createHttpClient({ userAgent: 'test', tls: () => tls })
  clean.push(() => http.close())
  return http
}

const open = async (http: HttpClient, url: string): Promise<HttpResponse> =>
  http.open({ url, session: await WebSession.open(url, nobody), start: 0, end: null, validator: null }, signal)

const head = (lines: string) => Buffer.from(`HTTP/1.1 200 OK\r\n${lines}\r\n\r\n`)
const withLength = (bytes: number, further = '') => head(`Content-Length: ${bytes}${further}`)
const closing = '\r\nConnection: close'

/** Reads a body as a slow disk would: chunks stay in use, and hold the sender back now and then. */
async function readSlowly(response: HttpResponse, holdEvery: number): Promise<{ body: Buffer; inSlabs: number }> {
  const kept: { chunk: Buffer; release: () => void }[] = []
  let inSlabs = 0
  await response.read((chunk) => {
    kept.push({ chunk, release: keep(chunk) })
    if (chunk.buffer.byteLength === slabSize) inSlabs += chunk.length
    return kept.length % holdEvery === 0 ? new Promise((resolve) => setTimeout(resolve, 1)) : undefined
  })
  const body = Buffer.concat(kept.map(({ chunk }) => chunk))
  for (const { release } of kept) release()
  return { body, inSlabs }
}

/** Whether a server has closed a connection of this machine, and its client has not: what the kernel says of it. */
async function isClosedByServer(port: number): Promise<boolean> {
  const closeWait = '08'
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .some(([, , remote = '', state]) => parseInt(remote.split(':')[1] ?? '', 16) === port && state === closeWait)
}

describe('the body of an answer with a length', () => {
  it.each([false, true])('is read into slabs (TLS: %s)', async (secure) => {
    const bytes = content.bytes()
    const url = await serve(() => [withLength(bytes.length), bytes], secure)
    const { body, inSlabs } = await readSlowly(await open(client(), url), 7)
    expect(body.equals(bytes)).toBe(true)
    // The first read comes before the head is known. This fails when Node or undici changed what we build on.
    expect(inSlabs).toBeGreaterThan(0.7 * bytes.length)
  })

  it('is the same however it is cut, held back, and followed by the next answer on its connection', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(300 * kibibyte), { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 1, max: 100 * kibibyte }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        async (lengths, cuts, holdEvery) => {
          const url = await serve((n) => {
            const length = lengths[n % lengths.length] ?? 0
            return cut(Buffer.concat([withLength(length), content.bytes(n, n + length)]), cuts)
          })
          const http = client()
          for (const [n, length] of lengths.entries()) {
            const { body } = await readSlowly(await open(http, url), holdEvery)
            expect(body.equals(content.bytes(n, n + length))).toBe(true)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  it.each([false, true])(
    'counts when the server closes while the last of it is held back (TLS: %s)',
    async (secure) => {
      const bytes = content.bytes(0, 20 * kibibyte)
      const url = await serve((_, socket) => {
        setImmediate(() => socket.end())
        return [Buffer.concat([withLength(bytes.length), bytes])]
      }, secure)
      const response = await open(client(), url)
      // The head holds the rest back: body and end come to the client's socket meanwhile.
      await expect.poll(() => isClosedByServer(Number(new URL(url).port))).toBe(true)
      const chunks: Buffer[] = []
      await response.read(async (chunk) => {
        chunks.push(Buffer.from(chunk))
        // What waits in the socket is taken in a few turns, and the end is seen while the answer is held back.
        for (let turn = 0; turn < 50; turn++) await tick()
      })
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true)
    },
  )

  it('ends where its length ends: what follows is not of it, and the connection is not used again', async () => {
    const url = await serve(() => [Buffer.concat([withLength(10), Buffer.from('0123456789HTTP/1.1 200 OK\r\n\r\n')])])
    const http = client()
    for (let n = 0; n < 3; n++) {
      const { body } = await readSlowly(await open(http, url), 1)
      expect(body.toString()).toBe('0123456789')
    }
  })
})

describe('a body that is held back', () => {
  it('is read in pieces as small as its reader wants, and no further', async () => {
    const url = await serve(() => [withLength(content.length), content.bytes()])
    const response = await open(client(), url)
    const lengths: number[] = []
    const sink: Sink = ({ length }) => {
      lengths.push(length)
      return lengths.length < 100 ? new Promise((resolve) => setTimeout(resolve, 1)) : 'enough'
    }
    await response.read(sink, () => 5000)
    // The head's read and the next one came before anybody could say so.
    const [first = 0, second = 0, ...others] = lengths
    expect(first + second).toBeLessThan(48 * kibibyte)
    expect(Math.max(...others)).toBeLessThanOrEqual(5000)
  })

  it.each([false, true])(
    'ends only when its reader is through, though the server has gone (TLS: %s)',
    async (secure) => {
      const bytes = content.bytes(0, 10_000)
      const url = await serve(() => [Buffer.concat([withLength(bytes.length, closing), bytes])], secure, true)
      const response = await open(client(), url)
      let through = 0
      await response.read(async ({ length }) => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        through += length
      })
      expect(through).toBe(bytes.length)
    },
  )

  it('fails as its reader does, though it ended meanwhile', async () => {
    const url = await serve(() => [Buffer.concat([withLength(10, closing), Buffer.from('0123456789')])], false, true)
    const response = await open(client(), url)
    const reading = response.read(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      throw new Error('the disk is full')
    })
    await expect(reading).rejects.toThrow('the disk is full')
  })

  it('ends when its reader says so in the end', async () => {
    const url = await serve(() => [withLength(content.length), content.bytes()])
    let chunks = 0
    await (await open(client(), url)).read(() => Promise.resolve(++chunks === 3 ? 'enough' : undefined))
    expect(chunks).toBe(3)
  })
})

it('chunks and their trailers are undici’s to read', async () => {
  const bytes = content.bytes(0, 700 * kibibyte)
  const chunked: Buffer[] = [head('Transfer-Encoding: chunked\r\nTrailer: Content-Length')]
  for (let at = 0; at < bytes.length; at += 100 * kibibyte) {
    const piece = bytes.subarray(at, at + 100 * kibibyte)
    chunked.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'))
  }
  chunked.push(Buffer.from('0\r\nX-Trailer: 1\r\n\r\n'))
  const url = await serve(() => chunked)
  const http = client()
  for (let n = 0; n < 2; n++) expect((await readSlowly(await open(http, url), 3)).body.equals(bytes)).toBe(true)
})

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const length = lengths[n % lengths.length] ?? 1
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}
