// The engine alone, in a process of its own, with settings that the command line does not have: node engine-process.ts JSON
// Prints what it took, as JSON.
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../../scripts/paths.mjs'
import { compose } from '../../src/main/compose'
import type { EngineSettings } from '../../src/main/engine/engine'
import type { CheckpointPolicy } from '../../src/main/engine/fetch/checkpoint'
import { createPublisher } from '../../src/main/service/publisher'

export interface EngineJob {
  /** Database, locks and files go there. */
  readonly folder: string
  /** Where the files go, if elsewhere. */
  readonly target: string
  readonly urls: readonly string[]
  readonly connections: number
  readonly override: Partial<EngineSettings>
  readonly checkpoints: CheckpointPolicy | null
  /** s to measure once all are active; `null` is until all have ended. */
  readonly seconds: number | null
}

export interface EngineRun {
  readonly seconds: number
  /** CPU seconds of the process. */
  readonly cpu: number
  /** ms by which the event loop was late. */
  readonly delay: { readonly median: number; readonly p99: number; readonly max: number }
  /** Share of the time in which the event loop had something to do. */
  readonly utilisation: number
  /** Resident set at the end, MiB. */
  readonly memory: number
  /** Downloads that were active at the end. */
  readonly active: number
}

const job = JSON.parse(process.argv[2] ?? '') as EngineJob
/** ms between two looks at the clock; part of every value of the histogram. */
const resolution = 5

const composition = compose({
  database: join(job.folder, 'longshore.db'),
  targetLocks: join(job.folder, 'locks'),
  secrets: { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) },
  log: () => undefined,
  override: { spaceMargin: 0, ...job.override },
  digestWorker: new URL(`file://${join(root, 'out', 'main', 'digest.js')}`),
  ...(job.checkpoints ? { checkpoints: job.checkpoints } : {}),
})
const { engine } = composition
// As in the application: progress of all, four times a second.
const nobody = () => undefined
const publisher = createPublisher(engine, { changed: nobody, progress: nobody, inspection: nobody, queues: nobody })
const request = (url: string) => ({
  url,
  mirrors: [],
  folder: job.target,
  name: null,
  onConflict: 'rename' as const,
  connections: job.connections,
  partSize: null,
  threshold: null,
  checksum: null,
  credentials: { user: '', password: '', headers: [], cookies: '' },
  account: null,
  start: true,
})

let began = performance.now()
const ids = await engine.addAll(job.urls.map(request))
if (job.seconds === null) {
  await new Promise<void>((resolve) => {
    const look = () => {
      const states = ids.map((id) => engine.view(id)?.state.kind)
      if (states.every((state) => state === 'done')) resolve()
      else if (states.includes('failed')) throw new Error('a download failed')
    }
    engine.subscribe(look)
    look()
  })
} else {
  const receiving = () => engine.active().filter(({ received }) => received > 0).length
  const deadline = performance.now() + 120_000
  while (receiving() < job.urls.length) {
    if (performance.now() > deadline) throw new Error(`only ${receiving()} of ${job.urls.length} receive`)
    await delay(50)
  }
}
const histogram = monitorEventLoopDelay({ resolution })
histogram.enable()
const [cpu, loop] = [process.cpuUsage(), performance.eventLoopUtilization()]
if (job.seconds !== null) {
  began = performance.now()
  await delay(job.seconds * 1000)
}
const { user, system } = job.seconds === null ? process.cpuUsage() : process.cpuUsage(cpu)
const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolution)
const run: EngineRun = {
  seconds: (performance.now() - began) / 1000,
  cpu: (user + system) / 1e6,
  delay: {
    median: late(histogram.percentile(50)),
    p99: late(histogram.percentile(99)),
    max: late(histogram.max),
  },
  utilisation: performance.eventLoopUtilization(loop).utilization,
  memory: process.memoryUsage().rss / 1024 / 1024,
  active: engine.active().length,
}
publisher.close()
await composition.close()
console.log(JSON.stringify(run))
