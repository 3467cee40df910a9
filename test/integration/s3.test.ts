import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import S3rver from '@20minutes/s3rver'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createDigest } from '../../src/main/engine/integrity/digest'
import { newAccount, type Account } from '../../src/shared/accounts'
import { encodePath } from '../../src/shared/percent'
import { sigV4, signV4 } from '../../src/main/sources/sign/v4'
import { startS3Server, type S3Object, type S3Server } from '../oss-server'
import { Content } from '../server'
import { Rig, sha256, untilEnd, waitFor } from './rig'

/** S3 against a server that somebody else wrote, and that verifies signatures. */

const mebibyte = 1024 * 1024
const keys = { id: 'S3RVER', secret: 'S3RVER', token: null }

let rig: Rig
let folder: string
let server: S3rver
let endpoint: string
beforeEach(async () => {
  rig = await Rig.create()
  folder = await mkdtemp(path.join(tmpdir(), 'longshore-s3-'))
  server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'bucket' }],
  })
  const { port } = (await server.run()) as AddressInfo
  endpoint = `http://127.0.0.1:${port}`
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

async function put(key: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const url = new URL(`${endpoint}/bucket/${encodePath(key)}`)
  const headers = [['host', url.host]] as const
  const signed = signV4(
    sigV4,
    { method: 'PUT', resource: `/bucket/${key}`, query: [], headers },
    keys,
    'us-east-1',
    Date.now(),
  )
  const { status } = await fetch(url, { method: 'PUT', body, headers: Object.fromEntries(signed) })
  expect(status).toBe(200)
}

async function engineWith(change: Partial<Account> = {}, secret = keys.secret) {
  const engine = rig.start()
  const account: Account = { ...newAccount, id: 's3', name: 'S3', kind: 's3', keyId: keys.id, endpoint, ...change }
  await rig.composition.accounts.save(account, { secret, token: '' })
  return engine
}

describe('S3', () => {
  it.each(['plain.bin', 'folder/a b+c/日本語 🚢.bin'])(
    '%j is signed and fetched over several connections',
    async (key) => {
      const content = new Content(6 * mebibyte + 11, 3)
      await put(key, new Uint8Array(content.bytes()))
      const engine = await engineWith()
      const id = await engine.add(rig.request(`s3://bucket/${key}`, { connections: 3, partSize: mebibyte }))
      const end = await untilEnd(engine, id)
      expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
      expect(await sha256(rig.path(end.name))).toBe(content.digest())
    },
  )

  it('a wrong secret and a missing key have their codes', async () => {
    const engine = await engineWith({}, 'wrong')
    const wrong = await engine.add(rig.request('s3://bucket/k.bin'))
    expect((await untilEnd(engine, wrong)).state).toMatchObject({ error: { code: 'CLOUD_SIGNATURE' } })
    await rig.composition.accounts.save(
      { ...newAccount, id: 's3', name: 'S3', kind: 's3', keyId: keys.id, endpoint },
      { secret: keys.secret, token: '' },
    )
    const missing = await engine.add(rig.request('s3://bucket/k.bin'))
    expect((await untilEnd(engine, missing)).state).toMatchObject({ error: { code: 'CLOUD_NO_OBJECT' } })
  })

  it('lists a prefix', async () => {
    for (const key of ['dir/a b.bin', 'dir/日本+.bin', 'other.bin']) await put(key, new Uint8Array(3))
    await engineWith()
    const page = await rig.composition.cloud.list('s3://bucket/dir/', null, null, new AbortController().signal)
    expect(page).toEqual({
      objects: [
        { key: 'dir/a b.bin', size: 3 },
        { key: 'dir/日本+.bin', size: 3 },
      ],
      next: null,
    })
  })
})

/** What s3rver does not have, against a stand-in that verifies signatures with the AWS SDK's signer. */
describe('S3 as Amazon has it', () => {
  let s3: S3Server
  beforeEach(async () => {
    s3 = await startS3Server()
  })
  afterEach(() => s3.close())

  const content = new Content(3 * mebibyte + 5, 8)
  const base64 = (algorithm: 'crc64nvme' | 'sha-256') => {
    const digest = createDigest(algorithm)
    digest.update(content.bytes())
    return Buffer.from(digest.hex(), 'hex').toString('base64')
  }
  const engine = () => engineWith({ endpoint: s3.endpoint, keyId: 'AKIA-test' }, 'a secret of tests')
  const fetched = async (object: Omit<S3Object, 'content'> = {}) => {
    s3.objects.set('k.bin', { content, ...object })
    const running = await engine()
    const id = await running.add(rig.request('s3://bucket/k.bin', { connections: 2, partSize: mebibyte }))
    return { running, id, end: await untilEnd(running, id) }
  }

  it('is asked for its checksums, and the file is verified by the one of the whole', async () => {
    const { end } = await fetched({
      checksums: { 'x-amz-checksum-crc64nvme': base64('crc64nvme'), 'x-amz-checksum-type': 'FULL_OBJECT' },
    })
    expect(end.state).toMatchObject({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm: 'crc64nvme', source: 'server' }] },
    })
    expect(s3.requests.every(({ headers }) => headers['x-amz-checksum-mode'] === 'ENABLED')).toBe(true)
  })

  it.each([
    ['by their type', { 'x-amz-checksum-sha256': base64('sha-256'), 'x-amz-checksum-type': 'COMPOSITE' }],
    ['by the number of parts', { 'x-amz-checksum-sha256': `${base64('sha-256')}-2` }],
  ])('does not take checksums of parts for that of the whole: told %s', async (_, checksums) => {
    const { end } = await fetched({ checksums })
    expect(end.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })

  it('a wrong checksum of the whole is no finished file', async () => {
    const wrong = Buffer.alloc(8, 7).toString('base64')
    const { end } = await fetched({ checksums: { 'x-amz-checksum-crc64nvme': wrong } })
    expect(end.state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
    expect(await rig.files()).not.toContain('k.bin')
  })

  it('an archived object is restored when asked, waited for, and fetched', async () => {
    const { running, id, end } = await fetched({ archived: 'yes' })
    expect(end.state).toMatchObject({ kind: 'failed', error: { code: 'CLOUD_ARCHIVED' } })
    await running.thaw(id)
    await waitFor(running, id, ({ hold }) => hold?.kind === 'restore')
    expect(s3.requests.filter(({ method }) => method === 'POST').map(({ status }) => status)).toEqual([202])
    // Whoever asks once more is told that it is under way, which is as good.
    running.pause([id])
    await running.thaw(id)
    s3.objects.set('k.bin', { content })
    expect((await untilEnd(running, id)).state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(await sha256(rig.path('k.bin'))).toBe(content.digest())
  })

  it.each([
    ['CLOUD_DENIED', { status: 403, code: 'AccessDenied' }],
    ['CLOUD_KEY_ID', { status: 403, code: 'InvalidAccessKeyId' }],
    ['CLOUD_TOKEN', { status: 400, code: 'ExpiredToken' }],
    ['CLOUD_TOKEN', { status: 400, code: 'InvalidToken' }],
    ['CLOUD_CLOCK', { status: 403, code: 'RequestTimeTooSkewed' }],
    ['CLOUD_NO_BUCKET', { status: 404, code: 'NoSuchBucket' }],
    ['CLOUD_NO_OBJECT', { status: 404, code: 'NoSuchVersion' }],
    ['CLOUD_LINK', { status: 403, code: 'AccessDenied', message: 'Request has expired' }],
    ['CLOUD_PLACE eu-west-1', { status: 400, code: 'AuthorizationHeaderMalformed', extra: { Region: 'eu-west-1' } }],
    [
      'CLOUD_PLACE bucket.s3-eu-west-1.amazonaws.com',
      { status: 301, code: 'PermanentRedirect', extra: { Endpoint: 'bucket.s3-eu-west-1.amazonaws.com' } },
    ],
    [
      'CLOUD_PLACE eu-west-2',
      { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-west-2' } },
    ],
  ])('a refusal has its own code: %s', async (told, refusal) => {
    s3.refuse = () => refusal
    const { end } = await fetched()
    const error = end.state.kind === 'failed' ? end.state.error : null
    expect([error?.code, error?.about].filter(Boolean).join(' ')).toBe(told)
  })

  it('SlowDown is waited for, and gone on after', async () => {
    s3.refuse = (nth) =>
      nth < 3 ? { status: 503, code: 'SlowDown', message: 'Please reduce your request rate.' } : null
    const { end } = await fetched()
    expect(end.state).toEqual(expect.objectContaining({ kind: 'done' }))
    expect(s3.requests.map(({ status }) => status).slice(0, 3)).toEqual([503, 503, 206])
  })
})
