import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFaultyProxy } from '../integration/proxy-servers'
import { certificates, startServer } from '../server'
import { Stage } from './stage'
import { addDownload, row } from './window'

let stage: Stage
beforeEach(async () => {
  stage = await Stage.create()
})
afterEach(() => stage.end())

/** A name that only the proxy knows: a download from it has come through the proxy. */
const names = { 'only.proxy.invalid': '127.0.0.1' }
const address = () => stage.server.url('/x.bin', { host: 'only.proxy.invalid' })

describe('the network settings', () => {
  it('use the proxy of the system, as its PAC script says', async () => {
    await using proxy = await startFaultyProxy('socks5', { names })
    stage.server.file('/x.bin', { size: 100_000 })
    const script = `function FindProxyForURL(url, host) { return 'PROXY 127.0.0.1:1; SOCKS5 127.0.0.1:${proxy.port}' }`
    const pac = `data:application/x-ns-proxy-autoconfig;base64,${Buffer.from(script).toString('base64')}`
    const longshore = await stage.start({ args: [`--proxy-pac-url=${pac}`] })
    await addDownload(longshore, { url: address(), folder: stage.folder })
    await row(longshore, 'x.bin').getByText('Completed').waitFor()
    // Nothing else: the program calls nobody by itself.
    expect(proxy.asked).toEqual([`SOCKS name only.proxy.invalid:${stage.server.port}`])
  })

  it('take a proxy with a login, at once and for good, and never show or store its password', async () => {
    await using proxy = await startFaultyProxy('http', { names, login: 'anna:geheim' })
    stage.server.file('/x.bin', { size: 100_000 })
    const longshore = await stage.start()
    await longshore.window.getByRole('button', { name: 'Settings' }).click()
    const dialog = longshore.window.getByRole('dialog', { name: 'Settings' })
    await dialog.getByText('Manual', { exact: true }).click()
    const field = dialog.getByRole('textbox', { name: 'Proxy address' })
    await field.fill('ftp://nonsense')
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
    await dialog.getByText('This is not a proxy.').waitFor()
    await field.fill(proxy.url('anna:geheim'))
    await field.press('Tab')
    await expect.poll(() => field.inputValue()).toBe(proxy.url())
    await dialog.getByRole('checkbox', { name: 'Use the saved user name and password' }).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()

    await addDownload(longshore, { url: address(), folder: stage.folder })
    await row(longshore, 'x.bin').getByText('Completed').waitFor()
    await longshore.close()
    for (const name of ['longshore.db', 'logs/longshore.log']) {
      const bytes = await readFile(path.join(stage.userData, name), 'latin1').catch(() => '')
      expect(bytes).not.toContain('geheim')
    }
  })

  it('trust an additional authority as soon as its file is chosen', async () => {
    await using secure = await startServer({ tls: true })
    const file = secure.file('/secure.bin', { size: 1000 })
    const pem = path.join(stage.root, 'ca.pem')
    await writeFile(pem, certificates('good').ca)
    const longshore = await stage.start()
    await addDownload(longshore, { url: file.url, folder: stage.folder })
    await row(longshore, 'secure.bin').getByText('Failed').waitFor()
    await longshore.window.getByRole('button', { name: 'Settings' }).click()
    const dialog = longshore.window.getByRole('dialog', { name: 'Settings' })
    await longshore.app.evaluate(({ dialog: system }, chosen) => {
      system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
    }, pem)
    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await dialog.getByRole('button', { name: 'Forget' }).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await row(longshore, 'secure.bin').getByRole('button', { name: 'Retry' }).click()
    await row(longshore, 'secure.bin').getByText('Completed').waitFor()
  })

  it('prove who the user is, as soon as a client certificate is chosen and its password typed', async () => {
    await using asking = await startAsking()
    const [ca, both, p12] = ['ca.pem', 'both.pem', 'both.p12'].map((name) => path.join(stage.root, name)) as [
      string,
      string,
      string,
    ]
    await writeFile(ca, certificates('good').ca)
    await writeFile(both, certificates('good').cert + certificates('good').key)
    await promisify(execFile)('openssl', ['pkcs12', '-export', '-in', both, '-out', p12, '-passout', 'pass:s3cret'])
    const longshore = await stage.start()
    const choose = (file: string) =>
      longshore.app.evaluate(({ dialog: system }, chosen) => {
        system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] })
      }, file)
    await longshore.window.getByRole('button', { name: 'Settings' }).click()
    const dialog = longshore.window.getByRole('dialog', { name: 'Settings' })
    await choose(ca)
    await dialog.getByRole('button', { name: 'Choose file…' }).click()
    await dialog.getByRole('button', { name: 'Forget', exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await addDownload(longshore, { url: asking.url, folder: stage.folder })
    await row(longshore, 'file').getByText('Failed').waitFor()

    await longshore.window.getByRole('button', { name: 'Settings' }).click()
    await choose(p12)
    await dialog.getByRole('button', { name: 'Choose certificate…' }).click()
    await dialog.getByRole('textbox', { name: 'Certificate password' }).fill('s3cret')
    await dialog.getByRole('button', { name: 'Use certificate' }).click()
    await dialog.getByRole('textbox', { name: 'Certificate password' }).waitFor({ state: 'detached' })
    await dialog.getByRole('button', { name: 'Forget certificate' }).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await row(longshore, 'file').getByRole('button', { name: 'Retry' }).click()
    await row(longshore, 'file').getByText('Completed').waitFor()
  })
})

/** Serves a file to who shows a certificate. */
async function startAsking() {
  const server = createServer(
    { ...certificates('good'), requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const known = (request.socket as TLSSocket).getPeerCertificate().subject as { CN: string } | undefined
      response.writeHead(known ? 200 : 403, { 'content-length': known ? 2 : 0 }).end(known ? 'ok' : '')
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
