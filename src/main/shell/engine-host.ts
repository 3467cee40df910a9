import { Worker } from 'node:worker_threads'
import { RequestFailure, type RequestError } from '../../shared/errors'
import { connect, type Remote } from '../thread/rpc'
import type { EngineCalls, EngineEvents, ShellCalls, WorkerOptions } from '../thread/calls'

export interface EngineHost {
  readonly calls: Remote<EngineCalls>
  /** Checkpoints everything and ends the thread. */
  close(): Promise<void>
}

export interface EngineListener {
  changed(event: EngineEvents['changed']): void
  progress(rows: EngineEvents['progress']): void
  inspection(inspection: EngineEvents['inspection']): void
  queues(queues: EngineEvents['queues']): void
  settings(settings: EngineEvents['settings']): void
  slow(slow: boolean): void
  /** The thread ended although nobody asked it to. */
  crashed(detail: string): void
}

/**
 * Starts the engine's thread.
 * @throws RequestFailure E_DB_VERSION, E_DB_DAMAGED, E_RUNNING when the store cannot be opened; nothing was written then
 */
export function startEngine(options: WorkerOptions, shell: ShellCalls, listener: EngineListener): Promise<EngineHost> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: options })
    let phase: 'starting' | 'running' | 'ended' = 'starting'
    let detail = 'the thread ended'
    const { remote, end } = connect<EngineCalls>(worker, { ...shell }, (name, payload) => {
      if (name === 'changed') listener.changed(payload as EngineEvents['changed'])
      else if (name === 'progress') listener.progress(payload as EngineEvents['progress'])
      else if (name === 'inspection') listener.inspection(payload as EngineEvents['inspection'])
      else if (name === 'queues') listener.queues(payload as EngineEvents['queues'])
      else if (name === 'slow') listener.slow(payload as boolean)
      else if (name === 'settings') listener.settings(payload as EngineEvents['settings'])
      else if (name === 'refused') {
        phase = 'ended'
        reject(new RequestFailure(payload as RequestError))
      } else if (name === 'ready') {
        phase = 'running'
        resolve({ calls: remote, close })
      }
    })
    const gone = new Promise<void>((settle) => worker.once('exit', () => settle()))
    const close = async () => {
      phase = 'ended'
      await Promise.race([remote.close(), gone])
      await gone
    }
    worker.on('error', (error) => {
      detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    })
    worker.on('exit', () => {
      const failure = new RequestFailure({ code: 'E_ENGINE', detail })
      end(failure)
      if (phase === 'starting') reject(failure)
      else if (phase === 'running') listener.crashed(detail)
      phase = 'ended'
    })
  })
}
