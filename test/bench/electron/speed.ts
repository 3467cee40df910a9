import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ElectronApplication, Locator, Page } from 'playwright-core'
import { launch } from '../../e2e/electron'
import type { Bench, Case } from '../bench'
import { cpuOf } from '../children'
import { figure } from '../figures'
import { makeProfile } from '../profiles'
import { median, quantile } from '../statistics'
import { electron } from './app'
import { cpuOfTree } from './processes'

const mebibyte = 1024 * 1024

interface Round {
  /** ms by which the event loop of the main thread was late, and the share of a processor that the thread took. */
  readonly p99: number
  readonly utilisation: number
  /** ms from each input to its paint. */
  readonly inputs: readonly number[]
  /** MiB/s without inputs. */
  readonly speed: number
  /** CPU seconds of all processes for one GiB. */
  readonly cpu: number
}

/** The application downloads as fast as it can, with 16 connections, and somebody uses its window. */
export const speed: Case = {
  name: 'app-speed',
  title: 'the application at full speed, 16 connections, http to memory',
  async run(bench) {
    const { version } = await electron()
    const server = await bench.server()
    const size = (bench.quick ? 512 : 2048) * mebibyte
    const source = await bench.sources.files(1, size)
    const url = server.url('http', source.names[0]!)
    const rounds: Round[] = []
    for (let round = 0; round < Math.min(bench.rounds, 3); round++) rounds.push(await runOnce(bench, url, size))
    const of = (what: 'p99' | 'utilisation' | 'speed' | 'cpu') => rounds.map((each) => each[what])
    const all = rounds.flatMap(({ inputs }) => inputs)
    return {
      figures: [
        figure('event loop of the main thread late, p99', 'ms', of('p99'), { most: 5 }),
        figure('utilisation of the main thread', '×', of('utilisation'), { most: 0.1 }),
        figure(
          'input to paint, p95',
          'ms',
          rounds.map(({ inputs }) => quantile(inputs, 0.95)),
          { most: 50 },
        ),
        figure('speed', 'MiB/s', of('speed')),
        figure('CPU of all processes', 's/GiB', of('cpu')),
      ],
      notes: [
        `Electron ${version}; ${all.length} inputs, median ${median(all).toFixed(0)} ms, longest ${Math.max(...all)} ms`,
      ],
    }
  },
}

async function runOnce(bench: Bench, url: string, size: number): Promise<Round> {
  const folder = await mkdtemp(join(bench.memory, 'speed-'))
  const userData = await mkdtemp(join(bench.disk, 'speed-'))
  await mkdir(join(folder, 'files'))
  const quiet = [`${url}?n=0`]
  const used = [1, 2, 3].map((n) => `${url}?n=${n}`)
  makeProfile(userData, {
    urls: [...quiet, ...used],
    target: join(folder, 'files'),
    settings: { connections: 16, connectionsPerHost: 16, concurrentDownloads: 1, notifyDone: false },
  })
  const longshore = await launch({ userData })
  const { app, window, pid } = longshore
  try {
    await window.locator('.row').nth(used.length).waitFor()
    await window.waitForTimeout(2000)
    const completed = (count: number) =>
      window.waitForFunction((n) => document.body.innerText.match(/Completed/g)!.length > n, count, { polling: 100 })
    await watchLoop(app)
    const [began, thread, tree] = [performance.now(), cpuOf(pid, pid), cpuOfTree(pid)]
    await window.locator('.row').first().getByRole('button', { name: 'Resume' }).click()
    await completed(1)
    const seconds = (performance.now() - began) / 1000
    const quietly = {
      p99: await loopDelay(app),
      utilisation: (cpuOf(pid, pid) - thread) / seconds,
      speed: size / mebibyte / seconds,
      cpu: (cpuOfTree(pid) - tree) / (size / 1024 ** 3),
    }
    await window.getByRole('button', { name: 'Resume all' }).click()
    return { ...quietly, inputs: await useWindow(window, used.length + 1) }
  } finally {
    await longshore.close()
    await rm(folder, { recursive: true })
    await rm(userData, { recursive: true, maxRetries: 5 })
  }
}

/** ms between two looks at the clock; part of every value of the histogram. */
const resolution = 2

interface Watched {
  loopDelay?: { percentile(percent: number): number }
}

function watchLoop(app: ElectronApplication): Promise<void> {
  return app.evaluate((_, every) => {
    const histogram = process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay({ resolution: every })
    histogram.enable()
    ;(globalThis as Watched).loopDelay = histogram
  }, resolution)
}

async function loopDelay(app: ElectronApplication): Promise<number> {
  const p99 = await app.evaluate(() => (globalThis as Watched).loopDelay!.percentile(99) / 1e6)
  return Math.max(0, p99 - resolution)
}

/** ms */
const longestUse = 60_000

interface Timed {
  interactions?: Map<number, number>
}

/** Clicks and types until all downloads have completed. @returns ms from each input to its paint, by Event Timing */
async function useWindow(window: Page, downloads: number): Promise<number[]> {
  await window.evaluate(() => {
    const interactions = new Map<number, number>()
    ;(globalThis as Timed).interactions = interactions
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[]) {
        const id = entry.interactionId ?? 0
        if (id !== 0) interactions.set(id, Math.max(interactions.get(id) ?? 0, entry.duration))
      }
    }).observe({ type: 'event', durationThreshold: 16, buffered: false } as PerformanceObserverInit)
  })
  const place = async (locator: Locator) => {
    const box = await locator.boundingBox()
    if (!box) throw new Error('not in the window: ' + String(locator))
    return [box.x + Math.min(40, box.width / 2), box.y + box.height / 2] as const
  }
  const [row, search] = [await place(window.locator('.row').last()), await place(window.getByRole('searchbox'))]
  const [filter, everything] = [
    await place(window.getByRole('button', { name: /^Active/ })),
    await place(window.getByRole('button', { name: /^All/ })),
  ]
  const done = () => window.evaluate((n) => (document.body.innerText.match(/Completed/g)?.length ?? 0) > n, downloads)
  let inputs = 0
  const click = async ([x, y]: readonly [number, number]) => {
    await window.mouse.click(x, y)
    inputs++
  }
  const press = async (key: string) => {
    await window.keyboard.press(key)
    inputs++
  }
  const deadline = performance.now() + longestUse
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error('the downloads do not end')
    await click(row)
    await press('ArrowUp')
    await click(filter)
    await click(everything)
    await click(search)
    await press('i')
    await press('Backspace')
  }
  await window.waitForTimeout(200)
  const slow = await window.evaluate(() => [...(globalThis as Timed).interactions!.values()])
  // Those that took less than 16 ms are not told.
  return [...slow, ...Array.from({ length: Math.max(0, inputs - slow.length) }, () => 16)]
}
