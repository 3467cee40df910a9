import { createHash } from 'node:crypto'
import { get as httpsGet } from 'node:https'
import { Agent, get, request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { midFile, on, startServer, type TestServer } from '../server'

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  rawHeaders: string[]
  body: Buffer
  /** Code of the error that ended the body, if one did. */
  error: string | null
}

function fetchRaw(
  url: string,
  headers: Record<string, string> = {},
  options: { ca?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = url.startsWith('https:') ? httpsGet : get
    const request = start(url, { headers, agent: false, ...options }, (answer) => {
      const parts: Buffer[] = []
      const done = (error: string | null) => (): void =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          rawHeaders: answer.rawHeaders,
          body: Buffer.concat(parts),
          error,
        })
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', done(null))
      const failed = (error: NodeJS.ErrnoException): void => done(error.code ?? error.message)()
      answer.on('error', failed)
      request.off('error', reject).on('error', failed)
    }).on('error', reject)
  })
}

/** Everything the server sends for one bare request. */
function bytesOf(server: TestServer, path: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    })
    socket.setEncoding('latin1')
    socket.on('data', (part) => (text += String(part)))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
}

let server: TestServer
beforeEach(async () => {
  server = await startServer()
})
afterEach(async () => {
  await server.close()
})

describe('content', () => {
  it('is the same whole, in ranges and in its digest, and differs by seed', async () => {
    const file = server.file('/a.bin', { size: 3_000_000, seed: 7 })
    const whole = await fetchRaw(file.url)
    expect(whole.status).toBe(200)
    expect(whole.body.equals(file.bytes())).toBe(true)
    expect(createHash('sha256').update(whole.body).digest('hex')).toBe(file.sha256())
    const part = await fetchRaw(file.url, { Range: 'bytes=1048000-2100000' })
    expect(part.status).toBe(206)
    expect(part.headers['content-range']).toBe('bytes 1048000-2100000/3000000')
    expect(part.body.equals(whole.body.subarray(1_048_000, 2_100_001))).toBe(true)
    expect(server.file('/b.bin', { size: 3_000_000, seed: 8 }).sha256()).not.toBe(file.sha256())
  })

  it('never repeats at a round distance', () => {
    const file = server.file('/a.bin', { size: 64 << 20 })
    const first = file.bytes(0, 4096)
    for (let at = 1 << 12; at < file.size; at += 1 << 16) expect(file.bytes(at, at + 4096).equals(first)).toBe(false)
  })

  it('serves ranges of 200 GB at once', async () => {
    const file = server.file('/huge', { size: 200e9 })
    const part = await fetchRaw(file.url, { Range: 'bytes=199999999990-' })
    expect(part.body.equals(file.bytes(200e9 - 10, 200e9))).toBe(true)
  })

  it('changes under new validators, or under the old ones', async () => {
    const file = server.file('/a', { size: 1000 })
    const before = await fetchRaw(file.url)
    file.change({ seed: 9, keepValidators: true })
    const silent = await fetchRaw(file.url)
    expect(silent.headers.etag).toBe(before.headers.etag)
    expect(silent.body.equals(before.body)).toBe(false)
    file.change({ seed: 10 })
    const open = await fetchRaw(file.url)
    expect(open.headers.etag).not.toBe(before.headers.etag)
    expect(open.headers['last-modified']).not.toBe(before.headers['last-modified'])
  })

  it('sends one wrong byte', async () => {
    const file = server.file('/a', { size: 1000, corrupt: { at: 700 } })
    const differ = (got: Buffer, start: number): number[] =>
      [...got.keys()].map((i) => i + start).filter((i) => got[i - start] !== file.bytes(i, i + 1)[0])
    expect(differ((await fetchRaw(file.url)).body, 0)).toEqual([700])
    expect(differ((await fetchRaw(file.url, { Range: 'bytes=600-' })).body, 600)).toEqual([700])
    expect(differ((await fetchRaw(file.url, { Range: 'bytes=701-' })).body, 701)).toEqual([])
  })

  it('goes on with the old bytes in answers that are under way', async () => {
    const file = server.file('/a', { size: 100_000, stall: { after: 50_000 } })
    const old = file.bytes()
    const answer = fetchRaw(file.url)
    await file.waitForBytesSent(50_000)
    file.change({ seed: 2 })
    file.release()
    expect((await answer).body.equals(old)).toBe(true)
  })
})

describe('ranges and conditions', () => {
  it('answers 416 beyond the end and for an empty file', async () => {
    const file = server.file('/a', { size: 10 })
    const beyond = await fetchRaw(file.url, { Range: 'bytes=10-' })
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, 'bytes */10'])
    const empty = server.file('/empty', { size: 0 })
    expect((await fetchRaw(empty.url, { Range: 'bytes=0-' })).status).toBe(416)
    empty.set({ emptyRange: 200 })
    const ok = await fetchRaw(empty.url, { Range: 'bytes=0-' })
    expect([ok.status, ok.headers['content-length']]).toEqual([200, '0'])
  })

  it.each([
    [true, 206, 206, 'bytes'],
    [false, 200, 200, undefined],
    ['none', 200, 200, 'none'],
    ['ignore-nonzero', 206, 200, 'bytes'],
    ['unannounced', 206, 206, undefined],
    ['refuse', 416, 416, 'bytes'],
  ] as const)('ranges: %s', async (ranges, fromStart, fromMiddle, announced) => {
    const file = server.file('/a', { size: 100, ranges })
    const first = await fetchRaw(file.url, { Range: 'bytes=0-' })
    const second = await fetchRaw(file.url, { Range: 'bytes=50-' })
    expect([first.status, second.status]).toEqual([fromStart, fromMiddle])
    expect(first.headers['accept-ranges']).toBe(announced)
    if (fromMiddle === 200) expect(second.body.equals(file.bytes())).toBe(true)
  })

  it('ends a 206 early and says so', async () => {
    const file = server.file('/a', { size: 100, maxRange: 30 })
    const part = await fetchRaw(file.url, { Range: 'bytes=50-' })
    expect(part.headers['content-range']).toBe('bytes 50-79/100')
    expect(part.body.equals(file.bytes(50, 80))).toBe(true)
  })

  it('obeys If-Range and If-Match unless told not to', async () => {
    const file = server.file('/a', { size: 100 })
    const etag = (await fetchRaw(file.url)).headers.etag ?? ''
    const range = 'bytes=50-'
    expect((await fetchRaw(file.url, { Range: range, 'If-Range': etag })).status).toBe(206)
    expect((await fetchRaw(file.url, { Range: range, 'If-Range': '"other"' })).status).toBe(200)
    expect((await fetchRaw(file.url, { Range: range, 'If-Match': '"other"' })).status).toBe(412)
    expect((await fetchRaw(file.url, { Range: range, 'If-Match': etag })).status).toBe(206)
    file.set({ etag: 'weak' })
    const weak = (await fetchRaw(file.url)).headers.etag ?? ''
    expect(weak).toMatch(/^W\//)
    expect((await fetchRaw(file.url, { Range: range, 'If-Range': weak })).status).toBe(200)
    file.set({ conditions: false })
    expect((await fetchRaw(file.url, { Range: range, 'If-Range': '"other"' })).status).toBe(206)
  })

  it('sends the validators and dates it is told', async () => {
    const file = server.file('/a', { size: 1, etag: 'none', lastModified: null, date: null })
    const none = await fetchRaw(file.url)
    expect([none.headers.etag, none.headers['last-modified'], none.headers.date]).toEqual(Array(3).fill(undefined))
    const day = new Date(Date.UTC(2020, 1, 2))
    file.set({ etag: '"mine"', lastModified: day, date: 'Sunday' })
    const set = await fetchRaw(file.url)
    expect([set.headers.etag, set.headers['last-modified'], set.headers.date]).toEqual([
      '"mine"',
      day.toUTCString(),
      'Sunday',
    ])
  })

  it.each([
    ['missing', undefined],
    ['malformed', 'bytes 50â\u0080\u009399'],
    ['duplicate', 'bytes 50-99/100, bytes 50-99/100'],
    ['conflicting', 'bytes 50-99/100, bytes 0-0/100'],
    [{ shift: 1 }, 'bytes 51-100/100'],
    [{ total: 7 }, 'bytes 50-99/7'],
    [{ total: '*' }, 'bytes 50-99/*'],
    [{ end: 59 }, 'bytes 50-59/100'],
  ] as const)('contentRange: %j', async (contentRange, expected) => {
    const file = server.file('/a', { size: 100, contentRange })
    const answer = await fetchRaw(file.url, { Range: 'bytes=50-' })
    expect(answer.status).toBe(206)
    const sent = answer.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1] === 'Content-Range')
    expect(sent.length === 0 ? undefined : sent.join(', ')).toBe(expected)
    expect(answer.body.length).toBe(50)
  })

  it('sends multipart/byteranges', async () => {
    const file = server.file('/a', { size: 100, contentRange: 'multipart' })
    const answer = await fetchRaw(file.url, { Range: 'bytes=50-' })
    expect(answer.headers['content-type']).toMatch(/^multipart\/byteranges/)
    expect(answer.headers['content-range']).toBeUndefined()
    expect(answer.body.includes(file.bytes(50, 100))).toBe(true)
  })
})

describe('answers in place of the file', () => {
  it('gives a status to chosen requests only', async () => {
    const file = server.file('/a', {
      size: 10,
      status: [
        on(1, { code: 503, headers: { 'Retry-After': '5' }, body: 'busy' }),
        on({ first: 2 }, 502),
        on(midFile, 404),
      ],
    })
    const first = await fetchRaw(file.url)
    expect([first.status, first.headers['retry-after'], first.body.toString()]).toEqual([503, '5', 'busy'])
    expect((await fetchRaw(file.url)).status).toBe(502)
    expect((await fetchRaw(file.url)).status).toBe(200)
    expect((await fetchRaw(file.url, { Range: 'bytes=5-' })).status).toBe(404)
    expect(file.requests.map((r) => r.nth)).toEqual([1, 2, 3, 4])
    expect((await fetchRaw(server.url('/missing'))).status).toBe(404)
  })

  it('redirects in a chain and elsewhere', async () => {
    const file = server.file('/a', { size: 10, redirect: { hops: 3, to: 'http://elsewhere.example/x' } })
    expect((await fetchRaw(file.url)).headers.location).toBe('/a?hop=1')
    expect((await fetchRaw(`${file.url}?hop=2`)).headers.location).toBe('http://elsewhere.example/x')
    file.set({ redirect: { hops: 2, absolute: true, status: 307 } })
    const hop = await fetchRaw(`${file.url}?hop=1`)
    expect([hop.status, hop.headers.location]).toEqual([307, `${file.url}?hop=2`])
    expect((await fetchRaw(`${file.url}?hop=2`)).status).toBe(200)
  })

  it('asks for Basic credentials and for a header', async () => {
    const file = server.file('/a', { size: 10, basicAuth: { user: 'ü', password: 'p:w' } })
    const refused = await fetchRaw(file.url)
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="test", charset="UTF-8"'])
    const authorization = `Basic ${Buffer.from('ü:p:w').toString('base64')}`
    expect((await fetchRaw(file.url, { Authorization: authorization })).status).toBe(200)
    const other = server.file('/b', { size: 10, requiredHeader: { name: 'Cookie', value: 'a=b' } })
    expect((await fetchRaw(other.url)).status).toBe(403)
    expect((await fetchRaw(other.url, { Cookie: 'a=b' })).status).toBe(200)
  })

  it.each(['MD5', 'SHA-256'] as const)('asks for Digest credentials with %s', async (algorithm) => {
    const file = server.file('/a', { size: 10, digestAuth: { user: 'u', password: 'p', algorithm, nonceUses: 2 } })
    const challenge = (await fetchRaw(file.url)).headers['www-authenticate'] ?? ''
    const nonce = /nonce="(\w+)"/.exec(challenge)?.[1] ?? ''
    const hash = (text: string): string =>
      createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
        .update(text)
        .digest('hex')
    const attempt = (password: string, count: number): Promise<Answer> => {
      const nc = count.toString(16).padStart(8, '0')
      const response = hash(`${hash(`u:test:${password}`)}:${nonce}:${nc}:c:auth:${hash('GET:/a')}`)
      const fields = `username="u", realm="test", nonce="${nonce}", uri="/a", qop=auth, nc=${nc}, cnonce="c", opaque="b3BhcXVl"`
      return fetchRaw(file.url, { Authorization: `Digest ${fields}, response="${response}", algorithm=${algorithm}` })
    }
    expect((await attempt('wrong', 1)).status).toBe(401)
    expect((await attempt('p', 1)).status).toBe(200)
    expect((await attempt('p', 1)).status).toBe(401)
    expect((await attempt('p', 2)).status).toBe(200)
    const stale = await attempt('p', 3)
    expect([stale.status, stale.headers['www-authenticate']]).toEqual([401, expect.stringContaining('stale=true')])
  })

  it('refuses the connection too many', async () => {
    const file = server.file('/a', {
      size: 1000,
      stall: on(1, { after: 10 }),
      maxConnections: { limit: 1, answer: 429, retryAfter: 3 },
    })
    const first = fetchRaw(file.url)
    await file.waitForBytesSent(10)
    const second = await fetchRaw(file.url)
    expect([second.status, second.headers['retry-after']]).toEqual([429, '3'])
    file.set({ maxConnections: { limit: 1, answer: 'rst' } })
    await expect(fetchRaw(file.url)).rejects.toThrow('ECONNRESET')
    file.release()
    expect((await first).body.length).toBe(1000)
    expect((await fetchRaw(file.url)).status).toBe(200)
    expect(file.peakParallel).toBe(2)
  })

  it('refuses, is silent, or speaks something else', async () => {
    const file = server.file('/a', { size: 10, refuse: 'rst' })
    await expect(fetchRaw(file.url)).rejects.toThrow('ECONNRESET')
    file.unset('refuse')
    file.set({ notHttp: true })
    await expect(fetchRaw(file.url)).rejects.toThrow(/Parse Error/)
    file.unset('notHttp')
    file.set({ silent: true })
    const waiting = httpRequest(file.url, { agent: false }).on('error', () => undefined)
    waiting.end()
    const record = await file.waitForRequest(3)
    expect(record.status).toBe(0)
    waiting.destroy()
    await server.waitUntil(() => record.aborted)
  })
})

describe('heads', () => {
  it('sends names as bytes', async () => {
    const file = server.file('/a', { size: 1, contentDisposition: 'attachment; filename="船.zip"' })
    const sent = (await fetchRaw(file.url)).headers['content-disposition'] ?? ''
    expect(Buffer.from(sent, 'latin1').toString()).toBe('attachment; filename="船.zip"')
    file.set({ contentDisposition: Buffer.from('filename=\xd6\xd0', 'latin1') })
    expect((await fetchRaw(file.url)).headers['content-disposition']).toBe('filename=\xd6\xd0')
  })

  it('sends further, doubled and changed headers', async () => {
    const file = server.file('/a', {
      size: 10,
      contentType: 'text/html',
      headers: { 'Set-Cookie': ['a=1', 'b=2'], 'X-One': 'one' },
      duplicate: ['ETag', ['Last-Modified', 'never']],
    })
    const answer = await fetchRaw(file.url)
    expect(answer.headers['content-type']).toBe('text/html')
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    const names = answer.rawHeaders.filter((_, i) => i % 2 === 0)
    expect(names.filter((name) => name === 'ETag').length).toBe(2)
    expect(names.filter((name) => name === 'Last-Modified').length).toBe(2)
  })

  it('labels and gzips what nobody asked to be gzipped', async () => {
    const file = server.file('/a', { size: 1000, contentEncoding: 'gzip' })
    const answer = await fetchRaw(file.url)
    expect(answer.headers['content-encoding']).toBe('gzip')
    expect(answer.body.subarray(0, 2).toString('hex')).toBe('1f8b')
    expect(answer.error).toBeNull()
  })

  it('frames by chunks and by the end of the connection', async () => {
    const file = server.file('/a', { size: 100_000, framing: 'chunked' })
    const chunked = await fetchRaw(file.url)
    expect(chunked.headers['transfer-encoding']).toBe('chunked')
    expect(chunked.headers['content-length']).toBeUndefined()
    expect(chunked.body.equals(file.bytes())).toBe(true)
    file.set({ framing: 'close' })
    const closed = await fetchRaw(file.url)
    expect([closed.headers['transfer-encoding'], closed.headers['content-length']]).toEqual([undefined, undefined])
    expect(closed.body.equals(file.bytes())).toBe(true)
  })

  it('lies about the length in every way', async () => {
    const file = server.file('/a', { size: 5, contentLength: ['5', '6'] })
    expect(await bytesOf(server, '/a')).toMatch(/Content-Length: 5\r\nContent-Length: 6\r\n\r\n.{5}$/s)
    file.set({ contentLength: '9007199254740993' })
    expect(await bytesOf(server, '/a')).toContain('Content-Length: 9007199254740993\r\n')
    file.set({ contentLength: '9' })
    expect(await bytesOf(server, '/a')).toMatch(/Content-Length: 9\r\n\r\n.{5}$/s)
    file.unset('contentLength')
    file.set({ lengthAndChunked: true })
    expect(await bytesOf(server, '/a')).toMatch(
      /Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n.{5}\r\n0\r\n\r\n$/s,
    )
    file.unset('lengthAndChunked')
    file.set({ oversizedHeaders: 100_000 })
    await expect(fetchRaw(file.url)).rejects.toThrow(/overflow/i)
  })
})

describe('bodies and time', () => {
  it('cuts in order and by reset', async () => {
    const file = server.file('/a', {
      size: 1_000_000,
      cut: [on(1, { after: 400_000 }), on({ from: 2 }, { after: 10, how: 'rst' })],
    })
    const fin = await fetchRaw(file.url)
    expect([fin.error, fin.body.length]).toEqual(['ECONNRESET', 400_000])
    expect(fin.body.equals(file.bytes(0, 400_000))).toBe(true)
    const rst = await fetchRaw(file.url)
    expect([rst.error, rst.body.length]).toEqual(['ECONNRESET', 10])
    // it was the server that ended them
    expect(file.requests.map((r) => [r.ended, r.aborted])).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('stalls until released and records an abort', async () => {
    const file = server.file('/a', { size: 1000, stall: { after: 100 } })
    const request = get(file.url, { agent: false }).on('error', () => undefined)
    request.on('response', (answer) => answer.on('error', () => undefined).resume())
    await file.waitForBytesSent(100)
    expect(file.parallel).toBe(1)
    request.destroy()
    await server.waitUntil(() => file.requests[0]?.ended)
    expect(file.requests[0]).toMatchObject({ aborted: true, bytesSent: 100, status: 200 })
    const second = fetchRaw(file.url)
    await file.waitForBytesSent(200)
    file.release()
    expect((await second).body.equals(file.bytes())).toBe(true)
    expect(file.requests[1]).toMatchObject({ aborted: false, ended: true, bytesSent: 1000 })
  })

  it('keeps a rate, delays and drips', async () => {
    const time = async (run: () => Promise<unknown>): Promise<number> => {
      const began = performance.now()
      await run()
      return performance.now() - began
    }
    const file = server.file('/a', { size: 100_000, rate: 400_000 })
    const rated = await time(() => fetchRaw(file.url))
    expect(rated).toBeGreaterThan(230)
    expect(rated).toBeLessThan(2000)
    file.unset('rate')
    file.set({ delay: 100, delayBody: 100 })
    expect(await time(() => fetchRaw(file.url))).toBeGreaterThan(190)
    file.unset('delay', 'delayBody')
    file.set({ drip: { after: 99_990, bytes: 2, every: 20 } })
    expect(await time(() => fetchRaw(file.url))).toBeGreaterThan(90)
  })

  it('sends more than it said, and breaks chunks', async () => {
    const file = server.file('/a', { size: 10, extraBytes: 7 })
    const text = new Promise<string>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('GET /a HTTP/1.1\r\nHost: x\r\n\r\n'))
      let seen = ''
      socket.setEncoding('latin1').on('data', (part) => {
        seen += String(part)
        if (!seen.endsWith('!!!!!!!')) return
        socket.destroy()
        resolve(seen)
      })
    })
    expect(await text).toMatch(/Content-Length: 10\r\n\r\n.{10}!{7}$/s)
    file.unset('extraBytes')
    for (const how of ['size', 'truncated'] as const) {
      file.set({ badChunk: { after: 5, how } })
      // Node's client may find the bad chunk before it hands over the answer
      const error = await fetchRaw(file.url).then(
        (answer) => answer.error,
        (reason: Error) => reason.message,
      )
      expect(error).toMatch(how === 'size' ? /Parse Error|HPE_/ : /ECONNRESET|aborted/)
    }
  })
})

describe('connections', () => {
  it('counts them and keeps them alive', async () => {
    const file = server.file('/a', { size: 1000 })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (let i = 0; i < 30; i++) expect((await fetchRaw(file.url, {}, { agent })).body.length).toBe(1000)
    agent.destroy()
    expect(server.connections).toMatchObject({ total: 1, peak: 1 })
    expect(new Set(file.requests.map((r) => r.connectionId))).toEqual(new Set([1]))
  })

  it('answers HEAD without a body', async () => {
    const file = server.file('/a', { size: 1000 })
    const answer = await fetch(file.url, { method: 'HEAD' })
    expect(answer.headers.get('content-length')).toBe('1000')
    expect(file.requests[0]?.bytesSent).toBe(0)
  })

  it('resets sockets beyond a limit', async () => {
    const small = await startServer({ maxSockets: 1, defaults: { stall: { after: 1 } } })
    const file = small.file('/a', { size: 10 })
    const first = fetchRaw(file.url)
    await file.waitForBytesSent(1)
    await expect(fetchRaw(file.url)).rejects.toThrow('ECONNRESET')
    file.release()
    await first
    await small.close()
  })

  it('says what it waited for in vain', async () => {
    const file = server.file('/a', { size: 10 })
    await expect(file.waitForBytesSent(1, 20)).rejects.toThrow('/a sent 0 of 1 bytes')
    await expect(server.waitForRequest(() => false, 20)).rejects.toThrow('0 requests')
  })
})

describe('TLS', () => {
  it('is trusted with its authority, also for localhost, and resets below TLS', async () => {
    await using secure = await startServer({ tls: true })
    const file = secure.file('/a', { size: 100_000 })
    expect((await fetchRaw(file.url, {}, { ca: secure.ca })).body.equals(file.bytes())).toBe(true)
    expect((await fetchRaw(secure.url('/a', { host: 'localhost' }), {}, { ca: secure.ca })).status).toBe(200)
    await expect(fetchRaw(file.url)).rejects.toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN' })
    file.set({ cut: { after: 50_000, how: 'rst' } })
    expect((await fetchRaw(file.url, {}, { ca: secure.ca })).error).toBe('ECONNRESET')
  })

  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['not-yet', 'CERT_NOT_YET_VALID'],
    ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('%s certificate', async (tls, code) => {
    await using bad = await startServer({ tls })
    const file = bad.file('/a', { size: 1 })
    await expect(fetchRaw(file.url, {}, { ca: bad.ca })).rejects.toMatchObject({ code })
  })
})
