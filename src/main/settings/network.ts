import { readFileSync } from 'node:fs'
import { RequestFailure } from '../../shared/errors'
import { badNoProxyEntry, parseProxy, proxyAddress, type ProxyLogin, type ProxySetting } from '../../shared/proxy'
import type { Settings } from '../../shared/settings'
import { readIdentity } from './client-certificate'
import type { Log, SecretBox } from '../engine/ports'
import { manualProxy, noProxies, type ProxyResolver } from '../engine/http/proxies'
import { certificatesIn, type Identity, type TlsFiles } from '../engine/http/trust'
import type { SettingsStore } from '../store/settings'

export interface NetworkSettingsParts {
  readonly store: SettingsStore
  readonly secrets: SecretBox
  readonly log: Log
  /** What the setting `system` means here: the system, or the environment. */
  readonly system: ProxyResolver
  /** Authorities beside the user's file. PEM. */
  readonly ca: readonly string[]
  readonly identity: Identity | null
}

/** The user's settings with their secret part, and what they mean for connections. */
export interface NetworkSettings {
  settings(): Settings
  /**
   * Stores a change. User name and password of a proxy are taken out of its address and sealed; where the system seals
   * nothing, they live until the program ends.
   * @throws RequestFailure E_PROXY, E_CERTIFICATE, E_CLIENT_CERTIFICATE; nothing was changed
   */
  change(change: Partial<Settings>): Promise<Settings>
  /**
   * Proves from now on to servers that ask for it who we are. The password is sealed; where the system seals nothing, it
   * lives until the program ends.
   * @param passphrase empty for none
   * @throws RequestFailure E_CLIENT_CERTIFICATE; nothing was changed
   */
  setCertificate(file: string, passphrase: string): Promise<Settings>
  readonly proxies: ProxyResolver
  /** The same object until something changes. */
  tls(): Promise<TlsFiles>
}

type Manual = Extract<ProxySetting, { kind: 'manual' }>

/** Names of the sealed rows beside the settings. */
const loginRow = 'proxyLogin'
const passphraseRow = 'certificatePassphrase'

export function createNetworkSettings(parts: NetworkSettingsParts): NetworkSettings {
  const { store, secrets, log } = parts
  let current = store.read()
  let login = openLogin(parts, current)
  let identity = openIdentity(parts, current)
  let tls: Promise<TlsFiles> | null = null
  let proxies: { setting: Manual; resolver: Promise<ProxyResolver> } | null = null

  const manual = async (setting: Manual): Promise<ProxyResolver> => {
    const server = parseProxy(setting.url)
    return server ? manualProxy(server, setting.noProxy, await login) : noProxies
  }
  const files = async (file: string | null): Promise<TlsFiles> => {
    const own = { ca: parts.ca, identity: parts.identity ?? (await identity) }
    try {
      return file === null ? own : { ...own, ca: [...parts.ca, ...readAuthorities(file)] }
    } catch (error) {
      log('warn', 'the additional authority cannot be read', { error: String(error) })
      return own
    }
  }
  return {
    settings: () => current,
    async change(change) {
      if (typeof change.caFile === 'string') readAuthorities(change.caFile)
      const { certificateFile: named, proxy } = change
      const stays = named === undefined || named === current.certificateFile
      const proof = stays || named === null ? null : readIdentity(named, '')
      const sealed: Record<string, Uint8Array | null> = stays ? {} : { [passphraseRow]: null }
      if (proxy === undefined) current = store.write(change, sealed)
      else {
        const kept = proxy.kind === 'manual' ? takeLogin(proxy, current.proxy, await login) : null
        sealed[loginRow] = kept?.login ? await secrets.seal(JSON.stringify(kept.login)) : null
        current = store.write({ ...change, proxy: kept?.setting ?? proxy }, sealed)
        login = Promise.resolve(kept?.login ?? null)
      }
      if (!stays) identity = Promise.resolve(proof)
      if (!stays || change.caFile !== undefined) tls = null
      return current
    },
    async setCertificate(file, passphrase) {
      const proof = readIdentity(file, passphrase)
      const sealed = passphrase === '' ? null : await secrets.seal(passphrase)
      current = store.write({ certificateFile: file }, { [passphraseRow]: sealed })
      identity = Promise.resolve(proof)
      tls = null
      return current
    },
    async proxies(url) {
      const { proxy } = current
      if (proxy.kind === 'none') return noProxies(url)
      if (proxy.kind === 'system') return parts.system(url)
      if (proxies?.setting !== proxy) proxies = { setting: proxy, resolver: manual(proxy) }
      return (await proxies.resolver)(url)
    },
    tls: () => (tls ??= files(current.caFile)),
  }
}

async function openLogin({ store, secrets }: NetworkSettingsParts, { proxy }: Settings): Promise<ProxyLogin | null> {
  const sealed = proxy.kind === 'manual' && proxy.login ? store.sealed(loginRow) : null
  const text = sealed === null ? null : await secrets.open(sealed).catch(() => null)
  return text === null ? null : (JSON.parse(text) as ProxyLogin)
}

/** The client certificate of the last time; without it the servers that ask for one say so. */
async function openIdentity({ store, secrets, log }: NetworkSettingsParts, { certificateFile }: Settings) {
  if (certificateFile === null) return null
  try {
    const sealed = store.sealed(passphraseRow)
    return readIdentity(certificateFile, sealed === null ? '' : ((await secrets.open(sealed)) ?? ''))
  } catch (error) {
    log('warn', 'the client certificate cannot be opened', { error: String(error) })
    return null
  }
}

/** What is to be stored and what is to be sealed. A login stays with its server, and leaves when the user says so. */
function takeLogin(asked: Manual, before: ProxySetting, kept: ProxyLogin | null) {
  const server = parseProxy(asked.url)
  if (!server) throw new RequestFailure({ code: 'E_PROXY', field: 'proxy', detail: 'not the address of a proxy' })
  const bad = badNoProxyEntry(asked.noProxy)
  if (bad !== null) throw new RequestFailure({ code: 'E_PROXY', field: 'noProxy', detail: `not a host: ${bad}` })
  const url = proxyAddress(server)
  const same = before.kind === 'manual' && before.url === url && asked.login
  const login = server.login ?? (same ? kept : null)
  const setting: Manual = { kind: 'manual', url, noProxy: asked.noProxy.trim(), login: login !== null }
  return { setting, login }
}

/** @throws RequestFailure E_CERTIFICATE */
export function readAuthorities(file: string): string[] {
  try {
    return certificatesIn(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new RequestFailure({ code: 'E_CERTIFICATE', detail: `${file}: ${(error as Error).message}` })
  }
}
