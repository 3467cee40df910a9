// The application's better-sqlite3 wants a newer Node-API than this runtime has. Required before the application in its
// main thread and in every worker, this answers with the older better-sqlite3 that came with the runtime.
const Module = require('node:module')
const threads = require('node:worker_threads')

const application = process.env.LONGSHORE_APPLICATION ?? '.'
const ours = require.resolve('better-sqlite3', { paths: [`${__dirname}/app`] })
const theirs = require.resolve('better-sqlite3', { paths: [application] })
require(ours)
const modules = /** @type {{ _cache: NodeJS.Dict<NodeModule> }} */ (/** @type {unknown} */ (Module))
modules._cache[theirs] = modules._cache[ours]

// A worker has modules of its own.
threads.Worker = class extends threads.Worker {
  /**
   * @param {string | URL} file
   * @param {import('node:worker_threads').WorkerOptions} [options]
   */
  constructor(file, options) {
    super(file, { ...options, execArgv: [...(options?.execArgv ?? []), '--require', __filename] })
  }
}
Module.syncBuiltinESMExports()
