import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../server'
import { CommandStage } from './command-line'
import { sha256 } from './rig'
import { event, getCommand, withoutPauses } from './get-command'

let stage: CommandStage
let store: string
let server: TestServer
let nodeOptions = ''
CommandStage.inEachTest((each) => {
  stage = each
  ;({ store, server } = each)
  nodeOptions = ''
})
const { start, run, get, getJson, serve, file, files } = getCommand(() => ({ stage, nodeOptions }))

describe('the exit code', () => {
  beforeEach(() => {
    nodeOptions = withoutPauses
  })
  afterEach(() => {
    nodeOptions = ''
  })

  it('1: the store cannot be used; it is left as it is', async () => {
    await mkdir(store)
    const database = path.join(store, 'command-line.db')
    await writeFile(database, 'this is no database, and it is longer than a header of one hundred bytes. '.repeat(10))
    const before = await readFile(database)
    const { code, stdout, stderr } = await get(serve().url)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(database)
    expect(await readFile(database)).toEqual(before)
  })

  it.each([
    ['no command', []],
    ['an unknown command', ['fetch', 'http://127.0.0.1/']],
    ['no address', ['get']],
    ['no address that can be downloaded', ['get', 'ftp://127.0.0.1/x']],
    ['an unknown option', ['get', '--frobnicate', 'http://127.0.0.1/']],
    ['an option without its value', ['get', 'http://127.0.0.1/', '-o']],
    ['a list that is not there', ['get', '-i', 'nowhere.txt']],
  ])('2: %s; says how to get help', async (_, args) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('--help')
    expect(await files()).toEqual([])
  })

  it('3: nobody answers', async () => {
    const { url } = serve()
    await server.close()
    const { code, events } = await getJson(url)
    expect(code).toBe(3)
    expect(event(events, 'failed')).toMatchObject({ code: 'CONNECT', resumable: false })
  })

  it('3: 36: no such name', async () => {
    const { code, events } = await getJson('http://longshore-test.invalid/data.bin')
    expect(code).toBe(3)
    expect(event(events, 'failed')).toMatchObject({ code: 'DNS' })
  })

  it('4: the server refuses', async () => {
    expect((await getJson(serve({ status: 404 }).url)).code).toBe(4)
  })

  it('4: 27: the server asks to come back much later', async () => {
    const status = { code: 503, headers: { 'Retry-After': '1000000000' } }
    const { code, events } = await getJson(serve({ status }).url)
    expect(code).toBe(4)
    expect(event(events, 'failed')).toMatchObject({ code: 'RETRY_LATER' })
  })

  it('5: 37: the server cannot prove who it is', async () => {
    await using tls = await startServer({ tls: 'self-signed' })
    const { code, events } = await getJson(tls.file('/data.bin', { size: 10 }).url)
    expect(code).toBe(5)
    expect(event(events, 'failed')).toMatchObject({ code: 'TLS' })
    expect(await files()).toEqual([])
  })

  it('6: the folder cannot be used', async () => {
    await writeFile(file('not-a-folder'), '')
    const { code, events } = await getJson('-d', file('not-a-folder'), serve().url)
    expect(code).toBe(6)
    expect(event(events, 'failed')).toMatchObject({ code: 'PATH' })
  })

  it('7: 3: the answer cannot be trusted', async () => {
    const { code, events } = await getJson(serve({ contentRange: { shift: 1 } }).url)
    expect(code).toBe(7)
    expect(event(events, 'failed')).toMatchObject({ code: 'RANGE', resumable: false })
  })

  it('8: 11: the file is another one', async () => {
    const { code, events } = await getJson('--checksum', `md5=${'0'.repeat(32)}`, serve().url)
    expect(code).toBe(8)
    expect(event(events, 'failed')).toMatchObject({ code: 'HASH' })
    expect(await files()).toEqual([expect.stringMatching(/\.part$/)])
  })

  it('8, and then 0 without that checksum', async () => {
    const { url, path: served } = serve()
    expect(await getJson('--checksum', `md5=${'0'.repeat(32)}`, url)).toMatchObject({ code: 8 })
    expect(await getJson(url)).toMatchObject({ code: 0 })
    expect(await files()).toEqual([path.basename(served)])
  })

  it('of several is that of the first that failed; the others are done', async () => {
    const bad = serve({ status: 404 }, '/bad.bin')
    const worse = serve({ contentRange: 'missing' }, '/worse.bin')
    const good = serve({}, '/good.bin')
    const { code, events } = await getJson('-j', '1', bad.url, good.url, worse.url)
    expect(code).toBe(4)
    expect(events.filter((each) => each.event === 'failed')).toHaveLength(2)
    expect(await sha256(file('good.bin'))).toBe(good.sha256())
  })

  it('9: the same command runs already; that one goes on', async () => {
    const served = serve({ stall: { after: 1000 } })
    const first = start('get', '--store', store, served.url)
    await served.waitForRequest(1)
    const { code, stdout, stderr } = await get(served.url)
    expect({ code, stdout }).toEqual({ code: 9, stdout: '' })
    expect(stderr).toContain(String(first.child.pid))
    served.release()
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(served.requests).toHaveLength(1)
    expect(await files()).toEqual(['data.bin'])
  })

  it('0: another command over the same store runs beside it', async () => {
    const served = serve({ stall: { after: 1000 } })
    const first = start('get', '--store', store, served.url)
    await served.waitForRequest(1)
    const other = serve({}, '/other.bin')
    expect(await get(other.url)).toMatchObject({ code: 0 })
    served.release()
    expect(await first.ended).toMatchObject({ code: 0 })
    expect(await files()).toEqual(['data.bin', 'other.bin'])
  })
})
