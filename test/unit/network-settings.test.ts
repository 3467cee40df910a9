import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RequestFailure } from '../../src/shared/errors'
import type { ProxySetting } from '../../src/shared/proxy'
import type { SecretBox } from '../../src/main/engine/ports'
import { noProxies } from '../../src/main/engine/http/proxies'
import { createNetworkSettings } from '../../src/main/settings/network'
import { openDatabase } from '../../src/main/store/database'
import { createSettingsStore } from '../../src/main/store/settings'
import { certificates } from '../server'

const box: SecretBox = {
  seal: (text) => Promise.resolve(Buffer.from(text).map((byte) => byte ^ 0x5a)),
  open: (sealed) => Promise.resolve(Buffer.from(sealed.map((byte) => byte ^ 0x5a)).toString()),
}
const noBox: SecretBox = { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) }

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'longshore-test-'))
  file = path.join(folder, 'longshore.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Opens the settings as a start of the program does. */
async function withSettings<T>(
  run: (n: ReturnType<typeof createNetworkSettings>) => Promise<T>,
  secrets = box,
): Promise<T> {
  const database = openDatabase(file)
  const store = createSettingsStore(database)
  try {
    const parts = { store, secrets, log: () => undefined, system: noProxies, ca: [], identity: null }
    return await run(createNetworkSettings(parts))
  } finally {
    database.close()
  }
}

const manual = (url: string, login = false, noProxy = ''): { proxy: ProxySetting } => ({
  proxy: { kind: 'manual', url, noProxy, login },
})
const route = async (n: ReturnType<typeof createNetworkSettings>, url = 'http://a/') =>
  (await n.proxies(new URL(url)))[0]

describe('a proxy with a login', () => {
  const given = manual('http://anna:geheim@Proxy.example:3128')

  it('is stored without it, shown without it, and used with it, after a restart too', async () => {
    await withSettings(async (n) => {
      const { proxy } = await n.change(given)
      expect(proxy).toEqual({ kind: 'manual', url: 'http://proxy.example:3128', noProxy: '', login: true })
      expect(await route(n)).toMatchObject({ proxy: { login: { user: 'anna', password: 'geheim' } } })
    })
    for (const each of [file, `${file}-wal`]) {
      let bytes = ''
      try {
        bytes = readFileSync(each, 'latin1')
      } catch {
        continue
      }
      expect(bytes).not.toMatch(/geheim|anna/)
    }
    await withSettings(async (n) =>
      expect(await route(n)).toMatchObject({ proxy: { login: { user: 'anna', password: 'geheim' } } }),
    )
  })

  it('keeps it when only the list changes, and loses it to another proxy or when told to', async () => {
    await withSettings(async (n) => {
      await n.change(given)
      await n.change(manual('http://proxy.example:3128', true, 'b'))
      expect(await route(n)).toMatchObject({ proxy: { login: { user: 'anna' } } })
      await n.change(manual('http://elsewhere.example:3128', true))
      expect(await route(n)).toMatchObject({ proxy: { login: null } })
      await n.change(given)
      await n.change(manual('http://proxy.example:3128', false))
      expect(await route(n)).toMatchObject({ proxy: { login: null } })
      await n.change(manual('http://proxy.example:3128', true))
      expect(await route(n)).toMatchObject({ proxy: { login: null } })
    })
  })

  it('forgets it at the end where nothing can be sealed', async () => {
    await withSettings(async (n) => {
      await n.change(given)
      expect(await route(n)).toMatchObject({ proxy: { login: { user: 'anna' } } })
    }, noBox)
    await withSettings(async (n) => expect(await route(n)).toMatchObject({ proxy: { login: null } }), noBox)
  })
})

describe('a change', () => {
  it('counts at once', async () => {
    await withSettings(async (n) => {
      expect(await route(n)).toEqual({ kind: 'direct' })
      await n.change(manual('socks5://p', false, 'b'))
      expect(await route(n)).toMatchObject({ kind: 'proxy', proxy: { kind: 'socks5', port: 1080 } })
      expect(await route(n, 'http://b/')).toEqual({ kind: 'direct' })
      await n.change({ proxy: { kind: 'none' } })
      expect(await route(n)).toEqual({ kind: 'direct' })
    })
  })

  it.each([
    ['proxy', manual('ftp://x')],
    ['noProxy', manual('http://p:1', false, 'a, http://b')],
  ])('that is wrong changes nothing and names its field: %s', async (field, change) => {
    await withSettings(async (n) => {
      const error: unknown = await n.change({ ...change, connections: 3 }).catch((thrown: unknown) => thrown)
      expect((error as RequestFailure).error).toMatchObject({ code: 'E_PROXY', field })
      expect(n.settings()).toMatchObject({ proxy: { kind: 'system' }, connections: 16 })
    })
  })
})

describe('an additional authority', () => {
  it('is trusted from the next connection on, and forgotten', async () => {
    const pem = path.join(folder, 'ca.pem')
    writeFileSync(pem, `a comment\n${certificates('good').ca}`)
    await withSettings(async (n) => {
      const before = n.tls()
      await n.change({ caFile: pem })
      expect((await n.tls()).ca).toHaveLength(1)
      expect(n.tls()).toBe(n.tls())
      expect(n.tls()).not.toBe(before)
      await n.change({ caFile: null })
      expect((await n.tls()).ca).toEqual([])
    })
  })

  it.each([
    ['', 'empty'],
    [certificates('good').key, 'a key'],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', 'damaged'],
  ])('that is none is refused (%#: %s)', async (text) => {
    const pem = path.join(folder, 'ca.pem')
    writeFileSync(pem, text)
    await withSettings(async (n) => {
      await expect(n.change({ caFile: pem })).rejects.toMatchObject({ error: { code: 'E_CERTIFICATE' } })
      await expect(n.change({ caFile: `${pem}.missing` })).rejects.toThrow(RequestFailure)
      expect(n.settings().caFile).toBeNull()
    })
  })
})

describe('a client certificate', () => {
  const both = () => {
    const pem = path.join(folder, 'both.pem')
    writeFileSync(pem, certificates('good').cert + certificates('good').key)
    return pem
  }
  const bundle = (password: string) => {
    const p12 = path.join(folder, 'both.p12')
    const from = both()
    execFileSync('openssl', ['pkcs12', '-export', '-in', from, '-out', p12, '-passout', `pass:${password}`])
    return p12
  }
  const identity = async (n: ReturnType<typeof createNetworkSettings>) => (await n.tls()).identity

  it('with a password is used from the next connection on and after a restart; the password is not to be read', async () => {
    const p12 = bundle('s3cret-passphrase')
    await withSettings(async (n) => {
      expect(await identity(n)).toBeNull()
      expect(await n.setCertificate(p12, 's3cret-passphrase')).toMatchObject({ certificateFile: p12 })
      expect(await identity(n)).toMatchObject({ kind: 'pkcs12', passphrase: 's3cret-passphrase' })
    })
    expect(readFileSync(file).includes('s3cret-passphrase')).toBe(false)
    await withSettings(async (n) => {
      await n.change({ connections: 3, certificateFile: p12 })
      expect(await identity(n)).toMatchObject({ kind: 'pkcs12', passphrase: 's3cret-passphrase' })
    })
  })

  it('is forgotten, with its password', async () => {
    const p12 = bundle('s3cret')
    await withSettings(async (n) => {
      await n.setCertificate(p12, 's3cret')
      await n.change({ certificateFile: null })
      expect(await identity(n)).toBeNull()
    })
    await withSettings(async (n) => expect(await identity(n)).toBeNull())
  })

  it('where nothing is sealed lasts until the program ends', async () => {
    const p12 = bundle('s3cret')
    await withSettings(async (n) => {
      await n.setCertificate(p12, 's3cret')
      expect(await identity(n)).not.toBeNull()
    }, noBox)
    await withSettings(async (n) => expect(await identity(n)).toBeNull(), noBox)
  })

  it('may be a PEM file with both', async () => {
    await withSettings(async (n) => {
      await n.setCertificate(both(), '')
      expect(await identity(n)).toMatchObject({ kind: 'pem' })
    })
  })

  it.each([
    ['another password', () => [bundle('s3cret'), 'wrong'], 'passphrase'],
    ['no password where one is needed', () => [bundle('s3cret'), ''], 'passphrase'],
    ['a file that is none', () => [fileWith('nothing of the kind'), ''], undefined],
    ['a certificate without its key', () => [fileWith(certificates('good').cert), ''], undefined],
    ['a file that is not there', () => [path.join(folder, 'missing'), ''], undefined],
  ] as const)('is refused with %s, and nothing changes', async (_, given, field) => {
    const [name, passphrase] = given() as [string, string]
    await withSettings(async (n) => {
      const refused = (await n.setCertificate(name, passphrase).catch((error: unknown) => error)) as RequestFailure
      expect(refused.error).toMatchObject({ code: 'E_CLIENT_CERTIFICATE' })
      expect(refused.error.field).toBe(field)
      expect(n.settings().certificateFile).toBeNull()
      expect(await identity(n)).toBeNull()
    })
  })

  const fileWith = (text: string) => {
    const name = path.join(folder, 'given.pem')
    writeFileSync(name, text)
    return name
  }
})
