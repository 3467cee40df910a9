import { readFile } from 'node:fs/promises'
import type { LookupFunction } from 'node:net'
import { writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newAccount, type Account } from '../../src/shared/accounts'
import type { DownloadView } from '../../src/shared/download'
import { presignOssV1 } from '../../src/main/sources/sign/oss-v1'
import { ossV4, presignV4 } from '../../src/main/sources/sign/v4'
import { encodePath, encodeQuery } from '../../src/shared/percent'
import { startOssServer, type OssServer } from '../oss-server'
import { Rig, sha256, untilEnd, waitFor, type RigOptions } from './rig'

/** OSS as users meet it: the engine against the stand-in, which verifies every signature with Alibaba Cloud's signer. */

const mebibyte = 1024 * 1024
const keys = { id: 'LTAI-test', secret: 'a secret of tests' }

let rig: Rig
let server: OssServer
beforeEach(async () => {
  rig = await Rig.create()
  server = await startOssServer()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
})

const account = (change: Partial<Account> = {}): Account => ({
  ...newAccount,
  id: 'main',
  name: 'Main',
  kind: 'oss',
  keyId: keys.id,
  region: 'oss-cn-hangzhou',
  endpoint: server.endpoint,
  ...change,
})

/** An engine with an account. */
async function engineWith(change: Partial<Account> = {}, options: RigOptions = {}, token = '') {
  const engine = rig.start(options)
  const mine = account(change)
  await rig.composition.accounts.save(mine, mine.keys === 'stored' ? { secret: keys.secret, token } : null)
  return engine
}

const address = (key: string, query = '') => `oss://${server.bucket}/${key}${query}`

async function fetched(key: string, change: Partial<Account> = {}, options: RigOptions = {}) {
  const engine = await engineWith(change, options)
  const id = await engine.add(rig.request(address(key)))
  return { engine, id, end: await untilEnd(engine, id) }
}

describe('an object', () => {
  it.each(['plain/file.bin', 'a b+c%d/日本語 🚢.bin', "what's (this)!*.bin", 'two//slashes.bin'])(
    '%j is signed, fetched and verified by its CRC',
    async (key) => {
      server.put(key, { size: 3 * mebibyte + 7 })
      const { end } = await fetched(key.replaceAll('%', '%25'))
      expect(end.state).toMatchObject({
        kind: 'done',
        verification: { kind: 'verified', checks: [{ algorithm: 'crc64xz', source: 'server' }] },
      })
      expect(await sha256(rig.path(end.name))).toBe(server.sha256(key))
      expect(server.requests.every(({ status }) => status === 206)).toBe(true)
    },
  )

  it('comes over several connections, every range with If-Match and the standard behaviour of ranges', async () => {
    server.put('big.bin', { size: 24 * mebibyte })
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('big.bin'), { connections: 4, partSize: mebibyte }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('big.bin'))).toBe(server.sha256('big.bin'))
    expect(server.requests.length).toBeGreaterThan(3)
    for (const { headers } of server.requests) expect(headers['x-oss-range-behavior']).toBe('standard')
    const [, ...ranges] = server.requests
    for (const { headers } of ranges) expect(headers['if-match']).toMatch(/^"[0-9A-F]+"$/)
  })

  it('below the threshold comes over one connection', async () => {
    server.put('small.bin', { size: 9 * mebibyte })
    const engine = await engineWith()
    const id = await engine.add(
      rig.request(address('small.bin'), { connections: 4, partSize: 100 * 1024, threshold: 10 * mebibyte }),
    )
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests).toHaveLength(1)
  })

  it('without a CRC is not called verified', async () => {
    server.put('old.bin', { size: mebibyte, crc: false })
    const { end } = await fetched('old.bin')
    expect(end.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })

  it('is asked for with version 1 too', async () => {
    server.put('a b/日本.bin', { size: mebibyte })
    const { end } = await fetched('a b/日本.bin', { signature: 'v1' })
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests[0]?.headers.authorization).toMatch(/^OSS LTAI-test:/)
  })

  it('of a public bucket needs no keys', async () => {
    server.put('open.bin', { size: mebibyte, public: true })
    const { end } = await fetched('open.bin', { keys: 'none', keyId: '' })
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
  })

  it('takes its keys from the environment', async () => {
    server.put('env.bin', { size: mebibyte })
    const env = {
      OSS_ACCESS_KEY_ID: keys.id,
      OSS_ACCESS_KEY_SECRET: keys.secret,
      OSS_REGION: 'cn-hangzhou',
      OSS_ENDPOINT: server.endpoint,
    }
    const engine = rig.start({ env })
    const id = await engine.add(rig.request(address('env.bin')))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
  })

  it('gets the headers and parameters that the user gave, signed', async () => {
    server.put('dear.bin', { size: mebibyte })
    const engine = await engineWith()
    const headers = [
      ['x-oss-traffic-limit', '819200'],
      ['X-Oss-Request-Payer', 'requester'],
    ] as const
    const credentials = { user: '', password: '', cookies: '', headers }
    const id = await engine.add(
      rig.request(address('dear.bin', '?response-content-type=text%2Fplain'), { credentials }),
    )
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests[0]?.headers).toMatchObject({
      'x-oss-traffic-limit': '819200',
      'x-oss-request-payer': 'requester',
    })
    expect(server.requests[0]?.query).toEqual([['response-content-type', 'text/plain']])
  })

  it('of no bytes is a file of no bytes', async () => {
    server.put('empty.bin', { size: 0 })
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('empty.bin'), { threshold: 0 }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await readFile(rig.path('empty.bin'))).toHaveLength(0)
  })
})

describe('the place of a bucket', () => {
  const toHere: LookupFunction = (_host, options, callback) => {
    if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }])
    else callback(null, '127.0.0.1', 4)
  }
  const network = { reach: { lookup: toHere, isPrivate: () => false } }

  it('is a subdomain of the endpoint', async () => {
    server.put('k.bin', { size: 1000 })
    const endpoint = `http://oss-cn-hangzhou.example.test:${server.port}`
    const { end } = await fetched('k.bin', { endpoint }, { network })
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests[0]?.host).toBe(`${server.bucket}.oss-cn-hangzhou.example.test:${server.port}`)
  })

  it('is a path where the account says so', async () => {
    server.put('k.bin', { size: 1000 })
    const endpoint = `http://oss-test.example:${server.port}`
    const { end } = await fetched('k.bin', { endpoint, pathStyle: true }, { network })
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests[0]?.host).toBe(`oss-test.example:${server.port}`)
  })

  it('is a domain of its own', async () => {
    await server.close()
    server = await startOssServer({ domain: 'files.example' })
    server.put('dir/k.bin', { size: 1000 })
    const { end } = await fetched('dir/k.bin', { domain: `http://files.example:${server.port}` }, { network })
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests[0]?.host).toBe(`files.example:${server.port}`)
  })

  it('is read from a web address when an account is chosen for it', async () => {
    server.put('dir/k l.bin', { size: 1000 })
    const engine = await engineWith()
    const url = `${server.endpoint}/${server.bucket}/dir/k%20l.bin`
    const id = await engine.add(rig.request(url, { account: 'main' }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
  })
})

describe('a presigned link', () => {
  const signable = { method: 'GET', query: [], headers: [] }
  const link = (key: string, seconds = 600, version: 'v4' | 'v1' = 'v4') => {
    const resource = `/${server.bucket}/${key}`
    const who = { ...keys, token: null }
    const at = Date.now() - 10_000
    const query =
      version === 'v4'
        ? presignV4(ossV4, { ...signable, resource }, who, 'cn-hangzhou', at, seconds + 10)
        : presignOssV1({ ...signable, resource }, who, Math.floor(Date.now() / 1000) + seconds)
    return `${server.endpoint}${encodePath(resource)}?${encodeQuery(query)}`
  }

  it.each(['v4', 'v1'] as const)('of %s is asked for as it is', async (version) => {
    server.put('a b.bin', { size: 5 * mebibyte })
    const engine = rig.start()
    const id = await engine.add(rig.request(link('a b.bin', 600, version), { connections: 2 }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('a b.bin'))).toBe(server.sha256('a b.bin'))
  })

  it('that has expired says so; a new one goes on from what is there', async () => {
    server.put('late.bin', { size: 8 * mebibyte })
    server.switches = { stall: () => 2 * mebibyte }
    const engine = rig.start()
    const id = await engine.add(rig.request(link('late.bin'), { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    engine.pause([id])
    server.release()
    server.switches = { skew: 3600_000 }
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'CLOUD_LINK' } })
    server.switches = {}
    const before = server.requests.length
    await engine.relink(id, link('late.bin', 700))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('late.bin'))).toBe(server.sha256('late.bin'))
    expect(server.requests.slice(before).every(({ headers }) => headers.range !== 'bytes=0-')).toBe(true)
  })
})

describe('a version', () => {
  it('is pinned: what is uploaded meanwhile does not mix with it', async () => {
    await server.close()
    server = await startOssServer({ versioning: true })
    server.put('v.bin', { size: 12 * mebibyte, seed: 1 })
    const wanted = server.sha256('v.bin')
    server.switches = { stall: () => mebibyte }
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('v.bin'), { connections: 2 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    server.put('v.bin', { size: 12 * mebibyte, seed: 2 })
    engine.pause([id])
    server.release()
    await rig.stop()
    const again = rig.start()
    again.resume([id])
    expect((await untilEnd(again, id)).state.kind).toMatch(/failed|done/)
    // The secret is not kept by this system: it is given again, and the download goes on by itself.
    await rig.composition.accounts.save(account(), { secret: keys.secret, token: '' })
    again.accountChanged('main')
    expect((await untilEnd(again, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('v.bin'))).toBe(wanted)
    expect(server.requests.at(-1)?.query).toEqual([['versionId', 'CAEQ1']])
  })

  it('is fetched when the address names it', async () => {
    await server.close()
    server = await startOssServer({ versioning: true })
    server.put('v.bin', { size: 1000, seed: 1 })
    server.put('v.bin', { size: 2000, seed: 2 })
    const { end } = await fetched('v.bin?versionId=CAEQ1')
    expect(end).toMatchObject({ state: { kind: 'done' }, total: 1000 })
  })
})

describe('keys', () => {
  it('that run out stop the download; new ones let it go on from where it was', async () => {
    server.keys = [{ ...keys, token: 'first' }]
    server.put('sts.bin', { size: 12 * mebibyte })
    server.switches = { stall: () => 2 * mebibyte }
    const engine = await engineWith({}, {}, 'first')
    const id = await engine.add(rig.request(address('sts.bin'), { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    server.keys = [{ ...keys, token: 'second' }]
    server.switches = { cut: () => 0 }
    server.release()
    server.switches = {}
    engine.pause([id])
    engine.resume([id])
    const failed = await untilEnd(engine, id)
    expect(failed.state).toMatchObject({ kind: 'failed', error: { code: 'CLOUD_TOKEN' } })
    expect(failed.received).toBeGreaterThanOrEqual(mebibyte)
    const before = server.requests.length
    await rig.composition.accounts.save(account(), { secret: keys.secret, token: 'second' })
    engine.accountChanged('main')
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('sts.bin'))).toBe(server.sha256('sts.bin'))
    expect(server.requests.slice(before).every(({ headers }) => headers.range !== 'bytes=0-')).toBe(true)
  })

  it('that are replaced while it runs are used for the next request', async () => {
    server.keys = [{ ...keys, token: 'first' }]
    server.put('sts.bin', { size: 8 * mebibyte })
    server.switches = { stall: (nth) => (nth === 1 ? 2 * mebibyte : null) }
    const engine = await engineWith({}, {}, 'first')
    const id = await engine.add(rig.request(address('sts.bin'), { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    await rig.composition.accounts.save(account(), { secret: keys.secret, token: 'second' })
    server.keys = [{ ...keys, token: 'second' }]
    server.switches = { cut: (nth) => (nth === 1 ? 0 : null) }
    server.release()
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('sts.bin'))).toBe(server.sha256('sts.bin'))
  })

  it('of an account that is gone are asked for', async () => {
    server.put('k.bin', { size: 1000 })
    const engine = rig.start()
    const id = await engine.add(rig.request(address('k.bin'), { account: 'gone' }))
    expect((await untilEnd(engine, id)).state).toMatchObject({ error: { code: 'CLOUD_ACCOUNT' } })
  })
})

describe('a clock', () => {
  it('that is hours off is corrected from the answer, and the request repeated', async () => {
    server.put('k.bin', { size: 5 * mebibyte })
    server.switches = { skew: 5 * 3600_000 }
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('k.bin'), { connections: 2 }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests.map(({ status }) => status).filter((status) => status === 403)).toHaveLength(1)
  })
})

describe('a refusal', () => {
  it.each([
    ['CLOUD_NO_OBJECT', {}, 'none.bin'],
    ['CLOUD_KEY_ID', { keyId: 'nobody' }, 'k.bin'],
    ['CLOUD_REGION', { region: 'cn-beijing' }, 'k.bin'],
    ['CLOUD_DENIED', { keys: 'none' as const }, 'k.bin'],
  ])('%s has its own code', async (code, change, key) => {
    server.put('k.bin', { size: 1000 })
    const { end } = await fetched(key, change)
    expect(end.state).toMatchObject({ kind: 'failed', error: { code, retry: 'no' } })
    expect(server.requests).toHaveLength(1)
  })

  it('of a bucket that is not there, of a wrong secret, of a right that is missing', async () => {
    server.put('k.bin', { size: 1000 })
    const engine = await engineWith()
    const elsewhere = await engine.add(rig.request('oss://another-bucket/k.bin'))
    expect((await untilEnd(engine, elsewhere)).state).toMatchObject({ error: { code: 'CLOUD_NO_BUCKET' } })
    server.switches = { deny: true }
    const denied = await engine.add(rig.request(address('k.bin')))
    expect((await untilEnd(engine, denied)).state).toMatchObject({ error: { code: 'CLOUD_DENIED' } })
    server.keys = [{ id: keys.id, secret: 'another' }]
    const wrong = await engine.add(rig.request(address('k.bin')))
    expect((await untilEnd(engine, wrong)).state).toMatchObject({ error: { code: 'CLOUD_SIGNATURE' } })
  })

  it('names the right endpoint when the service does', async () => {
    server.put('k.bin', { size: 1000 })
    server.switches = { elsewhere: 'oss-cn-shanghai.aliyuncs.com' }
    const { end } = await fetched('k.bin')
    expect(end.state).toMatchObject({ error: { code: 'CLOUD_PLACE', about: 'oss-cn-shanghai.aliyuncs.com' } })
  })

  it.each(['QpsLimitExceeded', 'DownloadTrafficRateLimitExceeded', 'SlowDown'])(
    'of too much at a time, %s, is waited for; when patience is over, it has its own code',
    async (busy) => {
      server.put('k.bin', { size: mebibyte })
      server.switches = { busy: (nth) => nth !== 3 && busy, cut: () => 1000 }
      const { end } = await fetched('k.bin')
      expect(end.state).toMatchObject({ kind: 'failed', error: { code: 'CLOUD_BUSY' } })
      expect(server.requests.map(({ status }) => status).slice(0, 4)).toEqual([503, 503, 0, 503]) // 0: cut off
    },
  )

  it('that stands in x-oss-err alone is read there', async () => {
    server.switches = { bodiless: true }
    const { end } = await fetched('none.bin')
    const error = end.state.kind === 'failed' ? end.state.error : null
    expect(error?.code).toBe('CLOUD_NO_OBJECT')
    expect(error?.detail).toContain('NoSuchKey')
  })

  it('503 is waited for', async () => {
    server.put('k.bin', { size: mebibyte })
    server.switches = { busy: (nth) => nth <= 2 }
    const { end } = await fetched('k.bin')
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(server.requests.map(({ status }) => status)).toEqual([503, 503, 206])
  })
})

describe('an archived object', () => {
  const resting = ({ state, hold }: DownloadView) => state.kind === 'queued' && hold?.kind === 'restore'

  it('says so, is restored when asked, waited for over a restart, and fetched', async () => {
    server.put('cold.bin', { size: mebibyte, storageClass: 'Archive' })
    const { engine, id, end } = await fetched('cold.bin')
    expect(end.state).toMatchObject({ kind: 'failed', error: { code: 'CLOUD_ARCHIVED' } })
    await engine.thaw(id)
    await waitFor(engine, id, resting)
    expect(server.requests.some(({ method, status }) => method === 'POST' && status === 202)).toBe(true)
    await rig.stop()
    const env = { OSS_ACCESS_KEY_ID: keys.id, OSS_ACCESS_KEY_SECRET: keys.secret }
    const again = rig.start({ env })
    await rig.composition.accounts.save(account(), { secret: keys.secret, token: '' })
    again.accountChanged('main')
    await waitFor(again, id, resting)
    server.thawed('cold.bin')
    expect((await untilEnd(again, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('cold.bin'))).toBe(server.sha256('cold.bin'))
  })

  it('that is being restored leaves its slot to others, and is looked at again and again', async () => {
    server.put('cold.bin', { size: 1000, storageClass: 'Archive' })
    server.put('warm.bin', { size: mebibyte })
    const { engine, id } = await fetched('cold.bin', {}, { settings: { concurrentDownloads: 1 } })
    await engine.thaw(id)
    await waitFor(engine, id, resting)
    const other = await engine.add(rig.request(address('warm.bin')))
    expect((await untilEnd(engine, other)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    const looks = () => server.requests.filter(({ key, status }) => key === 'cold.bin' && status === 403).length
    const before = looks()
    await expect.poll(looks).toBeGreaterThan(before + 1)
    // Paused, nobody looks; resumed, it is looked at once more and rests again.
    engine.pause([id])
    expect(engine.view(id)).toMatchObject({ state: { kind: 'paused' }, hold: null })
    engine.resume([id])
    await waitFor(engine, id, resting)
    server.thawed('cold.bin')
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
  })

  it('whose restoration is refused says why, and nothing waits', async () => {
    server.put('cold.bin', { size: 1000, storageClass: 'Archive' })
    const { engine, id } = await fetched('cold.bin')
    server.switches = { deny: true }
    await expect(engine.thaw(id)).rejects.toThrow(/CLOUD_DENIED/)
    expect(engine.view(id)?.state).toMatchObject({ kind: 'failed', error: { code: 'CLOUD_ARCHIVED' } })
  })
})

describe('what oss2 does wrong', () => {
  it('a wrong CRC does not stay wrong: the next try fetches anew', async () => {
    server.put('k.bin', { size: 4 * mebibyte })
    server.switches = { flip: 3 * mebibyte }
    const { engine, id, end } = await fetched('k.bin')
    expect(end.state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
    expect(await rig.files()).not.toContain('k.bin')
    server.switches = {}
    engine.resume([id])
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('k.bin'))).toBe(server.sha256('k.bin'))
  })

  it('a partial file that a power cut shortened is noticed, and what it lacks fetched again', async () => {
    server.put('k.bin', { size: 8 * mebibyte })
    server.switches = { stall: () => 4 * mebibyte }
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('k.bin'), { connections: 1 }))
    await waitFor(engine, id, (view) => view.received >= 3 * mebibyte)
    await rig.stop()
    server.release()
    const [part = ''] = await rig.files()
    await writeFile(rig.path(part), (await readFile(rig.path(part))).subarray(0, mebibyte), { flag: 'r+' })
    const { truncate } = await import('node:fs/promises')
    await truncate(rig.path(part), mebibyte)
    const again = rig.start()
    await rig.composition.accounts.save(account(), { secret: keys.secret, token: '' })
    again.accountChanged('main')
    expect(await untilEnd(again, id)).toMatchObject({ state: { kind: 'done' }, notice: { code: 'PART_TRUNCATED' } })
    expect(await sha256(rig.path('k.bin'))).toBe(server.sha256('k.bin'))
  })

  it('one 200 to a range among many does not overwrite its neighbours', async () => {
    server.put('k.bin', { size: 16 * mebibyte })
    server.switches = { wholeForRange: (nth) => nth === 3 }
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('k.bin'), { connections: 4, partSize: mebibyte }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('k.bin'))).toBe(server.sha256('k.bin'))
  })

  it('a 403 leaves the file alone that is there already', async () => {
    server.put('k.bin', { size: 1000 })
    await writeFile(rig.path('k.bin'), 'precious')
    server.switches = { deny: true }
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('k.bin'), { onConflict: 'overwrite', threshold: 10 * mebibyte }))
    expect((await untilEnd(engine, id)).state.kind).toBe('failed')
    expect(await readFile(rig.path('k.bin'), 'utf8')).toBe('precious')
  })

  it('an object that is stored with Content-Encoding: gzip is fetched as it is stored', async () => {
    server.put('page.gz', { size: 2 * mebibyte, contentEncoding: 'gzip' })
    const { end } = await fetched('page.gz')
    expect(end.state).toMatchObject({ kind: 'done', verification: { kind: 'verified' } })
    expect(await sha256(rig.path('page.gz'))).toBe(server.sha256('page.gz'))
  })

  it('a folder that is missing is made', async () => {
    server.put('k.bin', { size: 1000 })
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('k.bin'), { folder: rig.path('not/yet/there') }))
    expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await readFile(rig.path('not/yet/there/k.bin'))).toHaveLength(1000)
  })

  it('two downloads of one object to one place do not meet', async () => {
    server.put('k.bin', { size: 4 * mebibyte })
    const engine = await engineWith()
    const ids = await engine.addAll([rig.request(address('k.bin')), rig.request(address('k.bin'))])
    for (const id of ids) expect((await untilEnd(engine, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await rig.files()).toEqual(['k (1).bin', 'k.bin'])
    for (const name of await rig.files()) expect(await sha256(rig.path(name))).toBe(server.sha256('k.bin'))
  })

  it('an object that is overwritten in the middle is begun again, not mixed', async () => {
    server.put('k.bin', { size: 8 * mebibyte, seed: 1 })
    server.switches = { stall: () => mebibyte }
    const engine = await engineWith()
    const id = await engine.add(rig.request(address('k.bin'), { connections: 2 }))
    await waitFor(engine, id, (view) => view.received >= mebibyte)
    server.put('k.bin', { size: 8 * mebibyte, seed: 2 })
    engine.pause([id])
    server.release()
    engine.resume([id])
    expect(await untilEnd(engine, id)).toMatchObject({ state: { kind: 'done' }, notice: { code: 'RESTARTED_CHANGED' } })
    expect(await sha256(rig.path('k.bin'))).toBe(server.sha256('k.bin'))
  })
})

describe('the test of an account', () => {
  const test = async (change: Partial<Account>, secret = keys.secret) => {
    rig.start()
    const error = await rig.composition.cloud.test(account(change), { secret, token: '' })
    return error?.code ?? null
  }

  it.each([
    [null, {}, keys.secret],
    [null, { signature: 'v1' as const }, keys.secret],
    ['CLOUD_KEY_ID', { keyId: 'nobody' }, keys.secret],
    ['CLOUD_SIGNATURE', {}, 'wrong'],
    ['CLOUD_REGION', { region: 'cn-beijing' }, keys.secret],
    ['CONNECT', { endpoint: 'http://127.0.0.1:9' }, keys.secret],
  ])('says %s', async (code, change, secret) => {
    expect(await test(change, secret)).toBe(code)
  })

  it('is content with keys that may not list buckets', async () => {
    server.switches = { deny: true }
    expect(await test({})).toBe(null)
  })
})

describe('a list', () => {
  it('of more than a page has every key, whatever is in it', async () => {
    const names = ['dir/', 'dir/a b+c&d.bin', 'dir/日本.bin', 'dir/<x>.bin', 'dir/control\u0001.bin', 'other.bin']
    for (const name of names) server.put(name, { size: name.length })
    for (let n = 0; n < 2100; n++) server.put(`dir/n/${n}.bin`, { size: 0 })
    await engineWith()
    const { cloud } = rig.composition
    const found: string[] = []
    let token: string | null = null
    do {
      const page = await cloud.list(address('dir/'), null, token, new AbortController().signal)
      found.push(...page.objects.map(({ key }) => key))
      token = page.next
    } while (token !== null)
    expect(found).toHaveLength(2105)
    for (const name of names.slice(0, 5)) expect(found).toContain(name)
    expect(server.requests).toHaveLength(3)
  })
})
