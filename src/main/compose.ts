import type { Settings } from '../shared/settings'
import { defaultCheckpointPolicy, type CheckpointPolicy } from './engine/checkpoint'
import { systemClock } from './engine/clock'
import { createEngine, type Engine, type EngineSettings, type OnLoad } from './engine/engine'
import { createHttpClient, type HttpOptions } from './engine/http'
import type { Log, SecretBox } from './engine/ports'
import { defaultRetryPolicy, type RetryPolicy } from './engine/scheduler'
import { createDigester } from './engine/verify'
import { openDatabase } from './store/database'
import { createDownloadStore } from './store/downloads'
import { createHostStore } from './store/hosts'
import { createSettingsStore, type SettingsStore } from './store/settings'

export interface EngineParts {
  /** Path of the database. */
  readonly database: string
  readonly secrets: SecretBox
  readonly log: Log
  /** Values that stand above the stored settings; the command line's options. */
  readonly override?: Partial<EngineSettings>
  readonly onLoad?: OnLoad
  /** Where the built file of the digest thread is. */
  readonly digestWorker: URL
  readonly retry?: RetryPolicy
  readonly checkpoints?: CheckpointPolicy
  /** ms; see `HttpOptions`. */
  readonly timeouts?: Pick<HttpOptions, 'connectTimeout' | 'headersTimeout' | 'bodyTimeout'>
  /** PEM certificates to trust beside the system's. */
  readonly ca?: readonly string[]
}

export interface Composition {
  readonly engine: Engine
  readonly settings: SettingsStore
  /** Checkpoints, stops, and closes the database. */
  close(): Promise<void>
}

/**
 * Builds engine and store, for the engine's thread and for the command line alike. The only place where the object
 * graph is made.
 * @throws RequestFailure E_DB_VERSION, E_DB_DAMAGED; nothing was written then
 */
export function compose(parts: EngineParts): Composition {
  const database = openDatabase(parts.database)
  try {
    const settings = createSettingsStore(database)
    let current: Settings = settings.read()
    const engine = createEngine({
      store: createDownloadStore(database),
      http: createHttpClient({
        userAgent: `Longshore/${__APP_VERSION__}`,
        ...parts.timeouts,
        ...(parts.ca ? { ca: parts.ca } : {}),
      }),
      digester: createDigester({ workerUrl: parts.digestWorker }),
      secrets: parts.secrets,
      clock: systemClock,
      random: Math.random,
      log: parts.log,
      settings: () => ({ ...current, ...parts.override }),
      retry: parts.retry ?? defaultRetryPolicy,
      checkpoints: parts.checkpoints ?? defaultCheckpointPolicy,
      hosts: createHostStore(database),
      onLoad: parts.onLoad ?? { kind: 'continue' },
    })
    return {
      engine,
      settings: {
        read: () => current,
        write(change) {
          current = settings.write(change)
          engine.settingsChanged()
          return current
        },
      },
      async close() {
        await engine.close()
        database.close()
      },
    }
  } catch (error) {
    database.close()
    throw error
  }
}
