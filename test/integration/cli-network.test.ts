import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificates, startServer, type TestServer } from '../server'
import { node, Process } from './processes'
import { startFaultyProxy } from './proxy-servers'

let folder: string
let plain: TestServer
let secure: TestServer
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'longshore-test-'))
  plain = await startServer({})
  secure = await startServer({ tls: true })
})
afterEach(async () => {
  await plain.close()
  await secure.close()
  await rm(folder, { recursive: true, force: true })
})

const cli = path.resolve(import.meta.dirname, '../../out/main/cli.js')

function get(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const store = path.join(folder, 'store')
  return new Process(node, [cli, 'get', '--json', '--store', store, '-d', folder, ...args], { env }).ended
}
const code = (stdout: string) => /"event":"failed".*?"code":"([A-Z_0-9]+)"/.exec(stdout)?.[1]

describe('--proxy', () => {
  it('is used, and --no-proxy goes past it', async () => {
    await using proxy = await startFaultyProxy('socks5', { login: 'anna:geheim' })
    const file = plain.file('/data.bin', { size: 1000 })
    const through = await get(['--proxy', proxy.url('anna:geheim'), file.url])
    expect(through).toMatchObject({ code: 0, stderr: '' })
    expect(through.stdout).not.toContain('geheim')
    expect(proxy.asked).toHaveLength(1)
    expect(await get(['--proxy', proxy.url(), '--no-proxy', '127.0.0.0/8', file.url])).toMatchObject({ code: 0 })
    expect(proxy.asked).toHaveLength(1)
  })

  it('3: PROXY_AUTH', async () => {
    await using proxy = await startFaultyProxy('http', { login: 'anna:geheim' })
    const ended = await get(['--proxy', proxy.url('anna:wrong'), plain.file('/x', { size: 1 }).url])
    expect([ended.code, code(ended.stdout)]).toEqual([3, 'PROXY_AUTH'])
    expect(ended.stdout + ended.stderr).not.toContain('wrong')
  })

  it('3: PROXY, for one that refuses', async () => {
    await using proxy = await startFaultyProxy('http', { refuse: 403 })
    const ended = await get(['--proxy', proxy.url(), secure.file('/x', { size: 1 }).url])
    expect([ended.code, code(ended.stdout)]).toEqual([3, 'PROXY'])
  })

  it.each([[['--proxy', 'ftp://me:secret@x']], [['--no-proxy', 'http://a']], [['--private-key', 'x']]])(
    '2: %j',
    async (args) => {
      const ended = await get([...args, plain.url('/x')])
      expect(ended.code).toBe(2)
      expect(ended.stderr).not.toContain('secret')
    },
  )
})

describe('the environment', () => {
  it('names the proxy, and no_proxy goes past it', async () => {
    await using proxy = await startFaultyProxy('http')
    const file = plain.file('/data.bin', { size: 1000 })
    expect(await get([file.url], { http_proxy: proxy.url() })).toMatchObject({ code: 0 })
    expect(proxy.asked).toHaveLength(1)
    expect(await get([file.url], { http_proxy: proxy.url(), no_proxy: '127.0.0.1' })).toMatchObject({ code: 0 })
    expect(proxy.asked).toHaveLength(1)
  })
})

describe('authorities', () => {
  it('--ca-certificate is trusted; without it 5: TLS', async () => {
    const file = secure.file('/data.bin', { size: 1000 })
    const without = await get([file.url])
    expect([without.code, code(without.stdout)]).toEqual([5, 'TLS'])
    const ca = path.join(folder, 'ca.pem')
    await writeFile(ca, certificates('good').ca)
    expect(await get(['--ca-certificate', ca, file.url])).toMatchObject({ code: 0 })
  })

  it.runIf(process.platform === 'linux')('of the system are trusted', async () => {
    const ca = path.join(folder, 'system.pem')
    await writeFile(ca, certificates('good').ca)
    const file = secure.file('/data.bin', { size: 1000 })
    // Where OpenSSL looks for the system's authorities, which Node leaves alone unless it is asked.
    expect(await get([file.url], { SSL_CERT_FILE: ca })).toMatchObject({ code: 0 })
  })

  it('5: TLS_CLOCK, with the clock in its words', async () => {
    await using future = await startServer({ tls: 'not-yet' })
    const ca = path.join(folder, 'ca.pem')
    await writeFile(ca, certificates('good').ca)
    const ended = await get(['--ca-certificate', ca, future.file('/x', { size: 1 }).url])
    expect([ended.code, code(ended.stdout)]).toEqual([5, 'TLS_CLOCK'])
    expect(ended.stdout).toContain('clock')
  })

  it('2: a file that is no certificate', async () => {
    const file = path.join(folder, 'x.pem')
    await writeFile(file, 'x')
    expect(await get(['--ca-certificate', file, plain.url('/x')])).toMatchObject({ code: 2 })
    expect(await get(['--certificate', file, plain.url('/x')])).toMatchObject({ code: 2 })
    expect(await readFile(file, 'utf8')).toBe('x')
  })
})
