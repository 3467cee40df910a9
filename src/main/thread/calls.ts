import type { Events } from '../../shared/contract'
import type { RequestError } from '../../shared/errors'
import type { createService } from '../service/service'

/** What the main process and the engine's thread say to each other. */

export interface WorkerOptions {
  /** The profile's folder. */
  readonly profile: string
  /** The system's folder for downloads. */
  readonly downloads: string
}

/** What the thread may ask of the main process. */
export type ShellCalls = {
  seal(text: string): Promise<Uint8Array | null>
  open(sealed: Uint8Array): Promise<string | null>
  /** The proxies for an origin as a PAC script names them; runs the system's PAC script. */
  resolveProxy(origin: string): Promise<string>
}

export type EngineCalls = ReturnType<typeof createService> & { close(): Promise<void> }

export type EngineEvents = Pick<Events, 'changed' | 'progress' | 'inspection' | 'settings' | 'slow' | 'queues'> & {
  ready: null
  /** The store could not be opened; nothing was written. */
  refused: RequestError
}
