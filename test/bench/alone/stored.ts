import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../../../scripts/paths.mjs'
import { historyPage } from '../../../src/shared/history'
import { openInstance } from '../../../src/main/instance'
import { interleave, type Bench, type Case } from '../bench'
import { cpuOf, endChild, memoryOf } from '../children'
import { figure, ratio } from '../figures'
import { makeProfile } from '../profiles'
import { commandLine } from '../programs'

const count = 100_000
/** ms until what was read at the start is no more in the young generation. */
const settling = 2000

interface Start {
  /** From the process to the word that it runs, s. */
  readonly seconds: number
  /** Proportional set size, MiB. */
  readonly memory: number
  /** CPU seconds over `settling` ms in which nothing is asked of it. */
  readonly idle: number
}

/** What a long list costs the engine: at its start, in memory, and when a page of it is read. */
export const stored: Case = {
  name: 'stored-100000',
  title: `${count.toLocaleString('en')} downloads in the store, the daemon`,
  async run(bench) {
    const folder = await mkdtemp(join(bench.disk, 'stored-'))
    const profiles = {
      empty: makeProfile(join(folder, 'empty'), {}),
      finished: makeProfile(join(folder, 'finished'), { finished: count }),
      paused: makeProfile(join(folder, 'paused'), { paused: count }),
    }
    const runs = await interleave(bench.rounds, {
      empty: () => startOnce(profiles.empty),
      finished: () => startOnce(profiles.finished),
      paused: () => startOnce(profiles.paused),
    })
    const pages = await readPages(bench, profiles.finished)
    await rm(folder, { recursive: true })
    const of = (starts: readonly Start[], what: keyof Start) => starts.map((start) => start[what])
    const empty = (what: keyof Start) => ({ name: 'an empty list', values: of(runs.empty, what) })
    return {
      figures: [
        ratio('start, completed', 's', of(runs.finished, 'seconds'), empty('seconds'), { most: 1.5 }),
        ratio('start, paused', 's', of(runs.paused, 'seconds'), empty('seconds'), { most: 1.5 }),
        ratio('memory, completed', 'MiB', of(runs.finished, 'memory'), empty('memory'), { most: 1.2 }),
        ratio('memory, paused', 'MiB', of(runs.paused, 'memory'), empty('memory'), { most: 1.2 }),
        figure('memory, an empty list', 'MiB', of(runs.empty, 'memory')),
        figure('a page of the history', 'ms', pages.history, { most: 5 }),
        figure('a page of a search', 'ms', pages.search),
        figure(
          'idle CPU, completed',
          '%',
          of(runs.finished, 'idle').map((seconds) => (100 * seconds) / (settling / 1000)),
          { most: 0 },
        ),
      ],
    }
  },
}

async function startOnce(profile: string): Promise<Start> {
  const began = performance.now()
  const child = spawn(process.execPath, [commandLine, 'daemon', '--user-data-dir', profile], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const [line] = (await Promise.race([
      once(child.stderr, 'data'),
      once(child, 'exit').then(() => Promise.reject(new Error('the daemon ended'))),
    ])) as [Buffer]
    if (!String(line).includes('running')) throw new Error(`the daemon said: ${String(line)}`)
    const seconds = (performance.now() - began) / 1000
    const pid = child.pid ?? 0
    await delay(settling)
    const before = cpuOf(pid)
    await delay(settling)
    return { seconds, memory: memoryOf(pid)?.pss ?? 0, idle: cpuOf(pid) - before }
  } finally {
    await endChild(child)
  }
}

/** ms for pages at the beginning, in the middle and at the end, in this process. */
async function readPages(bench: Bench, profile: string): Promise<{ history: number[]; search: number[] }> {
  const copy = await mkdtemp(join(bench.disk, 'pages-'))
  await cp(profile, copy, { recursive: true })
  const nothing = () => undefined
  const instance = await openInstance({
    profile: copy,
    downloads: copy,
    stop: null,
    log: nothing,
    secrets: { seal: () => Promise.resolve(null), open: () => Promise.resolve(null) },
    digestWorker: new URL(`file://${join(root, 'out', 'main', 'digest.js')}`),
    emit: { changed: nothing, progress: nothing, inspection: nothing, queues: nothing },
  })
  try {
    const { service } = instance
    const times = { history: [] as number[], search: [] as number[] }
    let after: Parameters<typeof service.history>[1] = null
    for (let page = 0; page < count / historyPage; page++) {
      const began = performance.now()
      const read = service.history('', after)
      times.history.push(performance.now() - began)
      if (read.downloads.length !== historyPage) throw new Error('a page that is not full')
      after = read.next
    }
    for (const query of ['item-4', 'item-49', 'item-499', 'mp4', 'of a long', 'nothing like it']) {
      const began = performance.now()
      service.history(query, null)
      times.search.push(performance.now() - began)
    }
    return times
  } finally {
    await instance.close()
    await rm(copy, { recursive: true })
  }
}
