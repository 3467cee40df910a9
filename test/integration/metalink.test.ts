import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { on, type TestFile, type TestServer } from '../server'
import { inEachTest, type Rig, sha256, untilEnd, waitFor } from './rig'

const mebibyte = 1024 * 1024

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

/** A file whose body is this text. */
const serve = (path: string, body: string, type = 'text/plain') =>
  server.file(path, { size: 1, status: { code: 200, body, headers: { 'content-type': type } } })

function metalinkOf(file: TestFile, pieceLength: number): string {
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const pieces = Array.from({ length: Math.ceil(file.size / pieceLength) }, (_, index) =>
    hash(file.bytes(index * pieceLength, Math.min(file.size, (index + 1) * pieceLength))),
  )
  return `<metalink xmlns="urn:ietf:params:xml:ns:metalink"><file name="real.bin"><size>${file.size}</size>
    <hash type="sha-256">${file.sha256()}</hash>
    <pieces length="${pieceLength}" type="sha-256">${pieces.map((piece) => `<hash>${piece}</hash>`).join('')}</pieces>
    <url>${file.url}</url></file></metalink>`
}

async function followed(file: TestFile) {
  const meta = serve('/real.bin.meta4', metalinkOf(file, mebibyte), 'application/metalink4+xml')
  const engine = rig.start()
  await untilEnd(engine, await engine.add(rig.request(meta.url)))
  await expect.poll(() => engine.list().length).toBe(2)
  const id = engine.list().find((view) => view.name === 'real.bin')?.id ?? 0
  return { engine, id }
}

describe('a Metalink document', () => {
  it('adds what it describes, verified with what it promises', async () => {
    const file = server.file('/x', { size: 9 * mebibyte })
    const { engine, id } = await followed(file)
    expect((await untilEnd(engine, id)).state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'metalink' }] },
    })
    expect(await sha256(rig.path('real.bin'))).toBe(file.sha256())
  })

  it('finds the wrong pieces of a file, and fetches them alone again', async () => {
    const file = server.file('/x', { size: 9 * mebibyte, corrupt: on(1, { at: 5 * mebibyte }) })
    const { engine, id } = await followed(file)
    expect(await untilEnd(engine, id)).toMatchObject({
      state: { kind: 'done', verification: { kind: 'verified' } },
      notice: { code: 'PIECES_REPAIRED' },
    })
    expect(await sha256(rig.path('real.bin'))).toBe(file.sha256())
    expect(file.bytesSent).toBeLessThan(11 * mebibyte)
  })

  it('whose server always sends wrong bytes: HASH after a few tries, no final file', async () => {
    const file = server.file('/x', { size: 9 * mebibyte, corrupt: { at: 5 * mebibyte } })
    const { engine, id } = await followed(file)
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
    expect(await rig.files()).toHaveLength(2)
    expect(file.bytesSent).toBeLessThan(13 * mebibyte)
  })
})

describe('a checksum file beside a download', () => {
  it('is looked for only when the user allows it', async () => {
    const file = server.file('/data.bin', { size: 5 * mebibyte })
    const beside = serve('/data.bin.sha256', `${file.sha256()}  data.bin\n`)
    const engine = rig.start()
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state).toMatchObject({ verification: { kind: 'unverified' } })
    expect(beside.requests).toHaveLength(0)
  })

  it.each(['/data.bin.sha256', '/SHA256SUMS'])('%s: verified with it', async (path) => {
    const file = server.file('/data.bin', { size: 5 * mebibyte })
    serve(path, `${file.sha256()}  data.bin\n`)
    const engine = rig.start({ settings: { checksumFiles: true } })
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'sibling' }] },
    })
  })

  it('that says something else: HASH', async () => {
    const file = server.file('/data.bin', { size: 5 * mebibyte })
    serve('/data.bin.md5', `${'0'.repeat(32)}  data.bin\n`)
    const engine = rig.start({ settings: { checksumFiles: true } })
    const id = await engine.add(rig.request(file.url))
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HASH' } })
  })

  it('that is not there, or a web page: unverified, as before', async () => {
    const file = server.file('/data.bin', { size: 5 * mebibyte })
    serve('/data.bin.sha256', '<html>not found</html>', 'text/html')
    const engine = rig.start({ settings: { checksumFiles: true } })
    const id = await engine.add(rig.request(file.url))
    const view = await waitFor(engine, id, ({ state }) => state.kind === 'done')
    expect(view.state).toMatchObject({ verification: { kind: 'unverified' } })
  })
})

describe('a server that names more than its bytes (RFC 6249)', () => {
  /** Two names of this machine: neither is a private address to the program. */
  const open = { reach: { isPrivate: () => false } }

  it('rel=describedby: verified with the document, when the user allows the request', async () => {
    const file = server.file('/x', { size: 9 * mebibyte })
    const meta = serve('/real.bin.meta4', metalinkOf(file, mebibyte))
    file.set({ headers: { link: `<${meta.url}>; rel=describedby; type="application/metalink4+xml"` } })
    const engine = rig.start({ settings: { checksumFiles: true }, network: open })
    const view = await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(view.state).toEqual({
      kind: 'done',
      verification: { kind: 'verified', checks: [{ algorithm: 'sha-256', source: 'metalink' }] },
    })
  })

  it('rel=describedby: its pieces find what is wrong, and that alone is fetched again', async () => {
    const file = server.file('/x', { size: 9 * mebibyte, corrupt: on(1, { at: 5 * mebibyte }) })
    const meta = serve('/real.bin.meta4', metalinkOf(file, mebibyte))
    file.set({ headers: { link: `<${meta.url}>; rel=describedby; type="application/metalink4+xml"` } })
    const engine = rig.start({ settings: { checksumFiles: true }, network: open })
    const view = await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(view).toMatchObject({ state: { kind: 'done' }, notice: { code: 'PIECES_REPAIRED' } })
    expect(await sha256(rig.path('x'))).toBe(file.sha256())
  })

  it('rel=describedby: nothing is asked when the user does not allow it, or the document is of another file', async () => {
    const file = server.file('/x', { size: 2 * mebibyte })
    const other = server.file('/y', { size: 3 * mebibyte })
    const meta = serve('/other.meta4', metalinkOf(other, mebibyte))
    file.set({ headers: { link: `<${meta.url}>; rel=describedby; type="application/metalink4+xml"` } })
    const engine = rig.start({ network: open })
    await untilEnd(engine, await engine.add(rig.request(file.url)))
    expect(meta.requests).toHaveLength(0)
    await rig.stop()
    const again = rig.start({ settings: { checksumFiles: true }, network: open })
    const view = await untilEnd(again, await again.add(rig.request(file.url)))
    expect(meta.requests).toHaveLength(1)
    expect(view.state).toMatchObject({ kind: 'done', verification: { kind: 'unverified' } })
  })

  it('rel=duplicate: another server takes over when the first one fails', async () => {
    const mirror = server.file('/mirror', { size: 6 * mebibyte })
    const link = `<${mirror.url}>; rel=duplicate; pri=1`
    const file = server.file('/x', {
      size: 6 * mebibyte,
      headers: { link },
      digests: ['repr-digest'],
      cut: { after: 2 * mebibyte },
    })
    const engine = rig.start({ network: open })
    const id = await engine.add(rig.request(file.url, { connections: 1 }))
    await waitFor(engine, id, (view) => view.sources.length === 2)
    file.set({ status: { code: 404, body: '' } })
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'done', verification: { kind: 'verified' } })
    expect(await sha256(rig.path('x'))).toBe(file.sha256())
    expect(mirror.bytesSent).toBeGreaterThan(0)
  })
})
