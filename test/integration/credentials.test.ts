import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Composition } from '../../src/main/compose'
import type { Engine } from '../../src/main/engine/engine'
import type { SecretBox } from '../../src/main/engine/ports'
import { writtenBytes } from '../../src/main/engine/fetch/segments'
import { createService } from '../../src/main/service/service'
import { addInputSchema } from '../../src/shared/contract'
import type { DownloadId } from '../../src/shared/download'
import { type TestFile, type TestServer } from '../server'
import { inEachTest, maskingBox, type Rig, sha256, untilEnd, waitFor } from './rig'
import { stored } from './stored'

const mebibyte = 1024 * 1024
const login = { user: 'me', password: 'pl4nted' }

let rig: Rig
let server: TestServer
inEachTest((made) => void ({ rig, server } = made))

/** What the window sends, with these fields filled in. */
const form = (fields: object) => ({
  ...addInputSchema.parse({
    urls: [],
    folder: rig.folder,
    name: null,
    connections: 1,
    headers: '',
    user: '',
    password: '',
    checksum: '',
    start: true,
    ...fields,
  }),
  fallback: rig.folder,
})

const noop = () => undefined
const serviceOf = (engine: Engine) =>
  createService({ engine } as unknown as Composition, { revision: () => 0, inspect: noop, watching: noop, close: noop })

async function addByForm(engine: Engine, fields: object): Promise<DownloadId> {
  const [outcome] = await serviceOf(engine).add(form(fields))
  if (!outcome || !('id' in outcome)) throw new Error(JSON.stringify(outcome))
  return outcome.id
}

/** Every file of the profile: database, its write-ahead log, its shared memory. */
async function expectNoTrace(): Promise<void> {
  const names = (await readdir(rig.root)).filter((name) => name.startsWith('longshore.db'))
  expect(names.length).toBeGreaterThan(0)
  const traces = [login.password, Buffer.from(`${login.user}:${login.password}`).toString('base64')]
  for (const name of names) {
    const bytes = await readFile(path.join(rig.root, name))
    for (const trace of traces) expect(bytes.includes(trace), `${trace} in ${name}`).toBe(false)
  }
}

describe('user name and password', () => {
  it.each([
    ['in the form', {}, login],
    ['in the address', login, {}],
    ['in both: the form’s', { user: 'you', password: 'other' }, login],
    ['the name in the address, the password in the form', { user: 'me' }, { password: login.password }],
  ])('%s', async (_, inAddress, inForm) => {
    const file = server.file('/data.bin', { size: 100_000, basicAuth: login })
    const engine = rig.start()
    const id = await addByForm(engine, { urls: [server.url('/data.bin', inAddress)], ...inForm })
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
    expect(engine.view(id)?.url).toBe(file.url)
    expect(stored(rig, (store) => store.get(id)?.url)).toBe(file.url)
    await expectNoTrace()
  })

  it('of a form with a mistake add nothing', async () => {
    const engine = rig.start()
    const service = serviceOf(engine)
    await expect(service.add(form({ urls: ['http://127.0.0.1/'], headers: 'nonsense' }))).rejects.toMatchObject({
      error: { code: 'E_HEADER', field: 'headers' },
    })
    expect(engine.list()).toEqual([])
  })
})

/** A download behind a login that has some of its bytes and stands still; the program has ended. */
async function begun(secrets?: SecretBox): Promise<{ file: TestFile; id: DownloadId; had: number }> {
  const file = server.file('/data.bin', { size: 6 * mebibyte, stall: { after: 3 * mebibyte }, basicAuth: login })
  const engine = rig.start(secrets ? { secrets } : {})
  const id = await addByForm(engine, { urls: [file.url], ...login })
  await waitFor(engine, id, (view) => view.received >= 2 * mebibyte)
  await expectNoTrace()
  await rig.stop()
  await expectNoTrace()
  file.release()
  const part = stored(rig, (store) => store.get(id)?.part)
  return { file, id, had: part?.kind === 'open' ? writtenBytes(part.segments) : 0 }
}

async function expectDone(engine: Engine, { file, id, had }: Awaited<ReturnType<typeof begun>>): Promise<void> {
  expect((await untilEnd(engine, id)).state.kind).toBe('done')
  expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  expect(had).toBeGreaterThan(0)
  expect(file.requests.at(-1)?.range?.start).toBe(had)
  await expectNoTrace()
}

describe('after a restart', () => {
  it('what the system kept is sent again, and it goes on by itself', async () => {
    const download = await begun(maskingBox)
    await expectDone(rig.start({ secrets: maskingBox }), download)
  })

  it.each([
    ['nothing was kept', undefined, undefined],
    ['what was kept cannot be read any more', maskingBox, { ...maskingBox, open: () => Promise.resolve(null) }],
  ])('%s: fails with CREDENTIALS, and goes on from there when they are given', async (_, before, after) => {
    const download = await begun(before)
    const { file, id } = download
    const requests = file.requests.length
    const engine = rig.start(after ? { secrets: after } : {})
    const failed = await untilEnd(engine, id)
    expect(failed.state).toMatchObject({ kind: 'failed', error: { code: 'CREDENTIALS', retry: 'no' } })
    expect(failed.received).toBe(download.had)
    expect(file.requests).toHaveLength(requests)
    await serviceOf(engine).authorize(id, login.user, login.password, '', '')
    await expectDone(engine, download)
  })

  it('headers and cookies that were not kept are named as such, and are asked for anew', async () => {
    const file = server.file('/data.bin', {
      size: mebibyte,
      requiredHeader: { name: 'x-token', value: 'secret' },
      stall: { after: 1000 },
    })
    const id = await addByForm(rig.start(), { urls: [file.url], headers: 'X-Token: secret', cookies: 'a=b' })
    await file.waitForRequest(1)
    await rig.stop()
    file.release()
    const engine = rig.start()
    expect((await untilEnd(engine, id)).state).toMatchObject({
      kind: 'failed',
      error: { code: 'HEADERS_LOST', retry: 'no' },
    })
    expect(serviceOf(engine).editable(id).credentials).toBe('lost')
    await serviceOf(engine).authorize(id, '', '', 'X-Token: secret', '')
    expect(serviceOf(engine).editable(id).credentials).toBe('known')
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
  })

  it('a download without secrets asks for none', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const id = await rig.start().add(rig.request(file.url))
    await file.waitForRequest(1)
    await rig.stop()
    file.release()
    expect((await untilEnd(rig.start(), id)).state.kind).toBe('done')
  })
})

describe('authorize', () => {
  it('29: lets a download that was refused go on', async () => {
    const file = server.file('/data.bin', { size: 100_000, basicAuth: login })
    const engine = rig.start()
    const id = await addByForm(engine, { urls: [file.url], user: 'me', password: 'wrong' })
    expect((await untilEnd(engine, id)).state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_401' } })
    await serviceOf(engine).authorize(id, login.user, login.password, '', '')
    expect((await untilEnd(engine, id)).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(file.sha256())
  })

  it('is refused for a download that runs, is done, or is not there', async () => {
    const file = server.file('/data.bin', { size: mebibyte, stall: { after: 1000 } })
    const engine = rig.start()
    const service = serviceOf(engine)
    const id = await engine.add(rig.request(file.url))
    await file.waitForRequest(1)
    await expect(service.authorize(id, 'a', 'b', '', '')).rejects.toMatchObject({ error: { code: 'E_STATE' } })
    file.release()
    await untilEnd(engine, id)
    for (const other of [id, 99]) {
      await expect(service.authorize(other, 'a', 'b', '', '')).rejects.toMatchObject({ error: { code: 'E_NOT_FOUND' } })
    }
  })
})
