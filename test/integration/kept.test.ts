import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { DownloadId } from '../../src/shared/download'
import type { DownloadErrorCode } from '../../src/shared/errors'
import type { Engine } from '../../src/main/engine/engine'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { midFile, on, startServer, type Behaviours, type FileOptions, type TestFile, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, untilState, waitFor, type RigOptions } from './rig'
import { stored } from './stored'

/** What servers do wrong when a download goes on: nothing of it is written, the part is kept, and later it goes on. */

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

interface Half {
  readonly engine: Engine
  readonly file: TestFile
  readonly id: DownloadId
  /** Bytes that are committed; they are the first ones of the file. */
  readonly had: number
}

const openPart = (id: DownloadId) => {
  const part = stored(rig, (store) => store.get(id)?.part)
  if (part?.kind !== 'open') throw new Error(`the part is ${part?.kind}`)
  return part
}

/** A paused download that has the first of its bytes, and a server that would send the rest. */
async function half(options: Partial<FileOptions> = {}, how: RigOptions = {}, from = server): Promise<Half> {
  const file = from.file('/data.bin', { size: 6 * mebibyte, stall: { after: 2 * mebibyte }, ...options })
  return paused(file, file.url, how, from)
}

async function paused(file: TestFile, url: string, how: RigOptions, from = server): Promise<Half> {
  const first = rig.start(how)
  const id = await first.add(rig.request(url, { connections: 1 }))
  await waitFor(first, id, (view) => view.received >= mebibyte)
  first.pause([id])
  await from.waitUntil(() => from.parallel === 0)
  await rig.stop() // until all of it is committed
  file.release()
  return { engine: rig.start(how), file, id, had: writtenBytes(openPart(id).segments) }
}

/** The part holds the file's first bytes and nothing behind them; it is all that the folder has. */
async function expectUntouched({ file, id, had }: Half): Promise<void> {
  const part = openPart(id)
  expect(part.segments).toEqual([{ start: 0, end: file.size, written: had }])
  const bytes = await readFile(part.path)
  expect(bytes.subarray(0, had).equals(file.bytes(0, had))).toBe(true)
  expect(bytes.subarray(had).every((byte) => byte === 0)).toBe(true)
  expect(await rig.files()).toHaveLength(1)
}

/** After a restart of the program it is still failed, and goes on from its last byte when it is asked to. */
async function expectResumes({ file, id, had }: Half, code: DownloadErrorCode, how: RigOptions = {}): Promise<void> {
  const before = file.requests.length
  const engine = rig.start(how)
  expect(engine.view(id)).toMatchObject({ state: { kind: 'failed', error: { code } }, received: had })
  engine.resume([id])
  expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: null })
  expect(file.requests[before]?.range?.start).toBe(had)
  expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  expect(await rig.files()).toEqual(['data.bin'])
}

const page = { code: 200, headers: { 'content-type': 'text/html' }, body: '<form>login</form>' }
const rows: [row: string, faulty: Behaviours, code: DownloadErrorCode, requests?: number][] = [
  ['2: 206 without Content-Range', { contentRange: 'missing' }, 'RANGE', 1],
  ['2: 206 with a malformed one', { contentRange: 'malformed' }, 'RANGE', 1],
  ['3: 206 from before', { contentRange: { shift: -1 } }, 'RANGE', 1],
  ['3: 206 from behind', { contentRange: { shift: 1, end: 6 * mebibyte - 1 } }, 'RANGE', 1],
  ['6: several parts', { contentRange: 'multipart' }, 'RANGE', 1],
  ['7: two equal Content-Range', { contentRange: 'duplicate' }, 'PROTO', 1],
  ['7: two different ones', { contentRange: 'conflicting' }, 'PROTO', 1],
  ['7: two ETag', { duplicate: ['ETag'] }, 'PROTO', 1],
  ['19: a length and chunks', { lengthAndChunked: true }, 'PROTO', 1],
  ['19: two lengths', { contentLength: ['4194304', '4194305'] }, 'PROTO', 1],
  ['20: a total that is too long', { contentRange: { total: '9007199254740993' as unknown as number } }, 'SIZE', 1],
  ['21: coded', { contentEncoding: 'gzip' }, 'ENCODING', 1],
  ['22: not HTTP', { notHttp: true }, 'PROTO'],
  ['22: oversized headers', { oversizedHeaders: 100_000 }, 'PROTO', 1],
  ['23: the head never comes', { silent: true }, 'TIMEOUT'],
  ['27: come back in 30 years', { status: { code: 503, headers: { 'retry-after': '1000000000' } } }, 'RETRY_LATER', 1],
  ...[401, 403, 404, 410].map((status): (typeof rows)[number] => [
    `29: ${status}`,
    { status },
    `HTTP_${status}` as DownloadErrorCode,
    1,
  ]),
  ['30: a login page', { status: page }, 'CHANGED', 1],
]
const impatient: RigOptions = { timeouts: { headersTimeout: 200 }, retry: { base: 1, cap: 2, attempts: 3 } }

describe('an answer to the rest of a file', () => {
  it.each(rows)('%s: nothing of it is written; later it goes on', async (_, faulty, code, requests) => {
    const begun = await half({}, impatient)
    const { engine, file, id } = begun
    file.set(faulty)
    const before = file.requests.length
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code } })
    if (requests !== undefined) expect(file.requests.length - before).toBe(requests)
    await expectUntouched(begun)
    await rig.stop()
    file.unset(...(Object.keys(faulty) as (keyof Behaviours)[]))
    await expectResumes(begun, code)
  })

  it('36: the name is not known: nothing is lost; later it goes on', async () => {
    let known = true
    const lookup: NonNullable<NonNullable<RigOptions['network']>['reach']>['lookup'] = (name, _, answer) => {
      if (known) answer(null, [{ address: '127.0.0.1', family: 4 }])
      else answer(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), [])
    }
    const how = { ...impatient, network: { reach: { lookup } } }
    const named = server.url('/data.bin', { host: 'files.longshore.test' })
    const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: 2 * mebibyte } })
    const begun = await paused(file, named, how)
    const { engine, id } = begun
    known = false
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'DNS' } })
    await expectUntouched(begun)
    await rig.stop()
    known = true
    await expectResumes(begun, 'DNS', how)
  })

  it('37: the certificate proves nothing any more: nothing is asked; later it goes on', async () => {
    await using secure = await startServer({ tls: true })
    const begun = await half({}, { ca: [secure.ca] }, secure)
    const { file, id } = begun
    await rig.stop()
    const before = file.requests.length
    const engine = rig.start()
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'TLS' } })
    expect(file.requests).toHaveLength(before)
    await expectUntouched(begun)
    await rig.stop()
    await expectResumes(begun, 'TLS', { ca: [secure.ca] })
  })
})

describe('416', () => {
  it('12: to every request, when every byte is there: nothing is asked, and it is verified', async () => {
    const { engine, file, id } = await half()
    const choose = (hex: string) =>
      engine.choose(id, {
        onConflict: 'rename',
        connections: 1,
        partSize: null,
        threshold: null,
        account: null,
        mirrors: [],
        checksum: { algorithm: 'sha-256', hex },
      })
    choose('0'.repeat(64))
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
    choose(file.sha256()) // every byte is there and committed; only the checksum was mistyped
    file.set({ ranges: 'refuse' })
    await rig.stop()
    const asked = file.requests.length
    stored(rig, (store) => store.save(store.unfinished().map((each) => ({ ...each, state: { kind: 'paused' } }))))
    const again = rig.start()
    again.resume([id])
    expect((await untilEnd(again, id)).state).toMatchObject({ kind: 'done', verification: { kind: 'verified' } })
    expect(file.requests).toHaveLength(asked)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('13: the file is shorter now: begins again, and says so', async () => {
    const { engine, file, id, had } = await half()
    file.change({ seed: 2, size: 1_000_000, conditions: false })
    const before = file.requests.length
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: { code: 'RESTARTED_CHANGED' } })
    expect(file.requests.slice(before).map(({ status, range }) => [status, range?.start])).toEqual([
      [416, had],
      [206, 0],
    ])
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(await rig.files()).toEqual(['data.bin'])
  })
})

describe('a file that never stays the same', () => {
  /** Every answer has a tag of its own. */
  const restless = Array.from({ length: 60 }, (_, k) => on(k + 1, `"${k}"` as const))

  it.each([
    ['5: another total in every range', { contentRange: on(midFile, { total: 7 * mebibyte }) }],
    ['9: another ETag in every answer', { etag: restless, conditions: false }],
  ])('%s: begins again once, then CHANGED', async (_, behaviours) => {
    const file = server.file('/data.bin', { size: 6 * mebibyte, rate: 2 * mebibyte, ...behaviours })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 3 }))
    const view = await untilEnd(engine, id)
    expect(view).toMatchObject({
      state: { kind: 'failed', error: { code: 'CHANGED', retry: 'no' } },
      notice: { code: 'RESTARTED_CHANGED' },
    })
    expect(file.requests.filter(({ range }) => range?.start === 0)).toHaveLength(2)
    await server.waitUntil(() => file.parallel === 0) // no connection of either generation is left
    expect((await rig.files()).filter((name) => !name.endsWith('.part'))).toEqual([])
    expect(await rig.files()).toHaveLength(1) // the first generation is gone
  })

  it('9: the tag changes between connections: all stop, and it begins again', async () => {
    const file = server.file('/data.bin', {
      size: 6 * mebibyte,
      rate: mebibyte,
      conditions: false,
      etag: [on({ first: 2 }, '"a"' as const), on('all', '"b"' as const)],
    })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { connections: 3 }))
    await untilState(engine, id, 'active')
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: { code: 'RESTARTED_CHANGED' } })
    expect(file.requests.slice(0, 2).every((request) => request.aborted)).toBe(true)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

describe('an answer that ends badly', () => {
  it.each(['size', 'truncated'] as const)('16: a bad chunk (%s): goes on after the last good byte', async (how) => {
    const { engine, file, id, had } = await half()
    file.set({ badChunk: on({ from: 2 }, { after: mebibyte, how }) })
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: null })
    expect(file.requests[1]?.range?.start).toBe(had)
    expect(file.requests[2]?.range?.start).toBeGreaterThanOrEqual(had + mebibyte)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('17: longer than it said: the rest is dropped, and the connection is not used again', async () => {
    const { engine, file, id } = await half()
    file.set({ extraBytes: 100_000 })
    const before = server.connections.total
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: null })
    expect(server.connections.total).toBe(before + 1)
    await server.waitUntil(() => server.connections.open === 0)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('4: earlier than asked: the rest is asked for', async () => {
    const { engine, file, id, had } = await half()
    file.set({ maxRange: 1_500_000 })
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: null })
    const starts: number[] = []
    for (let at = had; at < file.size; at += 1_500_000) starts.push(at)
    expect(starts.length).toBeGreaterThan(2)
    expect(file.requests.slice(1).map(({ range }) => range?.start)).toEqual(starts)
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })
})

describe('names', () => {
  it.each([
    ['65: up the folder', '../../evil.bin', 'evil.bin'],
    ['65: up the folder of Windows', String.raw`..\..\evil.bin`, 'evil.bin'],
    ['65: from the root', '/etc/cron.d/evil', 'evil'],
    ['65: a drive', String.raw`C:\Windows\evil.bin`, 'evil.bin'],
    ['66: a device', 'CON', '_CON'],
    ['66: a device with an extension', 'NUL.txt', '_NUL.txt'],
    ['66: a dot at the end', 'report.', 'report'],
    ['66: a stream of NTFS', 'a:b', 'a_b'],
    ['67: a right-to-left override', 'photo\u202Egpj.exe', 'photogpj.exe'],
    ['69: raw UTF-8', '船荷証券.zip', '船荷証券.zip'],
    ['69: an entity', 'you &amp; me.zip', 'you & me.zip'],
    ['69: %2B', 'a%2Bb.zip', 'a+b.zip'],
  ])('%s', async (_, sent, name) => {
    const file = server.file('/data', { size: 1000, contentDisposition: `attachment; filename="${sent}"` })
    const engine = rig.start()
    expect(await untilEnd(engine, await engine.add(rig.request(file.url)))).toMatchObject({
      state: { kind: 'done' },
      name,
    })
    expect(await rig.files()).toEqual([name])
    expect(await sha256(rig.path(name))).toBe(file.sha256())
  })

  it('67: 300 bytes: as many as fit, with the extension; and NUL and line breaks from an address', async () => {
    const engine = rig.start()
    const long = server.file('/long', {
      size: 10,
      contentDisposition: `attachment; filename="${'船'.repeat(100)}.iso"`,
    })
    const { name } = await untilEnd(engine, await engine.add(rig.request(long.url)))
    expect(name).toMatch(/^船+\.iso$/)
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255)
    const odd = server.file('/a%00b%0D%0Ac.bin', { size: 10 })
    expect((await untilEnd(engine, await engine.add(rig.request(odd.url)))).name).toMatch(/^a.?b.{0,2}c\.bin$/)
    expect(await rig.files()).toHaveLength(2)
  })

  it('69: bytes that look like GBK', async () => {
    const gbk = Buffer.concat([
      Buffer.from('attachment; filename="'),
      Buffer.from([0xb4, 0xac, 0xba, 0xc9]),
      Buffer.from('.zip"'),
    ])
    const file = server.file('/data', { size: 10, contentDisposition: gbk })
    const engine = rig.start()
    await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(await rig.files()).toEqual(['船荷.zip'])
  })
})
