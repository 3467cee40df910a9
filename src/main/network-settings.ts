import { readFileSync } from 'node:fs'
import { RequestFailure } from '../shared/errors'
import { badNoProxyEntry, parseProxy, proxyAddress, type ProxyLogin, type ProxySetting } from '../shared/proxy'
import type { Settings } from '../shared/settings'
import type { Log, SecretBox } from './engine/ports'
import { manualProxy, noProxies, type ProxyResolver } from './engine/http/proxies'
import { certificatesIn, type Identity, type TlsFiles } from './engine/http/trust'
import type { SettingsStore } from './store/settings'

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
   * @throws RequestFailure E_PROXY, E_CERTIFICATE; nothing was changed
   */
  change(change: Partial<Settings>): Promise<Settings>
  readonly proxies: ProxyResolver
  /** The same object until something changes. */
  tls(): TlsFiles
}

type Manual = Extract<ProxySetting, { kind: 'manual' }>

/** Name of the sealed row beside the settings. */
const loginRow = 'proxyLogin'

export function createNetworkSettings(parts: NetworkSettingsParts): NetworkSettings {
  const { store, secrets, log } = parts
  let current = store.read()
  let login = openLogin(parts, current)
  let tls: { file: string | null; files: TlsFiles } | null = null
  let proxies: { setting: Manual; resolver: Promise<ProxyResolver> } | null = null

  const manual = async (setting: Manual): Promise<ProxyResolver> => {
    const server = parseProxy(setting.url)
    return server ? manualProxy(server, setting.noProxy, await login) : noProxies
  }
  const files = (file: string | null): TlsFiles => {
    try {
      return { ca: [...parts.ca, ...(file === null ? [] : readAuthorities(file))], identity: parts.identity }
    } catch (error) {
      log('warn', 'the additional authority cannot be read', { error: String(error) })
      return { ca: parts.ca, identity: parts.identity }
    }
  }
  return {
    settings: () => current,
    async change(change) {
      if (typeof change.caFile === 'string') readAuthorities(change.caFile)
      if (change.proxy === undefined) return (current = store.write(change))
      const kept = change.proxy.kind === 'manual' ? takeLogin(change.proxy, current.proxy, await login) : null
      const sealed = kept?.login ? await secrets.seal(JSON.stringify(kept.login)) : null
      current = store.write({ ...change, proxy: kept?.setting ?? change.proxy }, { [loginRow]: sealed })
      login = Promise.resolve(kept?.login ?? null)
      return current
    },
    async proxies(url) {
      const { proxy } = current
      if (proxy.kind === 'none') return noProxies(url)
      if (proxy.kind === 'system') return parts.system(url)
      if (proxies?.setting !== proxy) proxies = { setting: proxy, resolver: manual(proxy) }
      return (await proxies.resolver)(url)
    },
    tls() {
      if (tls?.file !== current.caFile) tls = { file: current.caFile, files: files(current.caFile) }
      return (tls ??= { file: current.caFile, files: files(current.caFile) }).files
    },
  }
}

async function openLogin({ store, secrets }: NetworkSettingsParts, { proxy }: Settings): Promise<ProxyLogin | null> {
  const sealed = proxy.kind === 'manual' && proxy.login ? store.sealed(loginRow) : null
  const text = sealed === null ? null : await secrets.open(sealed).catch(() => null)
  return text === null ? null : (JSON.parse(text) as ProxyLogin)
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
