import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkIdentity, type Identity } from '../../src/main/engine/http/trust'
import { certificates, startServer, type CertificateName } from '../server'
import { Rig, sha256, untilEnd, type RigOptions } from './rig'

let rig: Rig
beforeEach(async () => {
  rig = await Rig.create()
})
afterEach(() => rig[Symbol.asyncDispose]())

const { ca } = certificates('good')

async function download(url: string, options: RigOptions) {
  const engine = rig.start(options)
  return untilEnd(engine, await engine.add(rig.request(url)))
}

describe('37: a certificate that proves nothing', () => {
  it.each<[CertificateName, RigOptions, string]>([
    ['expired', { ca: [ca] }, 'CERT_HAS_EXPIRED'],
    ['wrong-name', { ca: [ca] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['self-signed', { ca: [ca] }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['good', {}, 'SELF_SIGNED_CERT_IN_CHAIN'], // from an authority that nobody knows
  ])('%s: TLS, tried once, nothing is asked', async (certificate, options, openssl) => {
    await using server = await startServer({ tls: certificate })
    const view = await download(server.file('/data.bin', { size: 100 }).url, options)
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'TLS', retry: 'no' } })
    expect(view.state.kind === 'failed' ? view.state.error.detail : '').toContain(openssl)
    expect(server.requests).toEqual([])
    expect(server.connections.total).toBe(1)
    expect(await rig.files()).toEqual([])
  })
})

describe('64: a certificate that our clock makes wrong', () => {
  it('not valid yet: TLS_CLOCK, tried once', async () => {
    await using server = await startServer({ tls: 'not-yet' })
    const view = await download(server.file('/data.bin', { size: 100 }).url, { ca: [ca] })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'TLS_CLOCK', retry: 'no' } })
    expect(server.requests).toEqual([])
    expect(server.connections.total).toBe(1)
  })

  it('expired, while another server says that it is earlier: TLS_CLOCK', async () => {
    await using server = await startServer({ tls: 'expired' })
    await using other = await startServer({})
    const engine = rig.start({ ca: [ca] })
    const early = other.file('/early', { size: 5, date: 'Wed, 01 Jan 2020 00:00:00 GMT' })
    await untilEnd(engine, await engine.add(rig.request(early.url)))
    const url = server.file('/data.bin', { size: 100 }).url
    const view = await untilEnd(engine, await engine.add(rig.request(url)))
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'TLS_CLOCK', retry: 'no' } })
    // The server's word changes the words, never the judgement.
    expect(server.requests).toEqual([])
  })

  it('expired, while another server agrees with our clock: TLS', async () => {
    await using server = await startServer({ tls: 'expired' })
    await using other = await startServer({})
    const engine = rig.start({ ca: [ca] })
    await untilEnd(engine, await engine.add(rig.request(other.file('/now', { size: 5 }).url)))
    const view = await untilEnd(engine, await engine.add(rig.request(server.file('/x', { size: 1 }).url)))
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'TLS' } })
  })
})

describe('73: https', () => {
  it('to http: DOWNGRADE, and the http server is not asked', async () => {
    await using secure = await startServer({ tls: true })
    await using plain = await startServer({})
    const target = plain.file('/data.bin', { size: 100 })
    const link = secure.file('/link', { size: 0, redirect: { to: target.url } })
    const view = await download(link.url, { ca: [ca] })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'DOWNGRADE', retry: 'no' } })
    expect(plain.connections.total).toBe(0)
  })

  it('from http is welcome', async () => {
    await using secure = await startServer({ tls: true })
    await using plain = await startServer({})
    const target = secure.file('/data.bin', { size: 100_000 })
    const link = plain.file('/link', { size: 0, redirect: { to: target.url } })
    expect((await download(link.url, { ca: [ca] })).state.kind).toBe('done')
    expect(await sha256(rig.path('data.bin'))).toBe(target.sha256())
  })
})

describe('a client certificate', () => {
  const pem: Identity = { kind: 'pem', certificate: certificates('good').cert, key: certificates('good').key }

  /** Serves who shows a certificate, and tells who came: a common name, or null. */
  async function startAsking(location?: string) {
    const seen: (string | null)[] = []
    const server = createHttpsServer(
      { ...certificates('good'), requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const { subject } = (request.socket as TLSSocket).getPeerCertificate() as { subject?: { CN: string } }
        seen.push(subject?.CN ?? null)
        if (location !== undefined) response.writeHead(302, { location }).end()
        else response.writeHead(subject ? 200 : 403, { 'content-length': subject ? 2 : 0 }).end(subject ? 'ok' : '')
      },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return {
      seen,
      url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      },
    }
  }

  it('is shown to the server that asks', async () => {
    await using server = await startAsking()
    const view = await download(server.url, { ca: [ca], network: { identity: pem } })
    expect(view.state.kind).toBe('done')
    expect(server.seen).toEqual(['localhost'])
  })

  it('may come as PKCS#12', async () => {
    await using server = await startAsking()
    const [cert, key, bundle] = ['cert.pem', 'key.pem', 'both.p12'].map((name) => rig.path(name)) as [
      string,
      string,
      string,
    ]
    await writeFile(cert, certificates('good').cert)
    await writeFile(key, certificates('good').key)
    const args = ['pkcs12', '-export', '-in', cert, '-inkey', key, '-out', bundle, '-passout', 'pass:']
    await promisify(execFile)('openssl', args)
    const identity: Identity = { kind: 'pkcs12', bytes: await readFile(bundle) }
    checkIdentity(identity)
    expect((await download(server.url, { ca: [ca], network: { identity } })).state.kind).toBe('done')
  })

  it('is not shown to another origin that a redirect leads to', async () => {
    await using other = await startAsking()
    await using first = await startAsking(other.url)
    const view = await download(first.url, { ca: [ca], network: { identity: pem } })
    expect(view.state).toMatchObject({ kind: 'failed', error: { code: 'HTTP_403' } })
    expect(first.seen).toContain('localhost')
    expect(new Set(other.seen)).toEqual(new Set([null]))
  })
})
