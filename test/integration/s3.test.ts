import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import S3rver from '@20minutes/s3rver'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newAccount, type Account } from '../../src/shared/accounts'
import { encodePath } from '../../src/shared/percent'
import { sigV4, signV4 } from '../../src/main/sources/sign/v4'
import { Content } from '../server'
import { Rig, sha256, untilEnd } from './rig'

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
