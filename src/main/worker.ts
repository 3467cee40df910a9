import { parentPort, workerData } from 'node:worker_threads'
import { compose } from './compose'
import { systemProxies } from './engine/http/proxies'
import type { EngineEvents, ShellCalls, WorkerOptions } from './engine-thread'
import { createFileLog } from './log'
import { createPublisher } from './publisher'
import { connect, requestError, type Port } from './rpc'
import { createService } from './service'

/** Entry of the engine's thread: engine and store behind one message port. */

const options = workerData as WorkerOptions
const port = parentPort as unknown as Port
const log = createFileLog(options.log)
const handlers: { [name: string]: (...args: never[]) => unknown } = {}
const { remote, emit } = connect<ShellCalls, EngineEvents>(port, handlers)

try {
  const composition = compose({
    database: options.database,
    log,
    secrets: remote,
    systemProxies: systemProxies((origin) => remote.resolveProxy(origin)),
    digestWorker: new URL('./digest.js', import.meta.url),
  })
  const publisher = createPublisher(composition.engine, {
    changed: (event) => emit('changed', event),
    progress: (rows) => emit('progress', rows),
    inspection: (inspection) => emit('inspection', inspection),
  })
  Object.assign(handlers, createService(composition, publisher), {
    async close() {
      publisher.close()
      await composition.close()
      parentPort?.close()
    },
  })
  emit('ready', null)
} catch (error) {
  log('error', 'the store cannot be opened', { error: String(error) })
  emit('refused', requestError(error))
  parentPort?.close()
}
