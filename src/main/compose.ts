import type { networkInterfaces } from 'node:os'
import type { Settings } from '../shared/settings'
import { defaultCheckpointPolicy, type CheckpointPolicy } from './engine/fetch/checkpoint'
import { systemClock } from './engine/clock'
import { createEngine, type Engine, type EngineSettings, type OnLoad } from './engine/engine'
import { createHttpClient, type HttpOptions } from './engine/http/http'
import { createReachability } from './engine/reachability'
import { WebSession } from './engine/session/session'
import type { Clock, Log, SecretBox, OpenSession } from './engine/ports'
import { noProxies, type ProxyResolver } from './engine/http/proxies'
import { defaultRetryPolicy, type RetryPolicy } from './engine/scheduler'
import { fineGrain, type Grain } from './engine/throttle'
import type { Identity } from './engine/http/trust'
import { createDigester } from './engine/integrity/digester'
import { createAccounts, type AccountParts, type Accounts } from './settings/accounts'
import { createHostRules, type HostRules } from './settings/host-rules'
import { createCloud, type Cloud } from './browse/cloud'
import { createProber, type Prober } from './browse/prober'
import { createNetworkSettings, type NetworkSettings } from './settings/network'
import { createSlowMode, switched, type SlowMode } from './settings/slow-mode'
import { createOpenSession } from './sources/open-session'
import { damage, openDatabase } from './store/database'
import { createAccountStore, createHostRuleStore } from './store/sealed-list'
import { createDownloadStore } from './store/downloads'
import { createCookieStore } from './store/cookies'
import { createIntegrityStore } from './store/integrity'
import { profileFiles, profileFolder } from './profile/folders'
import { createQueueStore } from './store/queues'
import { createLogSync } from './store/log-sync'
import { createHostStore } from './store/hosts'
import { createTargetLocks } from './store/target-locks'
import { createSettingsStore } from './store/settings'
import { createTraceStore, noTraces } from './store/traces'

export interface EngineParts {
  /** Path of the database. */
  readonly database: string
  readonly secrets: SecretBox
  readonly log: Log
  /** Where locks on names of files are kept; the same for all programs of a user, so not the profile's. */
  readonly targetLocks?: string
  /** Values that stand above the stored settings; the command line's options. Asked each time where they change. */
  readonly override?: Partial<EngineSettings> | (() => Partial<EngineSettings>)
  readonly onLoad?: OnLoad
  /** Default true. */
  readonly followsMetalinks?: boolean
  /** Whether journals, speeds and last answers are kept for the details. Default true. */
  readonly keepsTraces?: boolean
  /** Where the built file of the digest thread is. */
  readonly digestWorker: URL
  readonly retry?: RetryPolicy
  readonly checkpoints?: CheckpointPolicy
  readonly grain?: Grain
  /** ms; see `HttpOptions`. */
  readonly timeouts?: Pick<HttpOptions, 'connectTimeout' | 'headersTimeout' | 'bodyTimeout'>
  /** What "system proxy" means: Electron's answer, or the environment; directly when there is none. */
  readonly systemProxies?: ProxyResolver
  /** Stands above the setting; the command line's `--proxy`. */
  readonly proxies?: ProxyResolver
  /** PEM certificates to trust beside the system's. */
  readonly ca?: readonly string[]
  /** The client certificate. */
  readonly identity?: Identity | null
  /** Whose keys sign where an address names no account; the command line's options. */
  readonly signer?: AccountParts['chosen']
  /** Where the environment's keys come from. */
  readonly env?: AccountParts['env']
  /** The machine's, where none is given. */
  readonly clock?: Clock
  /** For tests, which have no public addresses and no names of their own. */
  readonly reach?: Pick<HttpOptions, 'isPrivate' | 'lookup'>
  /** The same of its interfaces. */
  readonly interfaces?: typeof networkInterfaces
}

export interface Composition {
  readonly engine: Engine
  readonly settings: {
    read(): Settings
    write: NetworkSettings['change']
    setCertificate: NetworkSettings['setCertificate']
    /** Told after every change, whoever made it. */
    subscribe(listener: (settings: Settings) => void): void
  }
  readonly slowMode: {
    slow(): boolean
    set(on: boolean): Promise<void>
    /** Told when it begins and ends. */
    subscribe(listener: (slow: boolean) => void): void
  }
  readonly accounts: Accounts
  readonly hostRules: Pick<HostRules, 'list' | 'save' | 'replace' | 'remove'>
  readonly cloud: Cloud
  readonly prober: Prober
  /** Checkpoints, stops, and closes the database. */
  close(): Promise<void>
}

/** ms: until somebody who slept at the hotel has logged in to its network again. */
const portalWait = 12 * 60 * 60 * 1000
/** ms: a server that is repaired tomorrow is still waited for. */
const serverWait = 36 * 60 * 60 * 1000

/**
 * Builds engine and store, for the engine's thread and for the command line alike. The only place where the object
 * graph is made.
 * @throws RequestFailure E_DB_VERSION, E_DB_DAMAGED; nothing was written then
 */
export function compose(parts: EngineParts): Composition {
  const { clock = systemClock } = parts
  const database = openDatabase(parts.database)
  const log = createLogSync(database)
  const targets = createTargetLocks(parts.targetLocks ?? profileFiles(profileFolder()).locks, parts.log)
  try {
    const chosen = createNetworkSettings({
      store: createSettingsStore(database),
      secrets: parts.secrets,
      log: parts.log,
      system: parts.systemProxies ?? noProxies,
      ca: parts.ca ?? [],
      identity: parts.identity ?? null,
    })
    const hostRules = createHostRules({
      store: createHostRuleStore(database),
      secrets: parts.secrets,
      log: parts.log,
    })
    const http = createHttpClient({
      userAgent: `Longshore/${__APP_VERSION__}`,
      ...parts.timeouts,
      ...parts.reach,
      proxies: hostRules.proxies(parts.proxies ?? chosen.proxies),
      tls: () => chosen.tls(),
    })
    const accounts = createAccounts({
      store: createAccountStore(database),
      secrets: parts.secrets,
      log: parts.log,
      env: parts.env ?? process.env,
      chosen: parts.signer,
    })
    const openSession = createOpenSession({
      identities: accounts,
      web: (url, credentials) => WebSession.open(url, credentials, (at) => hostRules.credentials(at)),
      now: () => clock.now(),
    })
    const withRules: OpenSession = async (...about) => {
      await hostRules.ready
      return openSession(...about)
    }
    const slowListeners = new Set<(slow: boolean) => void>()
    const slowMode: SlowMode = createSlowMode(
      () => chosen.settings(),
      clock,
      (slow) => {
        engine.settingsChanged()
        for (const listener of slowListeners) listener(slow)
      },
    )
    const { override = {} } = parts
    // Asked for every chunk and everybody who waits: made once for each change.
    let made: { readonly from: Settings; readonly limit: number | null; readonly settings: EngineSettings } | null =
      null
    const settings = (): EngineSettings => {
      const from = chosen.settings()
      const speedLimit = slowMode.limit()
      if (made?.from !== from || made.limit !== speedLimit || typeof override === 'function') {
        const above = typeof override === 'function' ? override() : override
        // Who brings a policy of its own means that one.
        const attempts = parts.retry ? { attempts: null } : {}
        made = {
          from,
          limit: speedLimit,
          settings: { portalWait, serverWait, ...from, speedLimit, ...attempts, ...above },
        }
      }
      return made.settings
    }
    const engine: Engine = createEngine({
      queues: createQueueStore(database),
      store: createDownloadStore(database, log),
      traces: parts.keepsTraces === false ? noTraces : createTraceStore(database),
      cookies: createCookieStore(database),
      integrity: createIntegrityStore(database),
      http,
      openSession: withRules,
      digester: createDigester({ workerUrl: parts.digestWorker }),
      secrets: parts.secrets,
      clock,
      random: Math.random,
      log: parts.log,
      settings,
      retry: parts.retry ?? defaultRetryPolicy,
      checkpoints: parts.checkpoints ?? defaultCheckpointPolicy,
      grain: parts.grain ?? fineGrain,
      rules: () => hostRules.all(),
      hosts: createHostStore(database),
      targets,
      reachability: createReachability(clock, parts.interfaces),
      program: `Longshore ${__APP_VERSION__}`,
      followsMetalinks: parts.followsMetalinks ?? true,
      onLoad: parts.onLoad ?? { kind: 'continue' },
    })
    const listeners = new Set<(settings: Settings) => void>()
    const changed = (settings: Settings) => {
      slowMode.look()
      engine.settingsChanged()
      for (const listener of listeners) listener(settings)
      return settings
    }
    const write: NetworkSettings['change'] = async (change) => changed(await chosen.change(change))
    return {
      engine,
      settings: {
        read: () => chosen.settings(),
        write,
        setCertificate: async (file, passphrase) => changed(await chosen.setCertificate(file, passphrase)),
        subscribe: (listener) => void listeners.add(listener),
      },
      slowMode: {
        slow: () => slowMode.slow(),
        async set(on) {
          await write({ slowMode: switched(chosen.settings(), on, clock.now()) })
        },
        subscribe: (listener) => void slowListeners.add(listener),
      },
      accounts,
      hostRules: {
        list: () => hostRules.list(),
        async save(...rule) {
          const list = await hostRules.save(...rule)
          engine.settingsChanged()
          return list
        },
        async replace(rules) {
          const list = await hostRules.replace(rules)
          engine.settingsChanged()
          return list
        },
        async remove(id) {
          const list = await hostRules.remove(id)
          engine.settingsChanged()
          return list
        },
      },
      cloud: createCloud({ accounts, http, openSession, now: () => clock.now() }),
      prober: createProber({ http, openSession }),
      async close() {
        slowMode.close()
        await engine.close()
        targets.close()
        log.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw damage(error, parts.database)
  }
}
