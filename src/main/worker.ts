import { parentPort, workerData } from 'node:worker_threads'
import { systemProxies } from './engine/http/proxies'
import type { EngineEvents, ShellCalls, WorkerOptions } from './thread/calls'
import { openInstance } from './instance'
import { createFileLog } from './profile/log'
import { profileFiles } from './profile/folders'
import { connect, requestError, type Port } from './thread/rpc'

/** Entry of the engine's thread: engine and store behind one message port. */

const { profile, downloads } = workerData as WorkerOptions
const port = parentPort as unknown as Port
const log = createFileLog(profileFiles(profile).log)
const handlers: { [name: string]: (...args: never[]) => unknown } = {}
const { remote, emit } = connect<ShellCalls, EngineEvents>(port, handlers)

try {
  const instance = await openInstance({
    profile,
    downloads,
    stop: null,
    log,
    secrets: remote,
    systemProxies: systemProxies((origin) => remote.resolveProxy(origin)),
    digestWorker: new URL('./digest.js', import.meta.url),
    emit: {
      changed: (event) => emit('changed', event),
      progress: (rows) => emit('progress', rows),
      inspection: (inspection) => emit('inspection', inspection),
      queues: (queues) => emit('queues', queues),
    },
  })
  instance.composition.slowMode.subscribe((slow) => emit('slow', slow))
  instance.composition.settings.subscribe((settings) => emit('settings', settings))
  Object.assign(handlers, instance.service, {
    async close() {
      await instance.close()
      parentPort?.close()
    },
  })
  emit('ready', null)
} catch (error) {
  log('error', 'the list of downloads cannot be opened', { error: String(error) })
  emit('refused', requestError(error))
  parentPort?.close()
}
