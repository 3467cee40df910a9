import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../../../scripts/paths.mjs'
import { compose } from '../../../src/main/compose'
import { startServer } from '../../server'
import type { Case } from '../bench'
import { figure } from '../figures'

/** How true a limit of speed was: the widest deviation of any five seconds in a row, the first ones too. */
interface LimitRow {
  /** Of the limit: 0.01 is one in a hundred too fast. */
  readonly highest: number
  readonly lowest: number
  /** What the download with the most got, as a multiple of the one with the least. */
  readonly unfair: number
}

const mebibyte = 1024 * 1024
const cases = [
  { limit: mebibyte / 4, downloads: 1, connections: 16 },
  { limit: 2 * mebibyte, downloads: 2, connections: 8 },
  { limit: 16 * mebibyte, downloads: 4, connections: 8 },
  { limit: 64 * mebibyte, downloads: 1, connections: 16 },
] as const
/** Seconds of a window, as the promise has it. */
const windowSeconds = 5

/** What arrives at the sockets under a limit, second by second, with the engine itself and real sockets. */
export const limits: Case = {
  name: 'limits',
  title: 'limits of speed, any five seconds, the first ones too; measured once',
  async run(bench) {
    const figures = []
    for (const each of cases) {
      const { highest, lowest, unfair } = await measureOne(each, bench.memory, bench.quick ? 8 : 14)
      const { limit, downloads, connections } = each
      const name = `${limit / mebibyte} MiB/s, ${downloads} × ${connections}`
      const widest = 100 * Math.max(highest, -lowest)
      figures.push(figure(`${name}: furthest from it`, '%', [widest], { most: 5 }))
      if (downloads > 1) figures.push(figure(`${name}: most to least`, '×', [unfair]))
    }
    return { figures }
  },
}

async function measureOne(one: (typeof cases)[number], folder: string, seconds: number): Promise<LimitRow> {
  const place = await mkdtemp(join(folder, 'limits-'))
  const server = await startServer({})
  const composition = compose({
    database: join(place, 'longshore.db'),
    targetLocks: join(place, 'locks'),
    secrets: { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) },
    log: () => undefined,
    override: { speedLimit: one.limit, spaceMargin: 0, connectionsPerHost: 64 },
    digestWorker: new URL(`file://${join(root, 'out', 'main', 'digest.js')}`),
  })
  const { engine } = composition
  try {
    const ids: number[] = []
    const size = Math.ceil(one.limit * (seconds + 5))
    for (let n = 0; n < one.downloads; n++) {
      const { url } = server.file(`/${n}.bin`, { size, seed: n + 1 })
      ids.push(
        await engine.add({
          url,
          mirrors: [],
          folder: place,
          name: null,
          onConflict: 'rename',
          connections: one.connections,
          partSize: null,
          threshold: null,
          checksum: null,
          credentials: { user: '', password: '', headers: [], cookies: '' },
          account: null,
          start: true,
        }),
      )
    }
    await delay((seconds + 1) * 1000)
    const histories = ids.map((id) => engine.inspect(id)!.history.bytes.slice(0, seconds))
    const second = (at: number) => histories.reduce((sum, bytes) => sum + (bytes[at] ?? 0), 0)
    const rates = Array.from({ length: seconds - windowSeconds + 1 }, (_, from) => {
      const bytes = Array.from({ length: windowSeconds }, (_, k) => second(from + k)).reduce((a, b) => a + b, 0)
      return bytes / windowSeconds / one.limit
    })
    const totals = histories.map((bytes) => bytes.reduce((a, b) => a + b, 0))
    return {
      highest: Math.max(...rates) - 1,
      lowest: Math.min(...rates) - 1,
      unfair: Math.max(...totals) / Math.min(...totals),
    }
  } finally {
    await composition.close()
    await server.close()
    await rm(place, { recursive: true, force: true })
  }
}
