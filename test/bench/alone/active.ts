import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Case } from '../bench'
import { runEngine } from '../children'
import type { EngineRun } from '../engine-process'
import { figure } from '../figures'

const count = 500

/** Many downloads at once, each slow: what their number costs, not their bytes. */
export const active: Case = {
  name: 'active-500',
  title: `${count} active downloads of 100 KiB/s each`,
  async run(bench) {
    const server = await bench.server()
    const source = await bench.sources.files(1, 16 * 1024 ** 2)
    const urls = Array.from({ length: count }, (_, n) => `${server.url('trickle', source.names[0]!)}?n=${n}`)
    const runs: EngineRun[] = []
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) {
      const folder = await mkdtemp(join(bench.memory, 'active-'))
      try {
        const override = { concurrentDownloads: count, connectionsPerHost: count }
        const seconds = bench.quick ? 5 : 10
        const target = join(folder, 'files')
        runs.push(await runEngine({ folder, target, urls, connections: 1, override, checkpoints: null, seconds }))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }
    if (runs.some((run) => run.active < count)) throw new Error('some ended before they were measured')
    return {
      figures: [
        figure(
          'event loop late, p99',
          'ms',
          runs.map(({ delay }) => delay.p99),
          { most: 10 },
        ),
        figure(
          'event loop late, longest',
          'ms',
          runs.map(({ delay }) => delay.max),
        ),
        figure(
          'CPU, of one processor',
          '%',
          runs.map(({ cpu, seconds }) => (100 * cpu) / seconds),
        ),
        figure(
          'memory',
          'MiB',
          runs.map(({ memory }) => memory),
        ),
      ],
    }
  },
}
