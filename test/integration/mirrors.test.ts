import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Mirror, SourceState } from '../../src/shared/download'
import type { AddRequest, Engine } from '../../src/main/engine/engine'
import { on, startServer, type FileOptions, type TestFile, type TestServer } from '../server'
import { Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024
const size = 12 * mebibyte
/** An ETag that can only be made of the content. */
const contentTag = '"9a0364b9e99bb480dd25e1f0284c8555"'

let rig: Rig
let near: TestServer
let far: TestServer
beforeEach(async () => {
  rig = await Rig.create()
  near = await startServer({})
  far = await startServer({})
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await near.close()
  await far.close()
})

/** The same file on both servers, unless told otherwise. */
function twins(own: Partial<FileOptions> = {}, mirrored: Partial<FileOptions> = {}): [TestFile, TestFile] {
  return [near.file('/data.bin', { size, ...own }), far.file('/mirror/data.bin', { size, ...mirrored })]
}

const mirrorsOf = (...files: { url: string }[]): Mirror[] => files.map(({ url }) => ({ url, from: 'user' }))
const digestOf = (file: TestFile) => ({ algorithm: 'sha-256', hex: file.sha256() }) as const

function request(file: TestFile, mirrors: readonly { url: string }[], change: Partial<AddRequest> = {}): AddRequest {
  return rig.request(file.url, { mirrors: mirrorsOf(...mirrors), checksum: digestOf(file), ...change })
}

/** Every state that a source was seen in, up to the end of the download. */
function watch(engine: Engine, id: number) {
  const seen = new Map<string, SourceState>()
  const look = () => {
    for (const { url, state } of engine.view(id)?.sources ?? []) {
      if (seen.get(url)?.kind !== 'dropped') seen.set(url, state)
    }
  }
  engine.subscribe(look)
  look()
  return seen
}

async function completes(engine: Engine, asked: AddRequest, right: TestFile) {
  const id = await engine.add(asked)
  const states = watch(engine, id)
  const view = await untilEnd(engine, id)
  expect(view.state).toMatchObject({ kind: 'done' })
  expect(await sha256(rig.path('data.bin'))).toBe(right.sha256())
  expect(await rig.files()).toEqual(['data.bin'])
  return { view, states }
}

describe('bytes of two servers are mixed', () => {
  it('under a digest of the whole; the faster one gives more', async () => {
    // Slow enough that it is the servers, not a busy machine, that tell how fast they are.
    const [own, mirrored] = twins({ rate: mebibyte / 2 }, { rate: 4 * mebibyte })
    const engine = rig.start()
    const { states } = await completes(engine, request(own, [mirrored], { connections: 2 }), own)
    expect(states.get(mirrored.url)).toEqual({ kind: 'used' })
    expect(mirrored.bytesSent).toBeGreaterThan(2 * own.bytesSent)
  })

  it('under the same ETag when it is made of the content', async () => {
    const etag = { etag: contentTag, rate: 4 * mebibyte } as const
    const [own, mirrored] = twins(etag, etag)
    const { view } = await completes(rig.start(), request(own, [mirrored], { checksum: null, connections: 2 }), own)
    expect(view.state).toMatchObject({ verification: { kind: 'unverified' } })
    expect(mirrored.bytesSent).toBeGreaterThan(size / 4)
  })

  it('with slow start too: each server gets a connection as soon as there are bytes to compare', async () => {
    const [own, mirrored] = twins({ rate: 2 * mebibyte }, { rate: 2 * mebibyte })
    await completes(rig.start(), request(own, [mirrored]), own)
    expect(mirrored.bytesSent).toBeGreaterThan(size / 4)
  })

  it('within the limit of each host', async () => {
    const [own, mirrored] = twins({ rate: mebibyte }, { rate: mebibyte })
    const engine = rig.start({ settings: { connections: 8, connectionsPerHost: 2 } })
    await completes(engine, request(own, [mirrored]), own)
    expect([own.peakParallel, mirrored.peakParallel]).toEqual([2, 2])
  })
})

describe('bytes of two servers are not mixed', () => {
  it('when nothing proves that they are the same: the other one is held back', async () => {
    const [own, mirrored] = twins({ rate: 6 * mebibyte }, {})
    const { states } = await completes(rig.start(), request(own, [mirrored], { checksum: null, connections: 3 }), own)
    expect(states.get(mirrored.url)).toEqual({ kind: 'spare' })
    expect(mirrored.bytesSent).toBeLessThanOrEqual(3 * 65_536)
  })

  it.each(['"5f3a-c00000"', 'W/"9a0364b9e99bb480dd25e1f0284c8555"'] as const)(
    'when both have the ETag %s, which is not made of the content',
    async (etag) => {
      const [own, mirrored] = twins({ etag, rate: 6 * mebibyte }, { etag })
      await completes(rig.start(), request(own, [mirrored], { checksum: null, connections: 3 }), own)
      expect(mirrored.bytesSent).toBeLessThanOrEqual(3 * 65_536)
    },
  )

  it('when the other file has the same size: it is dropped', async () => {
    const [own, mirrored] = twins({ rate: 6 * mebibyte, etag: contentTag }, { seed: 2, etag: contentTag })
    const { states, view } = await completes(rig.start(), request(own, [mirrored], { connections: 3 }), own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'OTHER_FILE' } })
    expect(view.notice).toMatchObject({ code: 'MIRROR_DROPPED' })
  })

  it('when the other file has another size: it is dropped', async () => {
    const [own, mirrored] = twins({ rate: 6 * mebibyte }, { size: size + 1 })
    const { states } = await completes(rig.start(), request(own, [mirrored], { connections: 3 }), own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'OTHER_FILE' } })
  })
})

describe('a mirror that is no good never fails the download', () => {
  const rate = 4 * mebibyte

  it.each<[string, Partial<FileOptions>, string]>([
    ['is not there', { status: 404 }, 'HTTP_404'],
    ['wants a login', { status: 401 }, 'HTTP_401'],
    ['speaks something else', { notHttp: true }, 'PROTO'],
    ['asks to wait for years', { status: { code: 503, headers: { 'retry-after': '1000000000' } } }, 'RETRY_LATER'],
    ['refuses for ever', { refuse: 'rst' }, 'CONNECTION_LOST'],
    ['leads round and round', { redirect: { hops: 30 } }, 'REDIRECTS'],
    ['codes its answers', { contentEncoding: 'gzip' }, 'ENCODING'],
  ])('that %s', async (_, fault, code) => {
    const [own, mirrored] = twins({ rate, cut: { after: 400_000 } }, fault)
    const { states } = await completes(rig.start(), request(own, [mirrored], { connections: 2 }), own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code } })
  })

  it('that has no certificate which can be trusted', async () => {
    const secured = await startServer({ tls: 'self-signed' })
    const [own] = twins({ rate })
    const mirrored = secured.file('/data.bin', { size })
    const { states } = await completes(rig.start(), request(own, [mirrored], { connections: 2 }), own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'TLS' } })
    await secured.close()
  })

  it('that sends no ranges is held back', async () => {
    const [own, mirrored] = twins({ rate }, { ranges: false })
    const { states } = await completes(rig.start(), request(own, [mirrored], { connections: 2 }), own)
    expect(states.get(mirrored.url)).toEqual({ kind: 'spare' })
  })

  it('that dies in the middle', async () => {
    const [own, mirrored] = twins({ rate }, { rate })
    const engine = rig.start()
    const id = await engine.add(request(own, [mirrored], { connections: 4 }))
    await mirrored.waitForBytesSent(mebibyte)
    await far.close()
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(own.sha256())
  })

  it('that stops serving ranges in the middle, after each one broke', async () => {
    const cut = { after: 300_000 }
    const [own, mirrored] = twins({ rate, cut }, { rate, cut, ranges: on({ from: 6 }, false) })
    const { states } = await completes(rig.start(), request(own, [mirrored], { connections: 3 }), own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'RANGE' } })
  })

  it('that puts another file in its place in the middle', async () => {
    const slow = { rate: 2 * mebibyte, cut: { after: 300_000 } }
    const [own, mirrored] = twins(slow, slow)
    const engine = rig.start()
    const id = await engine.add(request(own, [mirrored], { connections: 3 }))
    const states = watch(engine, id)
    await mirrored.waitForBytesSent(mebibyte)
    mirrored.change({ seed: 2 })
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'CHANGED' } })
    expect(await sha256(rig.path('data.bin'))).toBe(own.sha256())
  })

  it('that drips, or stalls: its part goes to the others', async () => {
    const third = await startServer({})
    const [own, mirrored] = twins({ rate: mebibyte }, { drip: on((r) => (r.range?.start ?? 0) > 0, { after: 1000 }) })
    const stalling = third.file('/data.bin', { size, stall: on((r) => (r.range?.start ?? 0) > 0, { after: 1000 }) })
    await completes(rig.start(), request(own, [mirrored, stalling], { connections: 4 }), own)
    expect(mirrored.bytesSent + stalling.bytesSent).toBeLessThan(mebibyte)
    await third.close()
  })
})

describe('the own address', () => {
  it('that says nothing does not hold a mirror', async () => {
    const [own, mirrored] = twins({ silent: true })
    const began = performance.now()
    await completes(rig.start(), request(own, [mirrored]), mirrored)
    expect(performance.now() - began).toBeLessThan(28_000) // headers are waited for for half a minute
    expect(own.bytesSent).toBe(0)
  })

  it('that is late and answers as well is given back', async () => {
    const [own, mirrored] = twins({ delay: 3000 }, { delay: on(1, 500) })
    await completes(rig.start(), request(own, [mirrored]), own)
  })

  it.each<[string, Partial<FileOptions>]>([
    ['is not there', { status: 404 }],
    ['refuses', { refuse: 'rst' }],
    ['is unavailable', { status: 503 }],
    ['speaks something else', { notHttp: true }],
  ])('%s at the start: a mirror is asked', async (_, fault) => {
    const [own, mirrored] = twins(fault)
    const { view } = await completes(rig.start(), request(own, [mirrored], { checksum: null }), mirrored)
    expect(view.name).toBe('data.bin')
  })

  it('breaks before there is a byte: a mirror is asked', async () => {
    const [own, mirrored] = twins({ cut: { after: 0, how: 'rst' } })
    await completes(rig.start(), request(own, [mirrored], { checksum: null }), mirrored)
  })

  it('goes away in the middle: a mirror that is proven to be the same finishes it', async () => {
    const [own, mirrored] = twins(
      { rate: 2 * mebibyte, cut: { after: 2 * mebibyte }, status: on({ from: 2 }, 404) },
      { rate: 2 * mebibyte, cut: { after: mebibyte } },
    )
    const { states, view } = await completes(rig.start(), request(own, [mirrored], { connections: 2 }), mirrored)
    expect(states.get(own.url)).toMatchObject({ kind: 'dropped', error: { code: 'HTTP_404' } })
    expect(view.notice).toMatchObject({ code: 'MIRROR_DROPPED' })
    expect(mirrored.bytesSent).toBeLessThan(size)
  })

  it('goes away in the middle: with one that is not, it begins again and says so', async () => {
    const [own, mirrored] = twins({ rate: 2 * mebibyte, cut: { after: 2 * mebibyte }, status: on({ from: 2 }, 404) })
    const asked = request(own, [mirrored], { checksum: null, connections: 2 })
    const { view } = await completes(rig.start(), asked, mirrored)
    expect(view.notice).toMatchObject({ code: 'RESTARTED_MIRROR' })
    expect(mirrored.bytesSent).toBeGreaterThanOrEqual(size)
  })

  it('has a new file in the middle: under a digest the old one is finished from the mirror', async () => {
    const [own, mirrored] = twins({ rate: 2 * mebibyte, cut: { after: mebibyte } }, { rate: 2 * mebibyte })
    const engine = rig.start()
    const asked = request(own, [mirrored], { connections: 3 })
    const id = await engine.add(asked)
    const states = watch(engine, id)
    await mirrored.waitForBytesSent(mebibyte)
    own.change({ seed: 2 })
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(states.get(own.url)).toMatchObject({ kind: 'dropped', error: { code: 'CHANGED' } })
    expect(await sha256(rig.path('data.bin'))).toBe(mirrored.sha256())
  })
})

describe('a digest that is wrong at the end', () => {
  it('because of one of two servers: asked again of one alone', async () => {
    // Its first range begins in the middle of the file.
    const [own, mirrored] = twins({ rate: 3 * mebibyte }, { rate: 2 * mebibyte, corrupt: { at: size * 0.75 } })
    const { view } = await completes(rig.start(), request(own, [mirrored], { connections: 2 }), own)
    expect(view.notice).toMatchObject({ code: 'RESTARTED_HASH' })
    expect(view.state).toMatchObject({ verification: { kind: 'verified' } })
  })

  it('because of the one that gave most: it is found out, and the other one is asked', async () => {
    const [own, mirrored] = twins({ rate: mebibyte }, { rate: 6 * mebibyte, corrupt: { at: Math.floor(size * 0.9) } })
    const { states } = await completes(rig.start(), request(own, [mirrored], { connections: 2 }), own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'HASH' } })
  })

  it('because of all: fails, and asked no more often than there are servers and one', async () => {
    const [own, mirrored] = twins({ rate: 9 * mebibyte }, { rate: 9 * mebibyte })
    const engine = rig.start()
    const checksum = { algorithm: 'sha-256', hex: '0'.repeat(64) } as const
    const id = await engine.add(request(own, [mirrored], { connections: 2, checksum }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
    expect(own.bytesSent + mirrored.bytesSent).toBeLessThan(3.5 * size)
    expect(engine.view(id)?.received).toBe(size)
  })
})

describe('mirrors', () => {
  it('72: get no credentials and no headers of the own address', async () => {
    const [own, mirrored] = twins({ rate: 4 * mebibyte }, { rate: 4 * mebibyte })
    const credentials = {
      user: 'me',
      password: 's3cret',
      headers: [
        ['X-Token', 's3cret'],
        ['User-Agent', 'mine'],
      ] as const,
      cookies: 'sid=s3cret',
    }
    own.set({ basicAuth: { user: 'me', password: 's3cret' } })
    await completes(rig.start(), request(own, [mirrored], { connections: 3, credentials }), own)
    expect(mirrored.bytesSent).toBeGreaterThan(mebibyte)
    for (const { headers } of mirrored.requests) {
      expect(JSON.stringify(headers)).not.toContain('s3cret')
      expect(headers).not.toHaveProperty('authorization')
      expect(headers).toMatchObject({ 'user-agent': 'mine' })
    }
    expect(own.requests.some(({ headers }) => headers['x-token'] === 's3cret')).toBe(true)
  })

  it('74: that a server named must not be private addresses', async () => {
    const [own, mirrored] = twins({ rate: 4 * mebibyte })
    const asked = request(own, [], { connections: 2, mirrors: [{ url: mirrored.url, from: 'server' }] })
    const { states } = await completes(rig.start(), asked, own)
    expect(states.get(mirrored.url)).toMatchObject({ kind: 'dropped', error: { code: 'PRIVATE_ADDR' } })
    expect(far.requests).toEqual([])
  })

  it('go on after a restart of the program, each from its own ranges', async () => {
    const [own, mirrored] = twins({ rate: mebibyte }, { rate: mebibyte })
    const first = rig.start()
    const id = await first.add(request(own, [mirrored], { connections: 4 }))
    await mirrored.waitForBytesSent(2 * mebibyte)
    await rig.stop()
    const sent = own.bytesSent + mirrored.bytesSent
    own.unset('rate')
    mirrored.unset('rate')

    const second = rig.start()
    expect(second.view(id)?.sources.map(({ url }) => url)).toEqual([own.url, mirrored.url])
    expect((await untilEnd(second, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(own.sha256())
    expect(own.bytesSent + mirrored.bytesSent - sent).toBeLessThan(size - mebibyte)
  })

  it('go on after a restart although the address that began it is gone', async () => {
    const [own, mirrored] = twins({ status: 404 }, { rate: mebibyte })
    const third = await startServer({})
    const other = third.file('/data.bin', { size })
    const first = rig.start()
    const id = await first.add(request(own, [mirrored, other], { connections: 2, checksum: digestOf(other) }))
    await waitFor(first, id, (view) => view.received > mebibyte)
    await rig.stop()
    mirrored.set({ status: 410 })

    const second = rig.start()
    expect((await untilEnd(second, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(other.sha256())
    await third.close()
  })

  it('may come while it runs, and go', async () => {
    const [own, mirrored] = twins({ rate: 300_000 }, { rate: 8 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(request(own, [], { connections: 4 }))
    await own.waitForBytesSent(mebibyte)
    expect(engine.view(id)?.sources).toEqual([])
    engine.setMirrors(id, mirrorsOf(mirrored, mirrored, own))
    expect(engine.view(id)?.sources.map(({ url }) => url)).toEqual([own.url, mirrored.url])
    await mirrored.waitForBytesSent(2 * mebibyte)
    engine.setMirrors(id, [])
    await far.waitUntil(() => mirrored.parallel === 0)
    const requests = mirrored.requests.length
    own.unset('rate')
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(mirrored.requests).toHaveLength(requests)
    expect(await sha256(rig.path('data.bin'))).toBe(own.sha256())
  })
})
