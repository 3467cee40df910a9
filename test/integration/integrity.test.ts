import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type FileOptions, type TestServer } from '../server'
import { Rig, untilEnd } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
beforeEach(async () => {
  rig = await Rig.create()
  server = await startServer({})
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
})

async function download(options: Partial<FileOptions>) {
  const file = server.file('/data.bin', { size: 6 * mebibyte, ...options })
  const engine = rig.start()
  const id = await engine.add(rig.request(file.url, { connections: 4 }))
  return { file, engine, id, view: await untilEnd(engine, id) }
}

describe('digests that the server sends', () => {
  it.each([
    ['repr-digest', 'sha-256'],
    ['content-digest', 'sha-256'],
    ['digest', 'sha-256'],
    ['content-md5', 'md5'],
    ['x-goog-hash', 'md5'],
    ['x-amz-checksum-crc64nvme', 'crc64nvme'],
    ['x-oss-hash-crc64ecma', 'crc64xz'],
  ] as const)('%s: verified with %s', async (field, algorithm) => {
    const { view } = await download({ digests: [field] })
    expect(view.state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm, source: 'server' }] },
    })
  })

  it('none: unverified', async () => {
    const { view } = await download({})
    expect(view.state).toEqual({ kind: 'done', verification: { kind: 'unverified', reason: 'no-checksum' } })
  })

  it('of an answer that is not the whole: no digest of the file', async () => {
    const { view } = await download({ digests: ['content-digest', 'content-md5'], maxRange: mebibyte })
    expect(view.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })

  it.each(['repr-digest', 'x-oss-hash-crc64ecma'] as const)(
    '11: other bytes than %s says: HASH, no final file, the part kept',
    async (field) => {
      const { view } = await download({ digests: [field], corrupt: { at: 5 * mebibyte } })
      expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
      expect(await rig.files()).toEqual([expect.stringMatching(/^data\.bin\.[0-9a-f]{8}\.part$/)])
    },
  )

  it('that lie: HASH', async () => {
    const { view } = await download({ lyingDigests: ['digest'] })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
  })

  it('that lie, where the user knows better: the user’s checksum decides alone', async () => {
    const file = server.file('/data.bin', { size: mebibyte, lyingDigests: ['repr-digest'] })
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url, { checksum: { algorithm: 'md5', hex: file.digest('md5') } }))
    expect((await untilEnd(engine, id)).state).toMatchObject({
      verification: { kind: 'verified', checks: [{ algorithm: 'md5', source: 'user' }] },
    })
  })

  it('11: the same validators, other bytes, no digest: labelled unverified', async () => {
    const { view } = await download({ corrupt: { at: 5 * mebibyte } })
    expect(view.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })
})
