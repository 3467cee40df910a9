import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { addInputSchema } from '../../src/shared/contract'
import { formatObjectAddress } from '../../src/shared/cloud-address'
import { createPublisher } from '../../src/main/service/publisher'
import { createService } from '../../src/main/service/service'
import { startOssServer, type OssServer } from '../oss-server'
import { Rig } from './rig'

/** A prefix with many keys: listed, added as one group, begun. By hand with `LONGSHORE_KEYS=100000`. */

const count = Number(process.env['LONGSHORE_KEYS'] ?? 3000)
const keys = { OSS_ACCESS_KEY_ID: 'LTAI-test', OSS_ACCESS_KEY_SECRET: 'a secret of tests' }

let rig: Rig
let server: OssServer
beforeEach(async () => {
  rig = await Rig.create()
  server = await startOssServer()
})
afterEach(async () => {
  await rig[Symbol.asyncDispose]()
  await server.close()
}, 600_000)

it(`${count} keys are listed, added and begun without holding the thread up`, { timeout: 3_600_000 }, async () => {
  for (let n = 0; n < count; n++) server.put(`data/${n % 100}/${n}.bin`, { size: 100 + (n % 7) })
  const env = { ...keys, OSS_REGION: 'cn-hangzhou', OSS_ENDPOINT: server.endpoint }
  const engine = rig.start({ env, settings: { concurrentDownloads: 5, spaceMargin: 1024 * 1024 } })
  const changed: number[] = []
  const publisher = createPublisher(engine, {
    changed: ({ upserts }) => changed.push(upserts.length),
    progress: () => undefined,
    inspection: () => undefined,
    queues: () => undefined,
  })
  const service = createService(rig.composition, publisher)
  const root = `oss://${server.bucket}/data/`
  const look = monitorEventLoopDelay({ resolution: 5 })
  const figures: string[] = []
  const measured = async <T>(what: string, act: () => Promise<T>): Promise<T> => {
    globalThis.gc?.()
    look.reset()
    look.enable()
    const began = performance.now()
    const result = await act()
    look.disable()
    const [seconds, longest, p99] = [performance.now() - began, look.max / 1e6, look.percentile(99) / 1e6]
    const rss = process.memoryUsage().rss / 1024 / 1024
    figures.push(
      `${what}: ${(seconds / 1000).toFixed(1)} s, longest ${longest.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${rss.toFixed(0)} MiB`,
    )
    // A second would be felt: pauses, checkpoints and the progress of others wait for as long.
    expect(longest).toBeLessThan(1000)
    return result
  }

  await service.listObjects(root, null, null) // the stand-in puts its keys in order once, in this very thread
  const found = await measured('listed', async () => {
    const all: string[] = []
    let token: string | null = null
    do {
      const page = await service.listObjects(root, null, token)
      if ('error' in page) throw new Error(page.error.detail)
      all.push(...page.objects.map(({ key }) => key))
      token = page.next
    } while (token !== null)
    return all
  })
  expect(found).toHaveLength(count)

  const nothing = { name: null, connections: null, headers: '', user: '', password: '', checksum: '' }
  const group = { id: crypto.randomUUID(), name: 'data' }
  await measured('added, running meanwhile', async () => {
    for (let at = 0; at < found.length; at += 500) {
      const urls = found
        .slice(at, at + 500)
        .map((key) => formatObjectAddress({ kind: 'oss', bucket: server.bucket, key, query: [] }))
      const input = addInputSchema.parse({ ...nothing, folder: rig.folder, root, group, start: true, urls })
      await service.add({ ...input, fallback: rig.folder })
    }
  })
  const done = () => engine.list().length - engine.unfinished().length
  const finished = () => server.requests.filter(({ status, key }) => status === 206 && key !== '').length
  const before = finished()
  await measured('run for a while', async () => {
    await expect.poll(finished, { timeout: 120_000, interval: 50 }).toBeGreaterThan(Math.min(count - 1, before + 300))
  })
  const rate = finished() - before
  await measured('paused', async () => service.pause(engine.unfinished().map(({ id }) => id)))
  figures.push(`${rate} fetched in that while, ${done()} of ${count} done`)
  process.stdout.write(`${figures.join('\n')}\n`)
  publisher.close()
})
